package escalationtest

import (
	"context"
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Loader is a database of a few timelines and jobs.
type Loader struct {
	Timelines []escalation.Timeline
	Jobs      []queue.Job
	Err       error
	Asked     []string
	AskedJobs []string
}

func (l *Loader) JobsByKey(_ context.Context, keys []string) ([]queue.Job, error) {
	l.AskedJobs = keys
	return l.Jobs, l.Err
}

func (l *Loader) Load(_ context.Context, ids []string) ([]escalation.Timeline, error) {
	l.Asked = ids
	return l.Timelines, l.Err
}

// Reminding is a job that owes the reminder of the first tier, decided on time, and its timeline.
func Reminding(t *testing.T) (queue.Job, escalation.Timeline) {
	t.Helper()
	c, _ := escalation.Decide(Enterprise(), Facts(At(10)))
	return queue.Job{New: c.Jobs[0], FirstSent: At(10.1)}, *c.Timeline
}
