// Package slackid knows the form of Slack's ids. Whether there is somebody behind one, only Slack knows.
package slackid

import "regexp"

var (
	user      = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)
	group     = regexp.MustCompile(`^S[A-Z0-9]{2,}$`)
	channel   = regexp.MustCompile(`^[CG][A-Z0-9]{2,}$`)
	workspace = regexp.MustCompile(`^T[A-Z0-9]{2,}$`)
)

// IsUser: U… or W….
func IsUser(s string) bool { return user.MatchString(s) }

// IsGroup: S…, a user group.
func IsGroup(s string) bool { return group.MatchString(s) }

// IsChannel: C… or G….
func IsChannel(s string) bool { return channel.MatchString(s) }

// IsWorkspace: T….
func IsWorkspace(s string) bool { return workspace.MatchString(s) }
