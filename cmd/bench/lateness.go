package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// lateness measures how long after its due time a reminder arrives at Slack, in the steady state of a
// large deployment: 100 tiers due a second, round robin over the channels, so that the pace of one
// post a second and channel, which is on, is never what a reminder waits for.
func lateness(ctx context.Context, b *bench) ([]figure, error) {
	db, err := b.million(ctx)
	if err != nil {
		return nil, err
	}
	late, err := b.latePosts(ctx, db, b.span(time.Minute), b.span(time.Minute))
	if err != nil {
		return nil, err
	}
	b.say("lateness: %v", late)
	plain, err := b.latePlainly(ctx, db, b.span(20*time.Second))
	if err != nil {
		return nil, err
	}
	return []figure{{
		name:    fmt.Sprintf("lateness p99, 100 tiers due a second among %d open, 1,000 channels, desk in 20 ms, polling, pace on", b.size(1_000_000)),
		reached: late.quantile(.99), unit: "ms", reach: 250,
		baseline: fmt.Sprintf("%.0f ms the plain way: look once a second, ask once, then post, mark, commit one at a time", plain.quantile(.99)),
	}}, nil
}

// dueEvery makes 100 tiers due a second.
const dueEvery = 10 * time.Millisecond

// arrivals notes how late posts come for timelines that were seeded to be due at known times.
type arrivals struct {
	mu   sync.Mutex
	due  map[string]time.Time // by the thread's ts
	late map[string]time.Duration
	from time.Time // those due before are warm-up
}

// expect takes the timelines down before they are stored.
func expect(s seeds, n int, from time.Time) *arrivals {
	a := &arrivals{due: make(map[string]time.Time, n), late: make(map[string]time.Duration, n), from: from}
	for i := range n {
		t := s.timeline(i)
		a.due[t.TS] = t.Tiers[s.tier-1].Due
	}
	return a
}

var threadField = []byte("thread_ts=")

// note is for slackStub.onPost.
func (a *arrivals) note(body []byte, at time.Time) {
	_, rest, ok := bytes.Cut(body, threadField)
	if !ok {
		return
	}
	value, _, _ := bytes.Cut(rest, []byte("&"))
	ts, err := url.QueryUnescape(string(value))
	if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	due, mine := a.due[ts]
	if _, twice := a.late[ts]; mine && !twice && !due.Before(a.from) {
		a.late[ts] = at.Sub(due)
	}
}

// settled returns the lateness of every timeline that was due before until. One that never came is
// an error: it must not make the others look good.
func (a *arrivals) settled(until time.Time) (latencies, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all latencies
	missing := 0
	for ts, due := range a.due {
		if due.Before(a.from) || !due.Before(until) {
			continue
		}
		late, came := a.late[ts]
		if !came {
			missing++
			continue
		}
		all = append(all, late)
	}
	if missing > 0 {
		return nil, fmt.Errorf("%d of %d reminders did not come", missing, missing+len(all))
	}
	return all, nil
}

// latePosts runs the binary and measures the reminders due within span after the warm-up.
func (b *bench) latePosts(ctx context.Context, db *database, warmUp, span time.Duration) (latencies, error) {
	const settling = 5 * time.Second
	from := time.Now().Add(10 * time.Second)
	s := seeds{prefix: "L", tier: 1, due: spread(from, dueEvery)}
	n := int((warmUp + span) / dueEvery)
	a := expect(s, n, from.Add(warmUp))
	if err := db.sow(ctx, s, n); err != nil {
		return nil, err
	}
	w, err := b.watch(ctx, db.url, a.note)
	if err != nil {
		return nil, err
	}
	defer w.stop()
	if err := sleep.For(ctx, time.Until(from.Add(warmUp+span+settling))); err != nil {
		return nil, err
	}
	late, err := a.settled(from.Add(warmUp + span))
	if err != nil {
		return nil, w.complain(err.Error())
	}
	return late, w.stop()
}

// latePlainly does the same the plain way: once a second it reads what is due, asks about all of it
// in one call (20 ms), then posts, marks and commits one at a time.
func (b *bench) latePlainly(ctx context.Context, db *database, span time.Duration) (latencies, error) {
	p, err := newParts(db)
	if err != nil {
		return nil, err
	}
	defer p.slack.close()
	from := time.Now().Add(3 * time.Second)
	s := seeds{prefix: "P", tier: 1, due: spread(from, dueEvery)}
	n := int(span / dueEvery)
	a := expect(s, n, from)
	p.slack.onPost = a.note
	if err := db.sow(ctx, s, n); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for time.Now().Before(from.Add(span + 2*time.Second)) {
		if err := sleep.For(ctx, thinking); err != nil {
			return nil, err
		}
		for found := true; found; {
			if found, err = plainReminder(ctx, conn, p); err != nil {
				return nil, err
			}
		}
		<-tick.C
	}
	return a.settled(from.Add(span))
}

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
	if err := sleep.For(ctx, time.Until(from.Add(warmUp+span+5*time.Second))); err != nil {
		return nil, err
	}
	late, err := a.settled(from.Add(warmUp + span))
	if err != nil {
		return nil, w.complain(err.Error())
	}
	return late, w.stop()
}
