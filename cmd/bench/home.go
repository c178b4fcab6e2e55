package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/commands"
	"github.com/slabuddy/slabuddy/handlers/slackapp/home"
	"github.com/slabuddy/slabuddy/handlers/slackapp/threads"
	"github.com/slabuddy/slabuddy/store"
)

// lists measures what a home tab and `/sla all` take of the processor, and of the database, where 1,000 tickets
// are open and all of them are the reader's.
func lists(ctx context.Context, b *bench) ([]figure, error) {
	return b.onEachStore(ctx, func(name string, db *database) ([]figure, error) { return b.listsOn(ctx, name, db) })
}

func (b *bench) listsOn(ctx context.Context, name string, db *database) (figures []figure, err error) {
	n := b.size(1_000)
	if err := db.remind(ctx, n); err != nil {
		return nil, err
	}
	if err := db.settle(ctx); err != nil {
		return nil, err
	}
	at := &surroundings{view: &setup.View{Workspace: workspace, Settings: rules()}, counting: counting{Store: db.store}}
	installed, log, user := func(string) bool { return true }, slog.New(slog.DiscardHandler), engineers[0].Slack
	tab := &home.Home{
		Store: &at.counting, View: at.View, Rosters: at, Directory: groups{}, Readers: at, Threads: threads.New(at), Publisher: at, Week: at.week,
		Installed: installed, Now: time.Now, NewID: newID, Logger: log,
	}
	slash := &commands.Commands{
		Store: &at.counting, Book: at, Rosters: at, Directory: groups{}, Readers: at, Threads: threads.New(at),
		Installed: installed, Now: time.Now, NewID: newID, Logger: log,
	}
	for _, list := range []struct {
		name string
		show func() error
	}{
		{"home tab", func() error { return tab.Open(workspace, user).Later(ctx) }},
		{"/sla all", func() error {
			a, err := slash.Command(ctx, slackapp.Command{Name: commands.SLA, Text: "all", Workspace: workspace, User: user, Channel: channel(0)})
			at.drawn, _ = a.Body.(block.Ephemeral)
			return err
		}},
	} {
		each, err := b.shown(ctx, at, list.show)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", list.name, err)
		}
		figures = append(figures, figure{
			name:    fmt.Sprintf("%s at %d open timelines, %s: processor time", list.name, n, name),
			reached: each.Seconds() * 1000, unit: "ms", reach: 50, baseline: fmt.Sprintf("%d queries, of 5 at most", at.queries),
		})
	}
	return figures, nil
}

// shown is what showing something takes of the processor, the database's share included.
func (b *bench) shown(ctx context.Context, at *surroundings, show func() error) (each time.Duration, err error) {
	const times = 20
	if err := show(); err != nil { // the connections are warm then
		return 0, err
	}
	before := b.cpuNow(ctx)
	for range times {
		at.queries = 0
		if err := show(); err != nil {
			return 0, err
		}
	}
	now := b.cpuNow(ctx)
	if at.queries == 0 || at.queries > 5 || len(at.drawn.Blocks) < 10 {
		return 0, fmt.Errorf("it took %d queries, and %d blocks came of them", at.queries, len(at.drawn.Blocks))
	}
	return (now.ours - before.ours + now.postgres - before.postgres) / times, nil
}

// remind stores n open timelines whose first reminder mentioned the first two engineers.
func (db *database) remind(ctx context.Context, n int) error {
	s := seeds{prefix: "H", tier: 2, due: spread(time.Now().Add(far), time.Second)}
	if err := db.sow(ctx, s, n); err != nil {
		return err
	}
	ts, err := db.store.ListOpen(ctx, escalation.OpenQuery{Workspace: workspace, By: escalation.ByDeadline, Limit: n})
	if err != nil {
		return err
	}
	changes := make([]escalation.Change, len(ts))
	for i := range ts {
		for _, e := range engineers[:2] {
			ts[i].Tiers[0].Told = append(ts[i].Tiers[0].Told, circle.Recipient{Kind: circle.ToUser, ID: e.Slack, Name: e.Name})
		}
		changes[i] = escalation.Change{Timeline: &ts[i], Events: told(ts[i], 0)}
	}
	_, err = db.store.Save(ctx, changes)
	return err
}

// surroundings are those of a home tab and of a command.
type surroundings struct {
	counting
	view  *setup.View
	drawn block.Ephemeral // what was shown last
}

func (s *surroundings) View(string) *setup.View { return s.view }

func (s *surroundings) Change(context.Context, setup.Edit) (setup.Setting, error) {
	return setup.Setting{}, errors.ErrUnsupported
}

func (s *surroundings) Of(workspace string) calendar.Roster { return roster(workspace) }

func (s *surroundings) Ahead(string, time.Duration) calendar.Outlook { return calendar.Outlook{} }

func (s *surroundings) HasCalendar(string) bool { return true }

func (s *surroundings) MayRead(_ context.Context, _, _ string, channels []string) map[string]bool {
	may := make(map[string]bool, len(channels))
	for _, c := range channels {
		may[c] = true
	}
	return may
}

func (s *surroundings) Permalink(_ context.Context, _, channel, ts string) (string, error) {
	return "https://acme.slack.com/archives/" + channel + "/p" + ts, nil
}

func (s *surroundings) PublishHome(_ context.Context, _, _ string, v slack.HomeTabViewRequest) error {
	s.drawn.Blocks = v.Blocks.BlockSet
	return nil
}

// week is answered from memory, as `serve` does.
func (s *surroundings) week(context.Context, string) (now, before report.Counts, err error) {
	return now, before, nil
}

// counting counts what is asked of a store for lists.
type counting struct {
	store.Store
	queries int
}

func (c *counting) ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error) {
	c.queries++
	return c.Store.ListOpen(ctx, q)
}

func (c *counting) Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error) {
	c.queries++
	return c.Store.Happened(ctx, timelineIDs, kind)
}

func (c *counting) Lateness(ctx context.Context, workspace string, since time.Time, n int) ([]time.Duration, error) {
	c.queries++
	return c.Store.Lateness(ctx, workspace, since, n)
}
