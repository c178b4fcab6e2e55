package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/table"
)

// MoveMark returns what the file remembers of its move, if there is one.
func (s *Store) MoveMark(ctx context.Context) (m table.Mark, found bool, err error) {
	there, err := read(ctx, s, "look for a move", row.Value[string],
		`select name from sqlite_schema where type = 'table' and name = 'move'`)
	if err != nil || len(there) == 0 {
		return table.Mark{}, false, err
	}
	return row.First(read(ctx, s, "look for a move", row.Mark[timestamp], `select id, destination, began_at, finished_at from move`))
}

// refuseMoved says why nobody may work with this file, if a move took all that is in it elsewhere.
func (s *Store) refuseMoved(ctx context.Context) error {
	m, found, err := s.MoveMark(ctx)
	switch {
	case err != nil || !found:
		return err
	case m.Finished():
		return fmt.Errorf("%s was moved to %s on %s: set DATABASE_URL to that database. To work with the file again, without all that happened since, run slabuddy move --undo first",
			s.path, m.Other, m.FinishedAt.Format("2006-01-02 15:04 MST"))
	default:
		return fmt.Errorf("%s is being moved to %s, since %s: run the same slabuddy move again to go on with it, or slabuddy move --undo to give it up",
			s.path, m.Other, m.BeganAt.Format("2006-01-02 15:04 MST"))
	}
}

// BeginMove marks the file as being moved to another database: the one whose mark has this id, and no
// other any more. A mark of this id that is there already keeps when it began.
func (s *Store) BeginMove(ctx context.Context, id, to string, now time.Time) (table.Mark, error) {
	err := s.w.do(ctx, false, func(t *tx) error {
		if _, err := t.exec(`delete from move where id <> ?`, id); err != nil {
			return err
		}
		_, err := t.exec(`insert into move (id, destination, began_at) values (?, ?, ?)
			on conflict (id) do update set destination = excluded.destination`, id, to, stamp(now))
		return err
	})
	if err != nil {
		return table.Mark{}, wrap("mark the file as being moved", err)
	}
	m, _, err := s.MoveMark(ctx)
	return m, err
}

// Move runs f while nobody else can write to the file, and if all went well marks the file as moved.
func (s *Store) Move(ctx context.Context, now func() time.Time, f func() error) error {
	return s.w.do(ctx, false, func(t *tx) error {
		if err := f(); err != nil {
			return err
		}
		_, err := t.exec(`update move set finished_at = ?`, stamp(now()))
		return wrap("mark the file as moved", err)
	})
}

// UndoMove takes the mark away, so that the file can be worked with again.
func (s *Store) UndoMove(ctx context.Context) error {
	return wrap("take back the mark of a move", s.w.do(ctx, false, func(t *tx) error {
		_, err := t.exec(`delete from move`)
		return err
	}))
}

// Rows are a table's rows in the order of its key, at most n (0: all) after the one with the key after
// (nil: from the first). A value that is not of its column's kind is an error.
func (s *Store) Rows(ctx context.Context, t table.Table, after []any, n int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		if err := s.eachRow(ctx, t, after, n, yield); err != nil {
			yield(nil, wrap("read "+t.Name, err))
		}
	}
}

func (s *Store) eachRow(ctx context.Context, t table.Table, after []any, n int, yield func([]any, error) bool) error {
	key := strings.Join(t.Key, ", ")
	query, args := `select `+strings.Join(t.Names(), ", ")+` from `+t.Name, []any{}
	if after != nil {
		query += ` where (` + key + `) > (?` + strings.Repeat(", ?", len(after)-1) + `)`
		args = append(args, after...)
	}
	query += ` order by ` + key
	if n > 0 {
		query, args = query+` limit ?`, append(args, n)
	}
	rows, err := s.run(ctx, query, args...) // a whole table may take longer than any other call
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		vs, err := scanRow(rows, t)
		if err != nil {
			return err
		}
		if !yield(vs, nil) {
			return nil
		}
	}
	return rows.Err()
}

func scanRow(rows *sql.Rows, t table.Table) ([]any, error) {
	vs, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range vs {
		into[i] = &vs[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	for i, v := range vs {
		if b, is := v.([]byte); is && b == nil {
			vs[i] = []byte{} // the driver has no other word for an empty one
		}
	}
	return vs, t.Check(vs)
}
