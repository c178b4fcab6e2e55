package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

var listing = map[string]func(*testing.T, store.Store){
	"open timelines are listed in the order asked for": func(t *testing.T, s store.Store) {
		a, b, c := ticket(1), ticket(2), ticket(3) // posted in this order
		a.Tiers[0].Due, b.Tiers[0].Due, c.Tiers[0].Due = after(3*time.Minute), after(time.Minute), after(2*time.Minute)
		a.FirstReply().Deadline, b.FirstReply().Deadline, c.FirstReply().Deadline = after(2*time.Hour), after(3*time.Hour), after(time.Hour)
		c.Channel = "C2"
		open(t, s, a, b, c)
		for _, w := range []struct {
			by   escalation.OpenOrder
			want []string
		}{
			{escalation.ByNext, []string{b.ID, c.ID, a.ID}},
			{escalation.ByDeadline, []string{c.ID, a.ID, b.ID}},
			{escalation.ByPosted, []string{c.ID, b.ID, a.ID}},
		} {
			all := escalation.OpenQuery{Workspace: "T1", By: w.by, Limit: 10}
			same(t, "by "+string(w.by), listed(t, s, all), w.want)
			few := all
			few.Limit = 2
			same(t, "the first two by "+string(w.by), listed(t, s, few), w.want[:2])
			one := all
			one.Channel = "C1"
			same(t, "of a channel by "+string(w.by), listed(t, s, one),
				slices.DeleteFunc(slices.Clone(w.want), func(id string) bool { return id == c.ID }))
		}
	},
	"a list holds whole timelines, and none that is closed or of another workspace": func(t *testing.T, s store.Store) {
		elsewhere := ticket(3)
		elsewhere.Workspace = "T2"
		ts := open(t, s, ticket(1), ticket(2), elsewhere)
		closeTimeline(t, s, ts[1])
		for _, channel := range []string{"", "C1"} {
			q := escalation.OpenQuery{Workspace: "T1", Channel: channel, By: escalation.ByNext, Limit: 10}
			same(t, "list", must(s.ListOpen(t.Context(), q))(t), ts[:1])
		}
	},
	"a list of none is empty, and one in no order is refused": func(t *testing.T, s store.Store) {
		open(t, s, ticket(1))
		same(t, "none", len(listed(t, s, escalation.OpenQuery{Workspace: "T1", By: escalation.ByNext})), 0)
		if _, err := s.ListOpen(t.Context(), escalation.OpenQuery{Workspace: "T1", Limit: 1}); err == nil {
			t.Error("no error")
		}
	},
	"among very many open, a channel's own are listed": func(t *testing.T, s store.Store) {
		const n = 1100
		ts := make([]escalation.Timeline, n)
		for i := range ts {
			if ts[i] = ticket(i); i%500 == 0 {
				ts[i].Channel = "C2"
			}
		}
		open(t, s, ts...)
		q := escalation.OpenQuery{Workspace: "T1", Channel: "C2", By: escalation.ByPosted, Limit: 2}
		same(t, "of the channel", listed(t, s, q), []string{id(1, 1000), id(1, 500)})
		q.Channel = ""
		same(t, "of all", listed(t, s, q), []string{id(1, n-1), id(1, n-2)})
	},
	"the open timelines of a ticket are found in every workspace": func(t *testing.T, s store.Store) {
		var ts []escalation.Timeline
		for i, workspace := range []string{"T1", "T2", "T3", "T4"} {
			tl := ticket(i)
			tl.Workspace, tl.Ticket.ID = workspace, "42"
			ts = append(ts, tl)
		}
		ts[2].Ticket.ID = "43"
		other := ticket(9)
		other.Workspace = "T2"
		ts = open(t, s, append(ts, other)...)
		closeTimeline(t, s, ts[1])
		same(t, "found", must(s.FindByTicket(t.Context(), "", "42"))(t), []escalation.Timeline{ts[0], ts[3]})
		same(t, "in one of them", must(s.FindByTicket(t.Context(), "T4", "42"))(t), []escalation.Timeline{ts[3]})
		same(t, "in one where it is closed", len(must(s.FindByTicket(t.Context(), "T2", "42"))(t)), 0)
		same(t, "in one that has another", len(must(s.FindByTicket(t.Context(), "T3", "42"))(t)), 0)
		same(t, "no such ticket", len(must(s.FindByTicket(t.Context(), "", "44"))(t)), 0)
	},
	"with nothing open, no ticket is found": func(t *testing.T, s store.Store) {
		same(t, "found", len(must(s.FindByTicket(t.Context(), "", "42"))(t)), 0)
	},
	"of one kind, what happened to timelines is found in its order": func(t *testing.T, s store.Store) {
		ts := open(t, s, ticket(1), ticket(2), ticket(3))
		for i := range ts {
			for round := range 2 {
				decided := escalation.Event{Timeline: ts[i].ID, At: after(time.Duration(round) * time.Minute), Kind: escalation.EventDue, Tier: 1,
					Details: escalation.Details{Round: round + 1, Reminder: &escalation.Reminder{Policy: fmt.Sprint("of ", i, round)}}}
				change := escalation.Change{Timeline: &ts[i], Events: []escalation.Event{decided}}
				must(s.Save(t.Context(), []escalation.Change{change}))(t)
				ts[i].Version++
			}
		}
		var got []string
		for _, e := range must(s.Happened(t.Context(), []string{ts[0].ID, ts[2].ID}, escalation.EventDue))(t) {
			got = append(got, e.Reminder.Policy)
		}
		same(t, "decided", got, []string{"of 0 0", "of 0 1", "of 2 0", "of 2 1"})
		same(t, "of none", len(must(s.Happened(t.Context(), nil, escalation.EventDue))(t)), 0)
	},
	"jobs are found by their keys, whatever became of them": func(t *testing.T, s store.Store) {
		js := claimed(t, s, 3)
		must(s.Finish(t.Context(), t0, []queue.Finished{finished(js[0], queue.Done)}))(t)
		keys := []string{js[0].Key, js[2].Key, "not there"}
		got := must(s.JobsByKey(t.Context(), keys))(t)
		states := map[string]queue.State{}
		for _, j := range got {
			states[j.Key] = j.State
			same(t, "payload", len(j.Payload) > 0, true)
		}
		same(t, "found", states, map[string]queue.State{js[0].Key: queue.Done, js[2].Key: queue.Running})
		same(t, "of no keys", len(must(s.JobsByKey(t.Context(), nil))(t)), 0)
	},
}

func listed(t *testing.T, s store.Store, q escalation.OpenQuery) []string {
	t.Helper()
	return ids(must(s.ListOpen(t.Context(), q))(t))
}

const day = 24 * time.Hour

var lateness = map[string]func(*testing.T, store.Store){
	"how late reminders were is told newest first": func(t *testing.T, s store.Store) {
		today := openedOn(t, s, "T1", 0)
		before := openedOn(t, s, "T1", -3*day)
		remind(t, s, today, escalation.EventPosted, 10*time.Minute, time.Second)
		remind(t, s, before, escalation.EventPosted, 5*time.Minute, 2*time.Second)
		remind(t, s, today, escalation.EventPosted, 20*time.Minute, 3*time.Second)
		same(t, "all", must(s.Lateness(t.Context(), "T1", t0, 10))(t),
			[]time.Duration{3 * time.Second, time.Second, 2 * time.Second})
		same(t, "the newest two", must(s.Lateness(t.Context(), "T1", t0, 2))(t),
			[]time.Duration{3 * time.Second, time.Second})
		same(t, "none", len(must(s.Lateness(t.Context(), "T1", t0, 0))(t)), 0)
	},
	"a reminder that was in time counts, as not late": func(t *testing.T, s store.Store) {
		remind(t, s, openedOn(t, s, "T1", 0), escalation.EventPosted, time.Minute, 0)
		same(t, "late", must(s.Lateness(t.Context(), "T1", t0, 10))(t), []time.Duration{0})
	},
	"what was not posted, or earlier, or in another workspace, does not count": func(t *testing.T, s store.Store) {
		here, there := openedOn(t, s, "T1", -time.Hour), openedOn(t, s, "T2", 0)
		remind(t, s, here, escalation.EventDeferred, time.Minute, time.Second)
		remind(t, s, here, escalation.EventPosted, -time.Minute, 2*time.Second)
		remind(t, s, there, escalation.EventPosted, time.Minute, 3*time.Second)
		same(t, "late", len(must(s.Lateness(t.Context(), "T1", t0, 10))(t)), 0)
		same(t, "late over there", must(s.Lateness(t.Context(), "T2", t0, 10))(t), []time.Duration{3 * time.Second})
	},
	"reminders of tickets much older than asked about are left out": func(t *testing.T, s store.Store) {
		remind(t, s, openedOn(t, s, "T1", -4*day), escalation.EventPosted, time.Minute, time.Second)
		remind(t, s, openedOn(t, s, "T1", -4*day-time.Second), escalation.EventPosted, time.Minute, time.Hour)
		same(t, "late", must(s.Lateness(t.Context(), "T1", t0, 10))(t), []time.Duration{time.Second})
	},
}

// openedOn opens a timeline whose id tells the time, as those of the program do.
func openedOn(t *testing.T, s store.Store, workspace string, since time.Duration) escalation.Timeline {
	t.Helper()
	return open(t, s, openedAs(workspace, since))[0]
}

// openedAs is such a timeline, not stored yet.
func openedAs(workspace string, since time.Duration) escalation.Timeline {
	ms := after(since).UnixMilli()
	tl := ticket(int(ms % 1_000_000_000))
	tl.ID = fmt.Sprintf("%08x-%04x-7000-8000-000000000000", ms>>16, ms&0xffff)
	tl.Workspace, tl.Ticket.ID = workspace, tl.ID
	return tl
}

func remind(t *testing.T, s store.Store, tl escalation.Timeline, kind escalation.EventKind, at, late time.Duration) {
	t.Helper()
	e := escalation.Event{Timeline: tl.ID, At: after(at), Kind: kind, Tier: 1, Details: escalation.Details{Late: late}}
	same(t, "saved", must(s.Save(t.Context(), []escalation.Change{{Events: []escalation.Event{e}}}))(t), []escalation.Saved{escalation.SavedOK})
}
