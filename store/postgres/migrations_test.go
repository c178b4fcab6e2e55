package postgres_test

import (
	"database/sql"
	"os"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// provider migrates a fresh database.
func provider(t *testing.T) (*sql.DB, *goose.Provider) {
	t.Helper()
	db, err := sql.Open("pgx", pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	return db, p
}

// An older program is at work meanwhile: it has locked rows, and writes to their tables next.
func TestAMigrationWaitsForTransactionsUnderWayAndNoneFails(t *testing.T) {
	db, p := provider(t)
	for _, m := range p.ListSources() {
		tables := tablesOf(t, db)
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range tables {
			if _, err := tx.ExecContext(t.Context(), "select from "+name+" limit 1 for update"); err != nil {
				t.Fatal(err)
			}
		}
		migrated := make(chan error, 1)
		go func() {
			_, err := p.UpByOne(t.Context())
			migrated <- err
		}()
		waits := awaitLock(t, db, migrated)
		for _, name := range tables {
			if _, err := tx.ExecContext(t.Context(), "delete from "+name); err != nil {
				t.Errorf("while migration %d waits: %v", m.Version, err)
				break
			}
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
		if waits {
			err = <-migrated
		}
		if err != nil {
			t.Fatalf("migration %d: %v", m.Version, err)
		}
	}
}

// awaitLock waits until the migration waits for a lock, or has ended: then waits is false.
func awaitLock(t *testing.T, db *sql.DB, migrated <-chan error) (waits bool) {
	t.Helper()
	for {
		select {
		case err := <-migrated:
			if err != nil {
				t.Fatal(err)
			}
			return false
		case <-time.After(5 * time.Millisecond):
		}
		if err := db.QueryRowContext(t.Context(), `select exists (select from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock')`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
		if waits {
			return true
		}
	}
}

func tablesOf(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `select tablename from pg_tables where schemaname = 'public' and tablename <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEveryMigrationCanBeTakenBack(t *testing.T) {
	db, p := provider(t)
	for range 2 {
		if _, err := p.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := p.DownTo(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	var left int
	if err := db.QueryRowContext(t.Context(), `select count(*) from pg_class where relnamespace = 'public'::regnamespace
		and relkind in ('r', 'i', 'S') and relname not like 'goose_db_version%'`).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 0 {
		t.Errorf("%d tables, indexes and sequences are left", left)
	}
}
