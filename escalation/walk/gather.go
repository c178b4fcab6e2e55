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
// returns what is left to be decided now, and when the first of the others is; zero if nothing waits. A walk that
// is full holds nothing back: there is enough for a digest, and what waits would be in the way of the rest.
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

// leftFor is how long a replica leaves another's timelines alone: longer than one that is at work takes to ask about
// them. One that was killed has them no more.
const leftFor = desk.AskShare + time.Second

// mine are those of the due timelines that fall to this replica, so that each ticket is asked about once however many
// replicas there are (rule 5), and those that another has left for too long. A channel is one replica's as a whole:
// its reminders may become one digest. No harm comes of replicas that disagree about who is there: a decision is saved
// once.
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

// fallsTo says to which of n replicas a channel falls.
func fallsTo(at escalation.Thread, n int) int {
	h := fnv.New32a()
	h.Write([]byte(at.Workspace + "/" + at.Channel))
	return int(h.Sum32() % uint32(n))
}
