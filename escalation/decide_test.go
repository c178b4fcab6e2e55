package escalation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// asked is what every saved decision remembers of the help desk's answer.
func asked(status desk.AnswerStatus, when time.Time) func(*Timeline) {
	return func(t *Timeline) { t.AskedAt, t.Desk = when, DeskAnswer{Status: status, At: when} }
}

func closedAs(s TimelineState, when time.Time, cause string) func(*Timeline) {
	return func(t *Timeline) { t.State, t.ClosedAt, t.Cause = s, when, cause }
}

func answeredAt(when time.Time) func(*Timeline) {
	return func(t *Timeline) { t.AnsweredAt = when }
}

func breached(t *Timeline) {
	t.FirstReply().BreachedAt, t.FirstReply().DeadlinePassed = t.FirstReply().Deadline, true
}
func deadlinePassed(t *Timeline) { t.FirstReply().DeadlinePassed = true }

// happened is an event of the timeline of these tests.
func happened(kind EventKind, when time.Time, d Details) Event {
	return Event{Timeline: "tl-1", At: when, Kind: kind, Details: d}
}

// breachedEvent is when the enterprise deadline was broken.
var breachedEvent = happened(EventBreached, at(50), Details{})

// What a decision does that posts nothing: close, breach, or leave the timeline alone. Tiers come
// due in remind_test.go.
func TestDecideClosesBreachesOrDoesNothing(t *testing.T) {
	allPosted := inStates(TierPosted, TierPosted, TierPosted, TierPosted)
	replied := func(when time.Time) desk.Answer { return desk.Answer{Status: desk.Answered, RepliedAt: when} }
	unanswered, unchecked := desk.Answer{Status: desk.Unanswered}, desk.Answer{}
	end := posted0.AddDate(0, 0, 30)

	for _, tt := range []struct {
		name   string
		t      Timeline
		now    time.Time
		answer desk.Answer
		edits  []func(*Timeline) // what is to be changed; nil: nothing is to be saved
		events []Event

		refreshed []string // the keys of all jobs: nothing but refreshes may be owed
	}{
		// Rule 5: answered.
		{
			name: "a reply closes with its own time and posts nothing though a tier is due",
			t:    enterprise(), now: at(10), answer: replied(at(7)),
			edits: []func(*Timeline){asked(desk.Answered, at(10)), closedAs(Answered, at(10), ""), answeredAt(at(7))},
			events: []Event{
				happened(EventDesk, at(10), Details{Desk: desk.Answered, ReplyAt: at(7)}),
				happened(EventAnswered, at(10), Details{ReplyAt: at(7)}),
			},
		},
		{
			name: "a reply a minute before the message answers it",
			t:    enterprise(), now: at(10), answer: replied(at(-1)),
			edits: []func(*Timeline){asked(desk.Answered, at(10)), closedAs(Answered, at(10), ""), answeredAt(at(-1))},
			events: []Event{
				happened(EventDesk, at(10), Details{Desk: desk.Answered, ReplyAt: at(-1)}),
				happened(EventAnswered, at(10), Details{ReplyAt: at(-1)}),
			},
		},
		{
			name: "a reply older than that answers nothing",
			t:    enterprise(), now: at(5), answer: replied(at(-1).Add(-time.Nanosecond)),
		},
		{
			name: "a reply without a date is trusted, and counts from now",
			t:    enterprise(), now: at(10), answer: replied(time.Time{}),
			edits: []func(*Timeline){asked(desk.Answered, at(10)), closedAs(Answered, at(10), ""), answeredAt(at(10))},
			events: []Event{
				happened(EventDesk, at(10), Details{Desk: desk.Answered}),
				happened(EventAnswered, at(10), Details{ReplyAt: at(10)}),
			},
		},
		{
			name: "a reply from the future counts from now",
			t:    enterprise(), now: at(10), answer: replied(at(11)),
			edits: []func(*Timeline){asked(desk.Answered, at(10)), closedAs(Answered, at(10), ""), answeredAt(at(10))},
			events: []Event{
				happened(EventDesk, at(10), Details{Desk: desk.Answered, ReplyAt: at(11)}),
				happened(EventAnswered, at(10), Details{ReplyAt: at(10)}),
			},
		},
		{
			name: "a reply closes though a reminder is under way",
			t:    enterprise(inStates(TierOwed)), now: at(10.5), answer: replied(at(10)),
			edits: []func(*Timeline){asked(desk.Answered, at(10.5)), closedAs(Answered, at(10.5), ""), answeredAt(at(10))},
			events: []Event{
				happened(EventDesk, at(10.5), Details{Desk: desk.Answered, ReplyAt: at(10)}),
				happened(EventAnswered, at(10.5), Details{ReplyAt: at(10)}),
			},
			refreshed: []string{"refresh/tl-1/1/1/0"}, // it may yet turn out to stand
		},

		// Rule 5: withdrawn.
		{
			name: "solved without a reply closes as withdrawn and posts nothing",
			t:    enterprise(), now: at(10), answer: desk.Answer{Status: desk.Withdrawn, Cause: "solved"},
			edits: []func(*Timeline){asked(desk.Withdrawn, at(10)), closedAs(Withdrawn, at(10), "solved")},
			events: []Event{
				happened(EventDesk, at(10), Details{Desk: desk.Withdrawn, Cause: "solved"}),
				happened(EventWithdrawn, at(10), Details{Cause: "solved"}),
			},
		},

		// The deadline.
		{
			name: "the deadline breaks when the help desk says that nobody has replied",
			t:    enterprise(allPosted), now: at(50), answer: unanswered,
			edits:  []func(*Timeline){asked(desk.Unanswered, at(50)), breached},
			events: []Event{breachedEvent},
		},
		{
			name: "an older reply does not keep the deadline",
			t:    enterprise(allPosted), now: at(50), answer: replied(at(-30)),
			edits:  []func(*Timeline){asked(desk.Unanswered, at(50)), breached},
			events: []Event{breachedEvent},
		},
		{
			name: "without a help desk it breaks at once",
			t:    enterprise(allPosted), now: at(50), answer: desk.Answer{Status: desk.None},
			edits:  []func(*Timeline){asked(desk.None, at(50)), breached},
			events: []Event{breachedEvent},
		},
		{
			name: "the deadline unchecked is no breach yet, and is not walked again",
			t:    enterprise(allPosted), now: at(50), answer: unchecked,
			edits: []func(*Timeline){deadlinePassed},
		},
		{
			name: "a later poll that finds no reply tells the breach, as of the deadline",
			t:    enterprise(allPosted, deadlinePassed), now: at(55), answer: unanswered,
			edits:  []func(*Timeline){asked(desk.Unanswered, at(55)), breached},
			events: []Event{breachedEvent},
		},
		{
			name: "a breach is told once",
			t:    enterprise(allPosted, breached, asked(desk.Unanswered, at(50))), now: at(55), answer: unanswered,
		},
		{
			name: "it breaks while a reminder is under way",
			t:    enterprise(inStates(TierPosted, TierPosted, TierPosted, TierOwed)), now: at(50), answer: unanswered,
			edits:  []func(*Timeline){asked(desk.Unanswered, at(50)), breached},
			events: []Event{breachedEvent},
		},
		{
			name: "a reply after the deadline, found later, breached it",
			t:    enterprise(allPosted, deadlinePassed), now: at(60), answer: replied(at(51)),
			edits: []func(*Timeline){asked(desk.Answered, at(60)), breached, closedAs(Answered, at(60), ""), answeredAt(at(51))},
			events: []Event{
				happened(EventDesk, at(60), Details{Desk: desk.Answered, ReplyAt: at(51)}),
				breachedEvent,
				happened(EventAnswered, at(60), Details{ReplyAt: at(51)}),
			},
		},
		{
			name: "a reply in time, found after the breach was told, takes it back",
			t:    enterprise(allPosted, breached), now: at(60), answer: replied(at(49)),
			edits: []func(*Timeline){asked(desk.Answered, at(60)), closedAs(Answered, at(60), ""), answeredAt(at(49)),
				func(tl *Timeline) { tl.FirstReply().BreachedAt = time.Time{} }},
			events: []Event{
				happened(EventDesk, at(60), Details{Desk: desk.Answered, ReplyAt: at(49)}),
				happened(EventAnswered, at(60), Details{ReplyAt: at(49)}),
			},
		},
		{
			name: "a reply at the very deadline keeps it",
			t:    enterprise(allPosted, deadlinePassed), now: at(60), answer: replied(at(50)),
			edits: []func(*Timeline){asked(desk.Answered, at(60)), closedAs(Answered, at(60), ""), answeredAt(at(50))},
			events: []Event{
				happened(EventDesk, at(60), Details{Desk: desk.Answered, ReplyAt: at(50)}),
				happened(EventAnswered, at(60), Details{ReplyAt: at(50)}),
			},
		},

		// Rule 5: expiry.
		{
			name: "still open after give_up: expired, and breached whatever could be checked",
			t:    enterprise(allPosted, deadlinePassed), now: end, answer: unchecked,
			edits:  []func(*Timeline){breached, closedAs(Expired, end, "nobody replied before give_up")},
			events: []Event{breachedEvent, happened(EventExpired, end, Details{Cause: "nobody replied before give_up"})},
		},
		{
			name: "expiry posts no reminder that is due",
			t:    enterprise(inStates(TierPosted, TierPosted, TierPosted), breached), now: end, answer: unanswered,
			edits:  []func(*Timeline){asked(desk.Unanswered, end), closedAs(Expired, end, "nobody replied before give_up")},
			events: []Event{happened(EventExpired, end, Details{Cause: "nobody replied before give_up"})},
		},
		{
			name: "expiry before the deadline is no breach",
			t:    enterprise(func(tl *Timeline) { tl.ExpiresAt = at(30) }), now: at(30), answer: unanswered,
			edits:  []func(*Timeline){asked(desk.Unanswered, at(30)), closedAs(Expired, at(30), "nobody replied before give_up")},
			events: []Event{happened(EventExpired, at(30), Details{Cause: "nobody replied before give_up"})},
		},
		{
			name: "a reply found at the end still answers",
			t:    enterprise(allPosted, breached), now: end, answer: replied(at(100)),
			edits: []func(*Timeline){asked(desk.Answered, end), closedAs(Answered, end, ""), answeredAt(at(100))},
			events: []Event{
				happened(EventDesk, end, Details{Desk: desk.Answered, ReplyAt: at(100)}),
				happened(EventAnswered, end, Details{ReplyAt: at(100)}),
			},
		},

		// Nothing.
		{name: "no tier due, nobody replied: nothing", t: enterprise(), now: at(9), answer: unanswered},
		{name: "no tier due, unchecked: nothing", t: enterprise(), now: at(9), answer: unchecked},
		{
			name: "a higher tier comes due while a reminder is under way: it is held",
			t:    enterprise(inStates(TierOwed)), now: at(21), answer: unanswered,
			edits: []func(*Timeline){asked(desk.Unanswered, at(21)), held},
		},
		{name: "and nothing more as long as it is", t: enterprise(inStates(TierOwed), held), now: at(22), answer: unanswered},
		{name: "closed: nothing, whatever is due", t: enterprise(closed(Answered)), now: at(21), answer: replied(at(20))},

		// Rule 16: what the help desk answered when that changed.
		{
			name: "a help desk that takes its word back is remembered",
			t:    enterprise(asked(desk.None, at(2))), now: at(5), answer: unanswered,
			edits:  []func(*Timeline){asked(desk.Unanswered, at(5))},
			events: []Event{happened(EventDesk, at(5), Details{Desk: desk.Unanswered})},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(tt.now)
			f.Answer = tt.answer
			before := tt.t.Clone()
			got := Decide(tt.t, f)
			var want Change
			if tt.edits != nil {
				timeline := tt.t.Clone()
				for _, edit := range tt.edits {
					edit(&timeline)
				}
				want = Change{Timeline: &timeline, Events: tt.events}
			}
			if got.Timeline != nil { // when a breach counts is TestABreachIsCountedWhenItIsCertain's
				got.Timeline.FirstReply().DoubtfulUntil, got.Breaches = time.Time{}, nil
			}
			equal(t, "refreshed", keysOf(got), tt.refreshed)
			got.Jobs = nil
			equal(t, "change", got, want)
			equal(t, "the timeline passed in", tt.t, before)
		})
	}
}

func TestDecideKeepsTheVersionThatWasRead(t *testing.T) {
	tl := enterprise(func(tl *Timeline) { tl.Version = 7 })
	got := Decide(tl, facts(at(10)))
	if got.Timeline.Version != 7 {
		t.Errorf("version %d, want 7: a store compares it with its own", got.Timeline.Version)
	}
}

func TestDecideIsPure(t *testing.T) {
	tl := enterprise(inStates(TierPosted))
	first := Decide(tl, facts(at(36)))
	second := Decide(tl, facts(at(36)))
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the same facts led to another change:\n%s", diff)
	}
}

// Rule 5: a reply older than the message answers an earlier question, unless the customer has written
// nothing since.
func TestEarlier(t *testing.T) {
	for _, tt := range []struct {
		name           string
		replied, wrote time.Time
		earlier        bool
	}{
		{"after the message", at(5), time.Time{}, false},
		{"a minute before it", at(-1), time.Time{}, false},
		{"longer before it", at(-2), time.Time{}, true},
		{"longer before it, and the customer wrote since", at(-2), at(-1.5), true},
		{"longer before it, and after all that the customer wrote", at(-2), at(-30), false},
		{"without a date", time.Time{}, time.Time{}, false},
	} {
		a := desk.Answer{Status: desk.Answered, RepliedAt: tt.replied, Ticket: desk.Ticket{CustomerWrote: tt.wrote}}
		if got := Earlier(enterprise(), a); got != tt.earlier {
			t.Errorf("a reply %s counts as an earlier one: %v", tt.name, got)
		}
	}
}
