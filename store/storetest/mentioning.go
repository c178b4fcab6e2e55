package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
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
		var saved atomic.Int32
		together(8, func(i int) {
			if _, err := s.Hear(t.Context(), m, t0); err != nil {
				t.Error(err)
			}
			got, err := s.Save(t.Context(), []escalation.Change{{Mention: &m.MentionKey, Jobs: []queue.New{job("q", i)}}})
			if err != nil {
				t.Error(err)
			} else if got[0] == escalation.SavedOK {
				saved.Add(1)
			}
		})
		if n := saved.Load(); n != 1 {
			t.Errorf("acted on %d times", n)
		}
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
