package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// maxWrite is how many changes or rows one transaction holds: a few milliseconds' work.
const maxWrite = 50

// Save commits up to maxWrite changes in one transaction.
func (s *Store) Save(ctx context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	saved := make([]escalation.Saved, 0, len(changes))
	for _, round := range row.Rounds(changes, maxWrite) {
		did := make([]escalation.Saved, len(round))
		var done []escalation.Change
		err := s.w.do(ctx, hasMention(round), func(t *tx) (err error) {
			for i, c := range round {
				if did[i], err = t.save(c); err != nil {
					return err
				}
				if did[i] == escalation.SavedOK {
					done = append(done, c)
				}
			}
			return nil
		})
		if err != nil {
			return nil, wrap("save changes", err)
		}
		saved = append(saved, did...)
		for _, q := range row.Queues(done) {
			s.hub.Notify(wake.Jobs(q))
		}
	}
	return saved, nil
}

// hasMention says whether somebody waits for an answer to these changes.
func hasMention(changes []escalation.Change) bool {
	for _, c := range changes {
		if c.Mention != nil {
			return true
		}
	}
	return false
}

func (t *tx) save(c escalation.Change) (escalation.Saved, error) {
	if c.Mention != nil {
		if actedOn, err := t.actedOn(*c.Mention); err != nil || actedOn {
			return escalation.SavedRepeats, err
		}
	}
	if c.Timeline != nil {
		if written, err := t.update(*c.Timeline); err != nil || !written {
			return escalation.SavedStale, err
		}
	}
	if err := t.addEvents(c.Events); err != nil {
		return "", err
	}
	// No other value here is the time at which the job was made.
	if err := t.addJobs(c.Jobs, func(j queue.New) time.Time { return j.RunAt }, true); err != nil {
		return "", err
	}
	if c.Mention != nil {
		if err := t.actOn(*c.Mention); err != nil {
			return "", err
		}
	}
	return escalation.SavedOK, nil
}
