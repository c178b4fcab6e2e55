package move

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/table"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// Rows as no bot writes them, but as a database may hold them: what arrives is what was there, and what
// Postgres refuses is named.
func TestAnyRowsArriveAsTheyWereOrAreNamed(t *testing.T) {
	t.Parallel()
	path, to := filepath.Join(t.TempDir(), "slabuddy.db"), pgtest.URL(t)
	migrate(t, "sqlite:"+path)
	migrate(t, to)
	m, end, err := connect(t.Context(), options("sqlite:"+path, to))
	must(t, err)
	defer end()
	m.src, m.migrate = migrated{m.src}, func(context.Context) error { return nil }
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	c := connection(t, to)
	rapid.Check(t, func(rt *rapid.T) {
		empty(t, c)
		wrote, odd := scribble(t, rt, db)
		m.batch = rapid.IntRange(1, 5).Draw(rt, "batch")
		r, err := m.run(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		there := rowsIn(t, c)
		for _, counted := range r.Tables {
			if n := wrote[counted.Name]; counted.Rows != n || there[counted.Name] != n {
				rt.Errorf("%s: %d written, %d counted, %d there", counted.Name, n, counted.Rows, there[counted.Name])
			}
		}
		var named []string
		for _, f := range r.Fitted {
			named = append(named, fmt.Sprint(f.Column, " ", f.Rows))
		}
		slices.Sort(named)
		if want := counted(odd); !slices.Equal(named, want) {
			rt.Errorf("named %q, want %q", named, want)
		}
	})
}

// rowsIn counts the rows of each table.
func rowsIn(t *testing.T, c *pgx.Conn) map[string]int64 {
	t.Helper()
	var each []string
	for _, tab := range table.All() {
		each = append(each, "select '"+tab.Name+"', count(*) from "+tab.Name)
	}
	rows, err := c.Query(t.Context(), strings.Join(each, " union all "))
	must(t, err)
	counted := map[string]int64{}
	var name string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error {
		counted[name] = n
		return nil
	})
	must(t, err)
	return counted
}

// migrated need not be migrated again.
type migrated struct{ source }

func (migrated) Migrate(context.Context) error { return nil }

// scribble writes random rows in place of those that were there, and returns how many, and the columns with what Postgres refuses, once
// for each row.
func scribble(t *testing.T, rt *rapid.T, db *sql.DB) (wrote map[string]int64, odd []string) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	must(t, err)
	defer func() { must(t, tx.Commit()) }()
	_, err = tx.ExecContext(t.Context(), "delete from move")
	must(t, err)
	wrote = map[string]int64{}
	for _, tab := range table.All() {
		_, err := tx.ExecContext(t.Context(), "delete from "+tab.Name)
		must(t, err)
		for k := range rapid.IntRange(0, 6).Draw(rt, tab.Name) {
			args := make([]any, len(tab.Columns))
			for i, c := range tab.Columns {
				args[i] = value(rt, c, k)
				if s, is := args[i].(string); is && (!utf8.ValidString(s) || strings.Contains(s, "\x00")) {
					odd = append(odd, tab.Name+"."+c.Name)
				}
			}
			_, err := tx.ExecContext(t.Context(), "insert into "+tab.Name+" ("+strings.Join(tab.Names(), ", ")+") values (?"+
				strings.Repeat(", ?", len(args)-1)+")", args...)
			must(t, err)
			wrote[tab.Name]++
		}
	}
	return wrote, odd
}

// value is any value of a column's kind. Texts and numbers differ from row to row, because keys have to.
func value(rt *rapid.T, c table.Column, k int) any {
	if c.Null && rapid.Bool().Draw(rt, "null") {
		return nil
	}
	switch c.Kind {
	case table.Text:
		if c.Name == "state" {
			return rapid.SampledFrom([]string{"open", "answered", "running", "pending", "failed"}).Draw(rt, c.Name)
		}
		return rapid.SampledFrom([]string{"", "a", "A", "ä", "ß", "\x00", "a\x00b\x00", "\xff", "\xed\xa0\x80", "🔥", "'; drop", "\x1f", strings.Repeat("x", 3000)}).
			Draw(rt, c.Name) + fmt.Sprint("#", k)
	case table.Bytes:
		return rapid.SampledFrom([][]byte{{}, {0}, {0, 0xff, '\n'}, []byte("text")}).Draw(rt, c.Name)
	case table.MaybeID:
		if rapid.Bool().Draw(rt, "none") {
			return ""
		}
		fallthrough
	case table.ID:
		return uuid.NewString()
	case table.Bool:
		return rapid.Int64Range(0, 1).Draw(rt, c.Name)
	case table.Int32:
		return rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt32, math.MinInt32}).Draw(rt, c.Name)
	case table.Time:
		return rapid.SampledFrom([]int64{0, 1, -1, queue.Never.UnixMicro(), t0.UnixMicro(), math.MaxInt64, -210_866_716_800_000_000}).Draw(rt, c.Name)
	}
	return rapid.SampledFrom([]int64{0, 1 << 40, -1 << 40, math.MaxInt32}).Draw(rt, c.Name) + int64(k)*7
}

func counted(odd []string) []string {
	times := map[string]int{}
	for _, c := range odd {
		times[c]++
	}
	var all []string
	for c, n := range times {
		all = append(all, fmt.Sprint(c, " ", n))
	}
	slices.Sort(all)
	return all
}

// SQLite takes any value in any column. What cannot be moved as it is stops the move, and is named.
func TestWhatCannotBeMovedIsNamedAndTheFileLosesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ spoil, says string }{
		"no id":           {`update history set timeline_id = 'nobody' where seq = 3`, `the row 3 of history has in timeline_id what is no id: "nobody"`},
		"another's id":    {`update job_attempts set job = upper(job)`, "of job_attempts has in job what is no id"},
		"text for a time": {`update gates set shut_until = 'soon'`, `the row "g1" of gates has in shut_until what is no time: "soon"`},
		"too long ago":    {`update once set used_until = -9000000000000000000`, `the row "state/1" of once has in used_until what is no time`},
		"too large":       {`update jobs set attempts = 3000000000 where key = 'job/1'`, "of jobs has in attempts what is no integer32: 3000000000"},
		"bytes for text":  {`update mentions set said = x'00' where ts = '1.1'`, `the row "T1" "C1" "1.1" of mentions has in said what is no text`},
		"keys that are one without what Postgres refuses": {
			`insert into once (key, used_until) values ('state/1' || char(0), 1)`, "write once: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, _ := livedIn(t)
			db, err := sql.Open("sqlite", strings.TrimPrefix(from, "sqlite:"))
			must(t, err)
			defer db.Close()
			_, err = db.ExecContext(t.Context(), c.spoil)
			must(t, err)
			to := pgtest.URL(t)
			r, err := Run(t.Context(), options(from, to))
			says(t, err, c.says)
			if !r.Begun {
				t.Error("it does not say that the file is marked")
			}
			refused(t, to, "is not finished")
			_, _, err = Undo(t.Context(), from)
			must(t, err)
			openStore(t, from)
		})
	}
}
