package walk

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
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

// leftFor is how long a replica leaves the timelines of another alone: longer than that one needs to ask about them.
// After that it counts as gone.
const leftFor = desk.AskShare + time.Second

// mine are the due timelines of this replica, so that each ticket is asked about once however many replicas there are
// (rule 5), and those that another replica has left undecided for too long. All timelines of a channel belong to the
// same replica: their reminders may become one digest. If replicas disagree about who is at work, that does no harm: a
// decision is saved only once.
func (w *Walker) mine(due []escalation.Timeline, now time.Time) []escalation.Timeline {
	if w.Share == nil {
		return due
	}
	i, n := w.Share()
	if n < 2 {
		return due
	}
	return slices.DeleteFunc(due, func(t escalation.Timeline) bool {
		return fallsTo(channelOf(t), n) != i && now.Sub(t.NextAt()) <= leftFor
	})
}

// fallsTo is which of n replicas a channel belongs to.
func fallsTo(at escalation.Thread, n int) int {
	h := fnv.New32a()
	h.Write([]byte(at.Workspace + "/" + at.Channel))
	return int(h.Sum32() % uint32(n))
}
