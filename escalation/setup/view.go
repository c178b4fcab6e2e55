package setup

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
)

// Origin says where something is set.
type Origin string

const (
	File  Origin = "file"  // slabuddy.yaml: shown, and not to be changed from Slack
	Slack Origin = "slack" // set up by somebody, who signed it
)

// Mark says where something is set, and for what was set up from Slack which version, when and by whom.
type Mark struct {
	Origin  Origin
	Version int64
	At      time.Time
	By      string // Slack user id
}

// View is what is in force in one workspace, and where it comes from. It is never changed, only
// replaced.
type View struct {
	Workspace string
	Settings  *escalation.Settings
	Channels  map[string]ChannelView // by id
	Engineers []EngineerView         // in the order of Settings.Engineers
	Absences  []AbsenceView          // by their start; those long over are left out
	Pauses    map[string]PauseView   // by channel; those that are over included
	Report    Mark                   // where the week's report is set, if it is
	Handover  Mark                   // where changes of shift are set to be told, if they are
	Changes   []calendar.Change      // what the absences do to the calendar
	FileHolds bool                   // what the file says, and its calendar, are this workspace's too
	Calendars []string               // of closed days, which hours that were set up here name; in order

	latest map[string]Setting // by scope
	days   ClosedDays
}

// Trying is what would be in force if a channel that is not the file's were set up like this.
func (v *View) Trying(channel string, c Channel) *escalation.Settings {
	m := merger{settings: *v.Settings, view: &View{Channels: map[string]ChannelView{}, days: v.days}}
	m.settings.Policies, m.settings.Channels = clone(m.settings.Policies), clone(m.settings.Channels)
	delete(m.settings.Channels, channel)
	m.takeChannel(channel, c, Mark{})
	return &m.settings
}

// ChannelView is a watched channel.
type ChannelView struct {
	ID string
	Channel
	Mark
	// Missing are the policies it names which are not configured any more: the default one is used.
	Missing []string
	// NoHours is set where its hours are not configured any more: its tickets are counted around the clock.
	NoHours bool
	// Unread is the country whose holidays are not known yet.
	Unread string
}

// EngineerView is an engineer.
type EngineerView struct {
	calendar.Engineer
	Mark
}

// AbsenceView is an absence.
type AbsenceView struct {
	Absence
	Mark
	Scope string
}

// PauseView is a pause of a channel.
type PauseView struct {
	Pause
	Mark
}

// Version is the latest version of a scope; 0 if nothing was ever set there. A change is made from it.
func (v *View) Version(scope string) int64 { return v.latest[scope].Version }

// Engineer finds an engineer by Slack user id, or by e-mail address where only that is configured.
func (v *View) Engineer(user string, directory circle.Directory) (EngineerView, bool) {
	for _, e := range v.Engineers {
		if e.Slack == user && user != "" {
			return e, true
		}
	}
	for _, e := range v.Engineers {
		if e.Slack != "" || e.Email == "" || directory == nil {
			continue
		}
		if id, ok := directory.UserByEmail(v.Workspace, e.Email); ok && id == user {
			return e, true
		}
	}
	return EngineerView{}, false
}
