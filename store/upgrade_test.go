package store_test

import (
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/internal/table"
	"github.com/slabuddy/slabuddy/store/storetest"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// later is a migration that this program does not know.
const later = 99_999

// newer does to a migrated database what a newer program's migration may do that only adds, and raises
// the floor.
func newer(t *testing.T, address string, floor int64) {
	t.Helper()
	var statements []string
	for _, tab := range table.All() {
		statements = append(statements,
			"alter table "+tab.Name+" add column later text not null default 'x'",
			"alter table "+tab.Name+" add column latest integer",
			"create index later_"+tab.Name+" on "+tab.Name+" (latest)")
	}
	statements = append(statements, "create table later (id text primary key)",
		"insert into goose_db_version (version_id, is_applied) values (99999, true)")
	if floor > 0 {
		statements = append(statements, "update schema_floor set version = 99999")
	}
	execute(t, address, statements...)
}

func execute(t *testing.T, address string, statements ...string) {
	t.Helper()
	driver, source := "pgx", address
	if path, is := strings.CutPrefix(address, "sqlite:"); is {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// What a rolled-back program, and a replica that was not replaced yet, live on.
func TestAllHoldsOnANewerSchemaThatOnlyAdds(t *testing.T) {
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		migrate(t, open(t, url))
		newer(t, url, 0)
		storetest.Run(t, func(t *testing.T) store.Store {
			execute(t, url, emptying()...)
			return again(t, url)
		})
	})
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "newer.db")
		s := open(t, "sqlite:"+path)
		migrate(t, s)
		newer(t, "sqlite:"+path, 0)
		s.Close()
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		storetest.Run(t, func(t *testing.T) store.Store {
			path := filepath.Join(t.TempDir(), "test.db")
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			return again(t, "sqlite:"+path)
		})
	})
}

// again opens a database that a newer program migrated, as one that starts there does.
func again(t *testing.T, address string) store.Store {
	t.Helper()
	s := open(t, address)
	migrate(t, s)
	return s
}

func emptying() (statements []string) {
	for _, tab := range table.All() {
		statements = append(statements, "delete from "+tab.Name)
	}
	return statements
}

func TestAProgramThatIsTooOldForTheSchemaSaysSo(t *testing.T) {
	for name, address := range map[string]string{
		"postgres": pgtest.URL(t), "sqlite": "sqlite:" + filepath.Join(t.TempDir(), "test.db"),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, address)
			migrate(t, s)
			newer(t, address, later)
			err := s.Migrate(t.Context())
			if err == nil || !strings.Contains(err.Error(), "99999 is needed): start the newer version again, or restore the backup") {
				t.Errorf("migrated: %v", err)
			}
			ms, err := s.MigrationStatus(t.Context())
			if last := ms[len(ms)-1]; err != nil || last != (store.Migration{Version: later, Name: "of a newer slabuddy", Applied: true}) {
				t.Errorf("status: %+v, %v", ms, err)
			}
		})
	}
}

var (
	// takesAway is what a program that does not know of it may stumble over: what is gone or has another
	// name, and what rows have to obey from now on.
	takesAway = regexp.MustCompile(`(?i)\bdrop\b|\brename\b|\btruncate\b|\balter column\b|\balter \w+ (set|type)\b|` +
		`\badd (constraint|unique|primary|foreign|check|exclude)\b|\bcreate (or replace )?(constraint )?trigger\b`)
	noDefault = regexp.MustCompile(`(?i)\badd (column )?[^,;]*\bnot null\b[^,;]*`)
	unique    = regexp.MustCompile(`(?i)create unique index (?:concurrently )?(?:if not exists )?(\w+) on (\w+)`)
	indexes   = regexp.MustCompile(`(?i)alter index[^;]*rename to|drop index[^;]*`) // no program names one but in SQLite
)

// A migration that takes something away names the first schema whose programs do without it.
func TestMigrationsOnlyAddOrRaiseTheFloor(t *testing.T) {
	seen := 0
	for _, dir := range []string{"postgres/migrations", "sqlite/migrations"} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(filepath.Join(dir, path))
			seen++
			if wrong := subtracts(string(text)); wrong != "" {
				t.Errorf("%s/%s takes away what older programs may use (%q), and does not raise schema_floor", dir, path, wrong)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 10 {
		t.Errorf("only %d migrations were looked at", seen)
	}
}

// subtracts is the first thing in a migration that takes away, unless it raises the floor.
func subtracts(migration string) string {
	up, _, _ := strings.Cut(migration, "-- +goose Down")
	var code strings.Builder
	for line := range strings.Lines(up) {
		before, _, _ := strings.Cut(line, "--")
		code.WriteString(before + "\n")
	}
	if strings.Contains(strings.ToLower(code.String()), "update schema_floor") {
		return ""
	}
	for _, u := range unique.FindAllStringSubmatch(code.String(), -1) {
		ours := regexp.MustCompile(`(?i)create table ` + u[2] + `\b|drop index ` + u[1] + `\b`) // new, or there before
		if !ours.MatchString(code.String()) {
			return u[0]
		}
	}
	sql := indexes.ReplaceAllString(code.String(), "")
	for _, added := range noDefault.FindAllString(sql, -1) {
		if !strings.Contains(strings.ToLower(added), "default") {
			return added
		}
	}
	return takesAway.FindString(sql)
}

func TestWhatTakesAwayIsRecognised(t *testing.T) {
	for migration, want := range map[string]bool{
		"alter table jobs drop column looks;":                                       true,
		"ALTER TABLE jobs\n  RENAME COLUMN looks TO eyes;":                          true,
		"drop table once;":                                                          true,
		"alter table jobs add column a text not null;":                              true,
		"alter table jobs add a text not null;":                                     true,
		"alter table jobs drop looks;":                                              true,
		"alter table jobs rename looks to eyes;":                                    true,
		"alter table jobs alter looks type bigint;":                                 true,
		"alter table jobs add unique (queue, key);":                                 true,
		"create trigger t before insert on jobs execute function f();":              true,
		"create unique index jobs_worker on jobs (worker);":                         true,
		"create table a (b text); create unique index a_b on a (b);":                false,
		"drop index jobs_key; create unique index jobs_key on jobs (key);":          false,
		"create index jobs_worker on jobs (worker);":                                false,
		"alter table jobs add column a text not null default '', add column b int;": false,
		"alter table jobs alter column looks set not null;":                         true,
		"drop index jobs_due; create index jobs_due on jobs (run_at);":              false,
		"alter table jobs drop column looks; update schema_floor set version = 7;":  false,
		"create table a (b text not null); -- then drop column c":                   false,
		"create table a (b text);\n-- +goose Down\ndrop table a;":                   false,
	} {
		if got := subtracts(migration) != ""; got != want {
			t.Errorf("%s: %v", migration, got)
		}
	}
}

func open(t *testing.T, address string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func migrate(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}
