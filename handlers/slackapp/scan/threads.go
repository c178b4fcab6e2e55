package scan

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// threadsAtOnce is how many threads one pass reads: Slack allows fifty a minute in a workspace.
const threadsAtOnce = 40

// threads reads what is new in the threads of the channel's open timelines, in the order of their ts, and moves
// the cursor along. What one pass does not come to is left to the next: meanwhile new tickets are looked for.
func (s *Scanner) threads(ctx context.Context, at escalation.Thread, messages []scanned, c *cursor, now time.Time) error {
	if c.SweepAt.IsZero() {
		c.SweepAt = now
	}
	open, err := s.openThreads(ctx, at)
	if err != nil {
		return err
	}
	since := tsOf(c.ThreadsAt.Add(-time.Minute))
	quiet := withoutReplies(messages, since)
	read := 0
	for _, ts := range open {
		if ts <= c.Swept || quiet[ts] {
			continue
		}
		if read++; read > threadsAtOnce {
			return nil
		}
		if err := s.thread(ctx, at, ts, since); err != nil {
			return err
		}
		c.Swept = ts
	}
	c.ThreadsAt, c.SweepAt, c.Swept = c.SweepAt, time.Time{}, ""
	return nil
}

// openThreads are the ts of the threads that the channel's open timelines have now, each once.
func (s *Scanner) openThreads(ctx context.Context, at escalation.Thread) ([]string, error) {
	const most = 1000
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	all, err := s.Store.ListOpen(ctx, escalation.OpenQuery{Workspace: at.Workspace, Channel: at.Channel, By: escalation.ByPosted, Limit: most})
	if err != nil {
		return nil, fmt.Errorf("list open timelines: %w", err)
	}
	var open []string
	for _, t := range all {
		if ts := t.ThreadNow().TS; ts != "" {
			open = append(open, ts)
		}
	}
	slices.Sort(open)
	return slices.Compact(open), nil
}

// withoutReplies are those of the messages just read that nobody has replied to since.
func withoutReplies(messages []scanned, since string) map[string]bool {
	quiet := map[string]bool{}
	for _, m := range messages {
		quiet[string(m.TS)] = string(m.LatestReply) <= since
	}
	return quiet
}

// thread hands over what was said in a thread since.
func (s *Scanner) thread(ctx context.Context, at escalation.Thread, ts, since string) error {
	replies, err := s.replies(ctx, at, ts, since)
	if client.Refused(err, "thread_not_found") {
		return nil
	}
	if err != nil {
		return err
	}
	for _, m := range replies {
		if string(m.TS) == ts || string(m.TS) <= since {
			continue
		}
		if err := s.hand(ctx, at, m.Message); err != nil {
			return err
		}
	}
	return nil
}
