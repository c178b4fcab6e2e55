package walk

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// All asks of one walk share five seconds (rule 5). Tickets without an answer after the first part are asked about once
// more, a second later (rule 7). A slow first ask goes on beside the second.
const (
	walkPatience = 250 * time.Millisecond // how long the walk waits for answers; what comes later is decided beside it
	askPatience  = 2500 * time.Millisecond
	beforeAgain  = time.Second
)

// inquiry is a round of questions under way.
type inquiry struct {
	done chan struct{} // closed when every ask has ended

	mu      sync.Mutex
	answers map[string]desk.Answer // by timeline
}

// ask asks the help desk about all of ts in batches, all at once, until ctx ends. What fails is logged at level.
func ask(ctx context.Context, d flow.Deps, level slog.Level, ts []escalation.Timeline) *inquiry {
	q := &inquiry{done: make(chan struct{}), answers: make(map[string]desk.Answer, len(ts))}
	var asks sync.WaitGroup
	for batch := range slices.Chunk(q.concerned(d, ts), desk.MaxQuestions) {
		asks.Go(func() {
			questions := make([]desk.Question, len(batch))
			for i, t := range batch {
				questions[i] = flow.QuestionAbout(t)
			}
			got, err := d.Desk.Ask(ctx, questions)
			if err != nil && !errors.Is(err, context.Canceled) {
				d.Logger.Log(ctx, level, "the help desk did not answer", "tickets", len(batch), "answered", len(got), "error", err)
			}
			q.take(batch, got)
		})
	}
	go func() { asks.Wait(); close(q.done) }()
	return q
}

// concerned are the timelines of the workspaces that have this help desk. Tickets of other workspaces may have the same
// ids, and mean nothing to it.
func (q *inquiry) concerned(d flow.Deps, ts []escalation.Timeline) []escalation.Timeline {
	concerned := make([]escalation.Timeline, 0, len(ts))
	for _, t := range ts {
		if d.Settings(t.Workspace).HasDesk {
			concerned = append(concerned, t)
		} else {
			q.answers[t.ID] = desk.Answer{Status: desk.None}
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

// wait waits until every ask has ended, d at most, and returns the answers so far.
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
