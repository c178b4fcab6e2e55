package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store"
)

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
