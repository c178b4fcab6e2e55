package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Rule 10: what a snooze does to each state a timeline may be in.
func TestSnoozeMovesEveryPendingTier(t *testing.T) {
	for _, tt := range []struct {
		name  string
		t     Timeline
		now   time.Time
		due   []time.Time // after thirty minutes of snooze
		until time.Time
		moved time.Duration
	}{
		{"before the first", enterprise(), at(5), []time.Time{at(40), at(50), at(65), at(80)}, at(40), 30 * time.Minute},
		{"posted ones stay", enterprise(inStates(TierPosted)), at(12), []time.Time{at(10), at(50), at(65), at(80)}, at(50), 30 * time.Minute},
		{"superseded and failed ones stay", enterprise(inStates(TierSuperseded, TierFailed)), at(22), []time.Time{at(10), at(20), at(65), at(80)}, at(65), 30 * time.Minute},
		{"an overdue one counts from now", enterprise(), at(12), []time.Time{at(42), at(50), at(65), at(80)}, at(42), 30 * time.Minute},
		{"several overdue ones, too", enterprise(), at(25), []time.Time{at(55), at(55), at(65), at(80)}, at(55), 30 * time.Minute},
		{"one due at this very moment", enterprise(), at(10), []time.Time{at(40), at(50), at(65), at(80)}, at(40), 30 * time.Minute},
		{"an owed one is pulled back with them", enterprise(inStates(TierOwed)), at(11), []time.Time{at(41), at(50), at(65), at(80)}, at(41), 30 * time.Minute},
		{"nothing pending", enterprise(inStates(TierPosted, TierSuperseded, TierPosted, TierFailed)), at(51), []time.Time{at(10), at(20), at(35), at(50)}, time.Time{}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := tt.t.Clone()
			got, moved := Snooze(tt.t, Wait{For: 30 * time.Minute}, tt.now, nil)
			equal(t, "moved", moved, tt.moved)
			equal(t, "due", dues(got), tt.due)
			equal(t, "until", got.SnoozedUntil, tt.until)
			equal(t, "deadline", got.FirstReply().Deadline, at(50))
			equal(t, "states", states(got), states(tt.t))
			equal(t, "the timeline passed in", tt.t, before)
		})
	}
}

// Rule 10: snoozes add up to max_snooze from now, whoever snoozes how often; what comes later by itself stays.
func TestSnoozesDoNotAddUpBeyondTheLongest(t *testing.T) {
	tl, most := enterprise(), 4*time.Hour
	for i, want := range [][]time.Time{
		{at(70), at(80), at(95), at(110)},
		{at(130), at(140), at(155), at(170)},
		{at(190), at(200), at(215), at(230)},
		{at(248), at(248), at(248), at(248)},
		{at(249), at(249), at(249), at(249)},
	} {
		now := at(float64(5 + i))
		tl, _ = Snooze(tl, Wait{For: time.Hour, Most: most}, now, nil)
		equal(t, "due", dues(tl), want)
		for _, tier := range tl.Tiers {
			if tier.Due.After(now.Add(most)) {
				t.Errorf("snooze %d puts a tier to %s after now", i+1, tier.Due.Sub(now))
			}
		}
	}
	teams := Begin("tl-1", message(), policy.BuiltIn()["teams"], settings(), posted0)
	teams, _ = Snooze(teams, Wait{For: time.Hour, Most: most}, at(0), nil)
	equal(t, "what comes later by itself", dues(teams), []time.Time{at(120), at(240), at(360), at(720)})
}

// Rule 10: until a time, the next tier waits until then, and the others keep their distance to it.
func TestSnoozeUntil(t *testing.T) {
	for _, tt := range []struct {
		name  string
		t     Timeline
		now   time.Time
		until time.Time
		due   []time.Time
		moved time.Duration
	}{
		{"the next one comes then", enterprise(), at(5), at(60), []time.Time{at(60), at(70), at(85), at(100)}, 50 * time.Minute},
		{"an overdue one counts from now", enterprise(), at(12), at(60), []time.Time{at(60), at(68), at(83), at(98)}, 48 * time.Minute},
		{"before the next one nothing moves", enterprise(), at(5), at(8), []time.Time{at(10), at(20), at(35), at(50)}, 0},
		{"four hours at most", enterprise(), at(5), at(600), []time.Time{at(245), at(245), at(245), at(245)}, 235 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, moved := Snooze(tt.t, Wait{Until: tt.until, Most: 4 * time.Hour}, tt.now, nil)
			equal(t, "moved", moved, tt.moved)
			equal(t, "due", dues(got), tt.due)
		})
	}
}

// Rule 10: a snooze can be undone by whoever: what is pending has its own times again, now if they have passed.
func TestUnsnooze(t *testing.T) {
	snoozed := func(tl Timeline, by time.Duration, now time.Time) Timeline {
		tl, _ = Snooze(tl, Wait{For: by}, now, nil)
		tl.SnoozedBy, tl.SnoozedAt = "U0BOB", now
		return tl
	}
	last := enterprise(inStates(TierPosted, TierPosted, TierPosted, TierPosted), repeating(30*time.Minute), func(tl *Timeline) {
		tl.Tiers[3].State, tl.Tiers[3].Due = TierPending, at(80)
	})
	for _, tt := range []struct {
		name string
		t    Timeline
		now  time.Time
		kind NoteKind
		due  []time.Time
	}{
		{"their own times", snoozed(enterprise(), time.Hour, at(5)), at(6), NoteUnsnoozed, []time.Time{at(10), at(20), at(35), at(50)}},
		{"however often it was snoozed", snoozed(snoozed(enterprise(), time.Hour, at(5)), time.Hour, at(6)), at(7), NoteUnsnoozed, []time.Time{at(10), at(20), at(35), at(50)}},
		{"those whose time has passed are due now", snoozed(enterprise(), time.Hour, at(5)), at(25), NoteUnsnoozed, []time.Time{at(25), at(25), at(35), at(50)}},
		{"one that stands stays", snoozed(enterprise(inStates(TierPosted)), time.Hour, at(12)), at(13), NoteUnsnoozed, []time.Time{at(10), at(20), at(35), at(50)}},
		{"a repetition comes an interval after the last", snoozed(last, time.Hour, at(55)), at(56), NoteUnsnoozed, []time.Time{at(10), at(20), at(35), at(80)}},
		{"nothing was snoozed", enterprise(), at(5), NoteNotSnoozed, nil},
		{"nothing was snoozed, and one is overdue", enterprise(), at(11), NoteNotSnoozed, nil},
		{"all is over", enterprise(closed(Answered)), at(13), NoteClosed, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := tt.t.Clone()
			c, note := Respond(tt.t, byAna, Request{Kind: RequestUnsnooze}, facts(tt.now))
			equal(t, "the timeline passed in", tt.t, before)
			equal(t, "note", note.Kind, tt.kind)
			if tt.due == nil {
				equal(t, "change", c, Change{})
				return
			}
			equal(t, "due", dues(*c.Timeline), tt.due)
			equal(t, "snoozed", []any{c.Timeline.SnoozedUntil, c.Timeline.SnoozedBy}, []any{time.Time{}, ""})
			equal(t, "history", c.Events, []Event{happened(EventUnsnoozed, tt.now, Details{By: "U0ANA"})})
		})
	}
}

// Rule 10: a quick second click on the same button counts once, on another it counts as well.
func TestADoubleClickIsOneOnTheSameButton(t *testing.T) {
	once, _ := SnoozeByClick(enterprise(), clickBy("U0ANA", "ana", at(5)), 0, facts(at(5)))
	again := clickBy("U0ANA", "ana", at(5).Add(time.Second))
	_, note := SnoozeByClick(*once.Timeline, again, 0, facts(again.At))
	equal(t, "the same button", note.Kind, NoteTwice)
	_, note = SnoozeByClick(*once.Timeline, again, 2*time.Hour, facts(again.At))
	equal(t, "another one", note.Kind, NoteSnoozed)
	_, note = SnoozeByClick(*once.Timeline, clickBy("U0BOB", "bob", again.At), 0, facts(again.At))
	equal(t, "somebody else", note.Kind, NoteSnoozed)
}

func TestSnoozeNeverMovesTheDeadline(t *testing.T) {
	snoozed, _ := Snooze(enterprise(), Wait{For: 4 * time.Hour}, at(5), nil)
	equal(t, "looked at next", snoozed.NextAt(), at(50))
	got := Decide(snoozed, facts(at(50)))
	equal(t, "reminds", len(got.Jobs), 1)
	equal(t, "events", kinds(got.Events), []EventKind{EventBreached, EventDue})
}
