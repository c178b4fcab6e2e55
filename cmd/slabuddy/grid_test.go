package main_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// newOrganisation is newWorld with a workspace of an Enterprise Grid organisation: Gina is of another of its
// workspaces; Eve and Oscar are from outside, in channels that are shared by Slack Connect, Oscar from another organisation.
func newOrganisation(t *testing.T, organisation string) *world {
	t.Helper()
	team := slacktest.Team{ID: "T0SLABUDDY", Enterprise: organisation}
	w := worldAround(t, databases["sqlite"](t), "channels: {C0ENTERPRISE: {}, C0SHARED: {}}\n",
		slacktest.New(slacktest.Options{Team: team, Workers: 8, Sleep: hurried, Patience: patience}))
	furnish(w.slack)
	w.slack.AddChannel(slacktest.Channel{ID: "C0SHARED", ExtShared: true, Members: []string{"U0ANA", "U0GINA", "U0EVE", "U0OSCAR"}})
	w.slack.AddUser(slacktest.User{ID: "U0GINA", Name: "gina", RealName: "Gina", Team: "T0SISTER", Enterprise: "E0ORG"})
	w.slack.AddUser(slacktest.User{ID: "U0EVE", Name: "eve", RealName: "Eve", Team: "T0OTHER"})
	w.slack.AddUser(slacktest.User{ID: "U0OSCAR", Name: "oscar", RealName: "Oscar", Team: "T0THEIRS", Enterprise: "E0THEIRS"})
	w.env = append(w.env, "SLACK_SIGNING_SECRET="+w.slack.Options().SigningSecret, "SLACK_BOT_TOKEN="+w.slack.Options().Token)
	return w
}

// Rule 10: colleagues of the same Enterprise Grid organisation act as those of the workspace do, also in a channel that is
// shared with others; whoever comes from outside does not.
func TestWhoOfAnOrganisationMayAct(t *testing.T) {
	t.Parallel()
	type one struct {
		name, user, channel string
		may                 bool
	}
	for organisation, all := range map[string][]one{
		"E0ORG": {
			{"a colleague of the organisation", "U0GINA", enterprise, true},
			{"the same, in a channel that is shared outside", "U0GINA", "C0SHARED", true},
			{"one of the workspace", "U0ANA", "C0SHARED", true},
			{"somebody by Slack Connect", "U0EVE", "C0SHARED", false},
			{"somebody of another organisation", "U0OSCAR", "C0SHARED", false},
		},
		"": {{"somebody of an organisation, where we are in none", "U0OSCAR", "C0SHARED", false}},
	} {
		w := newOrganisation(t, organisation)
		w.start()
		for i, tt := range all {
			w.part(tt.name, func(t *testing.T) {
				ts := w.ticket(tt.channel, fmt.Sprint(4711+i), 11*time.Minute)
				reminder := w.reminder(tt.channel, ts)
				w.told()
				before := w.timeline(tt.channel, ts)
				_, err := w.slack.Mention(tt.user, tt.channel, ts, "45m")
				w.check(err)
				w.told()
				if moved := w.moved(before); (moved > 0) != tt.may {
					t.Errorf("a mention moves the tiers by %s", moved)
				}
				w.click(tt.user, tt.channel, reminder, own)
				w.told()
				if owner, want := w.timeline(tt.channel, ts).Owner.User, map[bool]string{true: tt.user}[tt.may]; owner != want {
					t.Errorf("after a click it is %q's, want %q", owner, want)
				}
			})
		}
	}
}
