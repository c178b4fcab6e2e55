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
	"embed"
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

// Database is one whose tables are to be brought up to date.
type Database struct {
	Dialect goose.Dialect
	DB      *sql.DB
	Files   fs.FS  // the migrations
	Schema  string // of all tables; "" where there are no schemas
}

// Folder is the folder of the migrations among the files that are built into a store.
func Folder(files embed.FS) fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		return files // impossible: the folder is built in
	}
	return sub
}

// Up applies what is missing. A *NewerError says that this program is too old.
func (d Database) Up(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	// Only now, so that a newer program that migrated meanwhile is noticed.
	return d.checkFloor(ctx, p)
}

// checkFloor refuses a database whose floor is above what this program knows.
func (d Database) checkFloor(ctx context.Context, p *goose.Provider) error {
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if version <= newest(p) {
		return nil
	}
	e := NewerError{Knows: newest(p)}
	if err := d.DB.QueryRowContext(ctx, "select version from "+d.table("schema_floor")).Scan(&e.Floor); err != nil {
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
// It changes nothing, but makes goose's own table if it does not exist.
func (d Database) Status(ctx context.Context) ([]Migration, error) {
	p, err := d.provider()
	if err != nil {
		return nil, err
	}
	all, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which migrations were applied: %w", err)
	}
	var ms []Migration
	for _, m := range all {
		ms = append(ms, Migration{Version: m.Source.Version, Name: nameOf(m.Source.Path), Applied: m.State == goose.StateApplied})
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

// Unapplied lists the migrations of a database that has no tables, without asking it.
func (d Database) Unapplied() ([]Migration, error) {
	p, err := d.provider()
	if err != nil {
		return nil, err
	}
	var ms []Migration
	for _, s := range p.ListSources() {
		ms = append(ms, Migration{Version: s.Version, Name: nameOf(s.Path)})
	}
	return ms, nil
}

func nameOf(file string) string {
	name := strings.TrimSuffix(path.Base(file), ".sql")
	if _, rest, ok := strings.Cut(name, "_"); ok {
		return rest
	}
	return name
}

func (d Database) table(name string) string {
	if d.Schema == "" {
		return name
	}
	return d.Schema + "." + name
}

func (d Database) provider() (*goose.Provider, error) {
	p, err := goose.NewProvider(d.Dialect, d.DB, d.Files, goose.WithDisableGlobalRegistry(true),
		goose.WithTableName(d.table(goose.DefaultTablename)))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}
