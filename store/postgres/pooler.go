package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Behind a pooler (PgBouncer, Supavisor) each transaction may run on another connection of the database. So
// nothing is prepared there, nothing is set or locked for longer than a transaction, and nobody can LISTEN.
//
//	                 directly                        behind a pooler
//	statements       prepared once a connection      sent as text (pgx's simple protocol)
//	session          set once a connection           set local in each transaction
//	news             LISTEN                          of this process at once; of others looked for each second
//	migrations       lock held by a transaction      the same
//	slabuddy move    lock held by a session          refused

// errPooled says why a move cannot go through a pooler.
var errPooled = errors.New("this address leads to a pooler (PgBouncer, Supavisor or the like): give slabuddy move the database's own address, which has another port as a rule. The bot itself can use the pooler afterwards")

// behindPooler says whether a pooler answers in place of the database: then the process that serves the
// connection is not the one that was announced when it was made.
func behindPooler(ctx context.Context, c *pgx.ConnConfig) (bool, error) {
	if c.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement {
		return true, nil // the address asks for it: default_query_exec_mode
	}
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	results, err := conn.PgConn().Exec(ctx, `select pg_backend_pid()`).ReadAll()
	if err != nil {
		return false, fmt.Errorf("ask who serves the connection: %w", err)
	}
	pid, err := strconv.ParseUint(string(results[0].Rows[0][0]), 10, 32)
	return uint32(pid) != conn.PgConn().PID(), err
}

// setLocally queues what every connection is set to, for one transaction.
func (s *Store) setLocally(b *pgx.Batch) {
	if !s.pooled {
		return
	}
	b.Queue(`set local search_path to ` + s.quoted())
	for _, setting := range session {
		b.Queue(`set local ` + setting)
	}
}

// queryPooled runs one statement in a transaction that has been set up for it.
func (s *Store) queryPooled(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	s.setLocally(b)
	settings := b.Len()
	b.Queue(sql, args...)
	results := conn.SendBatch(ctx, b)
	end := func() {
		_ = results.Close() // an error is one of the rows' own
		conn.Release()
	}
	for range settings {
		if _, err := results.Exec(); err != nil {
			end()
			return nil, err
		}
	}
	rows, err := results.Query()
	if err != nil {
		end()
		return nil, err
	}
	return reading{rows, end}, nil
}

// reading are rows with something to do once they are read.
type reading struct {
	pgx.Rows
	end func()
}

func (r reading) Close() {
	r.Rows.Close()
	r.end()
}

// setUp sets a connection that is the database's own.
func (s *Store) setUp(ctx context.Context, c *pgx.Conn) error {
	if s.pooled {
		return nil
	}
	sql := `set search_path to ` + s.quoted()
	for _, setting := range session {
		sql += `; set ` + setting
	}
	if _, err := c.Exec(ctx, sql); err != nil {
		return err
	}
	columnsOn(c.TypeMap())
	return s.notice(ctx, c)
}

// asPooled has a pool send statements as text.
func asPooled(c *pgxpool.Config) {
	c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	c.ConnConfig.StatementCacheCapacity, c.ConnConfig.DescriptionCacheCapacity = 0, 0
}
