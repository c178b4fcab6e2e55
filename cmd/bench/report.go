package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// reportOver is how many timelines a report is made over: half of them are the span's, and half the one's before.
const reportOver = 100_000

// reports measures `slabuddy report` on either store, over timelines that have been lived through: how long it
// takes, and the most memory.
func reports(ctx context.Context, b *bench) (figures []figure, err error) {
	for _, on := range []struct {
		name string
		make func(context.Context) (*database, error)
	}{{"Postgres", b.postgres}, {"SQLite", b.sqlite}} {
		db, err := on.make(ctx)
		if err != nil {
			return figures, err
		}
		got, err := b.reportOn(ctx, on.name, db)
		db.drop()
		if err != nil {
			return figures, fmt.Errorf("%s: %w", on.name, err)
		}
		figures = append(figures, got...)
	}
	return figures, nil
}

func (b *bench) reportOn(ctx context.Context, name string, db *database) ([]figure, error) {
	n := b.size(reportOver)
	now := time.Now()
	if err := db.live(ctx, n, now.AddDate(0, 0, -60), now); err != nil {
		return nil, err
	}
	if err := db.settle(ctx); err != nil {
		return nil, err
	}
	took, most, got, err := b.report(ctx, db)
	if err != nil {
		return nil, err
	}
	if got < n*9/10 {
		return nil, fmt.Errorf("the report is of %d timelines, of %d that there are", got, n)
	}
	return []figure{
		{
			name:    fmt.Sprintf("report over %d timelines, %s", n, name),
			reached: took.Seconds(), unit: "s", reach: 5,
			baseline: fmt.Sprintf("%.0f µs a timeline, with %d events of history", took.Seconds()*1e6/float64(n), eventsLived),
		},
		{
			name:    "the same: anonymous memory (most)",
			reached: most, unit: "MiB", reach: 64,
			baseline: fmt.Sprintf("%.0f MiB the plain way: all timelines in memory (extrapolated from 10,000)", b.heldMemory()/float64(b.size(1_000_000))*float64(n)),
		},
	}, nil
}

// report runs the command, and counts the timelines in it.
func (b *bench) report(ctx context.Context, db *database) (took time.Duration, most float64, timelines int, err error) {
	binary, err := b.slabuddy(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	config, err := b.config()
	if err != nil {
		return 0, 0, 0, err
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, "--config", config, "report", "--since", "30d", "--json")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "DATABASE_URL=" + db.url}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			took = time.Since(began)
			if err != nil {
				return 0, 0, 0, fmt.Errorf("slabuddy report: %w\n%s", err, &stderr)
			}
			timelines, err = reported(stdout.Bytes())
			return took, most, timelines, err
		case <-tick.C:
			if now, err := rssAnon(cmd.Process.Pid); err == nil { // if not, it has just ended
				most = max(most, now)
			}
		}
	}
}

// reported counts the tickets that a report is of, and of those before.
func reported(report []byte) (n int, err error) {
	type tally struct{ Kept, Breached, Withdrawn, Open int }
	var r struct{ Clocks, Before []tally }
	if err := json.Unmarshal(report, &r); err != nil {
		return 0, fmt.Errorf("what slabuddy report --json prints: %w", err)
	}
	for _, t := range []tally{r.Clocks[0], r.Before[0]} {
		n += t.Kept + t.Breached + t.Withdrawn + t.Open
	}
	return n, nil
}

// eventsLived is how much happened to each timeline, its opening included.
const eventsLived = 6

// live stores n timelines, evenly spread over a time, that were reminded of twice and then answered: one in
// ten of them too late.
func (db *database) live(ctx context.Context, n int, from, to time.Time) error {
	const batch = 250
	every := to.Sub(from) / time.Duration(n)
	posted := func(i int) time.Time { return from.Add(time.Duration(i) * every) }
	s := seeds{"L", 1, func(i int) time.Time { return posted(i).Add(time.Hour) }}
	for start := 0; start < n; start += batch {
		var ts []escalation.Timeline
		for i := start; i < min(start+batch, n); i++ {
			ts = append(ts, s.timeline(i))
			ts[i-start].ID = idAt(posted(i))
		}
		if _, err := db.store.Open(ctx, ts); err != nil {
			return fmt.Errorf("seed timelines: %w", err)
		}
		changes := make([]escalation.Change, len(ts))
		for i := range ts {
			changes[i] = lived(ts[i], (start+i)%10 == 0)
		}
		if _, err := db.store.Save(ctx, changes); err != nil {
			return fmt.Errorf("seed timelines: %w", err)
		}
	}
	return nil
}

// lived is what happened to a timeline of the policy teams from its opening to its answer.
func lived(t escalation.Timeline, late bool) escalation.Change {
	t.Version = 1
	var events []escalation.Event
	for i := range 2 {
		tier := &t.Tiers[i]
		tier.State, tier.Round, tier.PostedAt, tier.TS = escalation.TierPosted, 1, tier.Due, stamp(tier.Due)
		ids := []string{engineers[i].Slack, engineers[i+1].Slack}
		events = append(events,
			escalation.Event{Timeline: t.ID, At: tier.Due, Kind: escalation.EventDue, Tier: i + 1, Details: escalation.Details{Round: 1, Mentioned: ids, Desk: desk.Unanswered}},
			escalation.Event{Timeline: t.ID, At: tier.Due, Kind: escalation.EventPosted, Tier: i + 1, Details: escalation.Details{Round: 1, TS: tier.TS, Mentioned: ids, Late: 40 * time.Millisecond}})
	}
	t.State, t.AnsweredAt = escalation.Answered, t.PostedAt.Add(4*time.Hour)
	if late {
		t.FirstReply().BreachedAt, t.AnsweredAt = t.FirstReply().Deadline, t.PostedAt.Add(14*time.Hour)
	}
	t.ClosedAt = t.AnsweredAt
	events = append(events, escalation.Event{Timeline: t.ID, At: t.ClosedAt, Kind: escalation.EventAnswered, Details: escalation.Details{ReplyAt: t.AnsweredAt}})
	return escalation.Change{Timeline: &t, Events: events}
}
