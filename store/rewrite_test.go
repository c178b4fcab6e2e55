package store_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/internal/table"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// What goes through every row by its key, and changes each by it, needs an index on that key: without one a
// table of a million rows is read a hundred thousand times.
func TestEveryTableThatIsRewrittenHasAnIndexOnItsKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slabuddy.db")
	for _, c := range []struct {
		driver, address, database string
		has                       func(t *testing.T, db *sql.DB, w table.Written) bool
	}{
		{"sqlite", path, "sqlite:" + path, searchedInSQLite},
		{driver: "pgx", has: indexedInPostgres},
	} {
		t.Run(c.driver, func(t *testing.T) {
			if c.database == "" {
				c.database = pgtest.URL(t)
				c.address = c.database
			}
			s, err := store.Open(t.Context(), c.database, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open(c.driver, c.address)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, w := range table.People() {
				if !c.has(t, db, w) {
					t.Errorf("%s is gone through by %s, which no index is on", w.Name, strings.Join(w.Key, ", "))
				}
			}
		})
	}
}

func searchedInSQLite(t *testing.T, db *sql.DB, w table.Written) bool {
	key := strings.Join(w.Key, ", ")
	marks := strings.Repeat(", ''", len(w.Key))[2:]
	one := column(t, db, 4, `explain query plan select * from `+w.Name+` where (`+key+`) = (`+marks+`)`)
	all := column(t, db, 4, `explain query plan select `+key+` from `+w.Name+` order by `+key)
	return strings.HasPrefix(one, "SEARCH") && !strings.Contains(all, "TEMP B-TREE")
}

func indexedInPostgres(t *testing.T, db *sql.DB, w table.Written) bool {
	all := column(t, db, 1, `select indexdef from pg_indexes where indexdef not like '% WHERE %' and tablename = '`+w.Name+`'`)
	key := "(" + strings.Join(w.Key, ", ")
	return strings.Contains(all, key+")") || strings.Contains(all, key+",")
}

// column is one column of what a query returns, row by row.
func column(t *testing.T, db *sql.DB, n int, query string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		into := make([]any, n)
		for i := range into {
			into[i] = new(any)
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		if text, is := (*into[n-1].(*any)).(string); is {
			all.WriteString(text + "\n")
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}
