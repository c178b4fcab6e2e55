package main

import (
	"context"
	"fmt"
	"time"
)

// acknowledgedInTime measures how long the binary takes to acknowledge an event while it walks.
func acknowledgedInTime(ctx context.Context, b *bench) ([]figure, error) {
	var figures []figure
	for _, kind := range b.stores() {
		db, err := kind.make(ctx)
		if err != nil {
			return nil, err
		}
		f, err := b.acknowledge(ctx, db)
		db.drop()
		if err != nil {
			return figures, fmt.Errorf("%s: %w", kind.name, err)
		}
		f.name = "event acknowledged, p99 at 200 a second while 100 tiers a second are walked, " + kind.name
		figures = append(figures, f)
	}
	return figures, nil
}

func (b *bench) acknowledge(ctx context.Context, db *database) (figure, error) {
	quiet, busy := b.span(10*time.Second), b.span(30*time.Second)
	const every = 5 * time.Millisecond
	stand := b.size(20_000)
	if err := db.sow(ctx, seeds{prefix: "M", tier: 2, due: spread(time.Now().Add(far), dueEvery)}, stand); err != nil {
		return figure{}, err
	}
	from := time.Now().Add(quiet + 5*time.Second)
	s := seeds{prefix: "A", tier: 1, due: spread(from, dueEvery)}
	n := int((busy + 2*time.Second) / dueEvery)
	if err := db.sow(ctx, s, n); err != nil {
		return figure{}, err
	}
	if err := db.settle(ctx); err != nil {
		return figure{}, err
	}
	w, err := b.watch(ctx, db.url, nil)
	if err != nil {
		return figure{}, err
	}
	defer w.stop()
	e := newEvents("K")
	before, err := trickle(ctx, w.public, e, every, quiet)
	if err != nil {
		return figure{}, w.complain(err.Error())
	}
	if err := pause(ctx, time.Until(from.Add(time.Second))); err != nil {
		return figure{}, err
	}
	posted := w.slack.posts.Load()
	during, err := trickle(ctx, w.public, e, every, busy)
	if err != nil {
		return figure{}, w.complain(err.Error())
	}
	walked := float64(w.slack.posts.Load()-posted) / busy.Seconds()
	b.say("acknowledged: %v, while %.0f tiers a second were walked and posted", during, walked)
	if walked < 90 {
		return figure{}, w.complain(fmt.Sprintf("walked %.0f tiers a second", walked))
	}
	return figure{
		reached: during.quantile(.99), unit: "ms", reach: 25,
		baseline: fmt.Sprintf("%.1f ms while nothing is walked", before.quantile(.99)),
	}, w.stop()
}
