package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) Hear(ctx context.Context, m escalation.Mention, heard time.Time) (actedOn bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into mentions (workspace, channel, ts, thread_ts, author, said, heard_at, acted_on)
			values ($1, $2, $3, $4, $5, $6, $7, false) on conflict do nothing`,
			m.Workspace, m.Channel, m.TS, m.ThreadTS, m.User, m.Text, stamp(heard))
		t.queue(`select acted_on from mentions where workspace = $1 and channel = $2 and ts = $3`,
			m.Workspace, m.Channel, m.TS).QueryRow(value(&actedOn))
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

// epoch is stored for a desk's event that has no time.
var epoch = time.Unix(0, 0)

func (s *Store) HearDesk(ctx context.Context, e desk.Event, heard time.Time) error {
	happened := e.At
	if happened.IsZero() {
		happened = epoch
	}
	facts, err := row.Facts(e)
	if err != nil {
		return wrap("keep what the help desk told", err)
	}
	return wrap("keep what the help desk told", s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into desk_events (ticket_id, kind, happened_at, heard_at, cause, proof, facts, workspace)
			values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (ticket_id, kind, happened_at) do update set
				heard_at = greatest(desk_events.heard_at, excluded.heard_at),
				proof = desk_events.proof or excluded.proof, workspace = excluded.workspace`,
			e.TicketID, string(e.Kind), stamp(happened), stamp(heard), e.Cause, e.Proof, facts, e.Workspace)
		return nil
	}))
}

// deskQuery asks for what a workspace's help desk told of a ticket since then.
type deskQuery struct {
	workspace, ticket string
	since             time.Time
}

// EarlyDesk shares queries between concurrent calls.
func (s *Store) EarlyDesk(ctx context.Context, workspace, ticketID string, since time.Time) ([]desk.Event, error) {
	es, err := s.words.Do(ctx, deskQuery{workspace, ticketID, since})
	return es, wrap("read what the help desk told", err)
}

func (s *Store) earlyWords(ctx context.Context, calls []deskQuery) ([][]desk.Event, error) {
	call, workspace, ticket := make([]int32, len(calls)), make([]string, len(calls)), make([]string, len(calls))
	since := make([]pgtype.Timestamptz, len(calls))
	for i, w := range calls {
		call[i], workspace[i], ticket[i], since[i] = int32(i), w.workspace, w.ticket, stamp(w.since)
	}
	rows, err := s.query(ctx, `
		select u.call, e.workspace, e.ticket_id, e.kind, nullif(e.happened_at, 'epoch'), e.cause, e.proof, e.facts
		from unnest($1::integer[], $2::text[], $3::text[], $4::timestamptz[]) as u (call, workspace, ticket_id, since)
		join desk_events e on e.ticket_id = u.ticket_id and e.heard_at >= u.since and e.workspace in ('', u.workspace)
		order by u.call, e.heard_at, e.happened_at, e.kind`, call, workspace, ticket, since)
	if err != nil {
		return nil, err
	}
	all := make([][]desk.Event, len(calls))
	var i int
	var e desk.Event
	var facts []byte
	var happened pgtype.Timestamptz
	_, err = pgx.ForEachRow(rows, []any{&i, &e.Workspace, &e.TicketID, &e.Kind, &happened, &e.Cause, &e.Proof, &facts}, func() error {
		e.At, e.Facts = at(happened), nil
		if err := row.SetFacts(&e, facts); err != nil {
			return err
		}
		all[i] = append(all[i], e)
		return nil
	})
	return all, err
}
