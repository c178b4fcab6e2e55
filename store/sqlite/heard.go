package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
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
	acted, err := readIn(t, row.Value[bool],
		`select acted_on from mentions where workspace = ? and channel = ? and ts = ?`,
		k.Workspace, k.Channel, k.TS)
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
		ms, err := read(ctx, s, "read early mentions", row.Mention, `select `+row.MentionColumns+`
			from mentions indexed by mentions_waiting
			where workspace = ? and channel = ? and thread_ts = ? and not acted_on and heard_at >= ?
			order by ts`, th.Workspace, th.Channel, th.TS, stamp(since))
		if err != nil {
			return nil, err
		}
		all = append(all, ms...)
	}
	return all, nil
}

func (s *Store) HearDesk(ctx context.Context, e desk.Event, heard time.Time) error {
	happened := stamp(e.At)
	if happened == nil {
		happened = 0
	}
	facts, err := row.Facts(e)
	if err != nil {
		return wrap("keep what the help desk told", err)
	}
	return wrap("keep what the help desk told", s.w.do(ctx, true, func(t *tx) error {
		_, err := t.exec(`insert into desk_events (ticket_id, kind, happened_at, heard_at, cause, proof, facts, workspace)
			values (?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (ticket_id, kind, happened_at) do update set
				heard_at = max(heard_at, excluded.heard_at), proof = proof or excluded.proof, workspace = excluded.workspace`,
			e.TicketID, string(e.Kind), happened, stamp(heard), e.Cause, e.Proof, facts, e.Workspace)
		return err
	}))
}

func (s *Store) EarlyDesk(ctx context.Context, workspace, ticketID string, since time.Time) ([]desk.Event, error) {
	return read(ctx, s, "read what the help desk told", deskEvent, `select workspace, ticket_id, kind, nullif(happened_at, 0), cause, proof, facts from desk_events
		where ticket_id = ? and heard_at >= ? and workspace in ('', ?) order by heard_at, happened_at, kind`, ticketID, stamp(since), workspace)
}

func deskEvent(r row.Scanner) (e desk.Event, err error) {
	var happened timestamp
	var facts []byte
	if err := r.Scan(&e.Workspace, &e.TicketID, &e.Kind, &happened, &e.Cause, &e.Proof, &facts); err != nil {
		return e, err
	}
	e.At = happened.Time()
	return e, row.SetFacts(&e, facts)
}
