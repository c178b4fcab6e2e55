package walk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// gather holds back reminders that wait for others of their channel, so that one digest tells of all (rule 22). It
// returns the timelines that are decided now, and when the first of the others is decided; zero if none waits. A full
// walk holds nothing back: it has enough for a digest, and timelines that wait would keep others out of the next walk.
func (w *Walker) gather(ctx context.Context, due []escalation.Timeline, now time.Time) (ready []escalation.Timeline, until time.Time, err error) {
	waiting := map[escalation.Thread]*escalation.Waiting{}
	for _, t := range due {
		since := t.DueReminder(now)
		if since.IsZero() || w.Settings(t.Workspace).DigestFrom == 0 {
			continue
		}
		c := waiting[channelOf(t)]
		if c == nil {
			c = &escalation.Waiting{First: since}
			waiting[channelOf(t)] = c
		}
		c.Due++
		if since.Before(c.First) {
			c.First = since
		}
	}
	if len(waiting) == 0 || len(due) >= walkSize {
		return due, time.Time{}, nil
	}
	coming, err := w.Store.Coming(ctx, now, now.Add(escalation.DigestWindow))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("count the timelines that are due soon: %w", err)
	}
	ready = slices.DeleteFunc(due, func(t escalation.Timeline) bool {
		c := waiting[channelOf(t)]
		if c == nil || t.DueReminder(now).IsZero() {
			return false
		}
		c.Coming = coming[channelOf(t)]
		gathered := c.GatherUntil(w.Settings(t.Workspace).DigestFrom, now)
		if !gathered.IsZero() && (until.IsZero() || gathered.Before(until)) {
			until = gathered
		}
		return !gathered.IsZero()
	})
	return ready, until, nil
}

func channelOf(t escalation.Timeline) escalation.Thread {
	return escalation.Thread{Workspace: t.Workspace, Channel: t.Channel}
}
