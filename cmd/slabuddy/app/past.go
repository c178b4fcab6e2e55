package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/directory"
	"github.com/slabuddy/slabuddy/store"
)

// Past knows what is needed to describe timelines of the past: the names of people and user groups, and the hours.
// Engineers have the names of the configuration or the setup in Slack, others those that the bot last read from Slack; the
// hours have the closed days that were last read. It reads the database and calls nobody. It serves one report, and reads
// each workspace once.
type Past struct {
	store store.Store
	book  *setup.Book
	now   func() time.Time
	names map[string]review.Names // by workspace
}

// NewPast is the Past of a command that runs beside the bot, or without one: it has the database and the file alone.
func NewPast(ctx context.Context, s store.Store, c *config.Config, now time.Time) *Past {
	quiet := slog.New(slog.DiscardHandler)
	clock := func() time.Time { return now }
	book := setup.NewBook(setup.BookConfig{Store: s, Now: clock, Log: quiet})
	days := closed.NewFollower(closed.Options{Store: s, Now: clock, Log: quiet, Changed: func() {}})
	days.SetCalendars(ctx, c.ClosedCalendars())
	c = withClosedDays(c, days, quiet)
	book.SetBase(&c.Settings, c.Workspace)
	return &Past{s, book, clock, map[string]review.Names{}}
}

// past is the Past of the program while it serves.
func (a *App) past() *Past { return &Past{a.store, a.book, a.now, map[string]review.Names{}} }

var errNotLoaded = errors.New("what was set up from Slack cannot be read from the database")

// Settings are those in force in a workspace.
func (p *Past) Settings(workspace string) (*escalation.Settings, error) {
	s := p.book.Settings(workspace)
	if !p.book.Loaded(workspace) {
		return nil, errNotLoaded
	}
	return s, nil
}

// Names are what the people and user groups of a workspace are called, by Slack id.
func (p *Past) Names(ctx context.Context, workspace string) (review.Names, error) {
	if known, met := p.names[workspace]; met {
		return known, nil
	}
	cached, err := directory.ReadCached(ctx, p.store, workspace)
	if err != nil {
		return nil, err
	}
	settings, err := p.Settings(workspace)
	if err != nil {
		return nil, err
	}
	known := review.Names{}
	for id, handle := range cached.Groups {
		known[id] = "@" + handle
	}
	maps.Copy(known, cached.People)
	for _, e := range settings.Engineers {
		id := e.Slack
		if id == "" {
			id = cached.Emails[strings.ToLower(e.Email)]
		}
		if id != "" {
			known[id] = e.Name
		}
	}
	p.names[workspace] = known
	return known, nil
}

// Known implements report.Workspaces.
func (p *Past) Known(ctx context.Context, workspace string) (report.Known, error) {
	names, err := p.Names(ctx, workspace)
	if err != nil {
		return report.Known{}, err
	}
	settings, err := p.Settings(workspace)
	if err != nil {
		return report.Known{}, err
	}
	rosters, err := p.rosters(ctx, workspace)
	if err != nil {
		return report.Known{}, err
	}
	cached, err := directory.ReadCached(ctx, p.store, workspace)
	if err != nil {
		return report.Known{}, err
	}
	return report.Known{Names: names, Zones: cached.Zones, Rosters: rosters, Hours: settings.Hours}, nil
}

// Conditions are the conditions under which a workspace's tickets are replayed.
func (p *Past) Conditions(ctx context.Context, workspace string) (replay.Conditions, error) {
	names, err := p.Names(ctx, workspace)
	if err != nil {
		return replay.Conditions{}, err
	}
	settings, err := p.Settings(workspace)
	if err != nil {
		return replay.Conditions{}, err
	}
	cached, err := directory.ReadCached(ctx, p.store, workspace)
	if err != nil {
		return replay.Conditions{}, err
	}
	rosters, err := p.rosters(ctx, workspace)
	if err != nil {
		return replay.Conditions{}, err
	}
	return replay.Conditions{Settings: settings, Directory: cachedDirectory(cached), Rosters: rosters, Names: names, Zones: cached.Zones}, nil
}

// rosters are all rosters that are stored of a workspace.
func (p *Past) rosters(ctx context.Context, workspace string) (review.Rosters, error) {
	return p.store.Rosters(ctx, workspace, time.Time{}, p.now().Add(time.Microsecond))
}

// cachedDirectory answers from what is cached of one workspace.
type cachedDirectory directory.Cached

func (d cachedDirectory) Group(_, handle string) (id string, ok bool) {
	for id, h := range d.Groups {
		if h == handle {
			return id, true
		}
	}
	return "", false
}

func (d cachedDirectory) UserByEmail(_, email string) (id string, ok bool) {
	id, ok = d.Emails[strings.ToLower(email)]
	return id, ok
}

// Gone says that nobody has left: tickets of the past had the people of that time.
func (cachedDirectory) Gone(_, _ string) bool { return false }

func (d cachedDirectory) Zone(_, user string) *time.Location { return d.Zones[user] }
