// Package schema brings a database to the tables that this program knows, by the SQL files that
// are built into it.
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

// Up applies what is missing.
func Up(ctx context.Context, dialect goose.Dialect, db *sql.DB, files fs.FS, opts ...goose.ProviderOption) error {
	p, err := provider(dialect, db, files, opts)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// Status lists all migrations in order. It changes nothing but for goose's own table.
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
