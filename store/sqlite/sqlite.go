// Package sqlite is the store for one process: a single file, nothing to install.
//
//	readers (a small pool) ──────────────▶ ┌──────────────┐
//	events:  Open, Hear, Save of mentions ─▶│ turns: events │─▶ one writing connection ─▶ WAL, fsync
//	others:  Save, Claim, Finish, … ──────▶│ first         │
//	                                        └──────────────┘
//
// Every write is one short transaction, begun when it is its turn and never interrupted. Large
// calls are cut into several, so that an event never waits long.
//
// A file holds the methods of one concern, and is named as its sibling in package postgres.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/internal/group"
	"github.com/slabuddy/slabuddy/store/internal/schema"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

//go:embed migrations/*.sql
var files embed.FS

// Options of a store.
type Options struct {
	// Exclusive refuses to open a file that another process has opened exclusively. Commands that
	// look into the file of a running server leave it off.
	Exclusive bool
	// Moving opens also a file that is being moved to another database, or was.
	Moving bool
}

// Store keeps everything in one SQLite file.
type Store struct {
	path  string
	name  string
	lock  *os.File // nil unless Exclusive
	w     *writer
	read  *sql.DB
	plans sync.Map // of string to *sql.Stmt on read
	opens *group.Group[[]escalation.Timeline, []escalation.Opened]
	hub   wake.Hub
}

// Open opens the file at path, creating it if it is not there. It does not migrate.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if path == "" {
		return nil, errors.New("the address of the database names no file: write sqlite:slabuddy.db")
	}
	if dir := filepath.Dir(path); !isDir(dir) {
		return nil, fmt.Errorf("the folder %s of the database does not exist: create it first", dir)
	}
	// Only its owner may read what customers wrote.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	f.Close()
	s := &Store{path: path}
	if o.Exclusive {
		if s.lock, err = lockFile(path + ".lock"); err != nil {
			return nil, err
		}
	}
	if s.w, err = openWriter(ctx, path); err != nil {
		s.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if s.read, err = sql.Open("sqlite", dsn(path, "query_only(1)")); err != nil {
		s.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s.read.SetMaxOpenConns(4)
	s.read.SetMaxIdleConns(4)
	var version string
	if err := s.w.conn.QueryRowContext(ctx, "select sqlite_version()").Scan(&version); err != nil {
		s.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s.name = "sqlite " + version
	s.opens = group.New(128, s.openAll)
	if !o.Moving {
		if err := s.refuseMoved(ctx); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// dsn names the file for the driver, with what every connection is set to.
func dsn(path string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)"}, pragmas...)}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}

func (s *Store) Name() string { return s.name }

func (s *Store) Close() {
	if s.read != nil {
		s.plans.Range(func(_, stmt any) bool {
			stmt.(*sql.Stmt).Close()
			return true
		})
		s.read.Close()
	}
	if s.w != nil {
		s.w.close()
	}
	if s.lock != nil {
		s.lock.Close()
	}
}

func (s *Store) Ping(ctx context.Context) error {
	if err := s.w.file.fit(); err != nil {
		return err
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	var one int
	return wrap("read the database", s.read.QueryRowContext(ctx, "select 1 from sqlite_schema").Scan(&one))
}

func (s *Store) Clock(context.Context) (now time.Time, ok bool, err error) {
	return time.Time{}, false, nil
}

// Lineage cannot be told: a copy of a file is like the file.
func (s *Store) Lineage(context.Context) (string, error) { return "", nil }

func (s *Store) Migrate(ctx context.Context) error {
	if err := s.w.turns.take(ctx, false); err != nil {
		return err
	}
	defer s.w.turns.pass()
	db, err := sql.Open("sqlite", dsn(s.path))
	if err != nil {
		return wrap("migrate the database", err)
	}
	defer db.Close()
	return tables(db).Up(ctx)
}

func (s *Store) MigrationStatus(ctx context.Context) ([]schema.Migration, error) {
	db, err := sql.Open("sqlite", dsn(s.path))
	if err != nil {
		return nil, wrap("read the migrations", err)
	}
	defer db.Close()
	return tables(db).Status(ctx)
}

// tables are the file as package schema sees it.
func tables(db *sql.DB) schema.Database {
	return schema.Database{Dialect: goose.DialectSQLite3, DB: db, Files: schema.Folder(files)}
}

// Listen hears of what this process does: no other writes to the file while it serves from it.
func (s *Store) Listen(ctx context.Context, l wake.Listener) error {
	return s.hub.Listen(ctx, l.Hear)
}
