package main

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// queueAlone measures how many jobs a second go through claim, post and mark.
func queueAlone(ctx context.Context, b *bench) ([]figure, error) {
	n, few := b.size(60_000), b.size(4_000)
	rate, plain, err := b.best("queue", "the plain way",
		func() (float64, error) { return b.drain(ctx, n) },
		func() (float64, error) { return b.drainPlainly(ctx, few) })
	if err != nil {
		return nil, err
	}
	return []figure{{
		name:    fmt.Sprintf("queue alone: jobs (answers to snoozes) through the real poster, Postgres, 200 workers, pace off (best of %d rounds)", rounds),
		reached: rate, unit: "/s", reach: 18_000, atLeast: true,
		baseline: fmt.Sprintf("%s one at a time: select for update, post, mark, commit (%.1f ×)", amount(plain, "/s"), rate/plain),
	}}, nil
}

// drain lets the engine work off n jobs and returns how many it did a second.
func (b *bench) drain(ctx context.Context, n int) (rate float64, err error) {
	db, p, err := b.withJobs(ctx, n)
	if err != nil {
		return 0, err
	}
	defer db.drop()
	defer p.slack.close()
	began, used := time.Now(), b.cpuNow(ctx)
	stop, err := p.work(ctx)
	if err != nil {
		return 0, err
	}
	p.slack.await(ctx, n)
	if err := await(ctx, db.unfinished); err != nil { // posted; and now marked, too
		return 0, err
	}
	took := time.Since(began)
	b.say("queue: %s", b.cpuNow(ctx).since(used, n))
	if err := stop(); err != nil {
		return 0, err
	}
	return float64(n) / took.Seconds(), p.slack.got(n)
}

// withJobs is a database with n jobs due.
func (b *bench) withJobs(ctx context.Context, n int) (*database, *parts, error) {
	db, err := b.postgres(ctx)
	if err != nil {
		return nil, nil, err
	}
	p, err := newParts(db)
	if err != nil {
		db.drop()
		return nil, nil, err
	}
	now := time.Now()
	err = inBatches(n, now, func(jobs []queue.New) error { return db.store.AddJobs(ctx, jobs, now) })
	if err != nil {
		return nil, nil, err
	}
	return db, p, db.settle(ctx)
}

// inBatches makes n notes, and has them added.
func inBatches(n int, now time.Time, add func([]queue.New) error) error {
	const batch = 5000
	for start := 0; start < n; start += batch {
		jobs := make([]queue.New, 0, batch)
		for i := start; i < min(start+batch, n); i++ {
			jobs = append(jobs, note(i, now))
		}
		if err := add(jobs); err != nil {
			return err
		}
	}
	return nil
}

// note is a job that has no timeline: the answer to somebody who snoozed.
func note(i int, now time.Time) queue.New {
	return escalation.NewPostJob(newID(), fmt.Sprintf("bench/%d", i), escalation.Post{
		Thread: escalation.Thread{Workspace: workspace, Channel: channel(i), TS: stamp(now.Add(time.Duration(-i) * time.Millisecond))},
		Note: &escalation.Note{
			Kind: escalation.NoteSnoozed, User: "U0ANA", For: 30 * time.Minute, Until: now.Add(30 * time.Minute),
			Next: &escalation.Next{At: now.Add(30 * time.Minute), Notify: []string{circle.OnShift}, Names: []string{"Ana Silva", "Ben Okafor"}},
		},
	}, now)
}

// await waits until n posts came, a minute at most. Unlike the database, it is asked for nothing.
func (s *slackStub) await(ctx context.Context, n int) {
	for began := time.Now(); s.posts.Load() < int64(n) && ctx.Err() == nil && time.Since(began) < time.Minute; {
		time.Sleep(5 * time.Millisecond)
	}
}

// got checks that every post came, and none twice.
func (s *slackStub) got(n int) error {
	if got := s.posts.Load(); got != int64(n) {
		return fmt.Errorf("%d posts were due, and %d came", n, got)
	}
	return nil
}

// unfinished counts the jobs that are not done, and says so if one has failed.
func (db *database) unfinished(ctx context.Context) (left int, err error) {
	counts, err := db.store.CountJobs(ctx)
	if err != nil {
		return 0, err
	}
	states := counts[escalation.QueueSlack]
	if states[queue.Failed] > 0 {
		return 0, fmt.Errorf("%d jobs failed", states[queue.Failed])
	}
	return states[queue.Pending] + states[queue.Running], nil
}

// await waits until nothing is left to be done. It asks rarely: counting takes its share of the
// machine.
func await(ctx context.Context, unfinished func(context.Context) (left int, err error)) error {
	for {
		left, err := unfinished(ctx)
		if left == 0 || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(max(time.Duration(left)*20*time.Microsecond, 5*time.Millisecond), 500*time.Millisecond)):
		}
	}
}
