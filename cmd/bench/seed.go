package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// channels is how many watched channels there are; timelines go round them.
const channels = 1000

func channel(i int) string { return fmt.Sprintf("C0BENCH%04d", i%channels) }

// idAt is an id as it was made then.
func idAt(at time.Time) string {
	id := uuid.Must(uuid.NewV7())
	for i, ms := 5, at.UnixMilli(); i >= 0; i, ms = i-1, ms>>8 {
		id[i] = byte(ms)
	}
	return id.String()
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// seeds makes timelines that are open, each with the given tier due at a time of its own.
type seeds struct {
	prefix string // of the ticket ids
	tier   int    // 1-based: the one that is due; those before it are in the thread
	due    func(i int) time.Time
	hours  string // that their times are counted in; "": around the clock

	workspaces int // of a fleet that they go round; 0: all are in the one
}

// whole are hours of whole days: what is counted in them comes at the same time as around the clock, and has to be
// counted all the same. The configuration has them, too.
const whole = "whole"

var wholeHours = func() *hours.Hours {
	d := hours.Definition{Zone: time.UTC}
	for day := range d.Week {
		d.Week[day] = []hours.Window{{To: 24 * 60}}
	}
	h, err := hours.New(d)
	if err != nil {
		panic(err)
	}
	return h
}()

// timeline is the i-th. It runs through the policy teams.
func (s seeds) timeline(i int) escalation.Timeline {
	p := policy.BuiltIn()["teams"]
	p.Hours = s.hours
	due := s.due(i).UTC().Truncate(time.Microsecond)
	posted := due.Add(-p.Tiers[s.tier-1].After)
	at := escalation.Thread{Workspace: workspace, Channel: channel(i), TS: stamp(posted)}
	if s.workspaces > 0 {
		at.Workspace, at.Channel = fleetWorkspace(i%s.workspaces), channel(i/s.workspaces%fleetChannels)
	}
	t := escalation.Begin(newID(), escalation.Message{
		Thread:   at,
		PostedAt: posted,
		Ticket: escalation.Ticket{
			ID: fmt.Sprintf("%s%07d", s.prefix, i), Priority: "high", Type: "bug",
			Customer: "Example Industries", Subject: "Signing in fails with an error nobody has seen before",
		},
	}, p, &escalation.Settings{GiveUp: 30 * 24 * time.Hour, Hours: map[string]*hours.Hours{whole: wholeHours}}, posted)
	for k := range t.Tiers[:s.tier-1] {
		tier := &t.Tiers[k]
		tier.State, tier.Round, tier.PostedAt, tier.TS = escalation.TierPosted, 1, tier.Due, stamp(tier.Due)
	}
	return t
}

// sow stores the first n timelines.
func (db *database) sow(ctx context.Context, s seeds, n int) error {
	const batch = 250
	for start := 0; start < n; start += batch {
		if err := db.add(ctx, s, start, min(start+batch, n)); err != nil {
			return err
		}
	}
	return nil
}

// add stores the timelines from start to end in one call.
func (db *database) add(ctx context.Context, s seeds, start, end int) error {
	ts := make([]escalation.Timeline, 0, end-start)
	for i := start; i < end; i++ {
		ts = append(ts, s.timeline(i))
	}
	opened, err := db.store.Open(ctx, ts)
	if err != nil {
		return fmt.Errorf("seed timelines: %w", err)
	}
	for i, o := range opened {
		if !o.New {
			return fmt.Errorf("seed timelines: %s blocked %s", o.ID, ts[i].Ticket.ID)
		}
	}
	return nil
}

// stamp is t as Slack writes it.
func stamp(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

// spread lets timelines come due at an even pace.
func spread(from time.Time, every time.Duration) func(int) time.Time {
	return func(i int) time.Time { return from.Add(time.Duration(i) * every) }
}

// far is when the timelines come due that are only there: after every scenario has ended.
const far = 3 * time.Hour

// million is a database with a million open timelines, none of them due for hours. It is seeded
// once, and shared.
func (b *bench) million(ctx context.Context) (*database, error) {
	if b.crowded != nil {
		return b.crowded, nil
	}
	db, err := b.postgres(ctx)
	if err != nil {
		return nil, err
	}
	n := b.size(1_000_000)
	began, used := time.Now(), b.cpuNow(ctx)
	if err := db.sow(ctx, seeds{prefix: "M", tier: 2, due: spread(time.Now().Add(far), 10*time.Millisecond), hours: whole}, n); err != nil {
		db.drop()
		return nil, err
	}
	if err := db.settle(ctx); err != nil {
		db.drop()
		return nil, err
	}
	b.say("%d open timelines were seeded in %s; %s", n, time.Since(began).Round(time.Second), b.cpuNow(ctx).since(used, n))
	b.crowded = db
	return db, nil
}

// rules are the settings of the parts that run in this process.
func rules() *escalation.Settings {
	s := escalation.DefaultSettings()
	s.DigestFrom = 0 // each reminder is a post
	s.Channels = make(map[string]policy.Channel, channels)
	for i := range channels {
		s.Channels[channel(i)] = policy.Channel{Policy: "teams"}
	}
	s.Engineers = engineers
	return &s
}

var engineers = []calendar.Engineer{
	{Name: "Ana Silva", Slack: "U0ANA"}, {Name: "Ben Okafor", Slack: "U0BEN"}, {Name: "Chloe Martin", Slack: "U0CHLOE"},
}

// roster has all of them on shift.
func roster(string) calendar.Roster {
	now := time.Now()
	return calendar.Roster{At: now, AsOf: now, OnShift: engineers}
}

// groups are those of the stub's workspace.
type groups struct{}

func (groups) Group(_, handle string) (id string, ok bool) {
	id, ok = map[string]string{"support": "S0SUPPORT", "head-of-success": "S0HEAD"}[handle]
	return id, ok
}

func (groups) Zone(string, string) *time.Location { return nil }
func (groups) Gone(string, string) bool           { return false }

func (groups) UserByEmail(string, string) (string, bool) { return "", false }
