package escalation_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// putOff is a timeline that somebody snoozed at a moment.
func putOff(by string, d time.Duration, when time.Time, edits ...func(*Timeline)) Timeline {
	tl, _ := Snooze(enterprise(edits...), Wait{For: d}, when, nil)
	tl.SnoozedBy, tl.SnoozedAt = by, when
	return tl
}

// Rule 21: no deadline passes untold.
func TestNoDeadlinePassesUntold(t *testing.T) {
	since := func(o Owner) func(*Timeline) { return ownedBy(o) }
	paused := enterprise(inStates(TierPosted), func(tl *Timeline) { tl.PausedUntil = at(120) })
	for _, tt := range []struct {
		name    string
		t       Timeline
		change  func(*Facts)
		mention []circle.Recipient // nil: nothing is posted
	}{
		{"snoozed: whoever snoozed it", putOff("U0ANA", 2*time.Hour, at(5)), nil, []circle.Recipient{toAna}},
		{"owned: whoever owns it", putOff("", time.Hour, at(12), inStates(TierPosted), since(Owner{User: "U0BOB", Name: "Bob Stone", Since: at(12)})), nil, []circle.Recipient{toBob}},
		{"snoozed by one and owned by another: both", putOff("U0ANA", time.Hour, at(12), inStates(TierPosted), since(Owner{User: "U0BOB", Name: "Bob Stone", Since: at(11)})), nil, []circle.Recipient{toBob, toAna}},
		{"whoever snoozed it has gone: the highest circle told so far", putOff("U0CLEO", time.Hour, at(40), inStates(TierPosted, TierPosted, TierPosted)), nil, []circle.Recipient{toSupport}},
		{"nobody was told so far: the first circle", putOff("U0CLEO", 2*time.Hour, at(5)), nil, []circle.Recipient{toAna}},
		{"paused: the highest circle told so far", paused, func(f *Facts) { f.Settings.Paused = map[string]time.Time{"C0ENTERPRISE": at(120)} }, []circle.Recipient{toAna}},

		{"nothing is put off: the last tier tells", enterprise(inStates(TierPosted, TierPosted, TierPosted)), nil, nil},
		{"everybody was told, and nothing is pending", enterprise(inStates(TierPosted, TierPosted, TierPosted, TierPosted)), nil, nil},
		{"somebody was told since", putOff("U0ANA", 30*time.Minute, at(5), func(tl *Timeline) { tl.Tiers[0].State, tl.Tiers[0].PostedAt = TierPosted, at(40) }, func(tl *Timeline) {
			tl.Tiers[1].Due, tl.Tiers[2].Due, tl.Tiers[3].Due = at(60), at(65), at(80)
		}), nil, nil},
		{"a reminder is on its way", putOff("U0ANA", time.Hour, at(5), inStates(TierOwed)), nil, nil},
		{"answered", putOff("U0ANA", 2*time.Hour, at(5)), func(f *Facts) { f.Answer = desk.Answer{Status: desk.Answered, RepliedAt: at(30)} }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(at(50))
			if tt.change != nil {
				tt.change(&f)
			}
			before := tt.t.Clone()
			c := Decide(tt.t, f)
			equal(t, "the timeline passed in", tt.t, before)
			r := atDeadline(t, c)
			if tt.mention == nil {
				if r != nil {
					t.Errorf("it mentions %v, want no reminder of the deadline", r.Mention)
				}
				return
			}
			if r == nil {
				t.Fatal("the deadline passes, and nobody is told")
			}
			for i := range r.Mention {
				r.Mention[i].Shift = nil
			}
			equal(t, "mention", r.Mention, tt.mention)
			equal(t, "breached", r.Breached, true)
			equal(t, "next", r.Next != nil, true)
			equal(t, "key", c.Jobs[0].Key, "reminder/tl-1/0/1")
			equal(t, "tiers", c.Timeline.Tiers, tt.t.Tiers)

			again := Decide(*c.Timeline, facts(at(51)))
			if atDeadline(t, again) != nil {
				t.Error("a deadline is told twice")
			}
		})
	}
}

// atDeadline is the reminder of a deadline that a change owes; nil if it owes none.
func atDeadline(t *testing.T, c Change) *Reminder {
	t.Helper()
	for _, j := range c.Jobs {
		if p := post(t, Change{Jobs: c.Jobs[:1]}); j.Key == c.Jobs[0].Key && p.Reminder != nil && p.Reminder.AtDeadline {
			return p.Reminder
		}
	}
	return nil
}

// Rules 13 and 21: one that was not posted in time is decided again, one that is no longer right is not posted,
// and one that stands is told once.
func TestTheReminderOfADeadlineOnItsWay(t *testing.T) {
	c := Decide(putOff("U0ANA", 2*time.Hour, at(5)), facts(at(50)))
	p := post(t, c)
	job := ReminderJob{Timeline: "tl-1", Round: 1}
	for name, tt := range map[string]struct {
		change func(*Timeline)
		now    time.Time
		good   bool
	}{
		"right away":                {func(*Timeline) {}, at(50), true},
		"snoozed once more":         {func(tl *Timeline) { tl.Tiers[0].Due = at(300) }, at(50), true},
		"a minute later":            {func(*Timeline) {}, at(51.1), false},
		"answered meanwhile":        {closed(Answered), at(50), false},
		"unsnoozed, and reminded":   {func(tl *Timeline) { tl.Tiers[3].PostedAt = at(50.1) }, at(50.2), false},
		"the deadline moved":        {func(tl *Timeline) { tl.FirstReply().Deadline = at(90) }, at(50), false},
		"the promise was kept":      {func(tl *Timeline) { tl.FirstReply().StoppedAt = at(49) }, at(50), false},
		"decided again by somebody": {func(tl *Timeline) { tl.DeadlinesTold = 2 }, at(50), false},
	} {
		t.Run(name, func(t *testing.T) {
			tl := c.Timeline.Clone()
			tt.change(&tl)
			if why := Outdated(&tl, p, tt.now); (why == "") != tt.good {
				t.Errorf("outdated: %q", why)
			}
		})
	}
	t.Run("too late, it is decided again", func(t *testing.T) {
		tl := c.Timeline.Clone()
		events, changed := ReminderDeferred{ReminderJob: job, At: at(52)}.Apply(&tl)
		equal(t, "changed", changed, true)
		equal(t, "history", kinds(events), []EventKind{EventDeferred})
		again := Decide(tl, facts(at(52)))
		equal(t, "keys", keysOf(again), []string{"reminder/tl-1/0/2"})
		equal(t, "breaches", kinds(again.Events), []EventKind{EventDue})
		equal(t, "late", post(t, again).Reminder.Late, 2*time.Minute)
	})
	t.Run("posted, it stands", func(t *testing.T) {
		tl := c.Timeline.Clone()
		events, _ := ReminderPosted{ReminderJob: job, At: at(50), TS: "17.000009"}.Apply(&tl)
		equal(t, "history", kinds(events), []EventKind{EventPosted})
		equal(t, "stands", tl.Posts, []Posting{{TS: "17.000009", Round: 1}})
		equal(t, "tiers", tl.Tiers, c.Timeline.Tiers)
		equal(t, "its buttons count", Click{Thread: tl.Thread, Timeline: "tl-1", Round: 1}.Of(tl), true)
	})
	t.Run("given up", func(t *testing.T) {
		tl := c.Timeline.Clone()
		events, _ := ReminderGivenUp{ReminderJob: job, At: at(60), Reason: "no"}.Apply(&tl)
		equal(t, "history", kinds(events), []EventKind{EventFailed})
	})
}

// Without a calendar nobody is known to be off, so whoever snoozed it is told.
func TestWithoutACalendarWhoeverSnoozedIsTold(t *testing.T) {
	f := facts(at(50))
	f.Roster = calendar.Roster{}
	c := Decide(putOff("U0EVE", 2*time.Hour, at(5)), f)
	equal(t, "mention", post(t, c).Reminder.Mention, []circle.Recipient{toUser("U0EVE", "")})
}

// Rules 18 and 21: a walk that comes late to a deadline, in closed hours, tells of it when they open; unless
// somebody was told until then, or nothing is put off any more.
func TestADeadlineThatIsToldLateWaitsForOpenHours(t *testing.T) {
	late := func(t *testing.T) *owing { // due at 16:30, snoozed over it at 16:10; the program was down until 20:00
		p := promising(30 * time.Minute)
		p.Hours = "office"
		o := opens(t, p, "16:00")
		o.t, _ = Snooze(o.t, Wait{For: 2 * time.Hour}, clockAt("16:10"), nineToFive(t))
		o.t.SnoozedBy, o.t.SnoozedAt = "U0ANA", clockAt("16:10")
		equal(t, "the tier", dues(o.t), []time.Time{clockAt("Tue 10:30")})
		o.asked("20:00")
		return o
	}
	told := func(o *owing, at string) bool {
		f := facts(posted0)
		f.Now, f.Settings, f.Answer = clockAt(at), &o.settings, desk.Answer{Status: desk.Unanswered}
		c := Decide(o.t, f)
		return c.Timeline != nil && atDeadline(o.T, c) != nil
	}
	o := late(t)
	equal(t, "breaches", o.breaches, []string{"first_reply Mon 16:30"})
	equal(t, "told so far", o.t.DeadlinesTold, 0)
	equal(t, "looked at again", o.t.NextAt().UTC(), clockAt("Tue 09:00"))
	equal(t, "told at five in the morning", told(o, "Tue 05:00"), false)
	equal(t, "told when the hours open", told(o, "Tue 09:00"), true)
	o.asked("Tue 09:00")
	equal(t, "told", o.t.DeadlinesTold, 1)
	equal(t, "told a second time", told(o, "Tue 09:01"), false)

	o = late(t)
	f := facts(posted0)
	f.Now, f.Settings = clockAt("20:30"), &o.settings
	c, _ := Unsnooze(o.t, Click{User: "U0ANA"}, f)
	o.t = *c.Timeline
	equal(t, "unsnoozed, its tier is due when they open", dues(o.t), []time.Time{clockAt("Tue 09:00")})
	equal(t, "and tells by itself", told(o, "Tue 09:00"), false)

	on := opens(t, func() policy.Policy { p := promising(30 * time.Minute); p.Hours = "office"; return p }(), "16:30")
	on.t, _ = Snooze(on.t, Wait{For: 2 * time.Hour}, clockAt("16:40"), nineToFive(t))
	on.t.SnoozedBy, on.t.SnoozedAt = "U0ANA", clockAt("16:40")
	equal(t, "exactly at close it is not late", told(on, "17:00"), true)
}

// Rules 8, 17 and 21: where a circle gives way at a deadline, the tier that it gives way to is numbered as people count.
func TestCirclesGiveWayAtTheDeadlineOfTheirClock(t *testing.T) {
	p := policy.Policy{Name: "p", Deadline: time.Hour, Tiers: []policy.Tier{{After: time.Hour, Notify: []string{"@support"}}},
		Resolution: &policy.Promise{Deadline: 3 * time.Hour, Tiers: []policy.Tier{{After: 2 * time.Hour, Notify: []string{"@nonesuch"}}, {After: 3 * time.Hour, Notify: []string{"@support"}}}}}
	tl, _ := Snooze(Begin("tl-1", message(), p, settings(), posted0), Wait{For: 9 * time.Hour}, at(5), nil)
	tl.FirstReply().StoppedAt = at(30)
	tl.SnoozedBy, tl.SnoozedAt = "U0CLEO", at(5)
	c := Decide(tl, facts(at(180)))
	r := atDeadline(t, c)
	if r == nil {
		t.Fatal("the deadline passes, and nobody is told")
	}
	equal(t, "gaps", r.Gaps, []circle.Gap{{Circle: "@nonesuch", Reason: circle.GapUnknown, GaveTo: 2}})
}
