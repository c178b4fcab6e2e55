package app

import (
	"context"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/handover"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// Roster is who is on shift in a workspace now, with the changes made from Slack.
func (a *App) Roster(workspace string) calendar.Roster { return a.rosters.Of(workspace) }

// RereadCalendar reads the shift calendar as soon as possible. It is read every minute of real time, which is not enough
// if the clock runs faster.
func (a *App) RereadCalendar() { a.follower.Refresh() }

const recordTimeout = 5 * time.Second // one look at what changed

// recordRosters stores who is on shift whenever that changes, once the calendar and the settings are known.
func (a *App) recordRosters(ctx context.Context) {
	for _, ready := range []<-chan struct{}{a.follower.Ready(), a.directory.Ready(), a.book.Ready()} {
		select {
		case <-ctx.Done():
			return
		case <-ready:
		}
	}
	recorder := &review.Recorder{Store: a.store, Shifts: a.rosters, Now: a.now}
	for {
		if !a.clock.Hold() {
			call, cancel := context.WithTimeout(ctx, recordTimeout)
			err := recorder.Record(call, a.rostered(call))
			cancel()
			if err != nil && ctx.Err() == nil {
				a.log.Warn("who is on shift could not be stored, trying again shortly", "error", err)
			}
		}
		if sleep.For(ctx, 10*a.opts.Tick) != nil {
			return
		}
	}
}

// rostered are the workspaces whose rosters are stored: if the file's calendar holds for many, only those with open
// timelines. A roster that is stored later has its past as well, as far as the calendar knows it.
func (a *App) rostered(ctx context.Context) []string {
	c := a.config.Load()
	switch {
	case !c.Calendar.IsConfigured():
		return nil
	case c.Workspace != "":
		return []string{c.Workspace}
	}
	workspaces, err := a.waiting(ctx, a.now().AddDate(10, 0, 0))
	if err != nil {
		return nil // said elsewhere
	}
	if home := a.directory.Home(); home != "" && !slices.Contains(workspaces, home) {
		workspaces = append(workspaces, home)
	}
	return workspaces
}

// shiftPlaces are the channels where changes of shift are posted. In the workspace that the file holds for, the file or
// the setup in Slack names it. If the file holds for several workspaces, only the setup in Slack counts.
func (a *App) shiftPlaces(ctx context.Context) (places []handover.Place, err error) {
	c := a.config.Load()
	if !c.Calendar.IsConfigured() {
		return nil, nil
	}
	own, ok := a.filesWorkspace()
	workspaces := []string{own}
	if !ok {
		ctx, cancel := context.WithTimeout(ctx, watchTimeout)
		defer cancel()
		workspaces, err = a.store.WorkspacesWith(ctx, setup.HandoverScope)
	}
	for _, workspace := range workspaces {
		v := a.book.View(workspace)
		if set := v.Settings.Handover; set.Channel != "" && (ok || v.Handover.Origin == setup.Slack) && a.directory.In(workspace) {
			places = append(places, handover.Place{Workspace: workspace, HandoverSettings: set, Zone: a.zone()})
		}
	}
	return places, err
}
