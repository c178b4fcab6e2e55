package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// The plain way, which the figures are held against: one thing at a time, each in a transaction of its
// own, over one connection, with the same tables, indexes, poster and stub.

// drainPlainly works off n jobs the plain way and returns how many it did a second.
func (b *bench) drainPlainly(ctx context.Context, n int) (rate float64, err error) {
	db, p, err := b.withJobs(ctx, n)
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
		if err := plainJob(ctx, conn, p); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(began).Seconds(), p.slack.got(n)
}

func plainJob(ctx context.Context, conn *pgx.Conn, p *parts) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		var id string
		var payload []byte
		err := tx.QueryRow(ctx, `select id, payload from jobs
			where queue = $1 and state in ('pending', 'running') and run_at <= $2
			order by run_at limit 1 for update`, escalation.QueueSlack, time.Now()).Scan(&id, &payload)
		if err != nil {
			return err
		}
		var post escalation.Post
		if err := json.Unmarshal(payload, &post); err != nil {
			return err
		}
		if _, err := p.poster.Post(ctx, id, post); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update jobs set state = 'done', finished_at = $2 where id = $1`, id, time.Now())
		return err
	})
}

// plainReminder posts the reminder of the earliest due timeline and marks it. found is false if none
// is due. It reads and writes less than the program does: no tiers, no help desk.
func plainReminder(ctx context.Context, conn *pgx.Conn, p *parts) (found bool, err error) {
	now := time.Now()
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		t, err := plainDue(ctx, tx, now)
		if err != nil {
			return err
		}
		return plainPost(ctx, tx, p, t, now)
	})
	if err == pgx.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}

type plainTimeline struct {
	id, channel, ts, ticket string
	posted, deadline, due   time.Time
}

const plainColumns = `select id, channel, thread_ts, ticket_id, posted_at, deadline, next_at from timelines
	where state = 'open' and next_at <= $1 order by next_at`

func (t *plainTimeline) fields() []any {
	return []any{&t.id, &t.channel, &t.ts, &t.ticket, &t.posted, &t.deadline, &t.due}
}

func plainDue(ctx context.Context, tx pgx.Tx, now time.Time) (t plainTimeline, err error) {
	err = tx.QueryRow(ctx, plainColumns+` limit 1 for update`, now).Scan(t.fields()...)
	return t, err
}

func plainPost(ctx context.Context, tx pgx.Tx, p *parts, t plainTimeline, now time.Time) error {
	posted, err := p.poster.Post(ctx, newID(), escalation.Post{
		Thread:   escalation.Thread{Workspace: workspace, Channel: t.channel, TS: t.ts},
		Timeline: t.id,
		Reminder: &escalation.Reminder{
			Ticket: escalation.Ticket{ID: t.ticket}, Policy: "teams", Tier: 1, Tiers: 4, DecidedAt: now, PostedAt: t.posted, Due: t.due,
			Mention: []circle.Recipient{{Kind: circle.ToUser, ID: "U0ANA", Name: "Ana Silva"}},
			Desk:    desk.Unanswered, DeskAt: now, Deadline: t.deadline, Snooze: 30 * time.Minute,
			Next: &escalation.Next{At: now.Add(2 * time.Hour), Notify: []string{circle.OnShift}, Names: []string{"Ben Okafor"}},
		},
	})
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update timelines set version = version + 1, next_at = $2 where id = $1`, t.id, now.Add(2*time.Hour)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into history (timeline_id, at, kind, tier, details) values ($1, $2, 'posted', 1, $3)`,
		t.id, now, `{"ts":"`+posted.TS+`"}`)
	return err
}
