package walk

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// The five seconds that all asks of one walk share (rule 5). What has no answer after the first part
// is asked about once more, a second later (rule 7); a slow first ask goes on beside the second.
const (
	walkPatience = 250 * time.Millisecond // the walk waits no longer for answers; what comes later is decided beside it
	askPatience  = 2500 * time.Millisecond
	beforeAgain  = time.Second
)

// asker asks the help desk about many tickets at once.
type asker struct{ flow.Deps }

// inquiry is a round of asks under way.
type inquiry struct {
	done chan struct{} // closed when every ask has ended

	mu      sync.Mutex
	answers map[string]desk.Answer // by timeline
}

// ask asks about all of ts in batches, all at once, until ctx ends.
func (a asker) ask(ctx context.Context, ts []escalation.Timeline) *inquiry {
	q := &inquiry{done: make(chan struct{}), answers: make(map[string]desk.Answer, len(ts))}
	ts = a.concerned(ts, q.answers)
	var asks sync.WaitGroup
	for start := 0; start < len(ts); start += desk.MaxQuestions {
		batch := ts[start:min(start+desk.MaxQuestions, len(ts))]
		asks.Go(func() {
			got, err := a.Desk.Ask(ctx, questions(batch))
			if err != nil && !errors.Is(err, context.Canceled) {
				a.Logger.Warn("the help desk did not answer", "tickets", len(batch), "answered", len(got), "error", err)
			}
			q.take(batch, got)
		})
	}
	go func() { asks.Wait(); close(q.done) }()
	return q
}

// concerned are the timelines of workspaces that the desk is the desk of. The others' tickets may bear
// the same ids, and mean nothing to it.
func (a asker) concerned(ts []escalation.Timeline, answers map[string]desk.Answer) []escalation.Timeline {
	concerned := make([]escalation.Timeline, 0, len(ts))
	for _, t := range ts {
		if a.Settings(t.Workspace).HasDesk {
			concerned = append(concerned, t)
		} else {
			answers[t.ID] = desk.Answer{Status: desk.None}
		}
	}
	return concerned
}

func (q *inquiry) take(batch []escalation.Timeline, got map[string]desk.Answer) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range batch {
		if answer := got[t.Ticket.ID]; answer.Status != desk.Unchecked {
			q.answers[t.ID] = answer
		}
	}
}

// wait waits until every ask has ended, d at most, and returns the answers there are by then.
func (q *inquiry) wait(ctx context.Context, d time.Duration) map[string]desk.Answer {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-q.done:
	case <-timer.C:
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return maps.Clone(q.answers)
}

func questions(ts []escalation.Timeline) []desk.Question {
	qs := make([]desk.Question, len(ts))
	for i, t := range ts {
		qs[i] = flow.QuestionAbout(t)
	}
	return qs
}
