package escalation_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// knows is a workspace that has these user groups, and an e-mail address for nobody.
type knows map[string]string

func (k knows) Group(_, handle string) (string, bool)   { id, ok := k[handle]; return id, ok }
func (knows) UserByEmail(string, string) (string, bool) { return "", false }
func (knows) Zone(string, string) *time.Location        { return nil }
func (knows) Gone(_, id string) bool                    { return id == "U0LEFT" }

// Rule 8: which tiers can reach nobody, whatever ticket comes, is known before one comes.
func TestTiersThatReachNobody(t *testing.T) {
	team := []calendar.Engineer{{Name: "Ana Silva", Slack: "U0ANA"}, {Name: "Bob", Email: "bob@example.com"}, {Name: "Lea", Slack: "U0LEFT"}}
	both := knows{"support": "S0SUPPORT", "head-of-success": "S0HEAD"}
	for _, tt := range []struct {
		name   string
		reach  circle.Reach
		team   []calendar.Engineer
		notify [][]string
		page   string // of the last tier
		none   bool   // last_resort
		want   string
	}{
		{name: "the shortest configuration, before Slack was asked", want: "Tiers 1 and 2 of enterprise reach nobody: without a shift calendar nobody is known to be on shift. The next tier is told instead."},
		{name: "and after, in a workspace without groups", reach: circle.Reach{Directory: knows{}}, want: "Tiers 1, 2, 3 and 4 of enterprise reach nobody: without a shift calendar nobody is known to be on shift; Slack has no user group @support, and no engineer is called so; " +
			"Slack has no user group @head-of-success, and no engineer is called so. The next tier is told instead, and in place of the last everybody active in the channel."},
		{name: "with no last resort", reach: circle.Reach{Directory: both}, notify: [][]string{{"here"}, {"@nobody"}}, none: true, want: "Tier 2 of enterprise reaches nobody: Slack has no user group @nobody, and no engineer is called so. Nobody is told instead (last_resort: none)."},
		{name: "all is there", reach: circle.Reach{HasCalendar: true, Directory: both}, team: team},
		{name: "a calendar and no engineers", reach: circle.Reach{HasCalendar: true, Directory: both}, want: "Tiers 1 and 2 of enterprise reach nobody: no engineer is set up, so nobody is known to be on shift. The next tier is told instead."},
		{name: "one word of several is enough", reach: circle.Reach{Directory: both}, notify: [][]string{{"on-shift", "@support"}, {"assignee", "here"}}},
		{name: "engineers by name", reach: circle.Reach{Directory: both}, team: team, notify: [][]string{{"@Ana Silva"}, {"U0ANA"}}},
		{name: "an engineer whose account nobody knows, one who has left", reach: circle.Reach{Directory: both}, team: team, notify: [][]string{{"Bob"}, {"Lea"}, {"U0LEFT"}, {"channel"}},
			want: "Tiers 1, 2 and 3 of enterprise reach nobody: nobody in Slack is known to be Bob; Slack no longer has Lea; Slack no longer has U0LEFT. The next tier is told instead."},
		{name: "a page reaches whoever is paged", reach: circle.Reach{Directory: both}, notify: [][]string{{"@support"}, {"on-shift"}}, page: "night"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := DefaultSettings()
			s.Engineers = tt.team
			if tt.none {
				s.LastResort = ""
			}
			if tt.notify != nil {
				p := policy.Policy{Name: "enterprise"}
				for i, words := range tt.notify {
					p.Tiers = append(p.Tiers, policy.Tier{After: time.Duration(i+1) * time.Minute, Notify: words})
				}
				p.Tiers[len(p.Tiers)-1].Page = tt.page
				s.Policies["enterprise"] = p
			}
			var got string
			for _, u := range s.Unreached([]string{"enterprise"}, tt.reach) {
				got += u.Words()
			}
			equal(t, "words", got, tt.want)
		})
	}
}

// Rule 8: each clock of a policy is looked at for itself.
func TestTiersOfAFurtherClockThatReachNobody(t *testing.T) {
	s := DefaultSettings()
	p := s.Policies["enterprise"]
	p.NextReply = &policy.Promise{Deadline: time.Hour, Tiers: []policy.Tier{{After: time.Hour, Notify: []string{"assignee"}}}}
	s.Policies["enterprise"] = p
	all := s.Unreached([]string{"enterprise"}, circle.Reach{})
	equal(t, "how many", len(all), 2)
	equal(t, "words", all[1].Words(), "Tier 1 of enterprise (next reply) reaches nobody: without a shift calendar nobody is known to be on shift. Everybody active in the channel is told instead.")
}
