package scan

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/sleep"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// scanned is a message as history or a thread tells it.
type scanned struct {
	slackapp.Message
	LatestReply tolerant.Text `json:"latest_reply"` // of a thread's first message
}

// history reads the channel's messages after a ts, all of them, the oldest first.
func (s *Scanner) history(ctx context.Context, at escalation.Thread, after string) ([]scanned, error) {
	return s.batches(ctx, at, client.MethodHistory, "", after)
}

// replies reads a thread in the same way. Its first message is among them.
func (s *Scanner) replies(ctx context.Context, at escalation.Thread, thread, after string) ([]scanned, error) {
	return s.batches(ctx, at, gate.MethodReplies, thread, after)
}

func (s *Scanner) batches(ctx context.Context, at escalation.Thread, method, thread, after string) ([]scanned, error) {
	f := url.Values{"channel": {at.Channel}}
	if thread != "" {
		f.Set("ts", thread)
	}
	if after != "" {
		f.Set("oldest", after)
	}
	var all []scanned
	for cursor := ""; ; {
		messages, next, err := s.batch(ctx, at, method, f, cursor)
		if err != nil {
			return nil, err
		}
		all = append(all, messages...)
		if next == "" {
			byTS(all)
			return all, nil
		}
		cursor = next
	}
}

// batch reads one batch. It waits as long as Slack asks: starting over would only meet the limit again.
func (s *Scanner) batch(ctx context.Context, at escalation.Thread, method string, f url.Values, cursor string) (messages []scanned, next string, err error) {
	for {
		messages, next, err = s.ask(ctx, at.Workspace, method, f, cursor)
		var e *queue.Error
		if !errors.As(err, &e) || e.Kind != queue.KindLimited {
			return messages, next, err
		}
		if err := s.Store.ShutGate(ctx, queue.Gate{Key: e.Gate, Until: s.Now().Add(e.After), Reason: e.Error()}); err != nil {
			return nil, "", err
		}
		if err := sleep.For(ctx, min(e.After, time.Minute)); err != nil {
			return nil, "", err
		}
	}
}

func (s *Scanner) ask(ctx context.Context, workspace, method string, f url.Values, cursor string) (messages []scanned, next string, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	return client.ReadBatch[scanned](ctx, s.API, workspace, method, f, cursor, client.FullBatch)
}
