package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// A report of one workspace reads what that has, and not what hundreds of others have: rule 27.
func TestTheRecordsOfOneWorkspaceAreFoundByAnIndex(t *testing.T) {
	s, err := Open(t.Context(), pgtest.URL(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	const timelines = `insert into timelines (id, version, workspace, channel, thread_ts, ticket_id, policy, state, posted_at, deadline,
			next_at, asked_at, body)
		select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 1, 'T' || n % 200, 'C1', n::text, n::text, 'enterprise', 'open',
			timestamptz '2026-11-02 09:00Z', timestamptz '2026-11-02 09:50Z', timestamptz '2026-11-02 09:10Z', timestamptz '2026-11-02 09:00Z', repeat('x', 500)
		from generate_series(1, 20000) n`
	err = s.inTx(t.Context(), func(tx *tx) error {
		tx.queue(timelines)
		tx.queue(`analyze timelines`)
		return tx.send()
	})
	if err != nil {
		t.Fatal(err)
	}
	from, posted := row.From(time.Time{}, "")
	id, err := uuid(from)
	if err != nil {
		t.Fatal(err)
	}
	query, args := timelinesOf("T7", id, stamp(posted), 250)
	plan := explained(t.Context(), t, s, query, args)
	if !strings.Contains(plan, "timelines_message") || strings.Contains(plan, "Seq Scan") {
		t.Errorf("the timelines of one workspace in 200 are found like this:\n%s", plan)
	}
}

func explained(ctx context.Context, t *testing.T, s *Store, query string, args []any) string {
	t.Helper()
	var steps []string
	err := s.inTx(ctx, func(tx *tx) error {
		tx.queue("explain "+query, args...).Query(func(rows pgx.Rows) (err error) {
			steps, err = collect(rows, nil, row.Value[string])
			return err
		})
		return tx.send()
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}
