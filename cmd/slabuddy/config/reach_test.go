package config

import (
	"strings"
	"testing"
)

// Rule 8: a tier that can reach nobody is to be looked at.
func TestATierThatReachesNobodyIsToBeLookedAt(t *testing.T) {
	for file, want := range map[string]string{
		"policies: {p: {tiers: [{after: 10m, notify: on-shift}]}}":                                     "everybody active in the channel",
		"last_resort: none\npolicies: {p: {tiers: [{after: 10m, notify: [on-shift, assignee]}]}}":      "after the last one nobody",
		"policies: {p: {tiers: [{after: 10m, notify: [on-shift, '@support']}]}}":                       "",
		"policies: {p: {tiers: [{after: 10m, notify: here}]}}":                                         "",
		"calendar: {id: shifts@example.com}\npolicies: {p: {tiers: [{after: 10m, notify: on-shift}]}}": "",
	} {
		c, err := Parse("slabuddy.yaml", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case want == "" && len(c.Looks) > 0:
			t.Errorf("%s\nis to be looked at: %+v", file, c.Looks)
		case want != "" && (len(c.Looks) != 1 || !strings.Contains(c.Looks[0].What, "reaches nobody") || !strings.Contains(c.Looks[0].What, want)):
			t.Errorf("%s\n%+v, want a look that says %q", file, c.Looks, want)
		}
	}
}
