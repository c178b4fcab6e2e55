package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	googleuuid "github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

// clean takes out of texts what Postgres refuses: NUL bytes, and what is not UTF-8. Every
// parameter of every statement passes through it.
func clean(args []any) []any {
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = cleanText(arg)
		case []string:
			for k, s := range arg {
				arg[k] = cleanText(s)
			}
		}
	}
	return args
}

func cleanText(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// stamp is t as a value; the zero time is null.
func stamp(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: row.Time(t), Valid: !t.IsZero()}
}

func stamps(ts []time.Time) []pgtype.Timestamptz {
	all := make([]pgtype.Timestamptz, len(ts))
	for i, t := range ts {
		all[i] = stamp(t)
	}
	return all
}

// timestamp is a stored time, for scanning.
type timestamp struct{ pgtype.Timestamptz }

// Time is the zero time for null.
func (t timestamp) Time() time.Time { return at(t.Timestamptz) }

// at is the reverse of stamp.
func at(t pgtype.Timestamptz) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

// uuid reads an id. It has to be written as Postgres writes it, because ids are compared as text
// when they come back.
func uuid(id string) (pgtype.UUID, error) {
	u, err := googleuuid.Parse(id)
	if err != nil || len(id) != len("00000000-0000-0000-0000-000000000000") || strings.ToLower(id) != id {
		return pgtype.UUID{}, fmt.Errorf("%q is no id: an id is a UUID in lower case", id)
	}
	return pgtype.UUID{Bytes: u, Valid: true}, nil
}

// uuids leaves out what is no UUID: nothing can be stored under it.
func uuids(ids []string) []pgtype.UUID {
	us := make([]pgtype.UUID, 0, len(ids))
	for _, id := range ids {
		if u, err := uuid(id); err == nil {
			us = append(us, u)
		}
	}
	return us
}

// bounded is ctx with an end.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, answerWithin)
}

// query runs one statement, a transaction of its own.
func (s *Store) query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	ctx, cancel := bounded(ctx)
	args = clean(args)
	run := s.pool.Query
	if s.pooled {
		run = s.queryPooled
	}
	rows, err := run(ctx, sql, args...)
	if err != nil {
		cancel()
		return nil, err
	}
	return reading{rows, cancel}, nil
}

// send makes one round trip with statements of which each is a transaction of its own.
func (s *Store) send(ctx context.Context, b *pgx.Batch) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	whole := &pgx.Batch{}
	s.setLocally(whole)
	whole.QueuedQueries = append(whole.QueuedQueries, b.QueuedQueries...)
	return s.pool.SendBatch(ctx, whole).Close()
}

// collect reads all rows.
func collect[T any](rows pgx.Rows, err error, scan func(row.Scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (T, error) { return scan(r) })
}

// read reads all rows of one statement; what says in an error what was to be read.
func read[T any](ctx context.Context, s *Store, what string, scan func(row.Scanner) (T, error), sql string, args ...any) ([]T, error) {
	rows, err := s.query(ctx, sql, args...)
	all, err := collect(rows, err, scan)
	return all, wrap(what, err)
}

// into reads all rows of a queued statement.
func into[T any](all *[]T, scan func(row.Scanner) (T, error)) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*all, err = collect(rows, nil, scan)
		return err
	}
}

// value reads the one column of the one row of a queued statement.
func value[T any](v *T) func(pgx.Row) error {
	return func(r pgx.Row) error { return r.Scan(v) }
}

// wrote says whether a queued statement wrote its row.
func wrote(did *bool) func(pgconn.CommandTag) error {
	return func(tag pgconn.CommandTag) error {
		*did = tag.RowsAffected() == 1
		return nil
	}
}

// tx is a transaction that travels in few round trips: "begin" goes out with the first
// statements, "commit" with the last.
type tx struct {
	ctx    context.Context // bounded; it lives no longer than the transaction
	conn   *pgxpool.Conn
	batch  *pgx.Batch
	topics []string // to notify of, once it is committed
}

// queue adds a statement to the next round trip.
func (t *tx) queue(sql string, args ...any) *pgx.QueuedQuery {
	return t.batch.Queue(sql, clean(args)...)
}

// send makes a round trip: it runs what was queued.
func (t *tx) send() error {
	b := t.batch
	t.batch = &pgx.Batch{}
	return t.conn.SendBatch(t.ctx, b).Close()
}

// inTx runs f in a transaction, and again after a deadlock with another one. What f leaves queued is sent
// together with the commit.
func (s *Store) inTx(ctx context.Context, f func(t *tx) error) error {
	const tries = 5
	for try := 1; ; try++ {
		err := s.tryTx(ctx, f)
		if try == tries || !isDeadlock(err) {
			return err
		}
	}
}

func (s *Store) tryTx(ctx context.Context, f func(t *tx) error) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// A connection released within a transaction is closed by the pool, which rolls back.
	defer conn.Release()
	t := &tx{ctx: ctx, conn: conn, batch: &pgx.Batch{}}
	t.queue("begin")
	s.setLocally(t.batch)
	if err := f(t); err != nil {
		return err
	}
	t.queue("commit")
	if err := t.send(); err != nil {
		return err
	}
	s.hub.Notify(t.topics...)
	return nil
}

func isDeadlock(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
