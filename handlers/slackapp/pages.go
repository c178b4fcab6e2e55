package slackapp

import (
	"context"
	"errors"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// scanned is a message as a page of history or replies tells it.
type scanned struct {
	message
	LatestReply text `json:"latest_reply"` // of a thread's first message
}

// messages is a page of them (docs.slack.dev/reference/methods/conversations.history).
type messages struct {
	reply
	Messages []scanned // nil if there is no list at all
	HasMore  bool      `json:"has_more"`
	Metadata struct {
		NextCursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}

const methodHistory = "conversations.history"

// history reads the channel's messages after a ts, all pages, the oldest first. Of those that were seen
// before, which may be a month's, it keeps no more than their places and when they were replied to.
func (s *Scanner) history(ctx context.Context, at escalation.Thread, after, seen string) ([]scanned, error) {
	return s.pages(ctx, at, methodHistory, "", after, seen)
}

// replies reads a thread likewise, with all that is said in it.
func (s *Scanner) replies(ctx context.Context, at escalation.Thread, thread, after string) ([]scanned, error) {
	return s.pages(ctx, at, escalation.MethodReplies, thread, after, "")
}

func (s *Scanner) pages(ctx context.Context, at escalation.Thread, method, thread, after, seen string) ([]scanned, error) {
	var all []scanned
	for cursor := ""; ; {
		page, err := s.page(ctx, at, method, thread, after, cursor)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if string(m.TS) <= seen {
				m = scanned{message: message{TS: m.TS}, LatestReply: m.LatestReply}
			}
			all = append(all, m)
		}
		next := page.Metadata.NextCursor
		switch {
		case next == "" && !page.HasMore:
			byTS(all)
			return all, nil
		case next == "" || next == cursor:
			return nil, failure(queue.KindUnknown, method, errors.New("the answer says that there is more, and not where"))
		}
		cursor = next
	}
}

// page reads one page. It waits as long as Slack asks: starting over would only meet the limit again.
func (s *Scanner) page(ctx context.Context, at escalation.Thread, method, thread, after, cursor string) (messages, error) {
	for {
		if err := s.Store.ShutGate(ctx, queue.Gate{Key: scanKey(at), Until: s.Now().Add(scanTurn), Reason: "being scanned"}); err != nil {
			return messages{}, err
		}
		got, err := s.API.messages(ctx, at, method, thread, after, cursor, pageSize)
		var e *queue.Error
		if !errors.As(err, &e) || e.Kind != queue.KindLimited {
			return got, err
		}
		if err := s.Store.ShutGate(ctx, queue.Gate{Key: e.Gate, Until: s.Now().Add(e.After), Reason: e.Error()}); err != nil {
			return messages{}, err
		}
		if err := s.wait(ctx, min(e.After, scanTurn)); err != nil {
			return messages{}, err
		}
	}
}

// messages reads a page of a channel's history, or of a thread.
func (a *API) messages(ctx context.Context, at escalation.Thread, method, thread, after, cursor, limit string) (messages, error) {
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	var f form
	f.set("channel", at.Channel)
	if thread != "" {
		f.set("ts", thread)
	}
	if after != "" {
		f.set("oldest", after)
	}
	f.set("limit", limit)
	if cursor != "" {
		f.set("cursor", cursor)
	}
	var got messages
	err := a.call(ctx, at.Workspace, method, f, &got)
	if err == nil && got.Messages == nil {
		err = failure(queue.KindUnknown, method, errors.New("the answer holds no messages, not even none"))
	}
	return got, err
}

// wait lets others scan meanwhile.
func (s *Scanner) wait(ctx context.Context, d time.Duration) error {
	<-s.slots
	defer func() { s.slots <- struct{}{} }()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
