package escalation

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// The five seconds that all asks of one walk share (rule 5): a first round, a second's pause for what
// had no answer, and a second round (rule 7).
const (
	askShare    = 5 * time.Second
	firstRound  = 2500 * time.Millisecond
	beforeAgain = time.Second
)

// asker asks the help desk about many tickets at once.
type asker struct {
	desk   HelpDesk
	logger *slog.Logger
}

// ask asks about all of ts in batches, all at once, and reports which timelines had an answer.
func (a asker) ask(ctx context.Context, ts []Timeline) (answers map[string]Answer) {
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	answers = make(map[string]Answer, len(ts))
	for start := 0; start < len(ts); start += MaxQuestions {
		batch := ts[start:min(start+MaxQuestions, len(ts))]
		wg.Go(func() {
			got, err := a.desk.Ask(ctx, questions(batch))
			if err != nil && !errors.Is(err, context.Canceled) {
				a.logger.Warn("the help desk did not answer", "tickets", len(batch), "answered", len(got), "error", err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, t := range batch {
				if answer := got[t.Ticket.ID]; answer.Status != Unchecked {
					answers[t.ID] = answer
				}
			}
		})
	}
	wg.Wait()
	return answers
}

func questions(ts []Timeline) []Question {
	qs := make([]Question, len(ts))
	for i, t := range ts {
		qs[i] = Question{TicketID: t.Ticket.ID, Since: t.PostedAt}
	}
	return qs
}
