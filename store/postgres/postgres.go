// Package postgres is the store for any number of replicas.
//
// It is written for few round trips: values travel as arrays that statements unnest, and the
// statements of a transaction go out together. Where there may be many, the arrays are unnested side
// by side in a select list: in the from clause, Postgres makes a table of each first. Times come from
// callers; the database's own clock is read by Clock alone.
//
// The package is larger than others because all of store.Store shares one way to the database (query.go). A
// file holds the methods of one concern, and is named as its sibling in package sqlite; the databases that a
// move fills are in move.go and moverows.go.
package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/store/internal/group"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// session is what every connection is set to. All statements here are meant to walk an index in
// order, also on tables that were never analysed; left to itself, the planner takes a small limit
// for a tenth of the table, and a hash join over a million rows for a bargain.
var session = []string{
	`plan_cache_mode = force_generic_plan`,
	`enable_seqscan = off`,
	`enable_bitmapscan = off`,
	`enable_hashjoin = off`,
	`enable_mergejoin = off`,
	`jit = off`,
	`max_parallel_workers_per_gather = 0`,
	`idle_in_transaction_session_timeout = '30s'`,
}

// A database that does not answer is left, for another host of the address or to be tried again.
const (
	connectWithin = 3 * time.Second  // one host; connect_timeout in the address says otherwise
	answerWithin  = 15 * time.Second // one call, unless its caller has less patience
)

// Options of a store.
type Options struct {
	Logger   *slog.Logger // nil: none
	MaxConns int          // 0: 10
	Moving   bool         // open also a database that a move has not filled to its end
}

// Store keeps everything in one Postgres database.
type Store struct {
	pool    *pgxpool.Pool
	schema  atomic.Pointer[string] // where the tables are
	named   bool                   // by the address
	pooled  bool                   // a pooler answers, see pooler.go
	name    string
	log     *slog.Logger
	opens   *group.Group[[]escalation.Timeline, []escalation.Opened]
	earlies *group.Group[[]place, []escalation.Mention]
	words   *group.Group[deskQuery, []desk.Event]
	recent  row.Recent
	hub     wake.Hub               // of this process's own news, behind a pooler
	lineage atomic.Pointer[string] // as of the latest connection; nil: none could tell
}

// Open connects to the database that url names. It does not migrate.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The library's own error may quote the password.
		if strings.Contains(err.Error(), "failed to configure TLS") {
			return nil, fmt.Errorf("the address of the Postgres database asks for TLS (sslmode, sslrootcert, …) that cannot be had: %w", errors.Unwrap(err))
		}
		return nil, errors.New("the address of the Postgres database cannot be read: write postgres://user:password@host:5432/database, with anything but letters and digits in the password percent-encoded")
	}
	s := &Store{log: o.Logger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.configure(ctx, cfg, o); err != nil {
		return nil, err
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, fmt.Errorf("open Postgres: %w", err)
	}
	s.opens = group.New(128, s.openAll)
	s.earlies = group.New(256, s.earlyAll)
	s.words = group.New(256, s.earlyWords)
	if err := s.look(ctx, o); err != nil {
		s.pool.Close()
		return nil, err
	}
	return s, nil
}

// configure finds out what answers at the address, and fits the pool's configuration to it.
func (s *Store) configure(ctx context.Context, cfg *pgxpool.Config, o Options) error {
	c := cfg.ConnConfig
	schema := c.RuntimeParams["search_path"]
	if err := checkSchema(schema); err != nil {
		return err
	}
	delete(c.RuntimeParams, "search_path") // a pooler refuses it
	s.named = schema != ""
	schema = cmp.Or(schema, ownSchema)
	s.schema.Store(&schema)

	cfg.MaxConns = int32(cmp.Or(o.MaxConns, 10))
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, connectWithin)
	cfg.PingTimeout = connectWithin
	if _, named := c.RuntimeParams["application_name"]; !named {
		c.RuntimeParams["application_name"] = "slabuddy"
	}
	if o.Moving {
		c.RuntimeParams["application_name"] += moving
	}
	cfg.AfterConnect = s.setUp
	var err error
	if s.pooled, err = behindPooler(ctx, c); err != nil {
		return fmt.Errorf("reach Postgres (is it running, and is the address right?): %w", err)
	}
	if s.pooled {
		asPooled(cfg)
	}
	return nil
}

// look reads what the database is, and refuses it if nobody may work with it.
func (s *Store) look(ctx context.Context, o Options) error {
	rows, err := s.query(ctx, "show server_version")
	version, err := collect(rows, err, row.Value[string])
	if err != nil {
		return fmt.Errorf("reach Postgres (is it running, and is the address right?): %w", err)
	}
	number, _, _ := strings.Cut(version[0], " ")
	s.name = "postgres " + number
	if s.pooled {
		s.log.Info("the database is behind a pooler: statements are not prepared, and news of other replicas is looked for each second", "database", s.name)
	} else {
		s.log.Info("the database is reached directly, and tells of news by itself", "database", s.name)
	}
	if err := s.locate(ctx); err != nil || o.Moving {
		return err
	}
	return s.refuseHalfMoved(ctx)
}

func (s *Store) Name() string { return s.name }

func (s *Store) Close() { s.pool.Close() }

func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	return s.pool.Ping(ctx)
}

func (s *Store) Clock(ctx context.Context) (now time.Time, ok bool, err error) {
	times, err := read(ctx, s, "read the database's clock", row.When[timestamp], "select clock_timestamp()")
	if err != nil {
		return time.Time{}, false, err
	}
	return times[0], true, nil
}

// lineage tells servers and databases apart, and on one server what was before a promotion from what is after:
// the first eight digits of a file of the write-ahead log are Postgres's own timeline.
const lineage = `select (select system_identifier from pg_control_system()) || '/' ||
	(select oid from pg_database where datname = current_database()) || '/' ||
	left(pg_walfile_name(pg_current_wal_lsn()), 8)`

// Lineage asks nothing where the database is reached directly: a connection stays in the lineage that it was made in.
func (s *Store) Lineage(ctx context.Context) (string, error) {
	if !s.pooled {
		if l := s.lineage.Load(); l != nil {
			return *l, nil
		}
		return "", nil
	}
	rows, err := s.query(ctx, lineage)
	found, err := collect(rows, err, row.Value[string])
	switch {
	case untold(err):
		return "", nil
	case err != nil:
		return "", wrap("read which history the database is in", err)
	}
	return found[0], nil
}

// notice has each new connection tell which lineage it leads to.
func (s *Store) notice(ctx context.Context, c *pgx.Conn) error {
	results, err := c.PgConn().Exec(ctx, lineage).ReadAll()
	switch {
	case untold(err):
		return nil
	case err != nil:
		return err
	}
	l := string(results[0].Rows[0][0])
	s.lineage.Store(&l)
	return nil
}

// untold says that the server does not tell its lineage: it is of a kind that has none, or tells it to others.
func untold(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused)
}
