package main

import (
	"context"
	"fmt"
	"time"
)

// stores are both kinds of database, each fresh and empty.
func (b *bench) stores() []struct {
	name string
	make func(context.Context) (*database, error)
} {
	return []struct {
		name string
		make func(context.Context) (*database, error)
	}{{"Postgres", b.postgres}, {"SQLite", b.sqlite}}
}

// eventsAcknowledged measures how many events a second the binary takes in.
func eventsAcknowledged(ctx context.Context, b *bench) ([]figure, error) {
	var figures []figure
	for _, kind := range b.stores() {
		db, err := kind.make(ctx)
		if err != nil {
			return nil, err
		}
		f, err := b.takeIn(ctx, db)
		db.drop()
		if err != nil {
			return figures, fmt.Errorf("%s: %w", kind.name, err)
		}
		f.name = "events acknowledged a second, each a new ticket, durable, signed, 64 keep-alive connections, " + kind.name
		figures = append(figures, f)
	}
	return figures, nil
}

func (b *bench) takeIn(ctx context.Context, db *database) (figure, error) {
	plain, err := db.takeInPlainly(ctx, b.span(3*time.Second))
	if err != nil {
		return figure{}, err
	}
	w, err := b.watch(ctx, db.url, nil)
	if err != nil {
		return figure{}, err
	}
	defer w.stop()
	e := newEvents("F")
	if _, err := flood(ctx, w.public, e, b.span(2*time.Second)); err != nil { // warm-up
		return figure{}, err
	}
	rate, err := flood(ctx, w.public, e, b.span(10*time.Second))
	if err != nil {
		return figure{}, w.complain(err.Error())
	}
	if err := w.stop(); err != nil {
		return figure{}, err
	}
	return figure{
		reached: rate, unit: "/s", reach: 3_000, atLeast: true,
		baseline: fmt.Sprintf("%s one commit for each, one at a time, without HTTP", amount(plain, "/s")),
	}, db.holds(ctx, int(e.n.Load()))
}

// takeInPlainly opens timelines one at a time, each in its own transaction.
func (db *database) takeInPlainly(ctx context.Context, d time.Duration) (rate float64, err error) {
	s := seeds{prefix: "O", tier: 1, due: spread(time.Now().Add(far), time.Millisecond)}
	n := 0
	began := time.Now()
	for ; time.Since(began) < d; n++ {
		if err := db.add(ctx, s, n, n+1); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// holds checks that n tickets that came as events are stored.
func (db *database) holds(ctx context.Context, n int) error {
	counts, err := db.store.CountOpen(ctx)
	if err != nil {
		return err
	}
	open := 0
	for _, c := range counts {
		open += c[0]
	}
	if open < n {
		return fmt.Errorf("%d events were acknowledged, and %d timelines are open", n, open)
	}
	return nil
}
