package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation"
)

func (s *Store) Hear(ctx context.Context, m escalation.Mention, heard time.Time) (actedOn bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into mentions (workspace, channel, ts, thread_ts, author, said, heard_at, acted_on)
			values ($1, $2, $3, $4, $5, $6, $7, false) on conflict do nothing`,
			m.Workspace, m.Channel, m.TS, m.ThreadTS, m.User, m.Text, stamp(heard))
		t.queue(`select acted_on from mentions where workspace = $1 and channel = $2 and ts = $3`,
			m.Workspace, m.Channel, m.TS).QueryRow(func(r pgx.Row) error { return r.Scan(&actedOn) })
		return nil
	})
	return actedOn, wrap("keep mention", err)
}

// place is a thread of which somebody wants the early mentions.
type place struct {
	escalation.Thread
	since time.Time
}

// Early shares queries between concurrent calls.
func (s *Store) Early(ctx context.Context, threads []escalation.Thread, since time.Time) ([]escalation.Mention, error) {
	places := make([]place, len(threads))
	for i, th := range threads {
		places[i] = place{th, since}
	}
	ms, err := s.earlies.Do(ctx, places)
	return ms, wrap("read early mentions", err)
}

func (s *Store) earlyAll(ctx context.Context, calls [][]place) ([][]escalation.Mention, error) {
	var call []int32
	var workspace, channel, thread []string
	var since []pgtype.Timestamptz
	for i, places := range calls {
		for _, p := range places {
			call, since = append(call, int32(i)), append(since, stamp(p.since))
			workspace, channel, thread = append(workspace, p.Workspace), append(channel, p.Channel), append(thread, p.TS)
		}
	}
	rows, err := s.query(ctx, `
		select u.call, m.workspace, m.channel, m.ts, m.thread_ts, m.author, m.said
		from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
			as u (call, workspace, channel, thread_ts, since)
		join mentions m on m.workspace = u.workspace and m.channel = u.channel and m.thread_ts = u.thread_ts
			and not m.acted_on and m.heard_at >= u.since
		order by u.call, m.ts`, call, workspace, channel, thread, since)
	if err != nil {
		return nil, err
	}
	all := make([][]escalation.Mention, len(calls))
	var i int
	var m escalation.Mention
	_, err = pgx.ForEachRow(rows, []any{&i, &m.Workspace, &m.Channel, &m.TS, &m.ThreadTS, &m.User, &m.Text}, func() error {
		all[i] = append(all[i], m)
		return nil
	})
	return all, err
}

// mentionRows are mentions' keys as columns.
type mentionRows struct{ workspace, channel, ts []string }

func (c *mentionRows) add(k escalation.MentionKey) {
	c.workspace, c.channel, c.ts = append(c.workspace, k.Workspace), append(c.channel, k.Channel), append(c.ts, k.TS)
}
