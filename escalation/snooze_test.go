package escalation_test

import (
	"strings"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
)

func TestParseRequest(t *testing.T) {
	snooze := func(d time.Duration) Request { return Request{Kind: RequestSnooze, For: d} }
	byDefault := snooze(0)
	for _, tt := range []struct {
		text string
		want Request
	}{
		// Another length.
		{"<@U0BOT> 45m", snooze(45 * time.Minute)},
		{"<@U0BOT> 2h", snooze(2 * time.Hour)},
		{"<@U0BOT|slabuddy> 45m", snooze(45 * time.Minute)},
		{"45m <@U0BOT>", snooze(45 * time.Minute)},
		{"<@U0BOT>: 45M!", snooze(45 * time.Minute)},
		{"<@U0BOT> *45m*", snooze(45 * time.Minute)},
		{"<@U0BOT> `45m`", snooze(45 * time.Minute)},
		{"<@U0BOT> – 45m.", snooze(45 * time.Minute)},
		{"<@U0BOT>\u00a045\u00a0min", snooze(45 * time.Minute)},
		{"<@U0BOT> <@U0ANA> 45m", snooze(45 * time.Minute)},
		{"<@U0BOT>\n90 minutes", snooze(90 * time.Minute)},
		{"<@U0BOT> 1h30m", snooze(90 * time.Minute)},
		{"<@U0BOT> 1 hour 30 mins", snooze(90 * time.Minute)},
		{"<@U0BOT> snooze 2h", snooze(2 * time.Hour)},
		{"<@U0BOT> please snooze for another 2 hours", snooze(2 * time.Hour)},
		{"<@U0BOT> wait 1 hr, please", snooze(time.Hour)},
		{"<@U0BOT> 2 days", snooze(48 * time.Hour)},

		// No length, so the default one.
		{"<@U0BOT>", byDefault},
		{"", byDefault},
		{"<@U0BOT> on it", byDefault},
		{"<@U0BOT> snooze", byDefault},
		{"<@U0BOT> the customer wrote 2h ago", byDefault},
		{"<@U0BOT> 2h ago", byDefault},
		{"<@U0BOT> looking, see ticket 45m", byDefault},
		{"<@U0BOT> 45", byDefault},
		{"<@U0BOT> 10am", byDefault},
		{"<@U0BOT> 3 engineers", byDefault},
		{"<@U0BOT> 1h 3 engineers", byDefault},
		{"<@U0BOT> 1.5h", byDefault},
		{"<@U0BOT> 1,5h", byDefault},
		{"<@U0BOT> 1h30", byDefault},
		{"<@U0BOT> m", byDefault},
		{"<@U0BOT> 0m", byDefault},
		{"<@U0BOT> can you help?", byDefault},

		{"<@U0BOT> help", Request{Kind: RequestHelp}},
		{"<@U0BOT> Help!", Request{Kind: RequestHelp}},
		{"<@U0BOT> status?", Request{Kind: RequestStatus}},
		{"<@U0BOT> *Done.*", Request{Kind: RequestDone}},
	} {
		t.Run(tt.text, func(t *testing.T) {
			equal(t, "request", ParseRequest(tt.text), tt.want)
		})
	}
}

func TestParseRequestTakesNoLengthForNegative(t *testing.T) {
	for _, text := range []string{"99999999999999999999h", strings.Repeat("1000d ", 1000), strings.Repeat("9", 10000) + "d"} {
		got := ParseRequest(text)
		if max := DefaultSettings().MaxSnooze; got.For <= max {
			t.Errorf("%.20s…: %s, want more than %s", text, got.For, max)
		}
	}
}

// Rule 10: what a snooze does to each state a timeline may be in.
func TestSnoozeMovesEveryPendingTier(t *testing.T) {
	for _, tt := range []struct {
		name  string
		t     Timeline
		now   time.Time
		due   []time.Time // after thirty minutes of snooze
		until time.Time
		moved bool
	}{
		{"before the first", enterprise(), at(5), []time.Time{at(40), at(50), at(65), at(80)}, at(40), true},
		{"posted ones stay", enterprise(inStates(TierPosted)), at(12), []time.Time{at(10), at(50), at(65), at(80)}, at(50), true},
		{"superseded and failed ones stay", enterprise(inStates(TierSuperseded, TierFailed)), at(22), []time.Time{at(10), at(20), at(65), at(80)}, at(65), true},
		{"an overdue one counts from now", enterprise(), at(12), []time.Time{at(42), at(50), at(65), at(80)}, at(42), true},
		{"several overdue ones, too", enterprise(), at(25), []time.Time{at(55), at(55), at(65), at(80)}, at(55), true},
		{"one due at this very moment", enterprise(), at(10), []time.Time{at(40), at(50), at(65), at(80)}, at(40), true},
		{"an owed one is pulled back with them", enterprise(inStates(TierOwed)), at(11), []time.Time{at(41), at(50), at(65), at(80)}, at(41), true},
		{"nothing pending", enterprise(inStates(TierPosted, TierSuperseded, TierPosted, TierFailed)), at(51), []time.Time{at(10), at(20), at(35), at(50)}, time.Time{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := tt.t.Clone()
			got, moved := Snooze(tt.t, 30*time.Minute, tt.now, nil)
			equal(t, "moved", moved, tt.moved)
			equal(t, "due", dues(got), tt.due)
			equal(t, "until", got.SnoozedUntil, tt.until)
			equal(t, "deadline", got.FirstReply().Deadline, at(50))
			equal(t, "states", states(got), states(tt.t))
			equal(t, "the timeline passed in", tt.t, before)
		})
	}
}

func TestSnoozesAddUp(t *testing.T) {
	once, _ := Snooze(enterprise(), 30*time.Minute, at(5), nil)
	twice, _ := Snooze(once, time.Hour, at(6), nil)
	equal(t, "due", dues(twice), []time.Time{at(100), at(110), at(125), at(140)})
	equal(t, "until", twice.SnoozedUntil, at(100))
}

func TestSnoozeNeverMovesTheDeadline(t *testing.T) {
	snoozed, _ := Snooze(enterprise(), 4*time.Hour, at(5), nil)
	equal(t, "looked at next", snoozed.NextAt(), at(50))
	got, verdict := Decide(snoozed, facts(at(50)))
	equal(t, "verdict", verdict, VerdictNothing)
	equal(t, "events", got.Events, []Event{breachedEvent})
}
