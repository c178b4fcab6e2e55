package postgres

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/store/internal/table"
)

// shape is how a table of this database differs from the catalogue, which has it as SQLite does.
type shape struct {
	more []string                       // columns that the catalogue does not have
	fill func(row map[string]any) []any // their values; may change others
	read map[string]string              // instead of the column
}

// shapes: a running job's lease ends, to SQLite, at run_at, and that it has failed is its state alone.
var shapes = map[string]shape{
	"jobs": {
		more: []string{"lease_until", "failed"},
		fill: func(row map[string]any) []any {
			var lease any
			if row["state"] == "running" {
				lease = row["run_at"]
				if row["run_at"] = row["created_at"]; row["last_sent"] != nil {
					row["run_at"] = row["last_sent"] // it was due by then
				}
			}
			return []any{lease, row["state"] == "failed"}
		},
		read: map[string]string{"run_at": "coalesce(lease_until, run_at)"},
	},
}

// Fit is a row as this database can hold it. Texts lose what Postgres refuses, as they do on every other
// way in (clean); fitted names their columns.
func (a *Arrival) Fit(t table.Table, row []any) (as []any, fitted []string) { return fit(t, row) }

func fit(t table.Table, row []any) (as []any, fitted []string) {
	as = row
	for i, v := range row {
		s, is := v.(string)
		if !is {
			continue
		}
		if c := cleanText(s); c != s {
			if fitted == nil {
				as = slices.Clone(row)
			}
			as[i], fitted = c, append(fitted, t.Columns[i].Name)
		}
	}
	return as, fitted
}

// Write adds rows to a table as they fit, and notes in the same transaction how far the move is then: all
// of it or nothing. It returns where it is.
func (a *Arrival) Write(ctx context.Context, t table.Table, rows iter.Seq2[[]any, error], from table.Position) (to table.Position, err error) {
	next, stop := iter.Pull2(rows)
	defer stop()
	c := &copying{next: next, table: t, shape: shapes[t.Name], to: from}
	c.to.Table = t.Name
	err = pgx.BeginFunc(ctx, a.conn, func(tx pgx.Tx) error {
		n, err := tx.CopyFrom(ctx, pgx.Identifier{t.Name}, append(t.Names(), c.shape.more...), c)
		if err != nil {
			return err
		}
		c.to.Done += n
		after, err := table.EncodeKey(c.to.After)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update move set tab = $1, after = $2, done = $3`, t.Name, after, c.to.Done)
		return err
	})
	if err != nil {
		return from, wrap("write "+t.Name, err)
	}
	return c.to, nil
}

// copying is a pgx.CopyFromSource.
type copying struct {
	next  func() ([]any, error, bool)
	table table.Table
	shape shape
	row   []any // as it came: its key is where the next batch begins
	err   error
	to    table.Position
}

func (c *copying) Next() bool {
	row, err, ok := c.next()
	if !ok || err != nil {
		c.err = err
		return false
	}
	c.row, c.to.After = row, c.table.KeyOf(row)
	return true
}

func (c *copying) Err() error { return c.err }

func (c *copying) Values() ([]any, error) {
	row, _ := fit(c.table, c.row)
	more := []any(nil)
	if c.shape.fill != nil {
		named := map[string]any{}
		for i, col := range c.table.Columns {
			named[col.Name] = row[i]
		}
		more = c.shape.fill(named)
		row = make([]any, len(row))
		for i, col := range c.table.Columns {
			row[i] = named[col.Name]
		}
	}
	out := make([]any, 0, len(row)+len(more))
	for i, col := range c.table.Columns {
		v, err := native(col.Kind, row[i])
		if err != nil {
			return nil, fmt.Errorf("the row %s: %s: %w", c.table.Label(c.row), col.Name, err)
		}
		out = append(out, v)
	}
	for _, v := range more {
		if us, is := v.(int64); is {
			v = moment(us) // the only numbers among them
		}
		out = append(out, v)
	}
	return out, nil
}

// native is a value as the driver wants it.
func native(k table.Kind, v any) (any, error) {
	if v == nil || k == table.MaybeID && v == "" {
		return nil, nil
	}
	switch k {
	case table.ID, table.MaybeID:
		return uuid(v.(string))
	case table.Bool:
		return v != int64(0), nil
	case table.Time:
		return moment(v.(int64)), nil
	}
	return v, nil
}

func moment(us int64) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: time.UnixMicro(us), Valid: true}
}

// Rows are all rows of a table, in any order.
func (a *Arrival) Rows(ctx context.Context, t table.Table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		if err := a.eachRow(ctx, t, yield); err != nil {
			yield(nil, wrap("read "+t.Name, err))
		}
	}
}

func (a *Arrival) eachRow(ctx context.Context, t table.Table, yield func([]any, error) bool) error {
	names := t.Names()
	for i, name := range names {
		if instead, is := shapes[t.Name].read[name]; is {
			names[i] = instead
		}
	}
	rows, err := a.conn.Query(ctx, `select `+strings.Join(names, ", ")+` from `+t.Name)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		vs, err := rows.Values()
		if err != nil {
			return err
		}
		for i, v := range vs {
			if vs[i], err = neutral(t.Columns[i].Kind, v); err != nil {
				return err
			}
		}
		if !yield(vs, nil) {
			return nil
		}
	}
	return rows.Err()
}

// neutral is the reverse of native.
func neutral(k table.Kind, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		if k == table.MaybeID {
			return "", nil
		}
		return nil, nil
	case int64, string, []byte:
		return v, nil
	case int32:
		return int64(v), nil
	case [16]byte:
		return pgtype.UUID{Bytes: v, Valid: true}.String(), nil
	case time.Time:
		return v.UnixMicro(), nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	}
	return nil, fmt.Errorf("no store holds a %T", v)
}
