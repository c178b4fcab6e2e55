package app

import "github.com/slabuddy/slabuddy/calendar"

// Roster is who is on shift in a workspace now, with what was changed from Slack.
func (a *App) Roster(workspace string) calendar.Roster { return a.rosters.Of(workspace) }

// RereadCalendar has the shift calendar read as soon as may be: it is read every minute of real time,
// which is not enough where the clock runs faster.
func (a *App) RereadCalendar() { a.follower.Refresh() }
