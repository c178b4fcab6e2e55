package move

import (
	"context"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"github.com/slabuddy/slabuddy/store/internal/table"
)

// compare reads everything back from both sides. A *DifferError names the tables that differ.
func (m *mover) compare(ctx context.Context, r *Result) error {
	var differ DifferError
	for _, t := range table.All() {
		here, there, err := m.sums(ctx, t, r)
		if err != nil {
			return err
		}
		if !here.Equal(there) {
			differ.Tables = append(differ.Tables, fmt.Sprintf("%s has %d rows (checksum %s) in the file and %d (%s) in the database",
				t.Name, here.Rows, here, there.Rows, there))
		}
		r.Tables = append(r.Tables, Compared{Name: t.Name, Rows: here.Rows, Checksum: here.String()})
	}
	if len(differ.Tables) > 0 {
		return &differ
	}
	return nil
}

// sums reads a table from both sides at once.
func (m *mover) sums(ctx context.Context, t table.Table, r *Result) (here, there *table.Sum, err error) {
	here, there = &table.Sum{}, &table.Sum{}
	sides, ctx := errgroup.WithContext(ctx)
	sides.Go(func() error { return sum(there, m.dst.Rows(ctx, t)) })
	sides.Go(func() error { return sum(here, m.fitting(t, m.src.Rows(ctx, t, nil, 0), r)) })
	return here, there, sides.Wait()
}

func sum(s *table.Sum, rows iter.Seq2[[]any, error]) error {
	for row, err := range rows {
		if err == nil {
			err = s.Add(row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fitting are rows as the database can hold them; r notes those that had to be changed.
func (m *mover) fitting(t table.Table, rows iter.Seq2[[]any, error], r *Result) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for row, err := range rows {
			if err == nil {
				fit, columns := m.dst.Fit(t, row)
				for _, c := range columns {
					r.fitted(t.Name+"."+c, t.Label(row))
				}
				row = fit
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func (r *Result) fitted(column, key string) {
	for i := range r.Fitted {
		if f := &r.Fitted[i]; f.Column == column {
			f.Rows++
			return
		}
	}
	r.Fitted = append(r.Fitted, Fitted{Column: column, Rows: 1, First: key})
}
