package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slabuddy/slabuddy/escalation/sleep"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/table"
)

// moveLock is the advisory lock that a move holds on the database it fills.
const moveLock = 5_140_283_346

// moving is what a move adds to the name of its connections.
const moving = " move"

// Address names the database to people, without user and password.
func (s *Store) Address() string {
	c := s.pool.Config().ConnConfig
	host := c.Host
	if !strings.HasPrefix(host, "/") {
		host = net.JoinHostPort(host, strconv.Itoa(int(c.Port)))
	}
	return host + "/" + c.Database
}

// refuseHalfMoved says why nobody may work with a database that holds half of what a move brings.
func (s *Store) refuseHalfMoved(ctx context.Context) error {
	m, found, err := moveMark(ctx, s.query)
	if err != nil || !found || m.Finished() {
		return err
	}
	return fmt.Errorf("a move of %s into this database was begun on %s and is not finished: run the same slabuddy move again, which goes on where it stopped; or, to give it up, empty this database",
		m.Other, m.BeganAt.Format("2006-01-02 15:04 MST"))
}

// querier runs a statement: the store's or one connection's.
type querier func(ctx context.Context, sql string, args ...any) (pgx.Rows, error)

// one reads the only row there is, if there is one.
func one[T any](ctx context.Context, q querier, scan pgx.RowToFunc[T], sql string, args ...any) (v T, found bool, err error) {
	rows, err := q(ctx, sql, args...)
	if err != nil {
		return v, false, err
	}
	v, err = pgx.CollectOneRow(rows, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

func moveMark(ctx context.Context, q querier) (m table.Mark, found bool, err error) {
	there, _, err := one(ctx, q, pgx.RowTo[bool], `select to_regclass('move') is not null`)
	if err != nil || !there {
		return m, false, wrap("look for a move", err)
	}
	m, found, err = one(ctx, q, func(r pgx.CollectableRow) (table.Mark, error) { return row.Mark[timestamp](r) },
		`select id::text, source, began_at, finished_at from move`)
	return m, found, wrap("look for a move", err)
}

// Arrival is a database that a move fills, over the one connection that holds the lock of moves.
type Arrival struct{ conn *pgxpool.Conn }

// Receive takes the lock of moves into this database. Close gives it back.
func (s *Store) Receive(ctx context.Context) (*Arrival, error) {
	if s.pooled {
		return nil, errPooled
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, wrap("lock the database for a move", err)
	}
	// The statements of a move are few, and read whole tables.
	_, err = conn.Exec(ctx, `set enable_seqscan = on; set idle_in_transaction_session_timeout = 0`)
	var ours bool
	if err == nil {
		ours, _, err = one(ctx, conn.Query, pgx.RowTo[bool], `select pg_try_advisory_lock($1)`, int64(moveLock))
	}
	a := &Arrival{conn}
	if err != nil {
		a.Close()
		return nil, wrap("lock the database for a move", err)
	}
	if !ours {
		a.Close()
		return nil, errors.New("another slabuddy move is filling this database: wait for it. If it was killed just now, try again in a minute")
	}
	if err := a.holdsAllTexts(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// holdsAllTexts refuses a database in which other clients would read other texts than we wrote. SQL_ASCII
// stores bytes as they are.
func (a *Arrival) holdsAllTexts(ctx context.Context) error {
	type encodings struct{ Kept, Sent string }
	e, _, err := one(ctx, a.conn.Query, pgx.RowToStructByPos[encodings],
		`select current_setting('server_encoding'), current_setting('client_encoding')`)
	if err != nil {
		return wrap("read how the database keeps texts", err)
	}
	if e.Kept != e.Sent || e.Kept != "UTF8" && e.Kept != "SQL_ASCII" {
		return fmt.Errorf("the database keeps texts as %s, and its client_encoding is %s: both have to be UTF8. Make one with: create database slabuddy encoding 'UTF8' template template0",
			e.Kept, e.Sent)
	}
	return nil
}

// leaving is how long a server may take to forget the connections of a process that has ended.
const leaving = 2 * time.Second

// Alone refuses a database that a slabuddy is at work on, which would walk over what is half there. It is
// known by the name that its connections give.
func (a *Arrival) Alone(ctx context.Context) error {
	patience, cancel := context.WithTimeoutCause(ctx, leaving,
		errors.New("a slabuddy is at work on that database already: stop it first, and start it again once the move is over"))
	defer cancel()
	for {
		others, _, err := one(ctx, a.conn.Query, pgx.RowTo[int], `select count(*) from pg_stat_activity
			where datname = current_database() and application_name || $1 = current_setting('application_name')`, moving)
		if err != nil || others == 0 {
			return wrap("look who else is at work on the database", err)
		}
		if err := sleep.For(patience, leaving/200); err != nil {
			return err
		}
	}
}

// Close ends the connection, and so gives back the lock.
func (a *Arrival) Close() {
	_ = a.conn.Hijack().Close(context.Background()) // whatever is not committed is gone
}

// Mark returns what the database remembers of a move, if there is one.
func (a *Arrival) Mark(ctx context.Context) (m table.Mark, found bool, err error) {
	return moveMark(ctx, a.conn.Query)
}

// Occupied names a table that has rows; "" if there is none.
func (a *Arrival) Occupied(ctx context.Context) (string, error) {
	for _, t := range table.All() {
		there, _, err := one(ctx, a.conn.Query, pgx.RowTo[bool], `select to_regclass($1) is not null`, t.Name)
		if err == nil && there {
			there, _, err = one(ctx, a.conn.Query, pgx.RowTo[bool], `select exists (select from `+t.Name+`)`)
		}
		if err != nil {
			return "", wrap("look whether the database is empty", err)
		}
		if there {
			return t.Name, nil
		}
	}
	return "", nil
}

// Begin marks the database as being filled.
func (a *Arrival) Begin(ctx context.Context, m table.Mark) error {
	_, err := a.conn.Exec(ctx, `insert into move (id, source, began_at, tab, after, done) values ($1, $2, $3, '', 'null', 0)`,
		m.ID, cleanText(m.Other), stamp(m.BeganAt))
	return wrap("mark the database as being filled", err)
}

// Position is how far the move is.
func (a *Arrival) Position(ctx context.Context) (p table.Position, err error) {
	var after string
	p, _, err = one(ctx, a.conn.Query, func(r pgx.CollectableRow) (p table.Position, err error) {
		return p, r.Scan(&p.Table, &after, &p.Done)
	}, `select tab, after, done from move`)
	if err != nil {
		return p, wrap("read how far the move is", err)
	}
	for _, t := range table.All() {
		if t.Name == p.Table {
			p.After, err = table.DecodeKey(after, t.KeyKinds())
		}
	}
	return p, wrap("read how far the move is", err)
}

// Finish has new rows come after those that were moved, and marks the move as finished: from then on
// the database may be served from.
func (a *Arrival) Finish(ctx context.Context, now time.Time) error {
	return wrap("finish the move", pgx.BeginFunc(ctx, a.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select setval(pg_get_serial_sequence('history', 'seq'), greatest(max(seq), 1), max(seq) >= 1) from history
			having max(seq) is not null`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update move set finished_at = $1`, stamp(now))
		return err
	}))
}
