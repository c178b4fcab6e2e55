package app

import (
	"maps"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/trouble"
)

// reach is what is known in a workspace of whom tiers may reach.
func (a *App) reach(workspace string) circle.Reach {
	r := circle.Reach{Workspace: workspace, HasCalendar: a.rosters.HasCalendar(workspace)}
	if a.directory.KnowsGroups(workspace) {
		r.Directory = a.directory
	}
	return r
}

// lookAtReach reports tiers of the channels of the file's workspace that can reach nobody (rule 8), and logs them when
// that changes.
func (a *App) lookAtReach() {
	workspace, ok := a.filesWorkspace()
	if !ok || !a.book.Loaded(workspace) {
		return
	}
	words := unreached(a.settings(workspace), a.reach(workspace))
	if words != "" {
		a.troubles.Report(trouble.Report{Name: faultReach, Words: words})
	}
	if before := a.unreached.Swap(&words); words != "" && (before == nil || *before != words) {
		a.log.Warn("tiers can reach nobody: "+words, "workspace", workspace)
	}
}

// unreached says of the policies of all watched channels which tiers can reach nobody; "" if each can reach somebody.
func unreached(s *escalation.Settings, r circle.Reach) string {
	var said []string
	looked := map[string]bool{}
	for _, channel := range slices.Sorted(maps.Keys(s.Channels)) {
		picked := slices.DeleteFunc(s.Channels[channel].Policies(), func(policy string) bool { return looked[policy] })
		for _, policy := range picked {
			looked[policy] = true
		}
		for _, u := range s.Unreached(picked, r) {
			words := u.Words()
			if u.Policy == setup.OwnPolicy {
				words = "Channel " + channel + ": " + words
			}
			said = append(said, words)
		}
	}
	if len(said) == 0 {
		return ""
	}
	return strings.Join(append(said, "See /sla-setup in the channel, or policies in slabuddy.yaml."), "\n")
}
