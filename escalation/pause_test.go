package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

func pausedFacts(now, until time.Time) Facts {
	f := facts(now)
	f.Settings.Paused = map[string]time.Time{"C0ENTERPRISE": until}
	return f
}

func pausedTill(until time.Time) func(*Timeline) { return func(t *Timeline) { t.PausedUntil = until } }

// In a paused channel nobody is reminded; deadlines and replies go on.
func TestPause(t *testing.T) {
	pause := func(now, until time.Time, by, why string) Event {
		e := Event{Timeline: "tl-1", At: now, Kind: EventPaused, Details: Details{By: by, Until: until, Cause: why}}
		return e
	}
	lazily := func(now, until time.Time) Event { return pause(now, until, "", "the channel is paused") }
	for _, tt := range []struct {
		name    string
		t       Timeline
		f       Facts
		reminds bool
		events  []Event
		until   time.Time
		next    time.Time
	}{
		{"a due tier waits for the end of the pause", enterprise(), pausedFacts(at(10), at(30)),
			false, []Event{lazily(at(10), at(30))}, at(30), at(30)},
		{"once stamped there is nothing to save", enterprise(pausedTill(at(30))), pausedFacts(at(12), at(30)),
			false, nil, at(30), at(30)},
		{"a longer pause", enterprise(pausedTill(at(30))), pausedFacts(at(30), at(40)),
			false, []Event{lazily(at(30), at(40))}, at(40), at(40)},
		{"no tier is due", enterprise(), pausedFacts(at(9), at(30)), false, nil, time.Time{}, at(10)},
		{"the deadline stays", enterprise(inStates(TierPosted), pausedTill(at(90))), pausedFacts(at(50), at(90)),
			true, []Event{breachedEvent, happened2(EventDue, 0, at(50))}, at(90), at(90)},
		{"after it the overdue tiers collapse into one", enterprise(pausedTill(at(30))), pausedFacts(at(30), at(30)),
			true, []Event{happened2(EventSuperseded, 1, at(30)), happened2(EventDue, 2, at(30))}, time.Time{}, at(35)},
		{"resumed early by nobody in particular", enterprise(pausedTill(at(90))), facts(at(12)),
			true, []Event{{Timeline: "tl-1", At: at(12), Kind: EventResumed, Details: Details{Cause: "the channel is not paused any more"}}, happened2(EventDue, 1, at(12))},
			time.Time{}, at(20)},
		{"another channel's pause is none of ours", enterprise(), func() Facts {
			f := facts(at(10))
			f.Settings.Paused = map[string]time.Time{"C0OTHER": at(90)}
			return f
		}(), true, []Event{happened2(EventDue, 1, at(10))}, time.Time{}, at(20)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Decide(tt.t, tt.f)
			equal(t, "reminds", len(c.Jobs) > 0, tt.reminds)
			var said []Event
			for _, e := range c.Events {
				if e.Kind == EventSuperseded || e.Kind == EventDue {
					e = happened2(e.Kind, e.Tier, e.At)
				}
				said = append(said, e)
			}
			equal(t, "events", said, tt.events)
			got := tt.t
			if c.Timeline != nil {
				got = *c.Timeline
			}
			equal(t, "paused until", got.PausedUntil, tt.until)
			equal(t, "next", got.NextAt(), tt.next)
		})
	}
	t.Run("a reply closes all the same", func(t *testing.T) {
		f := pausedFacts(at(20), at(30))
		f.Answer = desk.Answer{Status: desk.Answered, RepliedAt: at(19)}
		c := Decide(enterprise(pausedTill(at(30))), f)
		equal(t, "state", c.Timeline.State, Answered)
	})
}

// happened2 is an event about a tier, without its details.
func happened2(kind EventKind, tier int, when time.Time) Event {
	return Event{Timeline: "tl-1", At: when, Kind: kind, Tier: tier}
}

// A store keeps microseconds: a pause to the nanosecond must not look like another one each time.
func TestPauseIsRecognizedWhenReadBack(t *testing.T) {
	until := at(30).Add(123456789)
	c := Decide(enterprise(), pausedFacts(at(10), until))
	again := Decide(*c.Timeline, pausedFacts(at(11), until))
	equal(t, "change", again, Change{})
	equal(t, "until", c.Timeline.PausedUntil, at(30).Add(123456*time.Microsecond))
}

// Rule 13: paused between decision and sending, a reminder is not posted.
func TestReminderOfAPausedChannelIsNotSent(t *testing.T) {
	c := Decide(enterprise(), facts(at(10)))
	paused := *c.Timeline
	paused.PausedUntil = at(30)
	equal(t, "outdated", Outdated(&paused, post(t, c), at(10.1)), "the channel was paused")
	equal(t, "after the pause", Outdated(&paused, post(t, c), at(30)), "it was not posted within a minute of being decided")
}

// Next tells when people really hear again, and from which tier.
func TestNextDuringAPause(t *testing.T) {
	_, note := Respond(enterprise(pausedTill(at(40))), byAna, Request{Kind: RequestStatus}, pausedFacts(at(12), at(40)))
	equal(t, "next", note.Next, &Next{At: at(40), Notify: []string{"@support"}, Names: []string{"@support"}})
	_, note = Respond(enterprise(pausedTill(at(40))), byAna, Request{Kind: RequestSnooze}, pausedFacts(at(12), at(40)))
	equal(t, "snoozed until", note.Until, at(42))
}

func TestStampedTellsWho(t *testing.T) {
	for _, tt := range []struct {
		name  string
		t     Timeline
		until time.Time
		want  []Event
	}{
		{"paused", enterprise(), at(60), []Event{{Timeline: "tl-1", At: at(5), Kind: EventPaused, Details: Details{By: "U0HANA", Until: at(60)}}}},
		{"paused so already", enterprise(pausedTill(at(60))), at(60), nil},
		{"resumed", enterprise(pausedTill(at(60))), time.Time{}, []Event{{Timeline: "tl-1", At: at(5), Kind: EventResumed, Details: Details{By: "U0HANA"}}}},
		{"not paused", enterprise(), time.Time{}, nil},
		{"the pause is over", enterprise(pausedTill(at(4))), time.Time{}, nil},
		{"closed", enterprise(closed(Answered)), at(60), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Pause(tt.t, tt.until, "U0HANA", at(5))
			equal(t, "events", c.Events, tt.want)
			equal(t, "changed", c.Timeline != nil, tt.want != nil)
		})
	}
}

// Whoever paused a channel asked for the wait: the bot is not late by it, neither in words nor in its
// own count. A wait beyond the pause is lateness as ever.
func TestReminderAfterAPauseIsDueAtItsEnd(t *testing.T) {
	over := func(until float64) Timeline { return enterprise(pausedTill(at(until))) }
	resumed := Pause(over(90), time.Time{}, "U0HANA", at(30))
	for _, tt := range []struct {
		name string
		t    Timeline
		f    Facts
		late time.Duration
	}{
		{"ended by itself", over(30), facts(at(30)), 0},
		{"ended early", *resumed.Timeline, facts(at(30)), 0},
		{"found to have ended", over(90), facts(at(30)), 0},
		{"ended five minutes ago", over(25), facts(at(30)), 5 * time.Minute},
		{"ended before the tier was due", over(5), facts(at(30)), 10 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Decide(tt.t, tt.f)
			r := post(t, c).Reminder
			equal(t, "tier", r.Tier, 2)
			equal(t, "late", r.Late, tt.late)
			equal(t, "due", r.Due, at(30).Add(-tt.late))
		})
	}
}
