// Package postgres is the store for any number of replicas.
//
// It is written for few round trips: values travel as arrays that statements unnest, and the
// statements of a transaction go out together. Where there may be many, the arrays are unnested side
// by side in a select list: in the from clause, Postgres makes a table of each first. Times come from
// callers; the database's own clock is read by Clock alone.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/internal/group"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/schema"
)

//go:embed migrations/*.sql
var files embed.FS

// session is what every connection is set to. All statements here are meant to walk an index in
// order, also on tables that were never analysed; left to itself, the planner takes a small limit
// for a tenth of the table, and a hash join over a million rows for a bargain.
const session = `
set plan_cache_mode = force_generic_plan;
set enable_seqscan = off;
set enable_bitmapscan = off;
set enable_hashjoin = off;
set enable_mergejoin = off;
set jit = off;
set max_parallel_workers_per_gather = 0;
set idle_in_transaction_session_timeout = '30s'`

// Options of a store.
type Options struct {
	Logger   *slog.Logger // nil: none
	MaxConns int          // 0: 10
	Moving   bool         // open also a database that a move has not filled to its end
}

// Store keeps everything in one Postgres database.
type Store struct {
	pool    *pgxpool.Pool
	name    string
	log     *slog.Logger
	opens   *group.Group[[]escalation.Timeline, []escalation.Opened]
	earlies *group.Group[[]place, []escalation.Mention]
	words   *group.Group[deskQuery, []escalation.DeskEvent]
}

// Open connects to the database that url names. It does not migrate.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The library's own error may quote the password.
		return nil, errors.New("the address of the Postgres database cannot be read: write postgres://user:password@host:5432/database, with anything but letters and digits in the password percent-encoded")
	}
	cfg.MaxConns = 10
	if o.MaxConns > 0 {
		cfg.MaxConns = int32(o.MaxConns)
	}
	if _, named := cfg.ConnConfig.RuntimeParams["application_name"]; !named {
		cfg.ConnConfig.RuntimeParams["application_name"] = "slabuddy"
	}
	if o.Moving {
		cfg.ConnConfig.RuntimeParams["application_name"] += moving
	}
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, session)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open Postgres: %w", err)
	}
	s := &Store{pool: pool, log: o.Logger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.opens = group.New(128, s.openAll)
	s.earlies = group.New(256, s.earlyAll)
	s.words = group.New(256, s.earlyWords)
	var version string
	if err := pool.QueryRow(ctx, "show server_version").Scan(&version); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach Postgres (is it running, and is the address right?): %w", err)
	}
	version, _, _ = strings.Cut(version, " ")
	s.name = "postgres " + version
	if !o.Moving {
		if err := s.refuseHalfMoved(ctx); err != nil {
			pool.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s *Store) Name() string { return s.name }

func (s *Store) Close() { s.pool.Close() }

func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

func (s *Store) Clock(ctx context.Context) (now time.Time, ok bool, err error) {
	if err := s.pool.QueryRow(ctx, "select clock_timestamp()").Scan(&now); err != nil {
		return time.Time{}, false, fmt.Errorf("read the database's clock: %w", err)
	}
	return now.UTC(), true, nil
}

func (s *Store) Migrate(ctx context.Context) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return fmt.Errorf("lock the database for migrating: %w", err)
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	return schema.Up(ctx, goose.DialectPostgres, db, migrations(), goose.WithSessionLocker(locker))
}

func (s *Store) MigrationStatus(ctx context.Context) ([]schema.Migration, error) {
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	return schema.Status(ctx, goose.DialectPostgres, db, migrations())
}

func migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		return files // cannot be: the folder is built in
	}
	return sub
}

// query runs one statement, a transaction of its own.
func (s *Store) query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return s.pool.Query(ctx, sql, clean(args)...)
}

// collect reads all rows.
func collect[T any](rows pgx.Rows, err error, scan func(row.Scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (T, error) { return scan(r) })
}

// tx is a transaction that travels in few round trips: "begin" goes out with the first
// statements, "commit" with the last.
type tx struct {
	conn  *pgxpool.Conn
	batch *pgx.Batch
}

// queue adds a statement to the next round trip.
func (t *tx) queue(sql string, args ...any) *pgx.QueuedQuery {
	return t.batch.Queue(sql, clean(args)...)
}

// send makes a round trip: it runs what was queued.
func (t *tx) send(ctx context.Context) error {
	b := t.batch
	t.batch = &pgx.Batch{}
	return t.conn.SendBatch(ctx, b).Close()
}

// inTx runs f in a transaction, and again after a deadlock with another one. What f leaves queued is sent
// together with the commit.
func (s *Store) inTx(ctx context.Context, f func(t *tx) error) error {
	const tries = 5
	for try := 1; ; try++ {
		err := s.tryTx(ctx, f)
		if try == tries || !isDeadlock(err) {
			return err
		}
	}
}

func (s *Store) tryTx(ctx context.Context, f func(t *tx) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// A connection released within a transaction is closed by the pool, which rolls back.
	defer conn.Release()
	t := &tx{conn: conn, batch: &pgx.Batch{}}
	t.queue("begin")
	if err := f(t); err != nil {
		return err
	}
	t.queue("commit")
	return t.send(ctx)
}

func isDeadlock(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}
