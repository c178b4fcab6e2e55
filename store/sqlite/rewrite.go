package sqlite

import (
	"context"
	"strings"

	"github.com/slabuddy/slabuddy/store/internal/rewrite"
	"github.com/slabuddy/slabuddy/store/internal/table"
)

// Rewrite has change change every text that may name people, in all that is not worked with any more;
// without apply it only counts. It may run beside the program.
func (s *Store) Rewrite(ctx context.Context, change func(string) string, apply bool) ([]rewrite.Result, error) {
	return rewrite.Run(ctx, texts{s}, change, apply)
}

// texts is the store as rewrite sees it.
type texts struct{ *Store }

func (s texts) TextRows(ctx context.Context, w table.Written, after []any, n int) ([]rewrite.Row, error) {
	key, live := strings.Join(w.Key, ", "), "0"
	if w.Live != "" {
		live = w.Live
	}
	query, args := `select `+key+`, `+strings.Join(w.Texts, ", ")+`, `+live+` from `+w.Name, []any{}
	if after != nil {
		query, args = query+` where (`+key+`) > (`+marks(len(after))+`)`, append(args, after...)
	}
	rows, err := s.query(ctx, query+` order by `+key+` limit ?`, append(args, n)...)
	return collect(rows, err, func(scan func(...any) error) (rewrite.Row, error) {
		r := rewrite.Row{Key: make([]any, len(w.Key)), Texts: make([]string, len(w.Texts))}
		var into []any
		for i := range r.Key {
			into = append(into, &r.Key[i])
		}
		for i := range r.Texts {
			into = append(into, &r.Texts[i])
		}
		return r, scan(append(into, &r.Live)...)
	})
}

func (s texts) SetTexts(ctx context.Context, w table.Written, r rewrite.Row, texts []string) (done bool, err error) {
	query, args := `update `+w.Name+` set `, []any{}
	for i, name := range w.Texts {
		if i > 0 {
			query += ", "
		}
		query, args = query+name+` = ?`, append(args, value(w.KindOf(name), texts[i]))
	}
	if w.Grows != "" {
		query += `, ` + w.Grows + ` = ` + w.Grows + ` + 1`
	}
	query, args = query+` where (`+strings.Join(w.Key, ", ")+`) = (`+marks(len(r.Key))+`)`, append(args, r.Key...)
	for i, name := range w.Texts {
		query, args = query+` and `+name+` = ?`, append(args, value(w.KindOf(name), r.Texts[i]))
	}
	if w.Live != "" {
		query += ` and not (` + w.Live + `)`
	}
	err = s.w.do(ctx, false, func(t *tx) error {
		n, err := t.exec(query, args...)
		done = n == 1
		return err
	})
	return done, err
}

func value(k table.Kind, text string) any {
	if k == table.Bytes {
		return []byte(text)
	}
	return text
}

// marks are n question marks.
func marks(n int) string { return "?" + strings.Repeat(", ?", n-1) }
