package escalation_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// owing lives through one ticket, from Monday 12 January 2026 on.
type owing struct {
	*testing.T
	t        Timeline
	settings Settings
	desk     desk.Ticket
	told     []desk.Fact
	breaches []string // clock and time
	ended    []string // clock and how its run ended
	reminded []string // clock, tier and time
}

// clockAt is a time of day, on Monday unless a day is named: "10:30", "Wed 09:00".
func clockAt(s string) time.Time {
	day := 12
	if name, rest, found := strings.Cut(s, " "); found {
		day += slices.Index([]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}, name)
		s = rest
	}
	t, err := time.Parse("2006-01-02 15:04:05", fmt.Sprintf("2026-01-%02d %s:00", day, s)[:19])
	if err != nil {
		panic(err)
	}
	return t
}

func nineToFive(t *testing.T) *hours.Hours {
	t.Helper()
	d := hours.Definition{Zone: time.UTC}
	for day := time.Monday; day <= time.Friday; day++ {
		d.Week[day] = []hours.Window{{From: 9 * 60, To: 17 * 60}}
	}
	h, err := hours.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// promising is a policy whose first reply is promised within a time, with its last tier at the deadline.
func promising(first time.Duration) policy.Policy {
	return policy.Policy{Name: "p", Tiers: []policy.Tier{{After: first, Notify: []string{"on-shift"}}}}
}

func promise(d time.Duration) *policy.Promise {
	return &policy.Promise{Deadline: d, Tiers: []policy.Tier{{After: d, Notify: []string{"on-shift"}}}}
}

func opens(t *testing.T, p policy.Policy, at string) *owing {
	t.Helper()
	s := DefaultSettings()
	s.Policies = map[string]policy.Policy{p.Name: p}
	s.Channels = map[string]policy.Channel{"C1": {Policy: p.Name}}
	s.Hours = map[string]*hours.Hours{"office": nineToFive(t)}
	m := Message{Thread: Thread{Workspace: "T1", Channel: "C1", TS: "1.000001"}, PostedAt: clockAt(at), Ticket: Ticket{ID: "42"}}
	return &owing{T: t, t: Begin("tl-1", m, p, &s, m.PostedAt), settings: s, desk: desk.Ticket{Status: desk.StatusOpen}}
}

// becomesUrgent is a ticket of 10:00 under one policy, which has another from 12:30 on.
func becomesUrgent(t *testing.T, normal, urgent policy.Policy) *owing {
	t.Helper()
	normal.Name, urgent.Name = "normal", "urgent"
	o := opens(t, normal, "10:00")
	o.settings.Policies["urgent"] = urgent
	o.settings.Channels["C1"] = policy.Channel{Policy: "normal", ByPriority: map[string]string{"urgent": "urgent"}}
	o.desk.Priority = "normal"
	o.asked("10:05")
	o.desk.Priority = "urgent"
	o.asked("12:30")
	return o
}

// fact is told at its own time.
func (o *owing) fact(at string, kind desk.FactKind, value string) {
	o.Helper()
	f := desk.Fact{Kind: kind, At: clockAt(at), Value: value, ID: at + value}
	o.told = append(o.told, f)
	if kind == desk.FactStatus {
		o.desk.Status = desk.Status(value)
	}
	o.asked(at)
}

// asked has the desk asked at a time: it tells all that it knows.
func (o *owing) asked(at string) {
	o.Helper()
	answer := desk.Answer{Status: desk.Unanswered, Ticket: o.desk, Facts: slices.Clone(o.told)}
	for _, f := range o.told {
		if f.Kind == desk.FactReplied {
			answer.Status, answer.RepliedAt = desk.Answered, f.At
		}
	}
	o.decide(at, answer)
}

func (o *owing) decide(at string, answer desk.Answer) {
	o.Helper()
	f := facts(posted0)
	f.Now, f.Settings, f.Answer = clockAt(at), &o.settings, answer
	c := Decide(o.t, f)
	if c.Timeline == nil {
		return
	}
	o.t = *c.Timeline
	for _, e := range c.Events {
		kind := string(e.Clock)
		if kind == "" {
			kind = "first_reply"
		}
		switch e.Kind {
		case EventBreached:
			o.breaches = append(o.breaches, kind+" "+e.At.Format("Mon 15:04"))
		case EventKept, EventVoid:
			o.ended = append(o.ended, kind+" "+string(e.Kind))
		case EventDue:
			number, _ := o.t.Numbered(e.Tier - 1)
			o.reminded = append(o.reminded, fmt.Sprintf("%s %d %s", o.t.ClockOf(e.Tier-1).Kind, number, e.At.Format("Mon 15:04")))
		}
	}
}

func (o *owing) due(kind policy.ClockKind, want string) {
	o.Helper()
	c := o.t.Clock(kind)
	if c == nil || !c.Running() {
		o.Fatalf("the clock %s does not run", kind)
	}
	equal(o.T, string(kind)+" is due", c.Deadline.UTC(), clockAt(want))
}

func (o *owing) stands(kind policy.ClockKind) {
	o.Helper()
	if c := o.t.Clock(kind); c != nil && c.Running() {
		o.Errorf("the clock %s runs until %s", kind, c.Deadline)
	}
}

// Rule 17.
func TestWhichClockRuns(t *testing.T) {
	t.Run("next reply counts from the oldest message without an answer; notes do not count", func(t *testing.T) {
		p := promising(2 * time.Hour)
		p.NextReply = promise(2 * time.Hour)
		o := opens(t, p, "10:00")
		o.fact("10:30", desk.FactReplied, "")
		o.fact("11:00", desk.FactCustomerWrote, "")
		o.fact("12:00", desk.FactCustomerWrote, "")
		o.due(policy.NextReply, "13:00")
		o.fact("13:10", desk.FactReplied, "")
		o.stands(policy.NextReply)
		equal(t, "breaches", o.breaches, []string{"next_reply Mon 13:00"})
		equal(t, "state", o.t.State, Open)
	})
	t.Run("without a message there is no next reply", func(t *testing.T) {
		p := promising(2 * time.Hour)
		p.NextReply = promise(time.Hour)
		o := opens(t, p, "10:00")
		o.fact("10:30", desk.FactReplied, "")
		o.asked("Tue 10:00")
		o.stands(policy.NextReply)
		equal(t, "breaches", o.breaches, nil)
		equal(t, "ended", o.ended, []string{"first_reply kept"})
	})
	t.Run("before the first reply, only that is owed", func(t *testing.T) {
		p := promising(4 * time.Hour)
		p.NextReply = promise(time.Hour)
		o := opens(t, p, "10:00")
		o.fact("10:20", desk.FactCustomerWrote, "")
		o.stands(policy.NextReply)
		o.due(policy.FirstReply, "14:00")
	})
	t.Run("the resolution stops at solved and is void for the others", func(t *testing.T) {
		p := promising(4 * time.Hour)
		p.NextReply, p.Resolution = promise(time.Hour), promise(8*time.Hour)
		o := opens(t, p, "10:00")
		o.fact("10:20", desk.FactReplied, "")
		o.fact("10:30", desk.FactCustomerWrote, "")
		o.fact("11:00", desk.FactStatus, "solved")
		equal(t, "state", o.t.State, Answered)
		equal(t, "ended", o.ended, []string{"first_reply kept", "next_reply void", "resolution kept"})
	})
	t.Run("solved without a reply is withdrawn", func(t *testing.T) {
		p := promising(4 * time.Hour)
		p.Resolution = promise(8 * time.Hour)
		o := opens(t, p, "10:00")
		o.fact("11:00", desk.FactStatus, "solved")
		equal(t, "state", o.t.State, Withdrawn)
		equal(t, "ended", o.ended, []string{"first_reply void", "resolution kept"})
	})
	t.Run("pending pauses the resolution, and not the first reply", func(t *testing.T) {
		p := promising(4 * time.Hour)
		p.Resolution = promise(8 * time.Hour)
		p.Resolution.Pause = []desk.Status{desk.StatusPending, desk.StatusHold}
		o := opens(t, p, "10:00")
		o.fact("11:00", desk.FactStatus, "pending")
		o.stands(policy.Resolution)
		o.due(policy.FirstReply, "14:00")
		o.fact("11:30", desk.FactStatus, "hold")
		o.fact("12:00", desk.FactStatus, "open")
		o.due(policy.Resolution, "19:00")
		o.fact("12:10", desk.FactStatus, "pending")
		o.fact("12:10", desk.FactStatus, "open")
		o.due(policy.Resolution, "19:00")
	})
	t.Run("pending and then straight to solved keeps the pause", func(t *testing.T) {
		p := promising(4 * time.Hour)
		p.Resolution = promise(time.Hour)
		p.Resolution.Pause = []desk.Status{desk.StatusPending}
		o := opens(t, p, "10:00")
		o.fact("10:10", desk.FactReplied, "")
		o.fact("10:30", desk.FactStatus, "pending")
		o.fact("15:00", desk.FactStatus, "solved")
		equal(t, "ended", o.ended, []string{"first_reply kept", "resolution kept"})
	})
	t.Run("solved and reopened, the resolution goes on with what was used", func(t *testing.T) {
		p := promising(4 * time.Hour)
		p.Hours, p.Resolution = "office", promise(8*time.Hour)
		o := opens(t, p, "09:00")
		o.fact("09:30", desk.FactReplied, "")
		o.fact("12:00", desk.FactStatus, "solved")
		equal(t, "solved", o.t.State, Answered)
		o.asked("Tue 09:00")
		equal(t, "still solved", o.t.State, Answered)
		o.fact("Wed 09:00", desk.FactStatus, "open")
		equal(t, "reopened", o.t.State, Open)
		o.due(policy.Resolution, "Wed 14:00")
		o.fact("Wed 09:10", desk.FactStatus, "solved")
		o.fact("Wed 10:00", desk.FactStatus, "closed")
		o.desk.Status = desk.StatusOpen
		o.asked("Wed 11:00")
		equal(t, "closed for good", o.t.State, Answered)
	})
	t.Run("hours and pauses count together", func(t *testing.T) {
		p := promising(4 * time.Hour)
		p.Hours, p.Resolution = "office", promise(8*time.Hour)
		p.Resolution.Pause = []desk.Status{desk.StatusPending}
		o := opens(t, p, "09:00")
		o.fact("12:00", desk.FactStatus, "pending")
		o.fact("Wed 09:00", desk.FactStatus, "open")
		o.due(policy.Resolution, "Wed 14:00")
	})
}

// Rule 17: the nearer deadline has the reminder, and names the other.
func TestTwoClocksDueAtOnceAreOneReminder(t *testing.T) {
	p := promising(2 * time.Hour)
	p.Resolution = promise(90 * time.Minute)
	o := opens(t, p, "10:00")
	o.asked("12:00")
	equal(t, "reminded", o.reminded, []string{"resolution 1 Mon 12:00"})
	equal(t, "states", states(o.t), []TierState{TierSuperseded, TierOwed})
	f := facts(posted0)
	f.Now, f.Settings = clockAt("12:00"), &o.settings
	o = opens(t, p, "10:00")
	c := Decide(o.t, f)
	r := post(t, c).Reminder
	equal(t, "clock", r.Clock, policy.Resolution)
	equal(t, "the other", r.Also, []OtherClock{{Clock: policy.FirstReply, Deadline: clockAt("12:00")}})

	o = opens(t, full(time.Hour, time.Hour, 2*time.Hour), "10:00") // the nearer deadline is the first reply's
	o.asked("23:00")                                               // the program was down
	equal(t, "reminded after an outage", o.reminded, []string{"first_reply 1 Mon 23:00"})
	equal(t, "states", states(o.t), []TierState{TierOwed, TierIdle, TierSuperseded})
}

func TestWhatIsToldTwiceOrOutOfOrderBreaksNothing(t *testing.T) {
	p := promising(2 * time.Hour)
	p.NextReply, p.Resolution = promise(time.Hour), promise(8*time.Hour)
	o := opens(t, p, "10:00")
	o.fact("10:30", desk.FactReplied, "")
	once := len(o.ended)
	o.asked("10:31")
	o.asked("10:32")
	equal(t, "ended", len(o.ended), once)
	equal(t, "facts heard", len(o.t.Desk.Heard), 2) // the reply, and that it is open

	o.told = append(o.told, desk.Fact{Kind: desk.FactCustomerWrote, At: clockAt("10:10"), ID: "late"})
	o.asked("10:40")
	o.stands(policy.NextReply) // the reply at 10:30 had answered it

	o.told = append(o.told, desk.Fact{Kind: desk.FactCustomerWrote, At: clockAt("Sun 10:00"), ID: "ahead"})
	o.asked("10:45")
	o.due(policy.NextReply, "11:45") // a time that has not come counts from when it was heard

	o.desk.Status = "wiped"
	o.asked("10:50")
	equal(t, "state", o.t.State, Open)
}

// Rule 18.
func TestTimesCountInTheHoursOfThePolicy(t *testing.T) {
	p := policy.Policy{Name: "p", Hours: "office", Tiers: []policy.Tier{
		{After: 10 * time.Minute, Notify: []string{"on-shift"}}, {After: 30 * time.Minute, Notify: []string{"on-shift"}, Repeat: 20 * time.Minute},
	}}
	for _, opened := range []string{"Sat 03:00", "Sun 20:00"} {
		o := opens(t, p, opened)
		equal(t, "due", dues(o.t), []time.Time{clockAt("Sun 09:10").AddDate(0, 0, 1), clockAt("Sun 09:30").AddDate(0, 0, 1)})
	}
	o := opens(t, p, "16:40")
	equal(t, "due", dues(o.t), []time.Time{clockAt("16:50"), clockAt("Tue 09:10")})
	snoozed, _ := Snooze(o.t, Wait{For: 30 * time.Minute}, clockAt("16:50"), nineToFive(t))
	equal(t, "snoozed", dues(snoozed), []time.Time{clockAt("Tue 09:20"), clockAt("Tue 09:40")})
}

// Rule 18: nothing is due in closed time, and what is overdue waits for the opening.
func TestWhatIsOverdueWhileHoursAreClosedWaitsForThemToOpen(t *testing.T) {
	p := promising(30 * time.Minute)
	p.Hours = "office"
	o := opens(t, p, "16:00")
	o.asked("18:00") // the program was down at 16:30
	equal(t, "reminded", o.reminded, nil)
	equal(t, "due", dues(o.t), []time.Time{clockAt("Tue 09:00")})
	o.asked("Tue 09:00")
	equal(t, "reminded", o.reminded, []string{"first_reply 1 Tue 09:00"})

	o = opens(t, p, "16:30")
	o.asked("17:00") // used up exactly at close is due at close
	equal(t, "reminded", o.reminded, []string{"first_reply 1 Mon 17:00"})
}

// Rule 18: hours that are gone give way to those that the channel has now.
func TestHoursThatAreGoneGiveWayToTheChannels(t *testing.T) {
	p := promising(30 * time.Minute)
	p.Hours = "office"
	o := opens(t, p, "16:00")
	gone := o.settings.Hours["office"]
	o.settings.Hours = map[string]*hours.Hours{"desk": gone}
	equal(t, "without any", o.settings.HoursOf(o.t) == nil, true)
	o.settings.Channels["C1"] = policy.Channel{Policy: "p", Hours: "desk"}
	o.asked("18:00")
	equal(t, "nobody is reminded in the evening", o.reminded, nil)
}

// Rule 19.
func TestWarningsAreCountedBackFromTheDeadline(t *testing.T) {
	p := policy.Policy{Name: "p", Hours: "office", Deadline: time.Hour, Tiers: []policy.Tier{
		{Before: 15 * time.Minute, Notify: []string{"on-shift"}}, {After: time.Hour, Notify: []string{"on-shift"}},
	}}
	equal(t, "due", dues(opens(t, p, "10:00").t), []time.Time{clockAt("10:45"), clockAt("11:00")})
	equal(t, "over night", dues(opens(t, p, "16:10").t), []time.Time{clockAt("16:55"), clockAt("Tue 09:10")})
}

// Rule 20.
func TestTheFirstChoiceThatIsMetPicksThePolicy(t *testing.T) {
	s := DefaultSettings()
	s.Products = map[string][]string{"Auth": {"login"}}
	s.Channels = map[string]policy.Channel{"C1": {Policy: "teams", ByPriority: map[string]string{"urgent": "urgent"}, Choose: []policy.Choice{
		{Types: []string{"outage"}, Policy: "outage"},
		{Priorities: []string{"urgent", "high"}, Customer: regexp.MustCompile(`(?i)^acme`), Policy: "acme"},
		{Products: []string{"auth"}, Policy: "auth"},
	}}}
	for want, ticket := range map[string]Ticket{
		"outage": {Type: " Outage", Priority: "high", Customer: "Acme"},
		"acme":   {Priority: "High", Customer: "ACME Ltd"},
		"auth":   {Type: "login", Priority: "low"},
		"urgent": {Priority: "urgent", Customer: "Other"},
		"teams":  {Priority: "high"},
	} {
		equal(t, fmt.Sprintf("%+v", ticket), s.PolicyFor("C1", ticket), want)
	}
}

// Rule 20: start and used time stay; the due time moves by the difference of the targets.
func TestAPriorityThatTheDeskChangesMovesTheDeadlines(t *testing.T) {
	long, short := promising(4*time.Hour), promising(2*time.Hour)
	long.Name, short.Name = "long", "short"
	at := func(t *testing.T, asked string) *owing {
		o := opens(t, long, "10:00")
		o.settings.Policies["short"] = short
		o.settings.Channels["C1"] = policy.Channel{Policy: "long", ByPriority: map[string]string{"urgent": "short"}}
		o.desk.Priority = "normal"
		o.asked("10:05")
		o.desk.Priority = "urgent"
		o.asked(asked)
		return o
	}
	o := at(t, "11:00")
	equal(t, "policy", o.t.Policy, "short")
	o.due(policy.FirstReply, "12:00")
	equal(t, "reminded", o.reminded, nil)

	late := at(t, "13:00")
	equal(t, "reminded at once", late.reminded, []string{"first_reply 1 Mon 13:00"})
	equal(t, "the breach is not dated back", late.breaches, []string{"first_reply Mon 13:00"})

	o.desk.Priority = "normal"
	o.asked("11:30")
	o.due(policy.FirstReply, "14:00")
	equal(t, "policy", o.t.Policy, "long")
}

// Rule 20: a changed calendar of closed days lays what is pending again, once.
func TestOtherClosedDaysLayPendingTiersAgainOnce(t *testing.T) {
	p := policy.Policy{Name: "p", Hours: "office", Tiers: []policy.Tier{{After: 10 * time.Minute, Notify: []string{"on-shift"}}, {After: 2 * time.Hour, Notify: []string{"on-shift"}}}}
	o := opens(t, p, "16:00")
	o.asked("16:10")
	equal(t, "due", dues(o.t), []time.Time{clockAt("16:10"), clockAt("Tue 10:00")})
	d := hours.Definition{Zone: time.UTC, Closed: []hours.Closing{{From: hours.DateOf(clockAt("Tue 09:00")), To: hours.DateOf(clockAt("Tue 09:00")), FromCalendar: true}}}
	for day := time.Monday; day <= time.Friday; day++ {
		d.Week[day] = []hours.Window{{From: 9 * 60, To: 17 * 60}}
	}
	closed, err := hours.New(d)
	if err != nil {
		t.Fatal(err)
	}
	o.settings.Hours["office"] = closed
	f := facts(posted0)
	f.Now, f.Settings = clockAt("16:30"), &o.settings
	c := Relay(o.t, f)
	equal(t, "due", dues(*c.Timeline), []time.Time{clockAt("16:10"), clockAt("Wed 10:00")})
	equal(t, "deadline", c.Timeline.FirstReply().Deadline.UTC(), clockAt("Wed 10:00"))
	equal(t, "history", kinds(c.Events), []EventKind{EventRelaid})
	equal(t, "again", Relay(*c.Timeline, f), Change{})

	snoozed, _ := Snooze(o.t, Wait{For: time.Hour}, clockAt("16:20"), nineToFive(t))
	snoozed.SnoozedUntil = clockAt("Tue 11:00")
	c = Relay(snoozed, f)
	equal(t, "what was snoozed stays", dues(*c.Timeline)[1], clockAt("Tue 11:00"))
}

// Rule 17: a day that is closed no more may put a deadline into the past. It comes at the change then, and no earlier.
func TestADayThatOpensDatesNoDeadlineBack(t *testing.T) {
	o := opens(t, policy.Policy{Name: "p", Hours: "office", Tiers: []policy.Tier{{After: 2 * time.Hour, Notify: []string{"on-shift"}}}}, "16:00")
	deadline := func(now string, h *hours.Hours) time.Time {
		t.Helper()
		o.settings.Hours["office"] = h
		f := facts(posted0)
		f.Now, f.Settings = clockAt(now), &o.settings
		c := Relay(o.t, f)
		o.t = *c.Timeline
		return o.t.FirstReply().Deadline.UTC()
	}
	tuesday := hours.DateOf(clockAt("Tue 09:00"))
	d := hours.Definition{Zone: time.UTC, Closed: []hours.Closing{{From: tuesday, To: tuesday, FromCalendar: true}}}
	for day := time.Monday; day <= time.Friday; day++ {
		d.Week[day] = []hours.Window{{From: 9 * 60, To: 17 * 60}}
	}
	closed, err := hours.New(d)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "with Tuesday closed", deadline("16:30", closed), clockAt("Wed 10:00"))
	equal(t, "open again", deadline("Tue 12:00", nineToFive(t)), clockAt("Tue 12:00"))
	equal(t, "the tier", dues(o.t), []time.Time{clockAt("Tue 12:00")})
}

// Rule 17: a reply leaves the first reply's tiers nothing to say, and the resolution's all.
func TestAReplySettlesTheFirstReplyAlone(t *testing.T) {
	p := promising(time.Hour)
	p.Resolution = promise(4 * time.Hour)
	o := opens(t, p, "10:00")
	f := facts(posted0)
	f.Now, f.Settings = clockAt("10:30"), &o.settings
	f.Answer = desk.Answer{Status: desk.Answered, RepliedAt: clockAt("10:20")}
	equal(t, "first reply", Settles(o.t, 0, f), true)
	equal(t, "resolution", Settles(o.t, 1, f), false)
	f.Answer = desk.Answer{Status: desk.Answered, RepliedAt: clockAt("10:20"), Ticket: desk.Ticket{Status: desk.StatusSolved}}
	equal(t, "resolution once solved", Settles(o.t, 1, f), true)
}
