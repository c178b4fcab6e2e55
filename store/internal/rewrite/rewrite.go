// Package rewrite goes through all that a database holds of people's making, and changes texts, while the
// program may be at work on the same rows.
//
//	batch of rows ─▶ change each text ──▶ the same? next
//	     ▲                                differs? set, if the row still says what was read
//	     └──── somebody was quicker: the table once more
package rewrite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/slabuddy/slabuddy/store/internal/table"
)

// Row is one row's texts.
type Row struct {
	Key   []any
	Texts []string
	Live  bool // still worked with: it is left alone
}

// Change is a row with the texts that replace its own.
type Change struct {
	Row
	To []string
}

// DB is what a store has to be able to do.
type DB interface {
	// TextRows returns rows in the order of their keys, at most n after the one with the key after
	// (nil: from the first).
	TextRows(ctx context.Context, w table.Written, after []any, n int) ([]Row, error)
	// SetTexts makes those changes whose row is not live and still says what it said, and where what is
	// unique stays so. It returns how many it made.
	SetTexts(ctx context.Context, w table.Written, cs []Change) (done int, err error)
}

// Result is what became of a table.
type Result struct {
	Table   string
	Changed int // rows with other texts now; without apply: that would have
	Left    int // rows that would change, but are still worked with
}

// ErrBarred says that nothing was changed: it would be half of somebody who is still in force.
var ErrBarred = errors.New("it is in force")

const (
	pageRows = 500
	atOnce   = 50 // rows in a transaction: others wait for some milliseconds
	passes   = 10
)

// Run has every text changed by change; without apply it only counts.
func Run(ctx context.Context, db DB, change func(string) string, apply bool) ([]Result, error) {
	all := []Result{}
	people := table.People()
	for _, w := range people {
		if !w.Bars {
			continue
		}
		r, err := rewriteTable(ctx, db, w, change, false)
		if err != nil {
			return nil, err
		}
		if r.Left > 0 {
			return nil, ErrBarred
		}
	}
	for _, w := range people {
		r, err := rewriteTable(ctx, db, w, change, apply)
		if all = append(all, r); err != nil {
			return all, err
		}
	}
	return all, nil
}

func rewriteTable(ctx context.Context, db DB, w table.Written, change func(string) string, apply bool) (Result, error) {
	total := Result{Table: w.Name}
	for n := range passes {
		p := pass{DB: db, w: w, change: change, apply: apply}
		if w.Unique != nil && n > 0 {
			p.apart = fmt.Sprintf("/%d", n+1)
		}
		missed, err := p.run(ctx)
		total.Changed += p.changed
		total.Left = p.left
		if err != nil {
			return total, fmt.Errorf("rewrite %s: %w", w.Name, err)
		}
		if missed == 0 {
			return total, nil
		}
	}
	return total, fmt.Errorf("rewrite %s: its rows changed all the while", w.Name)
}

// pass is one way through a table.
type pass struct {
	DB
	w             table.Written
	change        func(string) string
	apply         bool
	apart         string // ends what has to be unique, once there is such a one
	changed, left int
}

// run says how many rows have to be looked at again.
func (p *pass) run(ctx context.Context) (missed int, err error) {
	var after []any
	for {
		rows, err := p.TextRows(ctx, p.w, after, pageRows)
		if err != nil {
			return missed, err
		}
		for some := range slices.Chunk(p.changes(rows), atOnce) {
			done := len(some)
			if p.apply {
				if done, err = p.SetTexts(ctx, p.w, some); err != nil {
					return missed, err
				}
			}
			p.changed += done
			missed += len(some) - done
		}
		if len(rows) < pageRows {
			return missed, nil
		}
		after = rows[len(rows)-1].Key
	}
}

func (p *pass) changes(rows []Row) (cs []Change) {
	for _, r := range rows {
		to, differ := rewritten(r.Texts, p.change)
		switch {
		case differ && r.Live:
			p.left++
		case differ:
			to[0] += p.apart
			cs = append(cs, Change{r, to})
		}
	}
	return cs
}

func rewritten(texts []string, change func(string) string) (out []string, differ bool) {
	out = make([]string, len(texts))
	for i, t := range texts {
		out[i] = change(t)
		differ = differ || out[i] != t
	}
	return out, differ
}
