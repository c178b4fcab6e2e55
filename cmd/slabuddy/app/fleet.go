package app

import (
	"context"
	"maps"
	"slices"
	"time"
)

// soonWithin is how far ahead is read what decisions need of Slack: a little more than it stays fresh.
const soonWithin = 6 * time.Minute

// soon are the workspaces in which a timeline is due soon, or is already.
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

// installationChanged takes in that the bot was installed in a workspace, left it, or has another token there.
func (a *App) installationChanged(workspace string) {
	a.directory.Renew(workspace)
	a.scanner.Look(workspace)
}

// workspaces is how many there are that the bot is in, and that it has left.
func (a *App) workspaces() (installed, left int) {
	installed, left = a.tokens.Count()
	if home := a.directory.Home(); home != "" && !a.tokens.In(home) {
		installed++
	}
	return installed, left
}
