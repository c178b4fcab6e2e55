package main

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// eventsAcknowledged measures how many events a second the binary takes in.
func eventsAcknowledged(ctx context.Context, b *bench) ([]figure, error) {
	return b.onEachStore(ctx, func(name string, db *database) ([]figure, error) {
		f, err := b.takeIn(ctx, db)
		f.name = "events acknowledged a second, each a new ticket, durable, signed, 64 keep-alive connections, " + name
		return []figure{f}, err
	})
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

// acknowledgedInTime measures how long the binary takes to acknowledge an event while it walks.
func acknowledgedInTime(ctx context.Context, b *bench) ([]figure, error) {
	return b.onEachStore(ctx, func(name string, db *database) ([]figure, error) {
		f, err := b.acknowledge(ctx, db)
		f.name = "event acknowledged, p99 at 200 a second while 100 tiers a second are walked, " + name
		return []figure{f}, err
	})
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
	if err := sleep.For(ctx, time.Until(from.Add(time.Second))); err != nil {
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
