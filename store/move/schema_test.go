package move

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/internal/table"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// onlyInPostgres are columns that follow from others.
var onlyInPostgres = []string{"jobs.failed", "jobs.lease_until"}

// Whoever adds a table or a column learns here that it has to be moved.
func TestTheCatalogueHasAllTablesAndColumnsOfBothStores(t *testing.T) {
	t.Parallel()
	var want []string
	for _, tab := range table.All() {
		for _, c := range tab.Columns {
			want = append(want, tab.Name+"."+c.Name+" "+nullable(c.Null))
		}
	}
	slices.Sort(want)
	path, url := filepath.Join(t.TempDir(), "test.db"), pgtest.URL(t)
	migrate(t, "sqlite:"+path)
	migrate(t, url)

	got := columns(t, "sqlite", path, `select m.name, c.name, not (c."notnull" or c.pk) from sqlite_schema m join pragma_table_info(m.name) c
		where m.type = 'table' and m.name not like 'sqlite_%'`)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the tables of SQLite (-in store/internal/table, +in the database):\n%s", d)
	}
	got = columns(t, "pgx", url, `select table_name, column_name, is_nullable = 'YES' from information_schema.columns where table_schema = 'slabuddy'`)
	for _, name := range onlyInPostgres {
		before := len(got)
		got = slices.DeleteFunc(got, func(c string) bool { return c == name+" not null" || c == name+" null" })
		if len(got) == before {
			t.Errorf("there is no %s", name)
		}
	}
	for i, c := range got {
		if c == "jobs.cause null" {
			got[i] = "jobs.cause not null" // '' in SQLite
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the tables of Postgres (-in store/internal/table, +in the database):\n%s", d)
	}
}

func columns(t *testing.T, driver, address, query string) []string {
	t.Helper()
	db, err := sql.Open(driver, address)
	must(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	must(t, err)
	defer rows.Close()
	var found []string
	for rows.Next() {
		var tab, column string
		var null bool
		must(t, rows.Scan(&tab, &column, &null))
		if !slices.Contains(table.Own(), tab) {
			found = append(found, tab+"."+column+" "+nullable(null))
		}
	}
	must(t, rows.Err())
	slices.Sort(found)
	return found
}

func nullable(yes bool) string {
	if yes {
		return "null"
	}
	return "not null"
}

func migrate(t *testing.T, url string) {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{})
	must(t, err)
	defer s.Close()
	must(t, s.Migrate(t.Context()))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
