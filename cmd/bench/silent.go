package main

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// besideTheSilent measures whether tickets that the help desk knows wait for those of which it tells nothing, which
// are asked about once more after a second: one due ticket in twenty, against none.
func besideTheSilent(ctx context.Context, b *bench) ([]figure, error) {
	none, err := b.lateBeside(ctx, func([]byte) bool { return false })
	if err != nil {
		return nil, err
	}
	some, err := b.lateBeside(ctx, inTwenty)
	if err != nil {
		return nil, err
	}
	b.say("with none unknown: %v", none)
	b.say("with one in twenty unknown, of the others: %v", some)
	p99, base := some.quantile(.99), none.quantile(.99)
	return []figure{
		{
			name: "lateness p99 of tickets that the desk knows, one due in twenty unknown, 100 tiers due a second", reached: p99, unit: "ms", reach: 250,
			baseline: fmt.Sprintf("%.1f ms with none unknown; p50 %.1f and %.1f ms", base, some.quantile(.5), none.quantile(.5)),
		},
		{name: "the same against none unknown", reached: p99 / base, unit: "×", reach: 1.5, baseline: "the same run"},
	}, nil
}

// inTwenty picks one ticket in twenty by its id, which ends in a number.
func inTwenty(id []byte) bool {
	n := len(id)
	return n > 1 && id[n-1] == '0' && bytes.IndexByte([]byte("02468"), id[n-2]) >= 0
}

// lateBeside is how late reminders come of tickets that the desk knows.
func (b *bench) lateBeside(ctx context.Context, unknown func(id []byte) bool) (latencies, error) {
	db, err := b.postgres(ctx)
	if err != nil {
		return nil, err
	}
	defer db.drop()
	warmUp, span := b.span(10*time.Second), b.span(30*time.Second)
	from := time.Now().Add(8 * time.Second)
	s := seeds{prefix: "U", tier: 1, due: spread(from, dueEvery)}
	n := int((warmUp + span) / dueEvery)
	a := expect(s, n, from.Add(warmUp))
	for i := range n {
		if t := s.timeline(i); inTwenty([]byte(t.Ticket.ID)) {
			delete(a.due, t.TS) // the same are left out of both
		}
	}
	if err := db.sow(ctx, s, n); err != nil {
		return nil, err
	}
	w, err := b.watchWith(ctx, db.url, a.note, unknown)
	if err != nil {
		return nil, err
	}
	defer w.stop()
	if err := pause(ctx, time.Until(from.Add(warmUp+span+5*time.Second))); err != nil {
		return nil, err
	}
	late, err := a.settled(from.Add(warmUp + span))
	if err != nil {
		return nil, w.complain(err.Error())
	}
	return late, w.stop()
}
