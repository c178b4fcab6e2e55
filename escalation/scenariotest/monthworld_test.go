package scenariotest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

var team = []calendar.Engineer{{Name: "Ana Silva", Slack: "U0ANA"}, {Name: "Bob Stone", Slack: "U0BOB"}, {Name: "Cleo Marsh", Slack: "U0CLEO"}}

// shiftsAt are who is on at a moment: Ana and Bob on weekdays from eight to six, Cleo until eleven and at noon of
// weekends; nobody at other times.
func shiftsAt(now time.Time) calendar.Roster {
	r := calendar.Roster{At: now, AsOf: now, Shifts: map[string]calendar.Shift{}}
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	on := func(from, to int, who ...calendar.Engineer) {
		start, end := day.Add(time.Duration(from)*time.Hour), day.Add(time.Duration(to)*time.Hour)
		if now.Before(start) || !now.Before(end) {
			return
		}
		for _, e := range who {
			r.OnShift = append(r.OnShift, e)
			r.Shifts[e.Name] = calendar.Shift{Start: start, End: end}
		}
	}
	if now.Weekday() == time.Saturday || now.Weekday() == time.Sunday {
		on(10, 16, team[2])
		return r
	}
	on(8, 18, team[0], team[1])
	on(18, 23, team[2])
	if len(r.OnShift) == 2 && now.Weekday() == time.Wednesday {
		r.Embedded = []calendar.Embedded{{Engineer: team[1], Products: []string{"Auth"}}}
	}
	return r
}

// rostersBetween are what is stored of them.
func rostersBetween(from, to time.Time) (all review.Rosters) {
	for at := from.Truncate(time.Hour); at.Before(to); at = at.Add(time.Hour) {
		if s := shiftsAt(at).Snapshot(); len(all) == 0 || !all[len(all)-1].Roster.Equal(s) {
			all = append(all, review.RosterSince{At: at, Roster: s})
		}
	}
	return all
}

// month is a world with three policies, all clocks, office hours, shifts, digests, and a desk that tells.
type month struct {
	*world
	random *rand.Rand
	down   atomic.Bool
	plan   []happens
	mute   atomic.Bool
	want   report.Counts // of the first replies in C0ENTERPRISE, counted by hand
}

// happens is something that somebody does at its time.
type happens struct {
	at time.Time
	do func()
}

func (m *month) in(d time.Duration, do func()) {
	m.plan = append(m.plan, happens{time.Now().Add(d), do})
}

// quiet is a desk that sometimes does not answer.
type quiet struct {
	desk interface {
		Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error)
	}
	mute *atomic.Bool
}

func (q quiet) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	if q.mute.Load() {
		return nil, errCut
	}
	return q.desk.Ask(ctx, qs)
}

func newMonth(t *testing.T) *month {
	m := &month{world: newWorld(t), random: rand.New(rand.NewPCG(7, 11))}
	office, err := hours.New(hours.Definition{Zone: time.UTC, Week: weekdays(hours.Window{From: 8 * 60, To: 18 * 60})})
	if err != nil {
		t.Fatal(err)
	}
	circle := func(words ...string) []string { return words }
	m.settings.Hours = map[string]*hours.Hours{"office": office}
	m.settings.Policies = map[string]policy.Policy{
		"enterprise": policy.BuiltIn()["enterprise"],
		"urgent":     {Name: "urgent", Deadline: 30 * time.Minute, Tiers: []policy.Tier{{After: 5 * time.Minute, Notify: circle("on-shift")}, {After: 20 * time.Minute, Notify: circle("@support")}}},
		"full": {
			Name: "full", Hours: "office", Deadline: time.Hour,
			Tiers:      []policy.Tier{{After: 20 * time.Minute, Notify: circle("non-embedded")}, {Before: 15 * time.Minute, Notify: circle("on-shift")}, {After: time.Hour, Notify: circle("@support")}},
			NextReply:  &policy.Promise{Deadline: 2 * time.Hour, Tiers: []policy.Tier{{Before: 30 * time.Minute, Notify: circle("on-shift")}, {After: 2 * time.Hour, Notify: circle("@support")}}},
			Resolution: &policy.Promise{Deadline: 16 * time.Hour, Pause: []desk.Status{desk.StatusPending}, Tiers: []policy.Tier{{Before: 2 * time.Hour, Notify: circle("on-shift")}}},
		},
	}
	m.settings.Channels = map[string]policy.Channel{
		"C0ENTERPRISE": {}, "C0FULL": {Policy: "full", Choose: []policy.Choice{{Priorities: []string{"urgent"}, Policy: "urgent"}}},
	}
	m.settings.Engineers, m.settings.Products = team, map[string][]string{"Auth": {"login"}}
	m.settings.DigestFrom, m.settings.Poll, m.settings.GiveUp = 5, time.Hour, 2*24*time.Hour
	m.turns = shiftsAt
	held := func() bool { return m.down.Load() }
	silent := quiet{m.desk, &m.mute}
	m.walker.Hold, m.poller.Hold, m.poller.Idle = held, held, time.Hour
	m.walker.Desk, m.poller.Desk, m.actions.Desk = silent, silent, silent
	return m
}

func weekdays(w ...hours.Window) (week [7][]hours.Window) {
	for day := time.Monday; day <= time.Friday; day++ {
		week[day] = w
	}
	return week
}

// live lets so many days with tickets pass, and then as many as it takes until all of them are over.
func (m *month) live(days int) {
	end := time.Now().Add(time.Duration(days)*24*time.Hour + m.settings.GiveUp + time.Hour)
	n := 100
	ticket := func(channel string) {
		n++
		posted := m.message(fmt.Sprint(n))
		posted.Channel = channel
		m.open(posted, flow.OpenedNew)
		m.fate(posted)
	}
	for day := range days {
		base := time.Duration(day) * 24 * time.Hour
		for range 1 + m.random.IntN(4) {
			m.in(base+time.Duration(m.random.IntN(24*60))*time.Minute+time.Second, func() { ticket([]string{"C0ENTERPRISE", "C0FULL"}[m.random.IntN(2)]) })
		}
		at := func(minute int, do func()) { m.in(base+time.Duration(minute)*time.Minute+20*time.Second, do) }
		switch day % 7 {
		case 1: // many at once
			for range 6 {
				at(600, func() { ticket("C0ENTERPRISE") })
			}
		case 2: // the bot is stopped for an hour, while tickets wait
			at(540, func() { ticket("C0ENTERPRISE") })
			at(545, func() { m.down.Store(true) })
			at(605, func() { m.down.Store(false) })
		case 3: // the desk is silent
			at(700, func() { ticket("C0FULL"); m.mute.Store(true) })
			at(790, func() { m.mute.Store(false) })
		case 4: // Slack is away
			at(720, func() { ticket("C0ENTERPRISE") })
			at(729, func() { m.slack.away(time.Now().Add(12 * time.Minute)) })
		case 5: // nobody is to be reminded
			at(660, func() { ticket("C0ENTERPRISE"); m.pause(40 * time.Minute) })
		}
	}
	for len(m.plan) > 0 {
		slices.SortStableFunc(m.plan, func(a, b happens) int { return a.at.Compare(b.at) })
		next := m.plan[0]
		m.plan = m.plan[1:]
		if next.at.After(end) {
			break
		}
		time.Sleep(time.Until(next.at))
		next.do()
		synctest.Wait()
	}
	time.Sleep(time.Until(end))
}

// pause has one channel left in peace. Only what is open by then is stamped: the settings do not change.
func (m *month) pause(d time.Duration) {
	if err := m.pauses.Pause(m.t.Context(), "T0ACME", "C0ENTERPRISE", "U0HANA", time.Now().Add(d)); err != nil {
		m.t.Error(err)
	}
}

// handOver gives a ticket that somebody has to whoever comes after them in the team.
func (m *month) handOver(posted escalation.Message, from string) {
	i := slices.IndexFunc(team, func(e calendar.Engineer) bool { return e.Slack == from })
	m.note(m.actions.Assign(m.t.Context(), m.click(posted, from), team[(i+1)%len(team)].Slack))
}

// fate plans what becomes of a ticket.
func (m *month) fate(posted escalation.Message) {
	minutes := func(n int) time.Duration {
		return time.Duration(1+m.random.IntN(n))*time.Minute + time.Duration(m.random.IntN(60))*time.Second
	}
	id := posted.Ticket.ID
	status, facts := desk.StatusOpen, []desk.Fact(nil)
	now := desk.Answer{Status: desk.Unanswered}
	say := func(a desk.Answer) {
		now = a
		a.Ticket.Status, a.Facts = status, slices.Clone(facts)
		m.desk.say(id, a)
	}
	fact := func(kind desk.FactKind, value string) {
		facts = append(facts, desk.Fact{Kind: kind, At: time.Now(), Value: value})
	}
	switch m.random.IntN(3) {
	case 0:
		m.in(minutes(30), func() { m.hear(posted, "20m") })
	case 1:
		who := []string{"U0ANA", "U0BOB", "U0CLEO"}[m.random.IntN(3)]
		m.in(minutes(40), func() {
			if len(m.slack.reminders(posted)) > 0 {
				m.note(m.actions.Own(m.t.Context(), m.click(posted, who)))
				m.in(8*time.Minute, func() { m.handOver(posted, who) })
			}
		})
	}
	if m.random.IntN(4) == 0 {
		m.in(minutes(25), func() { fact(desk.FactPriority, "urgent"); say(now) })
	}
	reply := minutes(90)
	replied := desk.Answer{Status: desk.Answered}
	switch m.random.IntN(6) {
	case 0: // nobody ever
		m.counts(posted, false, false)
		return
	case 1: // solved without a word
		m.counts(posted, false, true)
		m.in(reply/2, func() { say(desk.Answer{Status: desk.Withdrawn, Cause: "solved"}) })
		return
	case 2: // the webhook says so
		m.in(reply, func() {
			fact(desk.FactReplied, "")
			replied.RepliedAt = time.Now()
			say(replied)
			if err := m.replies.Hear(m.t.Context(), desk.Event{TicketID: id, Kind: desk.Replied, At: time.Now(), Proof: true, Facts: slices.Clone(facts)}); err != nil {
				m.t.Error(err)
			}
		})
	default:
		m.in(reply, func() { fact(desk.FactReplied, ""); replied.RepliedAt = time.Now(); say(replied) })
	}
	m.counts(posted, reply <= 50*time.Minute, false)
	wrote := reply + minutes(120)
	m.in(wrote, func() { fact(desk.FactCustomerWrote, ""); say(replied) })
	m.in(wrote+minutes(200), func() { fact(desk.FactReplied, ""); say(replied) })
	waits := wrote + minutes(400)
	m.in(waits, func() { status = desk.StatusPending; fact(desk.FactStatus, string(status)); say(replied) })
	m.in(waits+minutes(600), func() { status = desk.StatusOpen; fact(desk.FactStatus, string(status)); say(replied) })
	m.in(waits+minutes(2000), func() { status = desk.StatusSolved; fact(desk.FactStatus, string(status)); say(replied) })
}

// counts counts by hand what becomes of a first reply that is promised within 50 minutes.
func (m *month) counts(posted escalation.Message, kept, withdrawn bool) {
	switch {
	case posted.Channel != "C0ENTERPRISE":
	case kept:
		m.want.Kept++
	case withdrawn:
		m.want.Withdrawn++
	default:
		m.want.Breached++
	}
}
