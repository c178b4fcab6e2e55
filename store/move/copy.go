package move

import (
	"context"
	"fmt"
	"slices"

	"github.com/slabuddy/slabuddy/store/internal/table"
)

// copy brings over what is not there yet.
func (m *mover) copy(ctx context.Context) error {
	at, err := m.dst.Position(ctx)
	if err != nil {
		return err
	}
	tables := table.All()
	if at.Table != "" {
		from := slices.IndexFunc(tables, func(t table.Table) bool { return t.Name == at.Table })
		if from < 0 {
			return fmt.Errorf("the move was begun by another version of slabuddy, which knows a table %s: go on with that one", at.Table)
		}
		tables = tables[from:]
	}
	for _, t := range tables {
		if at.Table != t.Name {
			at = table.Position{Table: t.Name}
		}
		if at, err = m.copyTable(ctx, t, at); err != nil {
			return err
		}
	}
	return nil
}

func (m *mover) copyTable(ctx context.Context, t table.Table, at table.Position) (table.Position, error) {
	began := m.now()
	for {
		before := at.Done
		var err error
		if at, err = m.dst.Write(ctx, t, m.src.Rows(ctx, t, at.After, m.batch), at); err != nil {
			return at, err
		}
		done := at.Done-before < int64(m.batch)
		m.report(Progress{Table: t.Name, Rows: at.Done, Done: done, Took: m.now().Sub(began)})
		if done {
			return at, nil
		}
	}
}
