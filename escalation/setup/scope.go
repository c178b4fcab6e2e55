package setup

import "strconv"

// What a setting is about: the kinds of scope, and those that have nothing after them.
const (
	kindChannel  = "channel/"
	kindEngineer = "engineer/"
	kindAbsence  = "absence/"
	kindPause    = "pause/"

	// AdminsScope is the list of those who may set up beside the workspace's admins.
	AdminsScope = "admins"
	// ReportScope is where and when the week's report is posted.
	ReportScope = "report"
	// HandoverScope is where changes of shift are told.
	HandoverScope = "handover"
)

// ChannelScope is how a channel is watched.
func ChannelScope(channel string) string { return kindChannel + channel }

// EngineerScope is one engineer, by Slack user id.
func EngineerScope(user string) string { return kindEngineer + user }

// PauseScope is whether a channel is paused.
func PauseScope(channel string) string { return kindPause + channel }

// Scope is where an absence is kept: the same one entered twice is one.
func (a Absence) Scope() string {
	return kindAbsence + a.Who.key() + "/" + strconv.FormatInt(a.From.Unix(), 10) + "/" + string(a.Kind)
}
