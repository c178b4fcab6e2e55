// Package schema brings a database to the tables that this program knows, by the SQL files that
// are built into it.
//
// Programs of two versions work on one database while an upgrade rolls out, and after a roll back. So
// migrations only add: tables, columns with a default, indexes. What is used no more is taken away by a
// later release, whose migration raises the floor (schema_floor) to the first schema whose programs do
// without it. A program older than the floor refuses to start; any other runs.
//
//	release 1  knows 7            ─ uses the old column
//	release 2  adds 8             ─ uses the new one, and fills both       release 1 runs on 8
//	release 3  9 drops the old,
//	           floor 8            ─                                        release 2 runs on 9, release 1 refuses
package schema

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
)

// Migration is one numbered change of the tables.
type Migration struct {
	Version int64
	Name    string // the file's name without number and ending
	Applied bool
}

// NewerError: the database is at a schema that this program is too old for.
type NewerError struct {
	Knows, Floor int64
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("a newer slabuddy has migrated this database to what this one cannot work with (it knows migrations up to %d, and %d is needed): start the newer version again, or restore the backup that you made before the upgrade",
		e.Knows, e.Floor)
}

// Up applies what is missing. A *NewerError says that this program is too old.
func Up(ctx context.Context, dialect goose.Dialect, db *sql.DB, files fs.FS, opts ...goose.ProviderOption) error {
	p, err := provider(dialect, db, files, opts)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	// Only now, so that a newer program that migrated meanwhile is noticed.
	return checkFloor(ctx, p, db)
}

// checkFloor refuses a database whose floor is above what this program knows.
func checkFloor(ctx context.Context, p *goose.Provider, db *sql.DB) error {
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if version <= newest(p) {
		return nil
	}
	e := NewerError{Knows: newest(p)}
	if err := db.QueryRowContext(ctx, "select version from schema_floor").Scan(&e.Floor); err != nil {
		return fmt.Errorf("read the floor of the database's schema: %w", err)
	}
	if e.Floor > e.Knows {
		return &e
	}
	return nil
}

// newest is the last migration that this program knows.
func newest(p *goose.Provider) int64 {
	var last int64
	for _, s := range p.ListSources() {
		last = max(last, s.Version)
	}
	return last
}

// Status lists all migrations in order, and at the end the last that a newer program applied, if one did.
// It changes nothing but for goose's own table.
func Status(ctx context.Context, dialect goose.Dialect, db *sql.DB, files fs.FS) ([]Migration, error) {
	p, err := provider(dialect, db, files, nil)
	if err != nil {
		return nil, err
	}
	all, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which migrations were applied: %w", err)
	}
	var ms []Migration
	for _, m := range all {
		name := strings.TrimSuffix(path.Base(m.Source.Path), ".sql")
		if _, rest, ok := strings.Cut(name, "_"); ok {
			name = rest
		}
		ms = append(ms, Migration{Version: m.Source.Version, Name: name, Applied: m.State == goose.StateApplied})
	}
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the version of the database: %w", err)
	}
	if version > newest(p) {
		ms = append(ms, Migration{Version: version, Name: "of a newer slabuddy", Applied: true})
	}
	return ms, nil
}

func provider(dialect goose.Dialect, db *sql.DB, files fs.FS, opts []goose.ProviderOption) (*goose.Provider, error) {
	opts = append(opts, goose.WithDisableGlobalRegistry(true))
	p, err := goose.NewProvider(dialect, db, files, opts...)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}
