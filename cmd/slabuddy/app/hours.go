package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

// HoursRead are the configured hours with the days that their calendars close. It reads the calendars at once.
func HoursRead(ctx context.Context, name string, c *config.Config, env config.Env, log *slog.Logger, now time.Time) (*hours.Hours, error) {
	written := c.WorkingHours[name]
	events := map[string][]closed.Event{}
	for _, id := range written.Calendars {
		source, err := googleCalendar(ctx, id, c, env, log)
		if err != nil {
			return nil, err
		}
		reading, err := closed.Read(ctx, source, now)
		if err != nil {
			return nil, fmt.Errorf("the closed days of hours.%s cannot be read: %w", name, err)
		}
		events[id] = reading.Events
	}
	return withEvents(written, func(id string) []closed.Event { return events[id] })
}

// withEvents makes hours of a definition and the days that its calendars close.
func withEvents(written config.Hours, events setup.ClosedDays) (*hours.Hours, error) {
	return setup.HoursWith(written.Definition, written.Calendars, events)
}

// followClosed follows the calendars that the file and what was set up from Slack name.
func (a *App) followClosed(ctx context.Context, c *config.Config) {
	a.closed.SetCalendars(ctx, slices.Concat(c.ClosedCalendars(), a.book.Calendars()))
}

// keepFollowing follows other calendars as soon as hours name them, until ctx ends. It runs beside the book, because what
// it reads changes the book again.
func (a *App) keepFollowing(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.named:
			a.followClosed(ctx, a.config.Load())
		}
	}
}

func (a *App) closedSource(ctx context.Context, calendar string) (closed.Source, error) {
	return googleCalendar(ctx, calendar, a.config.Load(), a.opts.Env, a.log)
}

// closedDaysChanged puts hours in force with the days that calendars close now. They have other CalendarDays then, by which
// code that has counted times before notices the change.
func (a *App) closedDaysChanged() {
	if changed := a.takeClosedDays(); len(changed) > 0 && a.deps.Now != nil { // not while the program is still put together
		a.relay(changed)
	}
}

// takeClosedDays returns the names of the hours whose closed days changed.
func (a *App) takeClosedDays() map[string]bool {
	a.configuring.Lock()
	defer a.configuring.Unlock()
	old, days := a.config.Load().Hours, a.book.CalendarDays()
	a.put(a.config.Load())
	changed := map[string]bool{}
	for own, now := range a.book.CalendarDays() {
		if now != days[own] {
			changed[own[1]] = true // hours of a channel's own have the channel in their name
		}
	}
	for name, h := range a.config.Load().Hours {
		if h.CalendarDays() != old[name].CalendarDays() {
			changed[name] = true
			a.log.Info("the closed days of hours are others now", "hours", name, "days", h.CalendarDays())
		}
	}
	return changed
}

// relayTimeout bounds how long it takes to lay open timelines again.
const relayTimeout = time.Minute

// relay lays the open timelines again that count in hours whose closed days changed.
func (a *App) relay(changed map[string]bool) {
	ctx, cancel := context.WithTimeout(context.Background(), relayTimeout)
	defer cancel()
	days := &act.Days{Deps: a.deps, Store: a.store}
	workspaces, err := a.waiting(ctx, a.now().AddDate(10, 0, 0)) // all that have open timelines
	if err != nil {
		a.log.Error("open timelines could not be laid again for other closed days: they go on as they were", "error", err)
	}
	for _, workspace := range workspaces {
		if err := days.Changed(ctx, workspace, func(hours string) bool { return changed[hours] }); err != nil {
			a.log.Error("open timelines could not be laid again for other closed days: they go on as they were", "workspace", workspace, "error", err)
		}
	}
}

// withClosedDays is the configuration with hours that have the days which calendars close.
func withClosedDays(c *config.Config, days *closed.Follower, log *slog.Logger) *config.Config {
	with := *c
	with.Hours = maps.Clone(c.Hours)
	for name, written := range c.WorkingHours {
		h, err := withEvents(written, days.Events)
		if err != nil {
			log.Error("what calendars close cannot be made part of the hours, which go on without it", "hours", name, "error", err)
			continue
		}
		with.Hours[name] = h
	}
	return &with
}
