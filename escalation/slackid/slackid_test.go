package slackid_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/escalation/slackid"
)

func TestIDsAsSlackMakesThemUp(t *testing.T) {
	forms := map[string]func(string) bool{"user": slackid.IsUser, "group": slackid.IsGroup, "channel": slackid.IsChannel, "workspace": slackid.IsWorkspace}
	for id, is := range map[string]string{
		"U0ANA": "user", "W012A3CDE": "user", "S0SUPPORT": "group", "C0ENTERPRISE": "channel", "G0PRIVATE": "channel", "T0ACME": "workspace",
		"": "", "U": "", "U0": "", "u0ana": "", "U0ANA ": "", "xU0ANA": "", "U0ANA\n": "", "@support": "", "D0DIRECT": "",
	} {
		for form, matches := range forms {
			if matches(id) != (form == is) {
				t.Errorf("%q as the id of a %s: %v", id, form, matches(id))
			}
		}
	}
}
