// Package rewrite goes through all that a database holds of people's making, and changes texts, while the
// program may be at work on the same rows.
//
//	page of rows ──▶ change each text ──▶ the same? next
//	     ▲                                differs? set, if the row still says what was read
//	     └──── somebody was quicker: the table once more
package rewrite

import (
	"context"
	"fmt"

	"github.com/slabuddy/slabuddy/store/internal/table"
)

// Row is one row's texts.
type Row struct {
	Key   []any
	Texts []string
	Live  bool // still worked with: it is left alone
}

// DB is what a store has to be able to do.
type DB interface {
	// TextRows returns rows in the order of their keys, at most n after the one with the key after
	// (nil: from the first).
	TextRows(ctx context.Context, w table.Written, after []any, n int) ([]Row, error)
	// SetTexts changes a row that is not live and still says what r says. done is false if it does not.
	SetTexts(ctx context.Context, w table.Written, r Row, texts []string) (done bool, err error)
}

// Result is what became of a table.
type Result struct {
	Table   string
	Changed int // rows with other texts now; without apply: that would have
	Left    int // rows that would change, but are still worked with
}

const (
	pageRows = 500
	passes   = 10
)

// Run has every text changed by change; without apply it only counts.
func Run(ctx context.Context, db DB, change func(string) string, apply bool) ([]Result, error) {
	var all []Result
	for _, w := range table.People() {
		r, err := rewriteTable(ctx, db, w, change, apply)
		if err != nil {
			return all, fmt.Errorf("rewrite %s: %w", w.Name, err)
		}
		all = append(all, r)
	}
	return all, nil
}

func rewriteTable(ctx context.Context, db DB, w table.Written, change func(string) string, apply bool) (Result, error) {
	total := Result{Table: w.Name}
	for range passes {
		changed, left, missed, err := pass(ctx, db, w, change, apply)
		total.Changed += changed
		total.Left = left
		if err != nil || missed == 0 {
			return total, err
		}
	}
	return total, fmt.Errorf("its rows changed all the while: run it again")
}

func pass(ctx context.Context, db DB, w table.Written, change func(string) string, apply bool) (changed, left, missed int, err error) {
	var after []any
	for {
		rows, err := db.TextRows(ctx, w, after, pageRows)
		if err != nil {
			return changed, left, missed, err
		}
		for _, r := range rows {
			texts, differ := rewritten(r.Texts, change)
			switch {
			case !differ:
			case r.Live:
				left++
			case !apply:
				changed++
			default:
				done, err := db.SetTexts(ctx, w, r, texts)
				if err != nil {
					return changed, left, missed, err
				}
				if done {
					changed++
				} else {
					missed++
				}
			}
		}
		if len(rows) < pageRows {
			return changed, left, missed, nil
		}
		after = rows[len(rows)-1].Key
	}
}

func rewritten(texts []string, change func(string) string) (out []string, differ bool) {
	out = make([]string, len(texts))
	for i, t := range texts {
		out[i] = change(t)
		differ = differ || out[i] != t
	}
	return out, differ
}
