package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/walk"
)

// walkBuffers measures how many blocks of Postgres's shared buffers one walk touches, among many open
// timelines and among few. It counts what EXPLAIN (ANALYZE, BUFFERS) counts, for the very statements
// that the walk runs: pg_stat_statements sums it up.
func walkBuffers(ctx context.Context, b *bench) ([]figure, error) {
	few, many := b.size(10_000), b.size(1_000_000)
	db, err := b.postgres(ctx)
	if err != nil {
		return nil, err
	}
	defer db.drop()
	if err := db.sow(ctx, seeds{prefix: "M", tier: 2, due: spread(time.Now().Add(far), dueEvery)}, few); err != nil {
		return nil, err
	}
	small, err := b.walkOnce(ctx, db)
	if err != nil {
		return nil, err
	}
	crowded, err := b.million(ctx)
	if err != nil {
		return nil, err
	}
	large, err := b.walkOnce(ctx, crowded)
	if err != nil {
		return nil, err
	}
	for _, s := range large {
		b.say("buffers: %s", s)
	}
	return []figure{{
		name:    fmt.Sprintf("shared buffers of one walk, 100 due, at %d open against %d", many, few),
		reached: float64(sum(large)) / float64(sum(small)), unit: "×", reach: 1.5,
		baseline: fmt.Sprintf("%d buffers at %d, %d at %d", sum(small), few, sum(large), many),
	}}, nil
}

// touched is what one statement did.
type touched struct {
	statement            string
	calls, pages, micros int64
}

func (t touched) String() string {
	return fmt.Sprintf("%6d in %d calls: %s", t.pages, t.calls, t.statement)
}

func sum(all []touched) (pages int64) {
	for _, t := range all {
		pages += t.pages
	}
	return pages
}

// walkOnce makes one walk over 100 due timelines and returns what it touched. A walk before it has
// the connections warm.
func (b *bench) walkOnce(ctx context.Context, db *database) ([]touched, error) {
	if err := db.settle(ctx); err != nil {
		return nil, err
	}
	counted, err := withTracking(db.url)
	if err != nil {
		return nil, err
	}
	measured, err := b.open(ctx, counted, func() {})
	if err != nil {
		return nil, err
	}
	defer measured.store.Close()
	p, err := newParts(measured)
	if err != nil {
		return nil, err
	}
	defer p.slack.close()
	desk, err := newDeskStub(0)
	if err != nil {
		return nil, err
	}
	defer desk.close()
	w, err := p.walker(desk.url())
	if err != nil {
		return nil, err
	}
	if err := exhaust(ctx, w, measured); err != nil { // what another scenario left
		return nil, err
	}
	if err := db.walk(ctx, w); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "create extension if not exists pg_stat_statements; select pg_stat_statements_reset()"); err != nil {
		return nil, fmt.Errorf("count the buffers: %w", err)
	}
	if err := db.walk(ctx, w); err != nil {
		return nil, err
	}
	all, err := executed(ctx, conn)
	if err == nil && sum(all) == 0 {
		err = errors.New("pg_stat_statements counted nothing")
	}
	for i := range all {
		all[i].statement = all[i].statement[:min(len(all[i].statement), 90)]
	}
	return all, err
}

// withTracking is the address of the same database, with statements counted on its connections.
func withTracking(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("pg_stat_statements.track", "all")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// walk seeds 100 timelines that are due and walks them.
func (db *database) walk(ctx context.Context, w *walk.Walker) error {
	const due = 100
	before, err := db.notDone(ctx)
	if err != nil {
		return err
	}
	prefix := fmt.Sprintf("W%d-", time.Now().UnixNano())
	if err := db.sow(ctx, seeds{prefix: prefix, tier: 1, due: spread(time.Now().Add(-time.Second), time.Millisecond)}, due); err != nil {
		return err
	}
	if _, err := w.Walk(ctx); err != nil {
		return err
	}
	after, err := db.notDone(ctx)
	if err == nil && after-before != due {
		err = fmt.Errorf("a walk over %d due timelines made %d jobs", due, after-before)
	}
	return err
}

// exhaust walks until nothing is due.
func exhaust(ctx context.Context, w *walk.Walker, db *database) error {
	for {
		due, _, err := db.store.Due(ctx, time.Now(), 1)
		if err != nil || len(due) == 0 {
			return err
		}
		if _, err := w.Walk(ctx); err != nil {
			return err
		}
	}
}

// notDone is how many jobs are not done yet.
func (db *database) notDone(ctx context.Context) (n int, err error) {
	counts, err := db.store.CountJobs(ctx)
	for _, c := range counts[escalation.QueueSlack] {
		n += c
	}
	return n, err
}

// executed are the statements that were counted in conn's database.
func executed(ctx context.Context, conn *pgx.Conn) ([]touched, error) {
	rows, err := conn.Query(ctx, `select query, calls, shared_blks_hit + shared_blks_read, (1000 * total_exec_time)::bigint
		from pg_stat_statements s join pg_database d on d.oid = s.dbid
		where d.datname = current_database() order by 3 desc`)
	if err != nil {
		return nil, fmt.Errorf("count statements: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (t touched, err error) {
		err = r.Scan(&t.statement, &t.calls, &t.pages, &t.micros)
		t.statement = strings.Join(strings.Fields(t.statement), " ")
		return t, err
	})
}
