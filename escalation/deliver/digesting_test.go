package deliver

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// digestOf is the job of a digest of three tickets, and their timelines as they are saved with it.
func digestOf(t *testing.T) (queue.Job, []escalation.Timeline) {
	t.Helper()
	var changes []escalation.Change
	for i := range 3 {
		tl := enterprise(func(tl *escalation.Timeline) {
			tl.ID, tl.Ticket.ID, tl.TS = fmt.Sprint("tl-", i+1), fmt.Sprint(8841+i), fmt.Sprintf("%s%d", tl.TS, i)
		})
		c := escalation.Decide(tl, facts(at(10)))
		changes = append(changes, c)
	}
	_, digests := escalation.Digests(changes, at(10), func(string) int { return 3 }, escalationtest.Counter("digest"))
	var ts []escalation.Timeline
	for _, c := range digests[0] {
		ts = append(ts, *c.Timeline)
	}
	return queue.Job{New: digests[0][0].Jobs[0], FirstSent: at(10)}, ts
}

// came is what an effect makes of the timelines: the state of each one's first tier.
func came(ts []escalation.Timeline, e queue.Effect) (states []escalation.TierState) {
	for i := range ts {
		if e != nil {
			e.(escalation.Effect).Apply(&ts[i])
		}
		states = append(states, ts[i].Tiers[0].State)
	}
	return states
}

const (
	pending = escalation.TierPending
	owed    = escalation.TierOwed
	posted  = escalation.TierPosted
	failed  = escalation.TierFailed
)

// Rules 13 and 22: each ticket is judged just before the digest is sent.
func TestADigestLeavesOutWhatIsNoLongerRight(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(ts []escalation.Timeline)
		rows []int // that are sent
		kind queue.Kind
		want []escalation.TierState
	}{
		{"all are right", func([]escalation.Timeline) {}, []int{1, 2, 3}, queue.KindSent, []escalation.TierState{posted, posted, posted}},
		{"one was answered", func(ts []escalation.Timeline) { closed(escalation.Answered)(&ts[0]) }, []int{2, 3}, queue.KindSent, []escalation.TierState{pending, posted, posted}},
		{"one was snoozed", func(ts []escalation.Timeline) { ts[1].Tiers[0].Due = at(40) }, []int{1, 3}, queue.KindSent, []escalation.TierState{posted, pending, posted}},
		{"one was decided by somebody else", func(ts []escalation.Timeline) { ts[2].Tiers[0].Digest = "" }, []int{1, 2}, queue.KindSent, []escalation.TierState{posted, posted, owed}},
		{"one alone is left", func(ts []escalation.Timeline) {
			closed(escalation.Answered)(&ts[0])
			closed(escalation.Answered)(&ts[1])
		}, nil, queue.KindDropped, []escalation.TierState{pending, pending, pending}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job, ts := digestOf(t)
			tt.edit(ts)
			p := &poster{ts: "17.000001"}
			d, reg := deliverer(p, &loader{Timelines: ts}, at(10.5))
			got := prepare(t, d, job)[0].Send(t.Context())
			equal(t, "kind", got.Kind, tt.kind)
			var rows []int
			for _, sent := range p.sent {
				for _, r := range sent.Rows {
					rows = append(rows, r.Row)
				}
			}
			equal(t, "rows", rows, tt.rows)
			equal(t, "tiers", came(ts, got.Effect), tt.want)
			equal(t, "counted", value(t, reg, "slabuddy_digests_total"), float64(len(p.sent)))
		})
	}
}

// Rules 12 and 22: what may have been posted is looked for in the channel, and says itself which tickets it names.
func TestADigestThatIsFoundSaysWhichTicketsItNames(t *testing.T) {
	job, ts := digestOf(t)
	p := &poster{ts: "1772442606.000000", found: true, rows: []int{1, 3}}
	d, _ := deliverer(p, &loader{Timelines: ts}, at(15))
	got := prepare(t, d, job)[0].Look(t.Context())
	equal(t, "tiers", came(ts, got.Effect), []escalation.TierState{posted, pending, posted})
	equal(t, "since five minutes before the first attempt", p.since, at(5))
	equal(t, "what stands", ts[0].Posts, []escalation.Posting{{TS: "1772442606.000000", Tier: 1, Round: 1, Digest: "digest-1"}})

	p.found = false
	equal(t, "not there", prepare(t, d, job)[0].Look(t.Context()).Kind, queue.KindAbsent)
	p.err = errors.New("cut")
	equal(t, "could not look", prepare(t, d, job)[0].Look(t.Context()).Kind, queue.KindLookFail)
}

// Rules 14 and 22: a digest that is given up fails the tiers that wait for it, each.
func TestADigestThatIsGivenUpFailsItsTiers(t *testing.T) {
	job, ts := digestOf(t)
	d, reg := deliverer(&poster{}, &loader{Timelines: ts}, at(10.5))
	got := prepare(t, d, job)[0].GiveUp(errors.New("is_archived"))
	equal(t, "subjects", got.Subjects(), []string{"tl-1", "tl-2", "tl-3"})
	equal(t, "tiers", came(ts, got), []escalation.TierState{failed, failed, failed})
	equal(t, "counted", value(t, reg, "slabuddy_reminders_total", "enterprise", "first_reply", "1", "failed"), 3)
}

// Rule 22: a digest shows how all of its tickets stand, those that it named.
func TestADigestIsRefreshedAsAWhole(t *testing.T) {
	job, ts := digestOf(t)
	refresh := queue.Job{New: queue.New{ID: "job-2", Queue: escalation.QueueUpdates, Payload: payload(t, escalation.Post{
		Thread: escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE"}, Timeline: "tl-1", Refresh: &escalation.Posting{Tier: 1, Round: 1, Digest: "digest-1"},
	})}}
	p := &poster{ts: "17.000001"}
	l := &loader{Timelines: ts}
	d, _ := deliverer(p, l, at(11))
	equal(t, "on its way", prepare(t, d, refresh)[0].Send(t.Context()).Kind, queue.KindRetry)

	// The digest is sent, and left out the second ticket. What stands in it, the history knows: its job may be forgotten.
	ts[1].State = escalation.Answered
	sent := prepare(t, d, job)[0].Send(t.Context())
	for i := range ts {
		l.History = append(l.History, escalation.Event{Timeline: ts[i].ID, Kind: escalation.EventDue, Tier: 1, Details: escalation.Details{Round: 1, Reminder: &escalation.Reminder{Tier: 1}}})
	}
	for _, e := range sent.Effect.(escalation.Effects) {
		for i := range ts {
			if slices.Contains(e.Subjects(), ts[i].ID) {
				events, _ := e.Apply(&ts[i])
				l.History = append(l.History, events...)
			}
		}
	}
	equal(t, "stands", prepare(t, d, refresh)[0].Send(t.Context()).Kind, queue.KindSent)
	var named []string
	for _, r := range p.digests[0] {
		named = append(named, r.Now.ID)
	}
	equal(t, "rows", named, []string{"tl-1", "tl-3"})

	history := l.History
	l.History = nil // it was read just before the digest stood
	equal(t, "posted meanwhile", prepare(t, d, refresh)[0].Send(t.Context()).Kind, queue.KindRetry)
	l.History = history
	for i := range ts {
		ts[i].Posts = nil
	}
	equal(t, "not known to stand any more", prepare(t, d, refresh)[0].Send(t.Context()).Kind, queue.KindDropped)
	l.Timelines = nil
	equal(t, "purged", prepare(t, d, refresh)[0].Send(t.Context()).Kind, queue.KindDropped)
}
