package main_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Timelines that were over before the test began.

// march is when the tickets of the golden files begin.
var march = time.Date(2026, 3, 2, 9, 0, 0, 123456000, time.UTC)

// past is a timeline made by hand, so many minutes after march, of a policy in force then.
func past(minute int, ticket escalation.Ticket, p policy.Policy) escalation.Timeline {
	at := march.Add(time.Duration(minute) * time.Minute)
	ms := at.UnixMilli()
	return escalation.Begin(fmt.Sprintf("%08x-%04x-7000-8000-%012x", ms>>16, ms&0xffff, 1), escalation.Message{
		Thread:   escalation.Thread{Workspace: "T0ACME", Channel: enterprise, TS: fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000)},
		PostedAt: at, Ticket: ticket,
	}, p, &escalation.Settings{GiveUp: 30 * 24 * time.Hour}, at.Add(time.Second))
}

// since is a time so many minutes after a timeline's ticket.
func since(t escalation.Timeline, minutes int) time.Time {
	return t.PostedAt.Add(time.Duration(minutes) * time.Minute)
}

// keep stores a timeline with what happened to it.
func (w *world) keep(t escalation.Timeline, history ...escalation.Event) {
	w.t.Helper()
	first := t
	first.State = escalation.Open
	opened, err := w.peek().Open(w.t.Context(), []escalation.Timeline{first})
	w.check(err)
	if !opened[0].New {
		w.t.Fatalf("ticket %s was there already", t.Ticket.ID)
	}
	t.Version = 1
	for i := range history {
		history[i].Timeline = t.ID
	}
	saved, err := w.peek().Save(w.t.Context(), []escalation.Change{{Timeline: &t, Events: history}})
	w.check(err)
	if saved[0] != escalation.SavedOK {
		w.t.Fatalf("ticket %s: %s", t.Ticket.ID, saved[0])
	}
}

// closed closes a timeline so many minutes after its ticket.
func closed(t escalation.Timeline, s escalation.TimelineState, minutes int, cause string) escalation.Timeline {
	t.State, t.ClosedAt, t.Cause = s, since(t, minutes), cause
	if s == escalation.Answered {
		t.AnsweredAt = t.ClosedAt
	}
	if t.ClosedAt.After(t.FirstReply().Deadline) {
		t.FirstReply().BreachedAt = t.FirstReply().Deadline
	}
	return t
}

// postedTier is a tier whose reminder stands.
func postedTier(t escalation.Timeline, tier, minutes int, mentioned ...string) escalation.Event {
	d := &t.Tiers[tier-1]
	d.State, d.PostedAt, d.Round = escalation.TierPosted, since(t, minutes), 1
	return escalation.Event{At: d.PostedAt, Kind: escalation.EventPosted, Tier: tier, Details: escalation.Details{Mentioned: mentioned, Round: 1}}
}

// aQuarter is a bit of everything that may come of a ticket.
func (w *world) aQuarter() {
	enterprise := policy.BuiltIn()["enterprise"]
	w.keep(closed(past(-100_000, escalation.Ticket{ID: "1"}, enterprise), escalation.Withdrawn, 5, "solved")) // last year's

	t := past(0, escalation.Ticket{ID: "40", Priority: "high", Type: "login", Customer: "Northwind", Subject: "Cannot log in", Link: "https://desk.example.com/tickets/40"}, enterprise)
	first := postedTier(t, 1, 10, "U0ANA", "U0BOB")
	t.Owner = escalation.Owner{User: "U0BOB", Name: "Bob Stone", Since: since(t, 11)}
	w.keep(closed(t, escalation.Answered, 17, ""), first,
		escalation.Event{At: since(t, 11), Kind: escalation.EventOwned, Details: escalation.Details{By: "U0BOB", For: 30 * time.Minute, Until: since(t, 50)}},
		escalation.Event{At: since(t, 12), Kind: escalation.EventSnoozed, Details: escalation.Details{By: "U0ANA", For: 45 * time.Minute, Until: since(t, 95)}},
		escalation.Event{At: since(t, 17), Kind: escalation.EventAnswered, Details: escalation.Details{ReplyAt: since(t, 17)}})

	t = past(60, escalation.Ticket{ID: "041", Customer: `=HYPERLINK("https://evil.example","Käufer")`, Subject: "It broke,\r\nand \"how\";  @SUM(A1)\x07"}, enterprise)
	t.Tiers[0].State, t.Tiers[1].State = escalation.TierSuperseded, escalation.TierSuperseded
	third, fourth := postedTier(t, 3, 36, "S0SUPPORT"), postedTier(t, 4, 50, "here", "U0EVE")
	t = closed(t, escalation.Answered, 71, "")
	w.keep(t, third, fourth, escalation.Event{At: t.FirstReply().Deadline, Kind: escalation.EventBreached})

	w.keep(closed(past(120, escalation.Ticket{ID: "42"}, enterprise), escalation.Withdrawn, 8, "solved"))

	t = past(180, escalation.Ticket{ID: "-43"}, enterprise)
	t.Workspace = "T0OTHER"
	w.keep(closed(t, escalation.Answered, 9, "done by U0EVE"))

	long := policy.Policy{Name: "custom", Deadline: 200 * 365 * 24 * time.Hour}
	for i := range 8 {
		long.Tiers = append(long.Tiers, policy.Tier{After: time.Duration(i+1) * time.Hour, Notify: []string{"@support"}, Page: "oncall"})
	}
	t = past(240, escalation.Ticket{ID: "44"}, long)
	t.Tiers[7].State, t.Tiers[7].Paging = escalation.TierFailed, escalation.PageSent
	w.keep(t, escalation.Event{At: since(t, 481), Kind: escalation.EventPaged, Tier: 8, Details: escalation.Details{Page: "oncall"}})
}

// many stores more timelines than are read at once.
func (w *world) many() (last escalation.Timeline) {
	w.must("migrate", "up")
	ts := make([]escalation.Timeline, 1200)
	for i := range ts {
		ts[i] = past(i, escalation.Ticket{ID: fmt.Sprint(i), Subject: strings.Repeat("x", 200)}, policy.BuiltIn()["teams"])
	}
	_, err := w.peek().Open(w.t.Context(), ts)
	w.check(err)
	return ts[len(ts)-1]
}
