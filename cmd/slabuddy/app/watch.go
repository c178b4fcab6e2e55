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

// watchTimeout is how long the store has to keep since when channels are watched.
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

// servedBy are the workspaces that a configuration holds for, as far as they are known by now: whose
// SLACK_BOT_TOKEN is, Slack says later.
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

// watchInstalled stores since when the channels of a workspace that is being installed are watched.
func (a *App) watchInstalled(ctx context.Context, workspace string) error {
	return scan.Watch(ctx, a.store, a.now(), channelsOf(workspace, a.channels(workspace)))
}

// watchAgain stores that a channel is watched from now on, and was not before.
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
