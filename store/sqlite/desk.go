package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// HearDesk keeps what a help desk told. Told again (the same ticket, kind and time), it counts as
// heard now, and as proof if it was one either time.
func (s *Store) HearDesk(ctx context.Context, e escalation.DeskEvent, heard time.Time) error {
	happened := stamp(e.At)
	if happened == nil {
		happened = 0
	}
	return wrap("keep what the help desk told", s.w.do(ctx, true, func(t *tx) error {
		_, err := t.exec(`insert into desk_events (ticket_id, kind, happened_at, heard_at, cause, proof)
			values (?, ?, ?, ?, ?, ?)
			on conflict (ticket_id, kind, happened_at) do update set
				heard_at = max(heard_at, excluded.heard_at), proof = proof or excluded.proof`,
			e.TicketID, string(e.Kind), happened, stamp(heard), e.Cause, e.Proof)
		return err
	}))
}

// EarlyDesk returns what the help desk told about a ticket and was heard since then, in the order
// in which it was heard.
func (s *Store) EarlyDesk(ctx context.Context, ticketID string, since time.Time) ([]escalation.DeskEvent, error) {
	rows, err := s.query(ctx, `select ticket_id, kind, nullif(happened_at, 0), cause, proof from desk_events
		where ticket_id = ? and heard_at >= ? order by heard_at, happened_at, kind`, ticketID, stamp(since))
	es, err := collect(rows, err, func(scan func(...any) error) (e escalation.DeskEvent, err error) {
		var happened nullable
		err = scan(&e.TicketID, &e.Kind, &happened, &e.Cause, &e.Proof)
		e.At = at(happened)
		return e, err
	})
	return es, wrap("read what the help desk told", err)
}
