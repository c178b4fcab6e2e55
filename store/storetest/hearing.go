package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

var mentions = map[string]func(*testing.T, store.Store){
	"a mention is acted on once": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		m := mention(1)
		if acted := must(s.Hear(t.Context(), m, t0))(t); acted {
			t.Error("acted on before")
		}
		c := escalation.Change{Timeline: &tl, Mention: &m.MentionKey, Jobs: []queue.New{job("q", 1)}}
		same(t, "first", must(s.Save(t.Context(), []escalation.Change{c}))(t), []escalation.Saved{escalation.SavedOK})
		if acted := must(s.Hear(t.Context(), m, after(time.Minute)))(t); !acted {
			t.Error("not known to be acted on")
		}
		now := load(t, s, tl)[0]
		again := escalation.Change{Timeline: &now, Mention: &m.MentionKey, Jobs: []queue.New{job("q", 2)},
			Events: []escalation.Event{{Timeline: tl.ID, At: t0, Kind: escalation.EventSnoozed}}}
		same(t, "again", must(s.Save(t.Context(), []escalation.Change{again}))(t), []escalation.Saved{escalation.SavedRepeats})
		same(t, "timeline", load(t, s, tl)[0], now)
		same(t, "history", kinds(t, s, tl.ID), []escalation.EventKind{escalation.EventOpened})
		same(t, "jobs", len(jobs(t, s)), 1)
	},
	"a mention delivered twice at once is acted on once": func(t *testing.T, s store.Store) {
		m := mention(1)
		acted := winners(t, 8, func(i int) (bool, error) {
			if _, err := s.Hear(t.Context(), m, t0); err != nil {
				return false, err
			}
			return wasSaved(s.Save(t.Context(), []escalation.Change{{Mention: &m.MentionKey, Jobs: []queue.New{job("q", i)}}}))
		})
		same(t, "acted on", acted, 1)
		same(t, "jobs", len(jobs(t, s)), 1)
	},
	"a mention named twice in a call is acted on once": func(t *testing.T, s store.Store) {
		key := mention(1).MentionKey
		same(t, "saved", must(s.Save(t.Context(), []escalation.Change{{Mention: &key}, {Mention: &key}}))(t),
			[]escalation.Saved{escalation.SavedOK, escalation.SavedRepeats})
	},
	"early mentions of a thread are found, oldest first, until they are acted on or too old": func(t *testing.T, s store.Store) {
		elsewhere, old := mention(4), mention(5)
		elsewhere.ThreadTS = ticket(2).TS
		for _, h := range []struct {
			m  escalation.Mention
			at time.Duration
		}{{mention(2), 0}, {mention(1), time.Minute}, {mention(3), 0}, {elsewhere, 0}, {old, -2 * time.Hour}} {
			_, err := s.Hear(t.Context(), h.m, after(h.at))
			ok(t, err)
		}
		acted := mention(3).MentionKey
		must(s.Save(t.Context(), []escalation.Change{{Mention: &acted}}))(t)
		early := func(threads ...escalation.Thread) []escalation.Mention {
			return must(s.Early(t.Context(), threads, after(-time.Hour)))(t)
		}
		same(t, "of the thread", early(ticket(1).Thread), []escalation.Mention{mention(1), mention(2)})
		same(t, "of two", len(early(ticket(1).Thread, ticket(2).Thread)), 3)
		same(t, "of another", len(early(ticket(3).Thread)), 0)
		same(t, "of none", len(early()), 0)
	},
	"a mention keeps the time at which it was first heard": func(t *testing.T, s store.Store) {
		for _, at := range []time.Duration{-2 * time.Hour, 0} {
			_, err := s.Hear(t.Context(), mention(1), after(at))
			ok(t, err)
		}
		same(t, "early", len(must(s.Early(t.Context(), []escalation.Thread{ticket(1).Thread}, after(-time.Hour)))(t)), 0)
	},
	"many who ask for early mentions at once each get their own": func(t *testing.T, s store.Store) {
		for i := range 8 {
			m := mention(i)
			m.ThreadTS = ticket(i).TS
			_, err := s.Hear(t.Context(), m, t0)
			ok(t, err)
		}
		together(64, func(i int) {
			got, err := s.Early(t.Context(), []escalation.Thread{ticket(i % 16).Thread}, t0)
			switch {
			case err != nil:
				t.Error(err)
			case i%16 >= 8 && len(got) != 0, i%16 < 8 && (len(got) != 1 || got[0].TS != mention(i%16).TS):
				t.Errorf("thread %d: %+v", i%16, got)
			}
		})
	},
}

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
