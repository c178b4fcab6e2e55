package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

var opening = map[string]func(*testing.T, store.Store){
	"a timeline comes back as it was, its times in UTC and to the microsecond": func(t *testing.T, s store.Store) {
		full := ticket(1)
		full.Desk = escalation.DeskAnswer{Status: desk.Unanswered, At: after(time.Minute)}
		full.FirstReply().DeadlinePassed, full.FirstReply().BreachedAt = true, full.FirstReply().Deadline
		full.SnoozedUntil, full.Cause = after(time.Hour), "because"
		full.AnsweredAt, full.ClosedAt = after(2*time.Hour), after(3*time.Hour)
		full.State = escalation.Answered
		full.Tiers[0].State, full.Tiers[0].PostedAt = escalation.TierPosted, after(10*time.Minute)
		full.Tiers[0].Round, full.Tiers[0].TS, full.Tiers[0].Digest = 2, "1700000600.000001", id(2, 9)
		full.Tiers[1].Message, full.Tiers[1].Repeat = "Ticket {{.Ticket.ID}}", 10*time.Minute
		bare := escalation.Timeline{ID: id(1, 2), Ticket: escalation.Ticket{ID: "2"}, State: escalation.Open,
			Thread:   escalation.Thread{Workspace: "T1", Channel: "C1", TS: "1700000000.000002"},
			PostedAt: t0, OpenedAt: t0, AskedAt: t0, Clocks: []escalation.Clock{{Kind: policy.FirstReply, Start: t0, Deadline: t0}}, ExpiresAt: t0, Policy: "teams"}

		fine := full
		fine.Tiers, fine.Clocks = slices.Clone(full.Tiers), slices.Clone(full.Clocks)
		for _, at := range []*time.Time{&fine.PostedAt, &fine.OpenedAt, &fine.AskedAt, &fine.FirstReply().Deadline, &fine.ExpiresAt, &fine.Desk.At,
			&fine.SnoozedUntil, &fine.FirstReply().BreachedAt, &fine.AnsweredAt, &fine.ClosedAt, &fine.Tiers[0].Due, &fine.Tiers[0].PostedAt} {
			*at = at.Add(999 * time.Nanosecond)
		}

		got := open(t, s, fine, bare)

		full.Version, bare.Version = 1, 1
		same(t, "read back", got, []escalation.Timeline{full, bare}, cmpopts.EquateEmpty())
		for _, at := range []time.Time{got[0].PostedAt, got[0].OpenedAt, got[0].Tiers[0].Due, got[0].ExpiresAt, got[0].Desk.At} {
			if at.Location() != time.UTC {
				t.Errorf("%v is not in UTC", at)
			}
		}
	},
	"opening is the first event": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		same(t, "history", must(s.History(t.Context(), tl.ID))(t),
			[]escalation.Event{{Timeline: tl.ID, At: tl.OpenedAt, Kind: escalation.EventOpened}})
	},
	"the same message opens one for ever": func(t *testing.T, s store.Store) {
		first := open(t, s, ticket(1))[0]
		again := ticket(1)
		again.ID = id(1, 99)
		want := []escalation.Opened{{ID: first.ID, Repeat: true}}
		same(t, "while open", must(s.Open(t.Context(), []escalation.Timeline{again}))(t), want)
		closeTimeline(t, s, first)
		same(t, "once closed", must(s.Open(t.Context(), []escalation.Timeline{again}))(t), want)
		same(t, "history", kinds(t, s, first.ID), []escalation.EventKind{escalation.EventOpened})
	},
	"once a ticket's message is gone, both it and the message in its place lead to the timeline": func(t *testing.T, s store.Store) {
		tl, other := open(t, s, ticket(1), ticket(2))[0], ticket(1)
		other.ID = id(1, 99)
		tl.Gone, tl.Moved = true, "1700000900.000001"
		same(t, "saved", must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl}}))(t), []escalation.Saved{escalation.SavedOK})
		tl.Version++
		for _, ts := range []string{tl.TS, tl.Moved} {
			at := tl.Thread
			at.TS = ts
			same(t, "found under "+ts, must(s.ListByThread(t.Context(), at))(t), []escalation.Timeline{tl}, cmpopts.EquateEmpty())
			at.Channel = "C9"
			same(t, "in another channel", len(must(s.ListByThread(t.Context(), at))(t)), 0)
		}
		nowhere := tl.Thread
		nowhere.TS = ""
		same(t, "under no message", len(must(s.ListByThread(t.Context(), nowhere))(t)), 0)
		same(t, "its message, delivered once more", must(s.Open(t.Context(), []escalation.Timeline{other}))(t), []escalation.Opened{{ID: tl.ID, Repeat: true}})
	},
	"a timeline handed in again, after a commit whose outcome was unknown, is as new as before": func(t *testing.T, s store.Store) {
		want := []escalation.Opened{{ID: id(1, 1), New: true}}
		for range 2 {
			same(t, "opened", must(s.Open(t.Context(), []escalation.Timeline{ticket(1)}))(t), want)
		}
		same(t, "history", kinds(t, s, id(1, 1)), []escalation.EventKind{escalation.EventOpened})
	},
	"a ticket has one open timeline, and another once that is closed": func(t *testing.T, s store.Store) {
		first := open(t, s, ticket(1))[0]
		second := ticket(2)
		second.Ticket.ID = first.Ticket.ID
		same(t, "while open", must(s.Open(t.Context(), []escalation.Timeline{second}))(t), []escalation.Opened{{ID: first.ID}})
		closeTimeline(t, s, first)
		same(t, "once closed", must(s.Open(t.Context(), []escalation.Timeline{second}))(t), []escalation.Opened{{ID: second.ID, New: true}})
	},
	"a ticket of another workspace is another ticket": func(t *testing.T, s store.Store) {
		other := ticket(1)
		other.ID, other.Workspace = id(1, 2), "T2"
		open(t, s, ticket(1), other)
	},
	"repeats within one call open one": func(t *testing.T, s store.Store) {
		a, message, about := ticket(1), ticket(1), ticket(2)
		message.ID, about.Ticket.ID = id(1, 99), "1"
		same(t, "opened", must(s.Open(t.Context(), []escalation.Timeline{a, message, about}))(t),
			[]escalation.Opened{{ID: a.ID, New: true}, {ID: a.ID, Repeat: true}, {ID: a.ID}})
	},
	"a message delivered many times at once opens one": func(t *testing.T, s store.Store) {
		got := make([]escalation.Opened, 64)
		together(len(got), func(i int) {
			tl := ticket(i % 8)
			tl.ID = id(3, i)
			o, err := s.Open(t.Context(), []escalation.Timeline{tl})
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = o[0]
		})
		stands := map[int]string{}
		for i, o := range got {
			if o.New {
				if stands[i%8] != "" {
					t.Errorf("message %d was opened twice", i%8)
				}
				stands[i%8] = o.ID
			}
		}
		for i, o := range got {
			if o.ID != stands[i%8] || o.New == o.Repeat {
				t.Errorf("delivery %d: got %+v, want that %s stands", i, o, stands[i%8])
			}
		}
	},
	"one that cannot be stored does not fail its neighbours": func(t *testing.T, s store.Store) {
		const n = 32
		errs := make([]error, n)
		together(n, func(i int) {
			tl := ticket(i)
			if i == 7 {
				tl.ID = "poison"
			}
			_, errs[i] = s.Open(t.Context(), []escalation.Timeline{tl})
		})
		for i, err := range errs {
			if (err != nil) != (i == 7) {
				t.Errorf("timeline %d: %v", i, err)
			}
		}
		same(t, "open", must(s.CountOpen(t.Context()))(t), map[string][]int{"enterprise": {n - 1}})
	},
	"a caller whose time is up gets told so": func(t *testing.T, s store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Open(ctx, []escalation.Timeline{ticket(1)}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	},
	"nothing to open is no error": func(t *testing.T, s store.Store) {
		if got := must(s.Open(t.Context(), nil))(t); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	},
	"one message opens a timeline for each of its tickets, once": func(t *testing.T, s store.Store) {
		first, second := ticket(1), ticket(2)
		second.Thread = first.Thread
		got := must(s.Open(t.Context(), []escalation.Timeline{first, second}))(t)
		if !got[0].New || !got[1].New {
			t.Fatalf("got %+v, want both opened", got)
		}
		again, third := second, ticket(3)
		again.ID, third.ID, third.Ticket.ID = id(1, 91), id(1, 92), first.Ticket.ID
		repeated := must(s.Open(t.Context(), []escalation.Timeline{again, third}))(t)
		if want := (escalation.Opened{ID: second.ID, Repeat: true}); repeated[0] != want {
			t.Errorf("delivered again: %+v, want %+v", repeated[0], want)
		}
		if repeated[1].New || repeated[1].Repeat || repeated[1].ID != first.ID {
			t.Errorf("another message about the first ticket: %+v", repeated[1])
		}
		all := must(s.ListByThread(t.Context(), first.Thread))(t)
		if len(all) != 2 || all[0].ID != first.ID || all[1].ID != second.ID {
			t.Errorf("in the thread are %+v", all)
		}
	},
	"a timeline is found by its thread, open or closed": func(t *testing.T, s store.Store) {
		tl := closeTimeline(t, s, open(t, s, ticket(1), ticket(2))[0])
		got, found, err := s.FindByThread(t.Context(), tl.Thread)
		ok(t, err)
		if !found {
			t.Fatal("not found")
		}
		same(t, "found", got, tl)
		if _, found, err := s.FindByThread(t.Context(), ticket(3).Thread); err != nil || found {
			t.Errorf("one that is not there: found %v, %v", found, err)
		}
	},
	"what is not there is left out of a load": func(t *testing.T, s store.Store) {
		open(t, s, ticket(1))
		got := must(s.Load(t.Context(), []string{id(1, 1), id(1, 2), "no id"}))(t)
		if len(got) != 1 || got[0].ID != id(1, 1) {
			t.Errorf("got %+v", got)
		}
	},
	"open timelines are counted by policy": func(t *testing.T, s store.Store) {
		teams := ticket(3)
		teams.Policy = "teams"
		closeTimeline(t, s, open(t, s, ticket(1), ticket(2), teams, ticket(4))[3])
		same(t, "counts", must(s.CountOpen(t.Context()))(t), map[string][]int{"enterprise": {2}, "teams": {1}})
	},
	"open timelines are counted by policy and by what is left of the time": func(t *testing.T, s store.Store) {
		at := func(i int, policy string, left time.Duration) escalation.Timeline {
			tl := ticket(i)
			tl.Policy, tl.FirstReply().Deadline = policy, after(left)
			return tl
		}
		overdue := at(1, "enterprise", -time.Hour)
		overdue.State, overdue.ClosedAt = escalation.Answered, after(0)
		open(t, s, overdue, at(2, "enterprise", -time.Microsecond), at(3, "enterprise", 0), at(4, "enterprise", 10*time.Minute-time.Microsecond),
			at(5, "enterprise", time.Hour), at(6, "teams", 30*24*time.Hour))
		same(t, "counts", must(s.CountOpen(t.Context(), after(0), after(10*time.Minute), after(time.Hour)))(t),
			map[string][]int{"enterprise": {1, 2, 0, 1}, "teams": {0, 0, 0, 1}})
	},
	"bytes that no text may hold fail no write": func(t *testing.T, s store.Store) {
		tl := ticket(1)
		tl.Channel, tl.Ticket.ID, tl.Ticket.Subject, tl.Cause, tl.Policy = odd, odd, odd, odd, odd
		tl = open(t, s, tl, ticket(2))[0]
		if _, found, err := s.FindByThread(t.Context(), escalation.Thread{Workspace: "T1", Channel: odd, TS: tl.TS}); err != nil || !found {
			t.Errorf("found %v, %v", found, err)
		}
		j := job("q", 1)
		j.Key, j.Pace, j.Gates = odd, odd, []string{odd, "g"}
		m := escalation.Mention{MentionKey: escalation.MentionKey{Workspace: odd, Channel: odd, TS: odd}, ThreadTS: odd, User: odd, Text: odd}
		_, err := s.Hear(t.Context(), m, t0)
		ok(t, err)
		saved := must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Jobs: []queue.New{j}, Mention: &m.MentionKey,
			Events: []escalation.Event{{Timeline: tl.ID, At: t0, Kind: escalation.EventDesk, Details: escalation.Details{Cause: odd}}}}}))(t)
		same(t, "saved", saved, []escalation.Saved{escalation.SavedOK})
		said := must(s.History(t.Context(), tl.ID))(t)[1].Cause
		for _, text := range []string{tl.Ticket.Subject, said} {
			if !strings.HasPrefix(text, "a") || !strings.Contains(text, "c") || !strings.HasSuffix(text, "e") {
				t.Errorf("read back as %q", text)
			}
		}
		ok(t, s.ShutGate(t.Context(), gate(odd, time.Hour)))
		got := must(s.Claim(t.Context(), claim(1, t0)))(t)
		if len(got.Jobs) != 0 {
			t.Error("a job was claimed though its gate is shut")
		}
		ok(t, s.OpenGate(t.Context(), odd, t0))
		got = must(s.Claim(t.Context(), claim(1, t0)))(t)
		if len(got.Jobs) != 1 {
			t.Fatal("the job was not claimed")
		}
		f := finished(got.Jobs[0], queue.Done)
		f.LastError = odd
		same(t, "finished", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{true})
		ok(t, s.Put(t.Context(), odd, []byte(odd), t0))
		value, _, _, err := s.Get(t.Context(), odd)
		ok(t, err)
		same(t, "kept", value, []byte(odd))
	},
}

// closeTimeline saves tl as answered.
func closeTimeline(t *testing.T, s store.Store, tl escalation.Timeline) escalation.Timeline {
	t.Helper()
	tl.State, tl.ClosedAt = escalation.Answered, after(time.Hour)
	same(t, "closed", must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl}}))(t), []escalation.Saved{escalation.SavedOK})
	return load(t, s, tl)[0]
}
