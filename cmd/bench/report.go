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
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// reportOver is how many timelines a report is made over: half of them are the span's, and half the one's before.
const reportOver = 100_000

// reports measures `slabuddy report` and `slabuddy replay` on either store, over timelines that have been lived
// through: how long they take, and the most memory that the report does.
func reports(ctx context.Context, b *bench) ([]figure, error) {
	return b.onEachStore(ctx, func(name string, db *database) ([]figure, error) { return b.reportOn(ctx, name, db) })
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
	report, err := b.review(ctx, db, "report", "--since", "30d")
	if err != nil {
		return nil, err
	}
	if got, err := reported(report.said); err != nil || got < n*9/10 {
		return nil, fmt.Errorf("the report is of %d timelines, of %d that there are: %w", got, n, err)
	}
	replay, err := b.review(ctx, db, "replay", "--since", "60d")
	if err != nil {
		return nil, err
	}
	if got, err := replayed(replay.said); err != nil || got < n*9/10 {
		return nil, fmt.Errorf("the replay is of %d timelines, of %d that there are: %w", got, n, err)
	}
	return []figure{
		{
			name:    fmt.Sprintf("report over %d timelines, %s", n, name),
			reached: report.took.Seconds(), unit: "s", reach: 5, baseline: report.each(n),
		},
		{
			name:    "the same: anonymous memory (most)",
			reached: report.most, unit: "MiB", reach: 64,
			baseline: fmt.Sprintf("%.0f MiB the plain way: all timelines in memory (extrapolated from 10,000)", b.heldMemory()/float64(b.size(1_000_000))*float64(n)),
		},
		{
			name:    fmt.Sprintf("replay over %d timelines, %s", n, name),
			reached: replay.took.Seconds(), unit: "s", reach: 15, baseline: replay.each(n),
		},
	}, nil
}

// review is a command that looks back, and what it took.
type review struct {
	said      []byte
	took, cpu time.Duration
	most      float64 // anonymous memory, MiB
}

func (r review) each(n int) string {
	us := func(d time.Duration) float64 { return d.Seconds() * 1e6 / float64(n) }
	return fmt.Sprintf("%.0f µs a timeline, with %d events of history; %.0f µs of processor time, without the database's", us(r.took), eventsLived, us(r.cpu))
}

// review runs a command that looks back.
func (b *bench) review(ctx context.Context, db *database, command string, flags ...string) (r review, err error) {
	binary, err := b.slabuddy(ctx)
	if err != nil {
		return r, err
	}
	config, err := b.config()
	if err != nil {
		return r, err
	}
	if command == "replay" {
		flags = append(flags, "--with", config)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, append([]string{"--config", config, command, "--json"}, flags...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "DATABASE_URL=" + db.url}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return r, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				return r, fmt.Errorf("slabuddy %s: %w\n%s", command, err, &stderr)
			}
			r.took, r.cpu = time.Since(began), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
			r.said = stdout.Bytes()
			return r, nil
		case <-tick.C:
			if now, err := rssAnon(cmd.Process.Pid); err == nil { // if not, it has just ended
				r.most = max(r.most, now)
			}
		}
	}
}

// replayed counts the tickets that a replay is of.
func replayed(result []byte) (n int, err error) {
	var r struct {
		Before struct{ Kept, Breached, Withdrawn, Open int }
	}
	if err := json.Unmarshal(result, &r); err != nil {
		return 0, fmt.Errorf("what slabuddy replay --json prints: %w", err)
	}
	return r.Before.Kept + r.Before.Breached + r.Before.Withdrawn + r.Before.Open, nil
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
	s := seeds{prefix: "L", tier: 1, due: func(i int) time.Time { return posted(i).Add(time.Hour) }}
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
		events = append(events, told(t, i)...)
	}
	t.State, t.AnsweredAt = escalation.Answered, t.PostedAt.Add(4*time.Hour)
	if late {
		t.FirstReply().BreachedAt, t.AnsweredAt = t.FirstReply().Deadline, t.PostedAt.Add(14*time.Hour)
	}
	t.ClosedAt = t.AnsweredAt
	events = append(events, escalation.Event{Timeline: t.ID, At: t.ClosedAt, Kind: escalation.EventAnswered, Details: escalation.Details{ReplyAt: t.AnsweredAt}})
	return escalation.Change{Timeline: &t, Events: events}
}

// told is what the history keeps of a tier's reminder.
func told(t escalation.Timeline, tier int) []escalation.Event {
	due := t.Tiers[tier].Due
	ids := []string{engineers[tier].Slack, engineers[tier+1].Slack}
	return []escalation.Event{
		{Timeline: t.ID, At: due, Kind: escalation.EventDue, Tier: tier + 1, Details: escalation.Details{Round: 1, Mentioned: ids, Desk: desk.Unanswered, Reminder: saidTo(t, tier)}},
		{Timeline: t.ID, At: due, Kind: escalation.EventPosted, Tier: tier + 1, Details: escalation.Details{Round: 1, TS: stamp(due), Mentioned: ids, Late: 40 * time.Millisecond}},
	}
}

// saidTo is the reminder of a tier, as its history keeps it.
func saidTo(t escalation.Timeline, tier int) *escalation.Reminder {
	due := t.Tiers[tier].Due
	r := &escalation.Reminder{
		Ticket: t.Ticket, Policy: t.Policy, Tier: tier + 1, Tiers: len(t.Tiers), DecidedAt: due, PostedAt: t.PostedAt, Due: due,
		Desk: desk.Unanswered, DeskAt: due, Deadline: t.FirstReply().Deadline, Snooze: 30 * time.Minute, MaxSnooze: 4 * time.Hour,
		Next: &escalation.Next{At: due.Add(2 * time.Hour), Notify: []string{circle.OnShift}, Names: []string{"Ana Silva", "Ben Okafor"}},
	}
	for _, e := range engineers[tier : tier+2] {
		r.Mention = append(r.Mention, circle.Recipient{Kind: circle.ToUser, ID: e.Slack, Name: e.Name})
	}
	return r
}
