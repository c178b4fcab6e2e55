package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) Open(ctx context.Context, ts []escalation.Timeline) ([]escalation.Opened, error) {
	opened, err := s.opens.Do(ctx, ts)
	return opened, wrap("open timelines", err)
}

// openAll opens the timelines of all calls of a batch.
func (s *Store) openAll(ctx context.Context, calls [][]escalation.Timeline) ([][]escalation.Opened, error) {
	outs := make([][]escalation.Opened, len(calls))
	err := s.w.do(ctx, true, func(t *tx) error {
		for i, call := range calls {
			outs[i] = make([]escalation.Opened, len(call))
			for k, tl := range call {
				var err error
				if outs[i][k], err = t.open(tl); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return outs, err
}

func (t *tx) open(tl escalation.Timeline) (escalation.Opened, error) {
	body, err := row.Body(tl)
	if err != nil {
		return escalation.Opened{}, err
	}
	n, err := t.exec(`insert into timelines (id, version, workspace, channel, thread_ts, ticket_id, policy,
			state, posted_at, deadline, next_at, asked_at, answered_at, closed_at, breached_at, moved_ts, body)
		values (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
		tl.ID, tl.Workspace, tl.Channel, tl.TS, tl.Ticket.ID, tl.Policy, string(tl.State), stamp(tl.PostedAt),
		stamp(tl.FirstReply().Deadline), stamp(tl.NextAt()), stamp(tl.AskedAt), stamp(tl.AnsweredAt), stamp(tl.ClosedAt),
		stamp(tl.FirstReply().BreachedAt), tl.Moved, body)
	if err != nil {
		return escalation.Opened{}, err
	}
	if n == 0 {
		return t.conflicting(tl)
	}
	e := escalation.Event{Timeline: tl.ID, At: tl.OpenedAt, Kind: escalation.EventOpened}
	return escalation.Opened{ID: tl.ID, New: true}, t.addEvents([]escalation.Event{e})
}

// conflicting finds the timeline that a new one conflicts with: one that the same message opened for the
// ticket, otherwise the open one about the same ticket.
func (t *tx) conflicting(tl escalation.Timeline) (escalation.Opened, error) {
	rows, err := t.query(`
		select id, true from timelines where workspace = ?1 and channel = ?2 and thread_ts = ?3 and ticket_id = ?4
		union all
		select id, false from timelines where workspace = ?1 and ticket_id = ?4 and state = 'open'`,
		tl.Workspace, tl.Channel, tl.TS, tl.Ticket.ID)
	found, err := collect(rows, err, func(r row.Scanner) (o escalation.Opened, err error) {
		err = r.Scan(&o.ID, &o.Repeat)
		return o, err
	})
	if err != nil {
		return escalation.Opened{}, err
	}
	if len(found) == 0 {
		return escalation.Opened{}, fmt.Errorf("timeline %s can neither be stored nor found: is its id taken?", tl.ID)
	}
	o := found[0]
	if o.ID == tl.ID {
		return escalation.Opened{ID: tl.ID, New: true}, nil
	}
	return o, nil
}

func (t *tx) addEvents(events []escalation.Event) error {
	for _, e := range events {
		details, err := row.Details(e)
		if err != nil {
			return err
		}
		if _, err := t.exec(`insert into history (timeline_id, at, kind, tier, details) values (?, ?, ?, ?, ?)`,
			e.Timeline, stamp(e.At), string(e.Kind), e.Tier, details); err != nil {
			return err
		}
	}
	return nil
}

// maxWrite is how many changes or rows one transaction holds: a few milliseconds' work.
const maxWrite = 50

// Save commits up to maxWrite changes in one transaction.
func (s *Store) Save(ctx context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	saved := make([]escalation.Saved, 0, len(changes))
	for _, round := range row.Rounds(changes, maxWrite) {
		did := make([]escalation.Saved, len(round))
		var done []escalation.Change
		awaited := slices.ContainsFunc(round, func(c escalation.Change) bool { return c.Mention != nil }) // by who wrote the mention
		err := s.w.do(ctx, awaited, func(t *tx) (err error) {
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
		s.wake(row.Queues(done))
	}
	return saved, nil
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
