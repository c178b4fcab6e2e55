package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// settings of the private server: durable, as Postgres comes, but for the memory that an operator
// would give it. The statistics of statements are counted only where a scenario switches them on.
var settings = []string{
	"shared_buffers=512MB", "max_wal_size=4GB",
	"shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=none",
}

// server is the Postgres that scenarios make their databases on.
type server struct {
	url  string
	stop func()
}

// startServer starts a private server, or takes the one of BENCH_DATABASE_URL, whose user must be
// allowed to create databases.
func startServer(context.Context) (*server, error) {
	if address := os.Getenv("BENCH_DATABASE_URL"); address != "" {
		return &server{url: address, stop: func() {}}, nil
	}
	c, err := pgtest.Start("", settings...)
	if err != nil {
		return nil, fmt.Errorf("%w; set BENCH_DATABASE_URL to use another server", err)
	}
	return &server{url: c.URL("postgres"), stop: func() { _ = c.Remove() }}, nil
}

// describe says on what the figures were reached.
func (b *bench) describe() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, b.server.url)
	if err != nil {
		b.say("Postgres: %v", err)
		return
	}
	defer conn.Close(ctx)
	var said []string
	for _, name := range []string{"server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size", "autovacuum"} {
		var value string
		if err := conn.QueryRow(ctx, "select current_setting($1)", name).Scan(&value); err == nil {
			said = append(said, name+"="+value)
		}
	}
	b.say("%d cores, shared by the program, Postgres, the stubs and the senders; %s; Postgres over a socket: %s",
		runtime.NumCPU(), runtime.Version(), strings.Join(said, " "))
}

// database is a fresh one, of either kind.
type database struct {
	url   string
	store store.Store
	drop  func()
}

// postgres makes a database on the server, and migrates it.
func (b *bench) postgres(ctx context.Context) (*database, error) {
	address, drop, err := b.emptyPostgres(ctx)
	if err != nil {
		return nil, err
	}
	return b.open(ctx, address, drop)
}

// emptyPostgres makes a database without tables on the server.
func (b *bench) emptyPostgres(ctx context.Context) (address string, drop func(), err error) {
	if address, err = pgtest.Create(ctx, b.server.url); err != nil {
		return "", nil, err
	}
	return address, func() { b.dropDatabase(address) }, nil
}

// sqlite makes a database in a folder of its own, and migrates it.
func (b *bench) sqlite(ctx context.Context) (*database, error) {
	address, remove, err := b.emptySQLite()
	if err != nil {
		return nil, err
	}
	return b.open(ctx, address, remove)
}

// emptySQLite is the address of a file that is not there yet, in a folder of its own.
func (b *bench) emptySQLite() (address string, remove func(), err error) {
	dir, err := os.MkdirTemp(b.dir, "sqlite-")
	if err != nil {
		return "", nil, err
	}
	return "sqlite:" + filepath.Join(dir, "slabuddy.db"), func() { os.RemoveAll(dir) }, nil
}

// onEachStore measures on both kinds of database, each fresh and empty.
func (b *bench) onEachStore(ctx context.Context, run func(name string, db *database) ([]figure, error)) (figures []figure, err error) {
	for _, kind := range []struct {
		name string
		make func(context.Context) (*database, error)
	}{{"Postgres", b.postgres}, {"SQLite", b.sqlite}} {
		db, err := kind.make(ctx)
		if err != nil {
			return figures, err
		}
		got, err := run(kind.name, db)
		db.drop()
		if err != nil {
			return figures, fmt.Errorf("%s: %w", kind.name, err)
		}
		figures = append(figures, got...)
	}
	return figures, nil
}

func (b *bench) open(ctx context.Context, address string, drop func()) (*database, error) {
	s, err := store.Open(ctx, address, store.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		drop()
		return nil, err
	}
	db := &database{url: address, store: s, drop: func() { s.Close(); drop() }}
	if err := s.Migrate(ctx); err != nil {
		db.drop()
		return nil, err
	}
	return db, nil
}

func (b *bench) dropDatabase(address string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	conn, err := pgx.Connect(ctx, b.server.url)
	if err != nil {
		return
	}
	defer conn.Close(ctx)
	_, _ = conn.Exec(ctx, "drop database "+strings.TrimPrefix(u.Path, "/")+" with (force)")
}

// settle does what time would have done since the rows came in, so that no scenario pays for the
// seeding of its own: Postgres vacuums, analyses and writes its buffers back.
func (db *database) settle(ctx context.Context) error {
	if !strings.HasPrefix(db.url, "postgres") {
		return nil
	}
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, sql := range []string{"vacuum analyze", "checkpoint"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}
