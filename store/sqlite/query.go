package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

// stamp is t as a value; the zero time is null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return row.Time(t).UnixMicro()
}

// list is any number of texts as one parameter, which json_each takes apart.
func list(texts []string) string {
	js, err := json.Marshal(texts)
	if err != nil {
		return "[]" // impossible: they are texts
	}
	return string(js)
}

// timestamp is a stored time, for scanning.
type timestamp struct{ sql.Null[int64] }

// Time is the zero time for null.
func (t timestamp) Time() time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return time.UnixMicro(t.V).UTC()
}

// answerWithin is how long one call may take, unless its caller has less patience: to wait for its turn, or to read.
const answerWithin = 15 * time.Second

// bounded is ctx with an end.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, answerWithin)
}

// reading is rows that are read until they are closed, or until the call has taken too long.
type reading struct {
	*sql.Rows
	done context.CancelFunc
}

func (r reading) Close() error {
	defer r.done()
	return r.Rows.Close()
}

// rows are what collect reads.
type rows interface {
	row.Scanner
	Next() bool
	Err() error
	Close() error
}

// query reads outside of any transaction.
func (s *Store) query(ctx context.Context, query string, args ...any) (rows, error) {
	ctx, cancel := bounded(ctx)
	found, err := s.run(ctx, query, args...)
	if err != nil {
		cancel()
		return nil, err
	}
	return reading{found, cancel}, nil
}

func (s *Store) run(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	plan, ok := s.plans.Load(query)
	if !ok {
		stmt, err := s.read.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		if plan, ok = s.plans.LoadOrStore(query, stmt); ok {
			stmt.Close()
		}
	}
	return plan.(*sql.Stmt).QueryContext(ctx, args...)
}

// collect reads all rows.
func collect[T any](rows rows, err error, scan func(row.Scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// read reads all rows of one statement; what says in an error what was to be read.
func read[T any](ctx context.Context, s *Store, what string, scan func(row.Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := s.query(ctx, query, args...)
	all, err := collect(rows, err, scan)
	return all, wrap(what, err)
}

// readIn reads all rows of a statement of a transaction.
func readIn[T any](t *tx, scan func(row.Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.query(query, args...)
	return collect(rows, err, scan)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
