package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation"
)

// endToEnd measures how fast an outage is caught up with: everything is due at once.
func endToEnd(ctx context.Context, b *bench) ([]figure, error) {
	n, few := b.size(20_000), b.size(4_000)
	rate, plain, err := b.best("e2e", "the plain way",
		func() (float64, error) { return b.catchUp(ctx, n, nil) },
		func() (float64, error) { return b.catchUpPlainly(ctx, few) })
	if err != nil {
		return nil, err
	}
	if err := b.shares(ctx, max(n/4, 1)); err != nil {
		return nil, err
	}
	baseline := fmt.Sprintf("%s one at a time: select the earliest due, post, mark, commit; without asking", amount(plain, "/s"))
	return []figure{
		{
			name:    fmt.Sprintf("end to end: %d due timelines in 1,000 channels, Postgres, 200 workers, pace off (best of %d rounds)", n, rounds),
			reached: rate, unit: "/s", reach: 8_000, atLeast: true, baseline: baseline,
		},
		{
			name:    "end to end, against the plain way",
			reached: rate / plain, unit: "×", reach: 6, atLeast: true, baseline: baseline,
		},
	}, nil
}

// overdue is a database with n timelines that all came due just now.
func (b *bench) overdue(ctx context.Context, n int) (*database, *parts, error) {
	db, err := b.postgres(ctx)
	if err != nil {
		return nil, nil, err
	}
	p, err := newParts(db)
	if err != nil {
		db.drop()
		return nil, nil, err
	}
	from := time.Now().Add(-30 * time.Second)
	if err := db.sow(ctx, seeds{prefix: "E", tier: 1, due: spread(from, time.Millisecond)}, n); err != nil {
		return nil, nil, err
	}
	return db, p, db.settle(ctx)
}

// catchUp works off n timelines that are due. watch, if any, looks on from the first to the last.
func (b *bench) catchUp(ctx context.Context, n int, watch func(*database) (done func() error, err error)) (rate float64, err error) {
	db, p, err := b.overdue(ctx, n)
	if err != nil {
		return 0, err
	}
	defer func() { db.drop() }()
	defer p.slack.close()
	desk, err := newDeskStub(0)
	if err != nil {
		return 0, err
	}
	defer desk.close()

	done := func() error { return nil }
	if watch != nil {
		if done, err = watch(db); err != nil {
			return 0, err
		}
	}
	began, used := time.Now(), b.cpuNow(ctx)
	stopWork, err := p.work(ctx)
	if err != nil {
		return 0, err
	}
	stopWalk, err := p.walk(ctx, desk.url())
	if err != nil {
		return 0, err
	}
	p.slack.await(ctx, n)
	if err := await(ctx, db.unfinished); err != nil { // posted; and now marked, too
		return 0, err
	}
	took := time.Since(began)
	b.say("e2e: %s", b.cpuNow(ctx).since(used, n))
	stopWalk()
	if err := errors.Join(stopWork(), done()); err != nil {
		return 0, err
	}
	if err := p.slack.got(n); err != nil {
		return 0, err
	}
	return float64(n) / took.Seconds(), db.marked(ctx, n)
}

// marked checks that n reminders are on record as posted.
func (db *database) marked(ctx context.Context, n int) error {
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var got int
	err = conn.QueryRow(ctx, `select count(*) from history where kind = $1`, string(escalation.EventPosted)).Scan(&got)
	if err == nil && got != n {
		err = fmt.Errorf("%d reminders were posted, and %d are on record", n, got)
	}
	return err
}

func (b *bench) catchUpPlainly(ctx context.Context, n int) (rate float64, err error) {
	db, p, err := b.overdue(ctx, n)
	if err != nil {
		return 0, err
	}
	defer db.drop()
	defer p.slack.close()
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	began := time.Now()
	for range n {
		if found, err := plainReminder(ctx, conn, p); err != nil || !found {
			return 0, fmt.Errorf("the plain way found nothing to do: %w", err)
		}
	}
	return float64(n) / time.Since(began).Seconds(), p.slack.got(n)
}
