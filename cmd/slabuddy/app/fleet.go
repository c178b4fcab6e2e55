package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/scan"
)

// soonWithin is how far ahead of a decision the bot reads what the decision needs of Slack: a little more than that stays
// fresh.
const soonWithin = 6 * time.Minute

// soon are the workspaces in which a timeline is due, or will be soon.
func (a *App) soon(ctx context.Context) ([]string, error) {
	return a.waiting(ctx, a.now().Add(soonWithin))
}

// open are the workspaces that have an open timeline.
func (a *App) open(ctx context.Context) ([]string, error) {
	return a.waiting(ctx, time.Unix(1<<32, 0)) // later than any
}

// waiting are the workspaces with a timeline that the walker has to look at by then. However many workspaces there
// are, this costs no more than those timelines.
func (a *App) waiting(ctx context.Context, until time.Time) ([]string, error) {
	channels, err := a.store.Coming(ctx, time.Unix(0, 0), until)
	if err != nil {
		return nil, err
	}
	workspaces := map[string]bool{}
	for at := range channels {
		workspaces[at.Workspace] = true
	}
	return slices.Sorted(maps.Keys(workspaces)), nil
}

// installationChanged: the bot was installed in a workspace, removed from it, or has another token there.
func (a *App) installationChanged(workspace string) {
	a.directory.Renew(workspace)
	a.scanner.Look(workspace)
}

// workspaces counts the workspaces that the bot is in, and those that it has left.
func (a *App) workspaces() (installed, left int) {
	installed, left = a.tokens.Count()
	if home := a.directory.Home(); home != "" && !a.tokens.In(home) {
		installed++
	}
	return installed, left
}

// watchTimeout bounds how long it takes to store since when channels are watched.
const watchTimeout = 10 * time.Second

// watchConfigured stores since when the channels of a configuration are watched, in the workspaces that are known
// before Slack is asked, and before the configuration is in force (rule 3).
func (a *App) watchConfigured(ctx context.Context, c *config.Config) error {
	var all []escalation.Thread
	for _, workspace := range a.servedBy(c) {
		all = append(all, channelsOf(workspace, slices.Collect(maps.Keys(c.Settings.Channels)))...)
	}
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	return scan.Watch(ctx, a.store, a.now(), all)
}

// servedBy are the workspaces that a configuration holds for, as far as they are known before Slack is asked: whose
// SLACK_BOT_TOKEN is, is not yet known then.
func (a *App) servedBy(c *config.Config) []string {
	installed := a.tokens.Installed()
	switch {
	case c.Workspace == "":
		return installed
	case a.tokens.HasHome() || slices.Contains(installed, c.Workspace):
		return []string{c.Workspace}
	}
	return nil
}

// watchInstalled stores since when the channels of a workspace are watched, while the bot is being installed there.
func (a *App) watchInstalled(ctx context.Context, workspace string) error {
	return scan.Watch(ctx, a.store, a.now(), channelsOf(workspace, a.channels(workspace)))
}

// watchAgain stores that a channel is watched from now on.
func (a *App) watchAgain(ctx context.Context, workspace, channel string) error {
	return scan.WatchAgain(ctx, a.store, a.now(), escalation.Thread{Workspace: workspace, Channel: channel})
}

func channelsOf(workspace string, channels []string) []escalation.Thread {
	all := make([]escalation.Thread, len(channels))
	for i, channel := range channels {
		all[i] = escalation.Thread{Workspace: workspace, Channel: channel}
	}
	return all
}
