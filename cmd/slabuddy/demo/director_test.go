package demo

import (
	"context"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// fakeProgram has the timelines and jobs that a test gives it.
type fakeProgram struct {
	nextDue []time.Time // of each reading; the last one goes for all further ones
	jobs    map[queue.State]int
	open    escalation.Timeline // of every ticket

	owed     map[queue.State]int // jobs from the moment on that a ticket was looked up
	readings int
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
	if p.owed != nil {
		p.jobs = p.owed
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
		{name: "a reply was noticed just now, and its reminders are to be settled", replied: true, program: fakeProgram{
			nextDue: []time.Time{never}, open: escalation.Timeline{State: escalation.Answered}, owed: map[queue.State]int{queue.Pending: 1}}},
		{name: "a reply was noticed", replied: true, quiet: true,
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
			s := newStage(&surroundings{slack: slack, config: config.Default()}, nil, nil)
			if tt.replied {
				s.replies[answered] = monday(9, 29)
			}
			d := &director{stage: s, program: &tt.program}
			next, quiet, err := d.quiet(t.Context(), now)
			if err != nil || quiet != tt.quiet || !next.Equal(tt.next) {
				t.Errorf("quiet %t until %v (error %v), want %t until %v", quiet, next, err, tt.quiet, tt.next)
			}
		})
	}
}
