package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/message"
)

// riverFetch is how long River waits between two fetches, at least. Of 1, 2, 5, 10, 20 and 50 ms this
// gave it its best round; from 2 to 10 ms it makes little difference.
const riverFetch = 5 * time.Millisecond

// besideRiver holds our queue against River: the same jobs, poster, stub, workers and server, each
// queue in a database and with tables of its own. Both keep their jobs' keys unique, and their finished
// jobs for later.
func besideRiver(ctx context.Context, b *bench) ([]figure, error) {
	n := b.size(60_000)
	ours := func(n int) (float64, error) { return b.drain(ctx, n) }
	theirs := func(n int) (float64, error) { return b.drainRiver(ctx, n) }
	for _, warm := range []func(int) (float64, error){ours, theirs} {
		if _, err := warm(b.size(5_000)); err != nil {
			return nil, err
		}
	}
	rate, river, err := b.best("river", "River",
		func() (float64, error) { return ours(n) },
		func() (float64, error) { return theirs(n) })
	if err != nil {
		return nil, err
	}
	return []figure{{
		name:    fmt.Sprintf("our queue beside River: the same %d jobs through the real poster, Postgres, %d workers (best of %d rounds each)", n, workers, rounds),
		reached: rate / river, unit: "×", reach: 1.8, atLeast: true,
		baseline: fmt.Sprintf("River %s, ours %s", amount(river, "/s"), amount(rate, "/s")),
	}}, nil
}

// riverArgs is one of our jobs as River keeps it. Its key is unique, as ours is.
type riverArgs struct {
	Key  string          `json:"key" river:"unique"`
	ID   string          `json:"id"`
	Post escalation.Post `json:"post"`
}

func (riverArgs) Kind() string { return "post" }

func (riverArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: escalation.QueueSlack, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// riverWorker only posts: it neither looks for a post whose outcome is unknown, nor
// keeps where it was posted.
type riverWorker struct {
	river.WorkerDefaults[riverArgs]
	poster *message.Poster
}

func (w *riverWorker) Work(ctx context.Context, job *river.Job[riverArgs]) error {
	_, err := w.poster.Post(ctx, job.Args.ID, job.Args.Post)
	return err
}

// drainRiver lets River work off n jobs and returns how many it did a second.
func (b *bench) drainRiver(ctx context.Context, n int) (rate float64, err error) {
	db, err := b.riverDatabase(ctx)
	if err != nil {
		return 0, err
	}
	defer db.drop()
	p, err := newParts(&db.database)
	if err != nil {
		return 0, err
	}
	defer p.slack.close()
	client, err := db.owedClient(ctx, p.poster, n)
	if err != nil {
		return 0, err
	}
	began, used := time.Now(), b.cpuNow(ctx)
	if err := client.Start(ctx); err != nil {
		return 0, err
	}
	p.slack.await(ctx, n)
	if err := await(ctx, db.unfinished); err != nil {
		return 0, errors.Join(err, client.StopAndCancel(ctx))
	}
	took := time.Since(began)
	b.say("River: %s", b.cpuNow(ctx).since(used, n))
	if err := client.Stop(ctx); err != nil {
		return 0, err
	}
	return float64(n) / took.Seconds(), p.slack.got(n)
}

// riverDatabase is a fresh one with River's tables, and as many connections to it as our store has.
type riverDatabase struct {
	database
	pool *pgxpool.Pool
}

func (b *bench) riverDatabase(ctx context.Context) (*riverDatabase, error) {
	address, drop, err := b.emptyPostgres(ctx)
	if err != nil {
		return nil, err
	}
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		drop()
		return nil, err
	}
	cfg.MaxConns = 10
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		drop()
		return nil, err
	}
	db := &riverDatabase{database{url: address, drop: func() { pool.Close(); drop() }}, pool}
	if err := db.migrate(ctx); err != nil {
		db.drop()
		return nil, err
	}
	return db, nil
}

func (db *riverDatabase) migrate(ctx context.Context) error {
	m, err := rivermigrate.New(riverpgxv5.New(db.pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// owedClient is a client of River that is yet to be started, with n jobs due. What is not set here is
// as River comes.
func (db *riverDatabase) owedClient(ctx context.Context, poster *message.Poster, n int) (*river.Client[pgx.Tx], error) {
	all := river.NewWorkers()
	river.AddWorker(all, &riverWorker{poster: poster})
	client, err := river.NewClient(riverpgxv5.New(db.pool), &river.Config{
		Queues:  map[string]river.QueueConfig{escalation.QueueSlack: {MaxWorkers: workers}},
		Workers: all, Logger: slog.New(slog.DiscardHandler),
		FetchCooldown: riverFetch, FetchPollInterval: riverFetch,
		JobTimeout: 5 * time.Second, MaxAttempts: 25, // as ours
	})
	if err != nil {
		return nil, err
	}
	err = inBatches(n, time.Now(), func(batch []queue.New) error {
		params := make([]river.InsertManyParams, len(batch))
		for i, job := range batch {
			args := riverArgs{Key: job.Key, ID: job.ID}
			if err := json.Unmarshal(job.Payload, &args.Post); err != nil {
				return err
			}
			params[i] = river.InsertManyParams{Args: args}
		}
		_, err := client.InsertMany(ctx, params)
		return err
	})
	if err != nil {
		return nil, err
	}
	return client, db.settle(ctx)
}

// unfinished counts the jobs that are not done, and says so if one has failed.
func (db *riverDatabase) unfinished(ctx context.Context) (left int, err error) {
	var failed int
	err = db.pool.QueryRow(ctx, `select count(*), count(*) filter (where state in ('retryable', 'discarded', 'cancelled'))
		from river_job where state in ('available', 'running', 'retryable', 'discarded', 'cancelled', 'pending', 'scheduled')`).
		Scan(&left, &failed)
	if err == nil && failed > 0 {
		err = fmt.Errorf("%d jobs failed", failed)
	}
	return left, err
}
