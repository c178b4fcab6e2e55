package demo

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// fakeProgram has the timelines and jobs that a test gives it.
type fakeProgram struct {
	nextDue []time.Time // of each reading; the last one goes for all further ones
	jobs    map[queue.State]int
	open    escalation.Timeline // of every ticket

	jobsLater map[queue.State]int // jobs from the moment on that a ticket was looked up
	readings  int
}

func (p *fakeProgram) Due(_ context.Context, now time.Time, _ int) ([]escalation.Timeline, time.Time, error) {
	next := p.nextDue[min(p.readings, len(p.nextDue)-1)]
	p.readings++
	if !next.IsZero() && !next.After(now) {
		return []escalation.Timeline{{}}, time.Time{}, nil
	}
	return nil, next, nil
}

func (p *fakeProgram) CountJobs(context.Context) (queue.Counts, error) {
	return queue.Counts{"slack": p.jobs}, nil
}

func (p *fakeProgram) FindByThread(context.Context, escalation.Thread) (escalation.Timeline, bool, error) {
	if p.jobsLater != nil {
		p.jobs = p.jobsLater
	}
	return p.open, true, nil
}

func (p *fakeProgram) History(context.Context, string) ([]escalation.Event, error) { return nil, nil }

func TestTimePassesOnlyWhereNothingIsGoingOn(t *testing.T) {
	now := monday(9, 30)
	openSince := func(asked time.Time) escalation.Timeline {
		return escalation.Timeline{State: escalation.Open, AskedAt: asked}
	}
	var never time.Time
	tests := []struct {
		name    string
		program fakeProgram
		event   bool // one is on its way
		replied bool // in the help desk
		named   bool // the reply, by the help desk
		quiet   bool
		next    time.Time
	}{
		{name: "nothing is open", program: fakeProgram{nextDue: []time.Time{never}}, quiet: true},
		{name: "a tier is due later", program: fakeProgram{nextDue: []time.Time{monday(9, 35)}}, quiet: true, next: monday(9, 35)},
		{name: "a tier is due", program: fakeProgram{nextDue: []time.Time{now}}},
		{name: "a job waits", program: fakeProgram{nextDue: []time.Time{never}, jobs: map[queue.State]int{queue.Pending: 1}}},
		{name: "a job runs", program: fakeProgram{nextDue: []time.Time{never}, jobs: map[queue.State]int{queue.Running: 1}}},
		{name: "a job failed long ago", program: fakeProgram{nextDue: []time.Time{never}, jobs: map[queue.State]int{queue.Failed: 1}}, quiet: true},
		{name: "a reminder was under way at the first reading", program: fakeProgram{nextDue: []time.Time{monday(9, 50), monday(9, 35)}}},
		{name: "an event is on its way", program: fakeProgram{nextDue: []time.Time{never}}, event: true},
		{name: "a reply will be noticed before the next tier", replied: true, quiet: true, next: monday(9, 33),
			program: fakeProgram{nextDue: []time.Time{monday(9, 35)}, open: openSince(monday(9, 28))}},
		{name: "a reply will be noticed after the next tier", replied: true, quiet: true, next: monday(9, 32),
			program: fakeProgram{nextDue: []time.Time{monday(9, 32)}, open: openSince(monday(9, 28))}},
		{name: "a reply ought to have been noticed", replied: true,
			program: fakeProgram{nextDue: []time.Time{monday(9, 35)}, open: openSince(monday(9, 25))}},
		{name: "the help desk is being asked about a reply", replied: true,
			program: fakeProgram{nextDue: []time.Time{monday(9, 35)}, open: openSince(monday(9, 29))}},
		{name: "a reply was named in answer to a question from before it", replied: true, named: true,
			program: fakeProgram{nextDue: []time.Time{monday(9, 35)}, open: openSince(monday(9, 28))}},
		{name: "a reply was noticed just now, and its reminders are to be settled", replied: true, program: fakeProgram{
			nextDue: []time.Time{never}, open: escalation.Timeline{State: escalation.Answered}, jobsLater: map[queue.State]int{queue.Pending: 1}}},
		{name: "a reply was noticed", replied: true, named: true, quiet: true,
			program: fakeProgram{nextDue: []time.Time{never}, open: escalation.Timeline{State: escalation.Answered}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			slack := slacktest.New(slacktest.Options{RequestURL: "http://slabuddy.test"})
			defer slack.Close()
			c := slack.AddChannel(slacktest.Channel{})
			slack.HoldEvents()
			if tt.event {
				if _, err := slack.PostAs(slack.AddUser(slacktest.User{}).ID, c.ID, slacktest.Message{Text: "hello"}); err != nil {
					t.Fatal(err)
				}
			}
			s := newStage(&surroundings{slack: slack, config: config.Default(), desk: helpdesktest.New(deskToken)}, nil, nil)
			if tt.replied {
				s.desk.Reply(answered, monday(9, 29))
				s.news[answered] = news{monday(9, 29), heardOf(desk.FactReplied, monday(9, 29))}
			}
			if tt.named {
				ask(t, s.desk, answered)
			}
			d := &director{clock: newClock(now, 60), stage: s, program: &tt.program}
			next, quiet, err := d.quiet(t.Context(), now)
			if err != nil || quiet != tt.quiet || !next.Equal(tt.next) {
				t.Errorf("quiet %t until %v (error %v), want %t until %v", quiet, next, err, tt.quiet, tt.next)
			}
		})
	}
}

// ask asks the help desk about a ticket.
func ask(t *testing.T, desk *helpdesktest.Desk, ticket string) {
	t.Helper()
	r := httptest.NewRequest("POST", "/replies", strings.NewReader(`[{"ticket_id":"`+ticket+`","timestamp":1772442240}]`))
	r.Header.Set("Authorization", "Bearer "+deskToken)
	w := httptest.NewRecorder()
	if desk.ServeHTTP(w, r); w.Code != 200 || desk.Asked(ticket) == 0 {
		t.Fatalf("the help desk answers %d %s", w.Code, w.Body)
	}
}

// hearsWhileLooked is a program that hears of a reply just after it was looked at.
type hearsWhileLooked struct {
	fakeProgram
	hear func()
}

func (p *hearsWhileLooked) CountJobs(ctx context.Context) (queue.Counts, error) {
	defer p.hear()
	return p.fakeProgram.CountJobs(ctx)
}

// Of a reply that is named then, jobs follow at once, with leases by the clock.
func TestAReplyThatIsNamedDuringALookHoldsTheClock(t *testing.T) {
	for name, once := range map[string]bool{"once": true, "in a hurry": false} {
		t.Run(name, func(t *testing.T) {
			const atOnce = 1e12
			c := newClock(monday(9, 30), atOnce)
			around, err := surround(c)
			t.Cleanup(func() { around.Close() })
			if err != nil {
				t.Fatal(err)
			}
			program := &hearsWhileLooked{
				fakeProgram: fakeProgram{nextDue: []time.Time{monday(9, 35)}, open: escalation.Timeline{State: escalation.Open, AskedAt: monday(9, 28)}},
				hear:        func() { ask(t, around.desk, answered) },
			}
			b := newBoard(c, atOnce, nil)
			s := newStage(around, newWatcher(around, program, newPage(io.Discard, 100, false), b), c)
			s.desk.Reply(answered, monday(9, 29))
			s.news[answered] = news{monday(9, 29), heardOf(desk.FactReplied, monday(9, 29))}
			d := &director{clock: c, stage: s, program: program, once: once, reread: func() {}}
			next, quiet, err := d.quiet(t.Context(), c.Now())
			if err != nil || !quiet {
				t.Fatalf("quiet %t, error %v", quiet, err)
			}
			if err := d.goOn(t.Context(), c.Now(), next); err != nil {
				t.Fatal(err)
			}
			if now := c.Now(); now.After(monday(9, 31)) {
				t.Errorf("the clock goes on to %s", now.Format(time.TimeOnly))
			}
		})
	}
}

// A machine that does not get round to looking for a second must not find an hour gone by.
func TestTheClockHurriesNoFurtherThanItIsLookedAfter(t *testing.T) {
	for name, next := range map[string]time.Time{"until something is due": monday(9, 35), "with nothing due": {}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := alone(t)
				d.clock.SetHurry(3600)
				began := d.clock.Now()
				d.idle(began, next)
				time.Sleep(time.Second)
				if went := d.clock.Now().Sub(began); went < 10*time.Second || went > 15*time.Second {
					t.Errorf("the clock went on by %s", went)
				}
			})
		})
	}
}

// A clock that goes faster than the App reads the calendar makes its roster old, and the calendar look broken.
func TestTheCalendarIsReadAsOftenAsTheClockSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := alone(t)
		d.stage.surroundings = &surroundings{slack: slacktest.New(slacktest.Options{})}
		defer d.stage.slack.Close()
		var read []time.Time
		d.reread = func() { read = append(read, d.clock.Now()) }
		for range 600 {
			if err := d.look(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.idle(d.clock.Now(), monday(9, 30))
			time.Sleep(lookEvery)
		}
		d.clock.SetForward(tuesday(9, 0), d.clock.Steadied())
		if err := d.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(read); n < 6 || n > 9 || read[n-1].Before(tuesday(9, 0)) {
			t.Errorf("within six minutes, and then a day, it is read at %v", read)
		}
	})
}
