package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/sleep"
	"github.com/slabuddy/slabuddy/store/internal/rewrite"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/table"
)

func (s *Store) Rewrite(ctx context.Context, change func(string) string, apply bool) ([]rewrite.Result, error) {
	return rewrite.Run(ctx, texts{s}, change, apply)
}

// texts is the store as rewrite sees it.
type texts struct{ *Store }

func (s texts) TextRows(ctx context.Context, w table.Written, after []any, n int) ([]rewrite.Row, error) {
	query, key, args := w.Select("0"), strings.Join(w.Key, ", "), []any{}
	if after != nil {
		query, args = query+` where (`+key+`) > (`+marks(len(after))+`)`, append(args, after...)
	}
	rows, err := s.query(ctx, query+` order by `+key+` limit ?`, append(args, n)...)
	return collect(rows, err, func(scanned row.Scanner) (rewrite.Row, error) {
		r := rewrite.Row{Key: make([]any, len(w.Key)), Texts: make([]string, len(w.Texts))}
		var into []any
		for i := range r.Key {
			into = append(into, &r.Key[i])
		}
		for i := range r.Texts {
			into = append(into, &r.Texts[i])
		}
		return r, scanned.Scan(append(into, &r.Live)...)
	})
}

// rest is how long the file is left alone after a change: a program that serves from it, and waits for
// this one, looks again that often.
const rest = 25 * time.Millisecond

func (s texts) SetTexts(ctx context.Context, w table.Written, cs []rewrite.Change) (done int, err error) {
	err = s.w.do(ctx, false, func(t *tx) error {
		for _, c := range cs {
			n, err := t.setTexts(w, c)
			if err != nil {
				return err
			}
			if n > 0 {
				done++
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return done, sleep.For(ctx, rest)
}

func (t *tx) setTexts(w table.Written, c rewrite.Change) (int64, error) {
	query, args := `update `+w.Name+` set `, []any{}
	for i, name := range w.Texts {
		if i > 0 {
			query += ", "
		}
		query, args = query+name+` = ?`, append(args, value(w.KindOf(name), c.To[i]))
	}
	if w.Grows != "" {
		query += `, ` + w.Grows + ` = ` + w.Grows + ` + 1`
	}
	query, args = query+` where (`+strings.Join(w.Key, ", ")+`) = (`+marks(len(c.Key))+`)`, append(args, c.Key...)
	for i, name := range w.Texts { // as bytes: a column holds whatever type somebody wrote into it
		query, args = query+` and cast(`+name+` as blob) = ?`, append(args, []byte(c.Texts[i]))
	}
	if w.Live != "" {
		query += ` and not (` + w.Live + `)`
	}
	if w.Unique != nil {
		query, args = query+` and not exists (`+w.Other("?")+`)`, append(args, c.To[0])
	}
	return t.exec(query, args...)
}

func value(k table.Kind, text string) any {
	if k == table.Bytes {
		return []byte(text)
	}
	return text
}

// marks are n question marks.
func marks(n int) string { return "?" + strings.Repeat(", ?", n-1) }
