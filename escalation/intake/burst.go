package intake

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// burst is the span of time in which many mentions in one thread share an answer. The first few are answered at once,
// each for itself. All that follow share one answer: how the ticket is when the span is over.
const (
	burst   = 10 * time.Second
	atFirst = 3
)

// committed is how long after its mention an answer may take to be stored.
const committed = 2 * time.Second

// together are the answers that say no more than how a ticket is.
var together = []escalation.NoteKind{
	escalation.NoteSnoozed, escalation.NoteLongest, escalation.NoteUnsnoozed, escalation.NoteNotSnoozed, escalation.NoteNothing, escalation.NoteStatus,
}

// answerIn joins the answer to a mention with the others of its burst.
func (m *Mentions) answerIn(ctx context.Context, c escalation.Change, timeline string, at escalation.Thread, note escalation.Note) (escalation.Change, error) {
	now := m.Now()
	job := &c.Jobs[len(c.Jobs)-1]
	if !slices.Contains(together, note.Kind) {
		return c, nil
	}
	over := now.Truncate(burst).Add(burst)
	own := make([]string, atFirst)
	for i := range own {
		own[i] = fmt.Sprintf("answers/%s/%d/%d", timeline, over.Unix(), i+1)
	}
	stand, err := m.Store.JobsByKey(ctx, own)
	if err != nil {
		return c, fmt.Errorf("look for other answers in the thread: %w", err)
	}
	if len(stand) < atFirst {
		job.Key = own[len(stand)]
		return c, nil
	}
	all := escalation.Note{Kind: escalation.NoteStatus, User: note.User, Together: true}
	*job = escalation.NewPostJob(job.ID, fmt.Sprintf("answers/%s/%d/all", timeline, over.Unix()), escalation.Post{Thread: at, Timeline: timeline, Note: &all}, now)
	job.RunAt = over.Add(committed)
	return c, nil
}
