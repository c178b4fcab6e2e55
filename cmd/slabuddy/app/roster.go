package app

import "github.com/slabuddy/slabuddy/calendar"

// Roster is who is on shift in a workspace now, with what was changed from Slack.
func (a *App) Roster(workspace string) calendar.Roster { return a.rosters.Of(workspace) }
