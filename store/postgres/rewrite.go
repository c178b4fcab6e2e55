package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slabuddy/slabuddy/store/internal/rewrite"
	"github.com/slabuddy/slabuddy/store/internal/table"
)

func (s *Store) Rewrite(ctx context.Context, change func(string) string, apply bool) ([]rewrite.Result, error) {
	return rewrite.Run(ctx, texts{s}, change, apply)
}

// texts is the store as rewrite sees it.
type texts struct{ *Store }

func (s texts) TextRows(ctx context.Context, w table.Written, after []any, n int) ([]rewrite.Row, error) {
	sql, key, p := w.Select("false"), strings.Join(w.Key, ", "), &params{}
	if after != nil {
		keys, err := p.key(w, after)
		if err != nil {
			return nil, err
		}
		sql += ` where (` + key + `) > (` + keys + `)`
	}
	rows, err := s.query(ctx, sql+` order by `+key+` limit `+p.add(n), p.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (rewrite.Row, error) {
		vs, err := row.Values()
		if err != nil {
			return rewrite.Row{}, err
		}
		r := rewrite.Row{Live: vs[len(vs)-1].(bool)}
		for i, v := range vs[:len(w.Key)] {
			k, err := neutral(w.KindOf(w.Key[i]), v)
			if err != nil {
				return r, err
			}
			r.Key = append(r.Key, k)
		}
		for _, v := range vs[len(w.Key) : len(vs)-1] {
			switch v := v.(type) {
			case string:
				r.Texts = append(r.Texts, v)
			case []byte:
				r.Texts = append(r.Texts, string(v))
			default:
				return r, fmt.Errorf("a text cannot be a %T", v)
			}
		}
		return r, nil
	})
}

func (s texts) SetTexts(ctx context.Context, w table.Written, cs []rewrite.Change) (done int, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		done = 0
		for _, c := range cs {
			sql, args, err := setTexts(w, c)
			if err != nil {
				return err
			}
			t.queue(sql, args...).Exec(func(tag pgconn.CommandTag) error {
				if tag.RowsAffected() > 0 {
					done++
				}
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return done, nil
}

func setTexts(w table.Written, c rewrite.Change) (sql string, args []any, err error) {
	p := &params{}
	var sets, same []string
	for i, name := range w.Texts {
		sets = append(sets, name+` = `+p.text(w.KindOf(name), c.To[i]))
	}
	if w.Grows != "" {
		sets = append(sets, w.Grows+` = `+w.Grows+` + 1`)
	}
	keys, err := p.key(w, c.Key)
	if err != nil {
		return "", nil, err
	}
	for i, name := range w.Texts {
		same = append(same, ` and `+name+` = `+p.text(w.KindOf(name), c.Texts[i]))
	}
	if w.Live != "" {
		same = append(same, ` and not (`+w.Live+`)`)
	}
	if w.Unique != nil {
		same = append(same, ` and not exists (`+w.Other(p.add(c.To[0]))+`)`)
	}
	return `update ` + w.Name + ` set ` + strings.Join(sets, ", ") + ` where (` + strings.Join(w.Key, ", ") + `) = (` + keys + `)` +
		strings.Join(same, ""), p.args, nil
}

// params gathers the parameters of a statement.
type params struct{ args []any }

// add adds one, and returns its placeholder.
func (p *params) add(v any) string {
	p.args = append(p.args, v)
	return fmt.Sprint("$", len(p.args))
}

func (p *params) text(k table.Kind, text string) string {
	if k == table.Bytes {
		return p.add([]byte(text))
	}
	return p.add(text)
}

func (p *params) key(w table.Written, key []any) (string, error) {
	marks := make([]string, len(key))
	for i, k := range key {
		v, err := native(w.KindOf(w.Key[i]), k)
		if err != nil {
			return "", err
		}
		marks[i] = p.add(v)
	}
	return strings.Join(marks, ", "), nil
}
