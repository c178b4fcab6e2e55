package config

import (
	"regexp"
	"strings"
	"testing"
)

// Rule 8: a tier that can reach nobody is to be looked at.
func TestATierThatReachesNobodyIsToBeLookedAt(t *testing.T) {
	for file, want := range map[string]string{
		"policies: {p: {tiers: [{after: 10m, notify: on-shift}]}}":                                                        "Everybody active in the channel",
		"last_resort: none\npolicies: {p: {tiers: [{after: 10m, notify: [on-shift, assignee]}]}}":                         "Nobody is told instead (last_resort: none)",
		"policies: {p: {tiers: [{after: 10m, notify: [on-shift, '@support']}]}}":                                          "",
		"policies: {p: {tiers: [{after: 10m, notify: here}]}}":                                                            "",
		"calendar: {id: shifts@example.com}\npolicies: {p: {tiers: [{after: 10m, notify: on-shift}]}}":                    "",
		"channels: {C0ENT: {}, C0NEXT: {policy: enterprise}}":                                                             "Tiers 1 and 2 of enterprise reach nobody",
		"channels: {C0ENT: {by_priority: {low: teams}, policy: p}}\npolicies: {p: {tiers: [{after: 10m, notify: here}]}}": "of teams reach nobody",
		"calendar: {id: shifts@example.com}\nchannels: {C0ENT: {}}":                                                       "",
	} {
		c, err := Parse("slabuddy.yaml", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case want == "" && len(c.Looks) > 0:
			t.Errorf("%s\nis to be looked at: %+v", file, c.Looks)
		case want != "" && (len(c.Looks) != 1 || !regexp.MustCompile("reach(es)? nobody").MatchString(c.Looks[0].What) || !strings.Contains(c.Looks[0].What, want)):
			t.Errorf("%s\n%+v, want a look that says %q", file, c.Looks, want)
		}
	}
}
