package escalationtest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Loader is a database of a few timelines and their history.
type Loader struct {
	Timelines []escalation.Timeline
	History   []escalation.Event
	Jobs      []queue.Job
	Err       error
	Asked     []string
}

func (l *Loader) Happened(_ context.Context, ids []string, kind escalation.EventKind) ([]escalation.Event, error) {
	var events []escalation.Event
	for _, e := range l.History {
		if e.Kind == kind && slices.Contains(ids, e.Timeline) {
			events = append(events, e)
		}
	}
	return events, l.Err
}

// TakeTurn grants every turn.
func (l *Loader) TakeTurn(_ context.Context, _ string, now time.Time, every time.Duration) (ok bool, next time.Time, err error) {
	return true, now.Add(every), nil
}

func (l *Loader) JobsByKey(_ context.Context, keys []string) (jobs []queue.Job, err error) {
	for _, j := range l.Jobs {
		if slices.Contains(keys, j.Key) {
			jobs = append(jobs, j)
		}
	}
	return jobs, l.Err
}

func (l *Loader) Load(_ context.Context, ids []string) ([]escalation.Timeline, error) {
	l.Asked = ids
	return l.Timelines, l.Err
}

// Reminding is a job that owes the reminder of the first tier, decided on time, and its timeline.
func Reminding(t *testing.T) (queue.Job, escalation.Timeline) {
	t.Helper()
	c := escalation.Decide(Enterprise(), Facts(At(10)))
	return queue.Job{New: c.Jobs[0], FirstSent: At(10.1)}, *c.Timeline
}

// Decided is the event in the history that tells of a reminder's job.
func Decided(t *testing.T, j queue.Job) escalation.Event {
	t.Helper()
	var p escalation.Post
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		t.Fatal(err)
	}
	return escalation.Event{Timeline: p.Timeline, Kind: escalation.EventDue, Tier: p.Reminder.Tier, Details: escalation.Details{Round: p.Round, Reminder: p.Reminder}}
}
