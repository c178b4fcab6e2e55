package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/store"
)

var deskTelling = map[string]func(*testing.T, store.Store){
	"what the desk told about a ticket is found, in the order in which it was heard": func(t *testing.T, s store.Store) {
		first, second := told("42", time.Minute), told("42", 0)
		hear(t, s, second, time.Minute)
		hear(t, s, first, 0)
		hear(t, s, told("43", 0), 0)
		same(t, "of the ticket", earlyDesk(t, s, "42", 0), []desk.Event{first, second})
		same(t, "of another", len(earlyDesk(t, s, "44", 0)), 0)
	},
	"what was heard too long ago is not": func(t *testing.T, s store.Store) {
		hear(t, s, told("42", time.Hour), 0)
		same(t, "heard then", len(earlyDesk(t, s, "42", 0)), 1)
		same(t, "heard before", len(earlyDesk(t, s, "42", time.Microsecond)), 0)
	},
	"an event told twice is kept once, as heard last, and as proof if it ever was one": func(t *testing.T, s store.Store) {
		e := told("42", 0)
		e.Proof = false
		hear(t, s, e, 0)
		proof := e
		proof.Proof = true
		hear(t, s, proof, time.Hour)
		hear(t, s, e, time.Minute) // the slow one of two replicas
		same(t, "kept", earlyDesk(t, s, "42", time.Hour), []desk.Event{proof})
	},
	"events of another kind or time are others": func(t *testing.T, s store.Store) {
		closed, timeless := told("42", 0), told("42", 0)
		closed.Kind, closed.Cause = desk.Closed, "solved"
		timeless.At = time.Time{}
		for i, e := range []desk.Event{told("42", 0), closed, told("42", time.Second), timeless} {
			hear(t, s, e, time.Duration(i)*time.Second)
		}
		same(t, "kept", earlyDesk(t, s, "42", 0), []desk.Event{told("42", 0), closed, told("42", time.Second), timeless})
	},
	"an event that does not say when it happened may happen again": func(t *testing.T, s store.Store) {
		e := told("42", 0)
		e.At = time.Time{}
		hear(t, s, e, 0)
		hear(t, s, e, 24*time.Hour)
		same(t, "kept", earlyDesk(t, s, "42", 23*time.Hour), []desk.Event{e})
	},
	"what one workspace's desk told is nothing to another, and what the desk of all told is for each": func(t *testing.T, s store.Store) {
		theirs, mine, all := told("42", 0), told("42", time.Minute), told("42", time.Hour)
		theirs.Workspace, mine.Workspace = "T2", "T1"
		for _, e := range []desk.Event{theirs, mine, all} {
			hear(t, s, e, 0)
		}
		same(t, "of T1", earlyDesk(t, s, "42", 0), []desk.Event{mine, all})
		same(t, "of T3", must(s.EarlyDesk(t.Context(), "T3", "42", t0))(t), []desk.Event{all})
	},
	"many who ask at once what the desk told each get their own": func(t *testing.T, s store.Store) {
		for i := range 8 {
			hear(t, s, told(fmt.Sprint(i), 0), 0)
		}
		together(64, func(i int) {
			got, err := s.EarlyDesk(t.Context(), "T1", fmt.Sprint(i%16), t0)
			switch {
			case err != nil:
				t.Error(err)
			case i%16 >= 8 && len(got) != 0, i%16 < 8 && (len(got) != 1 || got[0].TicketID != fmt.Sprint(i%16)):
				t.Errorf("ticket %d: %+v", i%16, got)
			}
		})
	},
}

// told is a public reply that happened so long after t0.
func told(ticket string, at time.Duration) desk.Event {
	return desk.Event{TicketID: ticket, Kind: desk.Replied, At: after(at), Proof: true}
}

func hear(t *testing.T, s store.Store, e desk.Event, at time.Duration) {
	t.Helper()
	ok(t, s.HearDesk(t.Context(), e, after(at)))
}

func earlyDesk(t *testing.T, s store.Store, ticket string, since time.Duration) []desk.Event {
	t.Helper()
	return must(s.EarlyDesk(t.Context(), "T1", ticket, after(since)))(t)
}
