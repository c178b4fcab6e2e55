// Package setup holds what a workspace has set up from Slack, beside what the configuration file
// says: who installed the bot there, and each change to channels, engineers, absences and pauses,
// dated and signed.
//
//	form ──Read──▶ Body ──Book.Change──▶ Check ──▶ Setting, the next version of its scope ──▶ Store
//	                                                                                            │
//	slabuddy.yaml ──Book.SetBase──▶ View (Settings, and who set what) ◀── Book.Run, Wake ───────┘
//	                                  │
//	calendar.Follower ──InForce──▶ Rosters ──Of(workspace)──▶ calendar.Roster
//
// The file wins: what it says of a channel or an engineer is shown, and cannot be changed from Slack.
// What is set up holds in its own workspace only; the file holds in all, or in the one that it names.
//
// The package has more names than others, because every field of a form that a problem can name has one.
package setup

import (
	"slices"
	"strconv"
	"time"
)

// Installation is a workspace that the bot is installed in.
type Installation struct {
	Workspace   string // T…
	Name        string
	AppID       string
	BotUser     string // U…
	BotID       string // B…
	Scopes      []string
	Token       []byte // sealed: see handlers/slackapp/install
	InstalledBy string // U…
	InstalledAt time.Time
	UpdatedAt   time.Time
	EndedAt     time.Time // uninstalled, or its token revoked; zero while in force
	EndedWhy    string
}

// Setting is one change of one thing that was set up. Settings are only ever added: the latest
// version of a scope is in force.
type Setting struct {
	Workspace string
	Scope     string // what is set: see the Scope functions
	Version   int64  // 1, 2, …
	At        time.Time
	By        string // Slack user id
	Body      []byte // JSON; empty: what was set is taken back
}

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

// MayChange says whether somebody may set up: a workspace's admins and owners may, and whoever is
// named among admins.
func MayChange(admins []string, isWorkspaceAdmin bool, user string) bool {
	return isWorkspaceAdmin || user != "" && slices.Contains(admins, user)
}
