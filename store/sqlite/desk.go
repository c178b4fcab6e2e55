package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

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
	rows, err := s.query(ctx, `select workspace, ticket_id, kind, nullif(happened_at, 0), cause, proof, facts from desk_events
		where ticket_id = ? and heard_at >= ? and workspace in ('', ?) order by heard_at, happened_at, kind`, ticketID, stamp(since), workspace)
	es, err := collect(rows, err, func(r row.Scanner) (e desk.Event, err error) {
		var happened timestamp
		var facts []byte
		if err := r.Scan(&e.Workspace, &e.TicketID, &e.Kind, &happened, &e.Cause, &e.Proof, &facts); err != nil {
			return e, err
		}
		e.At = happened.Time()
		return e, row.SetFacts(&e, facts)
	})
	return es, wrap("read what the help desk told", err)
}
