package setup

import "slices"

// MayChange says whether somebody may set up: a workspace's admins and owners may, and whoever is
// named among admins.
func MayChange(admins []string, isWorkspaceAdmin bool, user string) bool {
	return isWorkspaceAdmin || user != "" && slices.Contains(admins, user)
}
