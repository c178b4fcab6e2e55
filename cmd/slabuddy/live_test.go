package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// check --live asks Slack, the calendar and the help desk whether the configuration is true. It posts nothing, and
// for each thing that is wrong it says what to do.
func TestCheckLive(t *testing.T) {
	t.Parallel()
	// A channel with a ticket in it, two people on shift, groups that exist.
	liveWorld := func(t *testing.T, configuration string) *world {
		w := newWorld(t, databases["sqlite"](t), configuration)
		w.shift("Ana on-shift", "Bob on-shift")
		w.ticket(enterprise, "42", time.Hour)
		w.secrets = append(w.secrets, "wrong-secret")
		return w
	}
	tests := []struct {
		name     string
		change   func(w *world)
		says, do string
	}{
		{"all is right", func(*world) {}, "", ""},
		{"the token is not accepted", func(w *world) { w.env = append(w.env, "SLACK_BOT_TOKEN=xoxb-wrong-secret") },
			"Slack does not let the bot in", "Install the app again"},
		{"the bot is not in a channel", func(w *world) { w.check(w.slack.Leave(w.slack.Options().App.UserID, enterprise)) },
			"The bot is not in #enterprise (C0ENTERPRISE)", "/invite @SLA Buddy"},
		{"a channel is gone", func(w *world) { w.check(w.slack.Archive(enterprise)) },
			"#enterprise (C0ENTERPRISE) is archived", "take it out of channels"},
		{"there is no such channel", func(w *world) {
			w.configure(strings.Replace(rostered, "C0ENTERPRISE: {}", "C0ENTERPRISE: {}, C0NOWHERE: {}", 1))
		}, "C0NOWHERE cannot be looked at", "Check the id"},
		{"a user group is unknown", func(w *world) {
			w.configure("policies: {enterprise: {tiers: [{after: 10m, notify: '@suport'}]}}" + rostered)
		}, "@suport is neither a user group nor an engineer's alias", "Create the user group in Slack"},
		{"a plan without user groups", func(w *world) {
			w.slack.Inject(slacktest.Fault{Method: "usergroups.list", Do: slacktest.Refused("plan_upgrade_required")})
		}, "The workspace's plan has no user groups", "notify people instead"},
		{"an engineer has left", func(w *world) { w.check(w.slack.Deactivate("U0BOB")) },
			"Bob Stone's Slack account is deactivated", "Take them out of engineers"},
		{"a message that cannot be read", func(w *world) {
			_, err := w.slack.PostAs(deskApp, enterprise, slacktest.Message{Text: "*Ticket ID*: {{ticket.id}}"})
			w.check(err)
		}, "look like tickets, but cannot be read", "slabuddy simulate --message FILE"},
		{"the help desk refuses", func(w *world) { w.env = append(w.env, "HELPDESK_TOKEN=wrong-secret") },
			"The help desk (http) could not be asked about ticket 42", "credentials"},
		{"the calendar is away", func(w *world) { w.env = append(w.env, "GOOGLE_CALENDAR_URL=http://127.0.0.1:1") },
			"The calendar cannot be read", "shared with the service account"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := liveWorld(t, rostered)
			tt.change(w)
			got := w.run("check", "--live")
			if tt.says == "" {
				if got.code != 0 {
					t.Errorf("exit code %d", got.code)
				}
				expect(t, got.stdout, "✓ The bot is in the workspace", "✓ #enterprise (C0ENTERPRISE): 1 of the last 1 messages are tickets, such as 42",
					"✓ @support is a user group.", "✓ 2 of 2 engineers", "✓ On shift now: ", "✓ The help desk (http) says of ticket 42", "\n  Not looked at: whether Slack's events", "All is right.")
				keepsQuiet(t, got.stdout, "✗")
			} else {
				if got.code != 1 {
					t.Errorf("exit code %d, want 1", got.code)
				}
				expect(t, got.stdout, tt.says, tt.do, "Please mend what is marked with ✗, and run this again.")
				wrong := strings.Split(got.stdout, "\n")
				i := slices.IndexFunc(wrong, func(line string) bool { return strings.HasPrefix(line, "✗") && strings.Contains(line, tt.says) })
				if i < 0 || !strings.HasPrefix(wrong[i+1], "  → ") || !strings.Contains(wrong[i+1], tt.do) {
					t.Errorf("what to do does not stand below what is wrong:\n%s", got.stdout)
				}
			}
			if got.stderr != "" {
				t.Errorf("on stderr: %s", got.stderr)
			}
			w.keepsSecrets("its output", got.stdout+got.stderr)
			if posts := w.slack.Calls("chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.join"); len(posts) > 0 {
				t.Errorf("it did something in Slack: %+v", posts)
			}
		})
	}
	t.Run("a name in the calendar means nobody", func(t *testing.T) { // it may be a meeting
		t.Parallel()
		w := liveWorld(t, rostered)
		w.shift("Zed on-shift")
		got := w.run("check", "--live")
		if got.code != 0 {
			t.Errorf("exit code %d", got.code)
		}
		expect(t, got.stdout, `! The event "Zed on-shift"`, "as an alias, under engineers", "Nothing is wrong. Please look at what is marked with !.")
		keepsQuiet(t, got.stdout, "✗")
	})
	t.Run("for programs", func(t *testing.T) {
		t.Parallel()
		w := liveWorld(t, rostered)
		type report struct {
			OK   bool
			Live []struct {
				Area, Says, Fix string
				OK, Look        bool
			}
		}
		if got := read[report](t, w.run("check", "--live", "--json")); !got.OK || len(got.Live) < 6 {
			t.Errorf("all is right: %+v", got)
		}
		w.check(w.slack.Leave(w.slack.Options().App.UserID, enterprise))
		asJSON := w.run("check", "--live", "--json")
		got := read[report](t, asJSON)
		if got.OK || asJSON.code != 1 {
			t.Errorf("exit code %d: %+v", asJSON.code, got)
		}
		for _, f := range got.Live {
			if (!f.OK || f.Look) != (f.Fix != "") {
				t.Errorf("%+v", f)
			}
		}
	})
}
