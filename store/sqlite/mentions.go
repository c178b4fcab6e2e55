package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) Hear(ctx context.Context, m escalation.Mention, heard time.Time) (actedOn bool, err error) {
	err = s.w.do(ctx, true, func(t *tx) error {
		if _, err := t.exec(`insert into mentions (workspace, channel, ts, thread_ts, author, said, heard_at, acted_on)
			values (?, ?, ?, ?, ?, ?, ?, 0) on conflict do nothing`,
			m.Workspace, m.Channel, m.TS, m.ThreadTS, m.User, m.Text, stamp(heard)); err != nil {
			return err
		}
		actedOn, err = t.actedOn(m.MentionKey)
		return err
	})
	return actedOn, wrap("keep mention", err)
}

func (t *tx) actedOn(k escalation.MentionKey) (bool, error) {
	rows, err := t.query(`select acted_on from mentions where workspace = ? and channel = ? and ts = ?`,
		k.Workspace, k.Channel, k.TS)
	acted, err := collect(rows, err, row.Value[bool])
	return len(acted) == 1 && acted[0], err
}

// actOn marks a mention as acted on. One that was never heard is entered as such.
func (t *tx) actOn(k escalation.MentionKey) error {
	_, err := t.exec(`insert into mentions (workspace, channel, ts, thread_ts, author, said, heard_at, acted_on)
		values (?, ?, ?, '', '', '', 0, 1) on conflict (workspace, channel, ts) do update set acted_on = 1`,
		k.Workspace, k.Channel, k.TS)
	return err
}

func (s *Store) Early(ctx context.Context, threads []escalation.Thread, since time.Time) ([]escalation.Mention, error) {
	var all []escalation.Mention
	for _, th := range threads {
		// Left to itself, SQLite would read all mentions of the channel for the sake of their order.
		rows, err := s.query(ctx, `select `+row.MentionColumns+`
			from mentions indexed by mentions_waiting
			where workspace = ? and channel = ? and thread_ts = ? and not acted_on and heard_at >= ?
			order by ts`, th.Workspace, th.Channel, th.TS, stamp(since))
		ms, err := collect(rows, err, row.Mention)
		if err != nil {
			return nil, wrap("read early mentions", err)
		}
		all = append(all, ms...)
	}
	return all, nil
}
