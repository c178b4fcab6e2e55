package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store"
)

// named says of each table how many rows changed or were left; the others' none.
func named(rs []store.Rewritten) map[string][2]int {
	got := map[string][2]int{}
	for _, r := range rs {
		if r.Changed+r.Left > 0 {
			n := got[r.Table]
			got[r.Table] = [2]int{n[0] + r.Changed, n[1] + r.Left}
		}
	}
	return got
}

func without(word string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, word, "nobody") }
}

var rewriting = map[string]func(*testing.T, store.Store){
	"texts are rewritten wherever they stand, but in what is still worked with": func(t *testing.T, s store.Store) {
		closed, still := ticket(1), ticket(2)
		closed.Ticket.Customer, still.Ticket.Customer = "Ana Silva", "Ana Silva"
		tls := open(t, s, closed, still)
		closed = tls[0]
		closed.State, closed.ClosedAt = escalation.Withdrawn, after(time.Minute)
		event := escalation.Event{Timeline: closed.ID, At: after(0), Kind: escalation.EventSnoozed, Details: escalation.Details{By: "Ana Silva"}}
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &closed, Events: []escalation.Event{event}}}))(t)
		said := mention(1)
		said.User, said.Text = "Ana Silva", "from Ana Silva"
		must(s.Hear(t.Context(), said, t0))(t)
		finished, waits := job("q", 1), job("slack", 2)
		finished.Payload, waits.Payload = []byte("to Ana Silva"), []byte("to Ana Silva")
		waits.RunAt = after(time.Hour)
		add(t, s, finished, waits)
		end(t, s, take(t, s, after(time.Minute))[finished.Key], queue.Done)
		ok(t, s.Put(t.Context(), "roster", []byte(`{"on":["Ana Silva"]}`), t0))
		addRoster(t, s, "T1", 0, "Ana Silva")
		was, is := setting("engineer/Ana Silva", 1), setting("channel/C1", 1)
		was.By, was.Body = "Ana Silva", []byte(`{"name":"Ana Silva"}`)
		is.By, is.Body = "Ana Silva", []byte(`{"notify":"Ana Silva"}`)
		gone := setting(was.Scope, 2)
		gone.Body = nil // taken back
		for _, v := range []setup.Setting{was, is, gone} {
			set(t, s, v)
		}

		want := map[string][2]int{"timelines": {1, 1}, "history": {1, 0}, "mentions": {1, 0}, "jobs": {1, 1}, "kept": {1, 0}, "rosters": {1, 0}, "settings": {4, 1}}
		same(t, "would be", named(must(s.Rewrite(t.Context(), without("Ana Silva"), false))(t)), want)
		same(t, "rewritten", named(must(s.Rewrite(t.Context(), without("Ana Silva"), true))(t)), want)
		same(t, "the second time", named(must(s.Rewrite(t.Context(), without("Ana Silva"), true))(t)),
			map[string][2]int{"timelines": {0, 1}, "jobs": {0, 1}, "settings": {0, 1}})

		tls = load(t, s, closed, still)
		same(t, "closed", tls[0].Ticket.Customer, "nobody")
		same(t, "open", tls[1].Ticket.Customer, "Ana Silva")
		same(t, "by", must(s.History(t.Context(), closed.ID))(t)[1].By, "nobody")
		same(t, "roster", must(s.Rosters(t.Context(), "T1", t0, after(time.Second)))(t)[0].Roster.OnShift, []string{"nobody"})
		same(t, "payload", string(jobs(t, s)[finished.Key].Payload), "to nobody")
		is.By, gone.Scope, was.Scope, was.By, was.Body = "nobody", "engineer/nobody", "engineer/nobody", "nobody", []byte(`{"name":"nobody"}`)
		same(t, "in force", must(s.Settings(t.Context(), "T1"))(t), []setup.Setting{is, gone})
		same(t, "versions", must(s.SettingVersions(t.Context(), "T1", was.Scope, 10))(t), []setup.Setting{gone, was})
	},
	"who is on the team stays, with all versions of what they were": func(t *testing.T, s store.Store) {
		was, is, away := setting("engineer/Ana Silva", 1), setting("engineer/Ana Silva", 2), setting("absence/Ana Silva/1/away", 1)
		was.Body, is.Body, away.Body = []byte(`{"name":"Ana Silva"}`), []byte(`{"name":"Ana Silva","email":"x"}`), []byte(`{"who":"Ana Silva"}`)
		for _, v := range []setup.Setting{was, is, away} {
			set(t, s, v)
		}
		ok(t, s.Put(t.Context(), "roster", []byte("Ana Silva"), t0))
		for _, apply := range []bool{false, true} {
			if _, err := s.Rewrite(t.Context(), without("Ana Silva"), apply); !errors.Is(err, store.ErrInForce) {
				t.Errorf("apply %t: %v, want that nothing is changed", apply, err)
			}
		}
		same(t, "in force", must(s.Settings(t.Context(), "T1"))(t), []setup.Setting{away, is})
		same(t, "versions", must(s.SettingVersions(t.Context(), "T1", is.Scope, 10))(t), []setup.Setting{is, was})
		value, _, _, err := s.Get(t.Context(), "roster")
		ok(t, err)
		same(t, "kept", string(value), "Ana Silva")
	},
	"whoever was taken off the team is in force at no moment": func(t *testing.T, s store.Store) {
		was, gone := setting("engineer/Ana Silva", 1), setting("engineer/Ana Silva", 2)
		was.Body, gone.Body = []byte(`{"name":"Ana Silva"}`), nil
		set(t, s, was)
		set(t, s, gone)
		must(s.Rewrite(t.Context(), func(text string) string {
			for _, v := range must(s.Settings(t.Context(), "T1"))(t) {
				if v.Body != nil {
					t.Errorf("when it came to %q, %s was in force in version %d", text, v.Scope, v.Version)
				}
			}
			return without("Ana Silva")(text)
		}, true))(t)
		same(t, "versions", len(must(s.SettingVersions(t.Context(), "T1", "engineer/nobody", 10))(t)), 2)
	},
	"what has to be unique stays so, whoever was erased before": func(t *testing.T, s store.Store) {
		for _, scope := range []string{"absence/Ana Silva/1/away", "absence/Ben Silva/1/away", "absence/nobody/1/away"} {
			for version := range int64(2) {
				set(t, s, setting(scope, version+1))
			}
		}
		ok(t, s.Put(t.Context(), "calendar/nobody", nil, t0))
		ok(t, s.Put(t.Context(), "calendar/Ana Silva", nil, t0))
		named := job("q", 1)
		named.Key = "of Ana Silva"
		unlike := job("q", 2)
		unlike.Key = "of nobody"
		add(t, s, named, unlike)
		for _, j := range take(t, s, after(time.Minute)) {
			end(t, s, j, queue.Done)
		}
		must(s.Rewrite(t.Context(), without("Ana Silva"), true))(t)
		must(s.Rewrite(t.Context(), without("Ben Silva"), true))(t)
		all := must(s.Settings(t.Context(), "T1"))(t)
		same(t, "scopes", len(all), 3)
		for _, v := range all {
			if strings.Contains(v.Scope, "Silva") || v.Version != 2 {
				t.Errorf("%s, version %d", v.Scope, v.Version)
			}
		}
		_, _, found, err := s.Get(t.Context(), "calendar/Ana Silva")
		ok(t, err)
		same(t, "kept under the name", found, false)
		if _, has := jobs(t, s)[named.Key]; has {
			t.Errorf("a job is called %s", named.Key)
		}
		same(t, "jobs", len(jobs(t, s)), 2)
	},
	"whoever read a timeline before it was rewritten cannot save it": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		tl.State, tl.ClosedAt = escalation.Withdrawn, after(time.Minute)
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl}}))(t)
		before := load(t, s, tl)[0]
		must(s.Rewrite(t.Context(), without("Ann"), true))(t)
		same(t, "saved", must(s.Save(t.Context(), []escalation.Change{{Timeline: &before}}))(t), []escalation.Saved{escalation.SavedStale})
	},
	"a row that changes meanwhile is read again": func(t *testing.T, s store.Store) {
		ok(t, s.Put(t.Context(), "roster", []byte("Ana Silva"), t0))
		changed := false
		got := must(s.Rewrite(t.Context(), func(text string) string {
			if text == "Ana Silva" && !changed {
				changed = true
				ok(t, s.Put(t.Context(), "roster", []byte("Ana Silva and Ben"), after(time.Minute)))
			}
			return without("Ana Silva")(text)
		}, true))(t)
		same(t, "rewritten", named(got), map[string][2]int{"kept": {1, 0}})
		value, _, _, err := s.Get(t.Context(), "roster")
		ok(t, err)
		same(t, "value", string(value), "nobody and Ben")
	},
	"every row is read, however many": func(t *testing.T, s store.Store) {
		const n = 1201
		var all []queue.New
		for i := range n {
			j := job("q", i)
			j.Payload = []byte("Ana Silva")
			all = append(all, j)
		}
		add(t, s, all...)
		same(t, "left", named(must(s.Rewrite(t.Context(), without("Ana Silva"), true))(t)), map[string][2]int{"jobs": {0, n}})
	},
}
