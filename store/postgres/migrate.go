package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/schema"
)

//go:embed migrations/*.sql
var files embed.FS

// longestMigration bounds Migrate, the wait for another replica's included. An index on millions of rows takes
// minutes.
const longestMigration = time.Hour

// saysItWaits is after how long it is said that migrating waits.
const saysItWaits = 10 * time.Second

// Migrate holds its lock by a transaction, which a pooler keeps on one connection; a session's lock it does
// not. Older programs take the same lock.
func (s *Store) Migrate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longestMigration)
	defer cancel()
	waiting := time.AfterFunc(saysItWaits, func() {
		s.log.Info("migrating the database takes a while, or waits: another process migrates it, or holds a lock on its tables (see pg_stat_activity)")
	})
	defer waiting.Stop()
	err := s.inTx(ctx, func(t *tx) error {
		t.queue(`set local idle_in_transaction_session_timeout = 0`)
		t.queue(`select pg_advisory_xact_lock($1)`, lock.DefaultLockID)
		if err := t.send(); err != nil {
			return fmt.Errorf("lock the database for migrating: %w", err)
		}
		if err := s.moveHome(ctx); err != nil {
			return err
		}
		return s.migrate(ctx)
	})
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the database could not be migrated within %s: another process migrates it, or holds a lock on its tables (see pg_stat_activity); end that, and start again: %w", longestMigration, err)
	}
	return err
}

// migrate applies the migrations that are missing. What they make is granted to nobody else; what an operator
// granted on older tables stays.
func (s *Store) migrate(ctx context.Context) error {
	names := `select relname from pg_class where relnamespace = $1::regnamespace`
	before, err := read(ctx, s, "list the tables", row.Value[string], names, s.quoted())
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	if err := s.tables(db).Up(ctx); err != nil {
		return err
	}
	if len(before) == 0 {
		return wrap("revoke what was granted by default", s.inTx(ctx, func(t *tx) error { return revoke(t, *s.schema.Load(), nil) }))
	}
	made, err := read(ctx, s, "list the new tables", row.Value[string], names+` and relname <> all($2::text[])`, s.quoted(), before)
	if err != nil || len(made) == 0 {
		return err
	}
	return wrap("revoke what was granted by default", s.inTx(ctx, func(t *tx) error { return revoke(t, *s.schema.Load(), made) }))
}

func (s *Store) quoted() string { return pgx.Identifier{*s.schema.Load()}.Sanitize() }

func (s *Store) MigrationStatus(ctx context.Context) ([]schema.Migration, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	there, err := read(ctx, s, "read which migrations were applied", row.Value[bool],
		`select to_regclass($1) is not null`, s.quoted()+".goose_db_version")
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	if !there[0] {
		return s.tables(db).Unapplied()
	}
	return s.tables(db).Status(ctx)
}

// tables are the database as package schema sees it.
func (s *Store) tables(db *sql.DB) schema.Database {
	return schema.Database{Dialect: goose.DialectPostgres, DB: db, Files: inSchema{schema.Folder(files), s.quoted()}, Schema: *s.schema.Load()}
}

// inSchema are the migrations, each of which begins by choosing the schema: goose runs them on connections that
// it finds in any state.
type inSchema struct {
	fs.FS
	schema string
}

func (f inSchema) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return file, err
	}
	text, err := fs.ReadFile(f.FS, name)
	if err != nil {
		return nil, err
	}
	set := "\nset local search_path to " + f.schema + ";\n"
	begins := strings.NewReplacer("-- +goose Up", "-- +goose Up"+set, "-- +goose Down", "-- +goose Down"+set)
	return migration{file, strings.NewReader(begins.Replace(string(text)))}, nil
}

// migration is a file with another text.
type migration struct {
	fs.File
	text io.Reader
}

func (m migration) Read(into []byte) (int, error) { return m.text.Read(into) }
