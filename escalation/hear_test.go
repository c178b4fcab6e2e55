package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Rule 5 weighs what the help desk tells by itself.
func TestTold(t *testing.T) {
	replied := func(when time.Time) desk.Event {
		return desk.Event{TicketID: "42", Kind: desk.Replied, At: when, Proof: true}
	}
	unproven := func(e desk.Event) desk.Event { e.Proof = false; return e }
	gone := desk.Event{TicketID: "42", Kind: desk.Closed, At: at(9), Cause: "solved", Proof: true}
	for _, tt := range []struct {
		name     string
		t        Timeline
		event    desk.Event
		state    TimelineState // "": nothing changes
		answered time.Time
		cause    string
	}{
		{"a reply closes with its own time", enterprise(), replied(at(9)), Answered, at(9), ""},
		{"a reply of the future counts from now", enterprise(), replied(at(99)), Answered, at(12), ""},
		{"a clock a minute behind", enterprise(), replied(at(-1)), Answered, at(-1), ""},
		{"an older reply answers something else", enterprise(), replied(at(-1).Add(-1)), "", time.Time{}, ""},
		{"closed without a reply", enterprise(), gone, Withdrawn, time.Time{}, "solved"},
		{"closed before its message came", enterprise(), desk.Event{TicketID: "42", Kind: desk.Closed, At: at(-5), Proof: true}, "", time.Time{}, ""},
		{"something else closes nothing", enterprise(), desk.Event{TicketID: "42", Kind: desk.Other, At: at(9), Proof: true}, Open, time.Time{}, ""},
		{"told again", enterprise(closed(Answered)), replied(at(9)), "", time.Time{}, ""},
		{"without proof it closes nothing", enterprise(), unproven(replied(at(9))), Open, time.Time{}, ""},
		{"nor is an older one worth asking about", enterprise(), unproven(replied(at(-5))), "", time.Time{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Facts{Now: at(12), Settings: settings(), NewID: counter("job")}
			c := Hear(tt.t, tt.event, f)
			if tt.state == "" {
				equal(t, "change", c, Change{})
				return
			}
			equal(t, "state", c.Timeline.State, tt.state)
			equal(t, "answered", c.Timeline.AnsweredAt, tt.answered)
			equal(t, "cause", c.Timeline.Cause, tt.cause)
		})
	}
}

// An event that proves nothing has the ticket asked about before all others, and is no event of its own.
func TestToldWithoutProofAsksNext(t *testing.T) {
	for _, kind := range []desk.EventKind{desk.Replied, desk.Closed, desk.Other} {
		asksNext(t, desk.Event{TicketID: "42", Kind: kind, At: at(9)})
	}
}

func asksNext(t *testing.T, event desk.Event) {
	t.Helper()
	f := Facts{Now: at(12), Settings: settings()}
	c := Hear(enterprise(asked(desk.Unanswered, at(11))), event, f)
	equal(t, "state", c.Timeline.State, Open)
	equal(t, "jobs", c.Jobs, nil)
	equal(t, "history", c.Events, nil)
	if c.Timeline.AskedAt.After(at(-60)) {
		t.Errorf("asked about last at %s: others would come before", c.Timeline.AskedAt)
	}
	again := Hear(*c.Timeline, event, f)
	equal(t, "told again", again, Change{})
}
