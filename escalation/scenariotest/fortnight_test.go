package scenariotest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/intake"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/walk"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// fortnight is a world whose clock goes from one instant at which something happens to the next. So it lives on
// Postgres as well, whose sockets no bubble of testing/synctest has.
type fortnight struct {
	t        *testing.T
	store    store.Store
	settings escalation.Settings
	slack    *slack
	desk     *scriptedDesk
	random   *rand.Rand
	clock    atomic.Int64 // Unix seconds
	ids      atomic.Int64

	opener  *intake.Opener
	replies *intake.Replies
	walker  *walk.Walker
	kill    func()
	kills   int
	often   int                    // one in so many is the chance of each mishap while something is going on
	wants   map[string][]time.Time // the reminders of each ticket
	all     []escalation.Message
}

func (f *fortnight) now() time.Time  { return time.Unix(f.clock.Load(), 0).UTC() }
func (f *fortnight) set(t time.Time) { f.clock.Store(t.Unix()) }
func (f *fortnight) newID() string   { return fmt.Sprintf("00000000-0000-7000-8000-%012d", f.ids.Add(1)) }
func (f *fortnight) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

// The night to Sunday, 25 October 2026, has an hour twice in Berlin. Wednesday, 28 October, is closed.
var holiday = hours.Date{Year: 2026, Month: time.October, Day: 28}

func newFortnight(t *testing.T, database string) *fortnight {
	t.Helper()
	f := &fortnight{
		t: t, slack: &slack{}, desk: &scriptedDesk{answers: map[string]desk.Answer{}, asked: map[string]int{}},
		random: rand.New(rand.NewPCG(1, 2)), wants: map[string][]time.Time{}, settings: escalation.DefaultSettings(), often: 6,
	}
	var err error
	f.store, err = store.Open(t.Context(), database, store.Options{})
	f.check(err)
	t.Cleanup(f.store.Close)
	f.check(f.store.Migrate(t.Context()))
	night := []hours.Window{{From: 22 * 60, To: 30 * 60}}
	week := weekdays(hours.Window{From: 9 * 60, To: 17 * 60})
	week[time.Saturday] = night
	office, err := hours.New(hours.Definition{Zone: berlin, Week: week, Closed: []hours.Closing{{From: holiday, To: holiday}}})
	f.check(err)
	f.settings.Hours = map[string]*hours.Hours{"office": office}
	f.settings.Policies = map[string]policy.Policy{"owed": {
		Name: "owed", Hours: "office", Deadline: time.Hour,
		Tiers:      []policy.Tier{{Before: 15 * time.Minute, Notify: []string{"on-shift"}}, {After: time.Hour, Notify: []string{"@support"}}},
		NextReply:  &policy.Promise{Deadline: 2 * time.Hour, Tiers: []policy.Tier{{Before: 30 * time.Minute, Notify: []string{"on-shift"}}, {After: 2 * time.Hour, Notify: []string{"@support"}}}},
		Resolution: &policy.Promise{Deadline: 8 * time.Hour, Pause: []desk.Status{desk.StatusPending}, Tiers: []policy.Tier{{Before: time.Hour, Notify: []string{"on-shift"}}}},
	}}
	f.settings.Channels = map[string]policy.Channel{"C0ENTERPRISE": {Policy: "owed"}}
	f.settings.DigestFrom = 0
	f.slack.now = f.now
	f.set(time.Date(2026, time.October, 19, 0, 0, 0, 0, time.UTC))
	f.begin()
	t.Cleanup(func() { f.kill() })
	return f
}

// begin is a new process: all that it knows it reads from the store.
func (f *fortnight) begin() {
	deps := flow.Deps{
		Desk: f.desk, Roster: func(string) calendar.Roster { return calendar.Roster{At: f.now(), AsOf: f.now(), OnShift: team} },
		Directory: escalationtest.Directory{}, Settings: func(string) *escalation.Settings { return &f.settings },
		Now: f.now, NewID: f.newID, Logger: (&world{}).log(), Metrics: flow.NewMetrics(prometheus.NewRegistry()),
	}
	f.replies = &intake.Replies{Deps: deps, Store: f.store}
	f.opener = &intake.Opener{Deps: deps, Store: f.store, Mentions: &intake.Mentions{Deps: deps, Store: f.store}, Replies: f.replies}
	f.walker = &walk.Walker{Deps: deps, Store: f.store, Hold: never, Tick: time.Minute}
	deliverer := &deliver.Deliverer{Deps: deps, Store: f.store, Poster: f.slack}
	engine, err := queue.NewEngine(queue.Config{
		Store: f.store, Now: f.now, Rand: func() float64 { return 0.5 }, Logger: deps.Logger, Registerer: prometheus.NewRegistry(),
		Worker: f.newID(), Poll: 5 * time.Millisecond,
		Queues: []queue.QueueConfig{{Name: escalation.QueueSlack, Handler: deliverer, Workers: 4}, {Name: escalation.QueueUpdates, Handler: deliverer, Workers: 2}},
	})
	f.check(err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := engine.Run(ctx); err != nil {
			f.t.Errorf("engine: %v", err)
		}
	})
	f.kill = func() { cancel(); running.Wait() }
}

// restart has the process die, and another begin.
func (f *fortnight) restart() {
	f.kill()
	f.begin()
	f.kills++
}

// until lets time pass: what comes due is walked at its instant. Now and then the process dies, between its decision
// and what follows from it, or Slack's answer is lost.
func (f *fortnight) until(end time.Time) {
	f.t.Helper()
	for {
		next, err := f.walker.Walk(f.t.Context())
		f.check(err)
		if f.jobs() == 0 {
			// The walk told what it found, and by now what it decided may be posted, and the next tier be nearer.
			_, stored, err := f.store.Due(f.t.Context(), f.now(), 1)
			f.check(err)
			if !stored.IsZero() && (next.IsZero() || stored.Before(next)) {
				next = stored
			}
			if next.IsZero() || !next.Before(end) {
				break
			}
			if next.After(f.now()) {
				f.set(next.Add(999 * time.Millisecond).Truncate(time.Second)) // due times have microseconds, the clock seconds
			}
			continue
		}
		mishap := f.random.IntN(f.often)
		switch mishap {
		case 0:
			f.restart()
		case 1:
			f.slack.mu.Lock()
			f.slack.lose = 1
			f.slack.mu.Unlock()
		}
		f.settle(mishap < 2)
	}
	if end.After(f.now()) {
		f.set(end)
	}
}

// settle waits until no job is left. A channel has one post a second, and after a mishap it takes seconds until a job is
// looked for or taken over; so a few seconds pass, however slow the machine is, and then as many as a lease has. Where
// the machine was slower than that, one more passes each second.
func (f *fortnight) settle(mishap bool) {
	f.t.Helper()
	seconds := 10
	if mishap {
		seconds = 45
	}
	limit := time.After(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for looks := 0; ; looks++ {
		if f.jobs() == 0 {
			return
		}
		if looks > 10 && looks <= 10+seconds || looks%200 == 199 {
			f.set(f.now().Add(time.Second))
		}
		select {
		case <-tick.C:
		case <-limit:
			f.t.Fatal("jobs are left")
		}
	}
}

// jobs are how many are still to be done.
func (f *fortnight) jobs() (left int) {
	f.t.Helper()
	counts, err := f.store.CountJobs(f.t.Context())
	f.check(err)
	for _, states := range counts {
		left += states[queue.Pending] + states[queue.Running]
	}
	return left
}

// open counts by the wall's clock, minute by minute, and by nothing of ours.
func open(t time.Time) bool {
	wall := t.In(berlin)
	minute := wall.Hour()*60 + wall.Minute()
	switch day := wall.Weekday(); {
	case wall.Month() == holiday.Month && wall.Day() == holiday.Day:
		return false
	case day == time.Saturday:
		return minute >= 22*60
	case day == time.Sunday:
		return minute < 6*60
	default:
		return minute >= 9*60 && minute < 17*60
	}
}

// after is when so much working time has passed since t.
func after(t time.Time, d time.Duration) time.Time {
	for {
		end := t.Truncate(time.Minute).Add(time.Minute)
		if n := end.Sub(t); open(t) {
			if d <= n {
				return t.Add(d)
			}
			d -= n
		}
		t = end
	}
}

// tell has the help desk tell by webhook what happened to a ticket just now.
func (f *fortnight) tell(ticket string, kind desk.FactKind, value string) {
	f.t.Helper()
	f.desk.mu.Lock()
	a := f.desk.answers[ticket]
	fact := desk.Fact{Kind: kind, At: f.now(), Value: value}
	a.Facts = append(slices.Clip(a.Facts), fact)
	e := desk.Event{TicketID: ticket, Kind: desk.Other, At: f.now(), Facts: []desk.Fact{fact}}
	switch {
	case kind == desk.FactReplied:
		a.Status, a.RepliedAt, e.Kind, e.Proof = desk.Answered, cmpTime(a.RepliedAt, f.now()), desk.Replied, true
	case kind == desk.FactStatus:
		a.Ticket.Status = desk.Status(value)
	}
	if a.Status == desk.Unchecked {
		a.Status = desk.Unanswered
	}
	f.desk.answers[ticket] = a
	f.desk.mu.Unlock()
	f.check(f.replies.Hear(f.t.Context(), e))
}

// cmpTime is the first of two times that is known.
func cmpTime(known, now time.Time) time.Time {
	if known.IsZero() {
		return now
	}
	return known
}

// live plans a ticket's life from its opening on, and which reminders it must have.
func (f *fortnight) live(n int, opened time.Time) (plan []happens) {
	id := fmt.Sprint(n)
	at := func(t time.Time, do func()) { plan = append(plan, happens{t, do}) }
	wants := func(ts ...time.Time) { f.wants[id] = ts }
	at(opened, func() {
		m := escalation.Message{
			Thread:   escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: tsOf(opened, id)},
			PostedAt: opened, Ticket: escalation.Ticket{ID: id},
		}
		f.all = append(f.all, m)
		outcome, err := f.opener.Open(f.t.Context(), m)
		f.check(err)
		if outcome != flow.OpenedNew {
			f.t.Errorf("ticket %s: %s", id, outcome)
		}
	})
	reply := after(opened, 20*time.Minute)
	switch n % 4 {
	case 0: // nobody ever
		wants(after(opened, 45*time.Minute), after(opened, time.Hour), after(opened, 7*time.Hour))
	case 1: // answered; the customer writes again, and waits in vain
		wrote := reply.Add(37 * time.Minute)
		at(reply, func() { f.tell(id, desk.FactReplied, "") })
		at(wrote, func() { f.tell(id, desk.FactCustomerWrote, "") })
		wants(after(opened, 7*time.Hour), after(wrote, 90*time.Minute), after(wrote, 2*time.Hour))
	case 2: // answered, waits for its customer for two days, and is solved
		pending := after(opened, time.Hour)
		goesOn := pending.Add(50 * time.Hour)
		at(reply, func() { f.tell(id, desk.FactReplied, "") })
		at(pending, func() { f.tell(id, desk.FactStatus, "pending") })
		at(goesOn, func() { f.tell(id, desk.FactStatus, "open") })
		at(after(goesOn, 350*time.Minute), func() { f.tell(id, desk.FactStatus, "solved") })
	default: // solved without a word
		at(after(opened, 10*time.Minute), func() { f.tell(id, desk.FactStatus, "solved") })
	}
	return plan
}

// Rules 11 and 17 to 19: over two weeks with a weekend, a holiday and a night that has an hour twice, with next replies
// and pauses, and a process that dies at random, each reminder is posted at its instant, and once.
func TestAFortnightOfOwedTime(t *testing.T) {
	for name, database := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "fortnight.db") },
		"postgres": func(t *testing.T) string { return pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFortnight(t, database(t))
			var plan []happens
			start := f.now()
			for n := range 44 { // at all times of the day, and within the second
				plan = append(plan, f.live(n, start.Add(time.Duration(n*7*60+n*n%50)*time.Minute+17*time.Second))...)
			}
			slices.SortStableFunc(plan, func(a, b happens) int { return a.at.Compare(b.at) })
			for _, next := range plan {
				f.until(next.at)
				next.do()
			}
			f.until(start.AddDate(0, 0, 17))
			f.verify()
		})
	}
}

func (f *fortnight) verify() {
	for _, m := range f.all {
		t, found, err := f.store.FindByThread(f.t.Context(), m.Thread)
		f.check(err)
		if !found {
			f.t.Errorf("ticket %s is not there", m.Ticket.ID)
			continue
		}
		history, err := f.store.History(f.t.Context(), t.ID)
		f.check(err)
		var posted []time.Time
		for _, e := range history {
			if e.Kind == escalation.EventPosted {
				posted = append(posted, e.At)
			}
		}
		want := f.wants[m.Ticket.ID]
		slices.SortFunc(want, time.Time.Compare)
		ok := slices.EqualFunc(posted, want, func(at, want time.Time) bool { return !at.Before(want) && at.Sub(want) < time.Minute })
		if stands := len(f.slack.reminders(m)); !ok || stands != len(want) {
			f.t.Errorf("ticket %s of %s: %d reminders stand, posted %v, want %v", m.Ticket.ID, m.PostedAt.In(berlin), stands, posted, want)
		}
	}
}
