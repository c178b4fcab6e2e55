package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// withoutAFile is a world in which there is no configuration file.
func withoutAFile(t *testing.T, database string) *world {
	w := newWorld(t, database, "")
	w.env = slices.DeleteFunc(w.env, func(v string) bool { return strings.HasPrefix(v, "SLABUDDY_CONFIG=") })
	w.dir = filepath.Join(w.dir, "empty")
	w.check(os.Mkdir(w.dir, 0o700))
	return w
}

// setUp types /sla-setup and waits for a modal that says all parts.
func (w *world) setUp(user, channel string, parts ...string) slacktest.View {
	w.t.Helper()
	if said := w.types(user, channel, "/sla-setup"); said != "" {
		w.t.Fatalf("no modal, but: %s", said)
	}
	return w.modal(user, parts...)
}

// wrong are what a submission was refused for, by field.
func wrong(ack slacktest.Ack) map[string]string {
	fields := map[string]string{}
	for block, words := range ack.Errors {
		field, _, _ := strings.Cut(block, "@")
		fields[field] = words
	}
	return fields
}

// versions is how often something was set up.
func (w *world) versions(scope string) int {
	w.t.Helper()
	all, err := w.peek().SettingVersions(w.t.Context(), w.slack.Options().Team.ID, scope, 100)
	w.check(err)
	return len(all)
}

// A team sets everything up without leaving Slack and without any file: a channel, its tiers, its people.
func TestATeamSetsItselfUpInSlackAlone(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := withoutAFile(t, database)
		w.start()
		scope := setup.ChannelScope(enterprise)
		before := w.ticket(enterprise, "1", 11*time.Minute)
		w.told()
		if _, found := w.find(enterprise, before); found {
			t.Fatal("a ticket is followed in a channel that nobody set up")
		}
		expect(t, w.types("U0ANA", enterprise, "/sla"), "I do not watch this channel", "/sla-setup")

		w.part("an engineer is added", func(t *testing.T) {
			if said := w.types("U0HANA", enterprise, "/add-support-engineer"); said != "" {
				t.Fatalf("no modal, but: %s", said)
			}
			v := w.modal("U0HANA", "The support team is empty as yet.")
			ack := w.submit("U0HANA", v, slacktest.Values{"slabuddy_engineer_user": {"U0BOB"}, "name": {"Bob Stone"}, "aliases": {"on-shift"}})
			expect(t, wrong(ack)["aliases"], "a meaning of its own")
			ack = w.submit("U0HANA", v, slacktest.Values{"aliases": {"Bobby"}})
			w.modal("U0HANA", "Saved: <@U0BOB>")
			w.slack.Repeat(ack)
			if n := w.versions(setup.EngineerScope("U0BOB")); n != 1 {
				t.Errorf("saved %d times", n)
			}
		})
		w.part("a channel gets tiers of its own", func(t *testing.T) {
			v := w.setUp("U0HANA", enterprise, "I do not watch <#"+enterprise+"> yet")
			w.press("U0HANA", v, slacktest.Control{Action: "slabuddy_setup_policy", Chosen: []string{"/own"}})
			v = w.modal("U0HANA", "*Tier 1*")
			w.press("U0HANA", v, slacktest.Control{Action: "slabuddy_setup_add"})
			v = w.modal("U0HANA", "*Tier 2*")
			bad := w.submit("U0HANA", v, slacktest.Values{
				"tier_1_after": {"soon"}, "tier_1_notify": {"@Bobby"}, "tier_2_after": {"20m"}, "tier_2_notify": {"@nobody-we-know"},
			})
			if bad.ResponseAction != "errors" || wrong(bad)["tier_1_after"] == "" {
				t.Fatalf("a bad value is answered with %s", bad.Body)
			}
			if n := w.versions(scope); n != 0 {
				t.Fatalf("saved %d times, with a bad value", n)
			}
			good := w.submit("U0HANA", v, slacktest.Values{
				"tier_1_after": {"5m"}, "tier_2_notify": {"@support"}, "tier_2_message": {"Ticket {{.Ticket.ID}} burns."},
			})
			w.modal("U0HANA", "Saved. I watch <#"+enterprise+">", "Bob Stone")
			if again := w.slack.Repeat(good); !again.OK() || again.ResponseAction == "errors" {
				t.Errorf("submitted twice: %+v %s", again, again.Body)
			}
			if n := w.versions(scope); n != 1 {
				t.Errorf("saved %d times", n)
			}
		})
		w.part("a new ticket runs by it", func(t *testing.T) {
			ts := w.ticket(enterprise, "2", 6*time.Minute)
			reminder := w.reminder(enterprise, ts)
			expect(t, reminder.Text, "Ticket 2 ", "waiting", "Tier 1 of 2", "Next: @support")
			if got := pinged(reminder); !slices.Equal(got, []string{"U0BOB"}) {
				t.Errorf("@Bobby pings %v", got)
			}
			w.pass(15*time.Minute, enterprise, ts)
			second := w.reminders(2, enterprise, ts)
			expect(t, second.Text, "Tier 2 of 2", "Ticket 2 burns.")
			if got := pinged(second); !slices.Equal(got, []string{"S0SUPPORT"}) {
				t.Errorf("tier 2 pings %v", got)
			}
		})
		w.part("what was changed is taken back", func(t *testing.T) {
			v := w.setUp("U0HANA", enterprise, "Version 1", "*Tier 2*", "as <@U0HANA> set it")
			w.submit("U0HANA", v, slacktest.Values{"slabuddy_setup_policy": {"teams"}})
			w.modal("U0HANA", "Saved.")
			ts := w.ticket(enterprise, "3", 6*time.Minute)
			w.delivered()
			if policy := w.timeline(enterprise, ts).Policy; policy != "teams" {
				t.Errorf("ticket 3 runs by %q, want teams", policy)
			}
			v = w.setUp("U0HANA", enterprise, "Version 2")
			w.press("U0HANA", v, slacktest.Control{Action: "slabuddy_setup_undo"})
			w.modal("U0HANA", "It is as it was in version 1")
			ts = w.ticket(enterprise, "4", time.Minute)
			w.delivered()
			if tiers := w.timeline(enterprise, ts).Tiers; len(tiers) != 2 || tiers[0].After != 5*time.Minute {
				t.Errorf("ticket 4 runs by %+v", tiers)
			}
		})
		w.part("whoever is no admin is told kindly", func(t *testing.T) {
			saved := w.versions(scope)
			v := w.setUp("U0ANA", enterprise, "Only admins of this workspace")
			if _, err := w.slack.Submit("U0ANA", v.ID, nil); err == nil {
				t.Error("it can be submitted all the same")
			}
			expect(t, w.types("U0ANA", enterprise, "/add-support-engineer"), "Only admins of this workspace") // it is known by now
			if n := w.versions(scope); n != saved {
				t.Error("something was changed")
			}
		})
		w.part("a window that Slack does not open is explained", func(*testing.T) {
			w.slack.Inject(slacktest.Fault{Method: "views.open", Times: 1, Do: slacktest.Refused("expired_trigger_id")})
			w.types("U0HANA", enterprise, "/sla-setup")
			w.whispered("U0HANA", "Slack took too long, and the window could not be opened. Please type the command once more.")
		})
		w.part("what was set up outlives a restart", func(t *testing.T) {
			w.children[0].stop()
			w.start()
			expect(t, w.types("U0ANA", enterprise, "/sla"), "3 tickets of this channel wait for an answer", "Ticket 2", "Ticket 3", "Ticket 4")
		})
	})
}

// What the file sets is shown in Slack, and stays the file's.
func TestWhatTheFileSetsIsNotChangedFromSlack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), "admins: [U0BOB]\nchannels: {C0ENTERPRISE: {policy: teams}}")
	w.slack.AddChannel(slacktest.Channel{ID: "C0OTHER", Name: "other", Members: everybody})
	w.start()
	v := w.setUp("U0HANA", enterprise, "is set in slabuddy.yaml by whoever runs me", "*teams*")
	keepsQuiet(t, visible(v.Blocks), "slabuddy_setup_policy", "slabuddy_setup_stop")
	if _, err := w.slack.Submit("U0HANA", v.ID, nil); err == nil {
		t.Error("it can be submitted all the same")
	}
	_, err := w.slack.CloseView("U0HANA", v.ID)
	w.check(err)

	v = w.setUp("U0BOB", "C0OTHER", "I do not watch <#C0OTHER> yet") // the others are free, also to whom the file calls an admin
	w.submit("U0BOB", v, slacktest.Values{"slabuddy_setup_policy": {"enterprise"}})
	w.modal("U0BOB", "Saved. I watch <#C0OTHER>")
	for channel, policy := range map[string]string{enterprise: "teams", "C0OTHER": "enterprise"} {
		ts := w.ticket(channel, "of-"+policy, time.Minute)
		w.delivered()
		if got := w.timeline(channel, ts).Policy; got != policy {
			t.Errorf("a ticket in %s runs by %q, want %q", channel, got, policy)
		}
	}
}

// Whichever replica a click or a submission comes to, all of them know what came of it.
func TestReplicasAgreeOnWhatIsSetUpAndClicked(t *testing.T) {
	t.Parallel()
	w := withoutAFile(t, databases["postgres"](t))
	first, second := w.start(), w.start()
	to := func(c *child) { w.slack.SetAppURL("http://" + c.public) }
	to(first)
	v := w.setUp("U0HANA", enterprise, "I do not watch")
	to(second)
	ack := w.submit("U0HANA", v, slacktest.Values{"slabuddy_setup_policy": {"enterprise"}})
	w.modal("U0HANA", "Saved.")
	to(first)
	if again := w.slack.Repeat(ack); !again.OK() || again.ResponseAction == "errors" {
		t.Errorf("submitted twice: %+v %s", again, again.Body)
	}
	if n := w.versions(setup.ChannelScope(enterprise)); n != 1 {
		t.Errorf("saved %d times", n)
	}
	w.until("the other knows it", patience, func() bool {
		return strings.Contains(w.types("U0ANA", enterprise, "/sla"), "No ticket of this channel waits")
	})
	ts := w.ticket(enterprise, "42", 11*time.Minute)
	reminder := w.reminder(enterprise, ts)
	w.told()
	before := w.timeline(enterprise, ts)
	clicked := w.click("U0ANA", enterprise, reminder, snooze)
	to(second)
	w.slack.Repeat(clicked)
	w.whispered("U0ANA", "That was a double click")
	if by := w.moved(before); by != 30*time.Minute {
		t.Errorf("moved by %s", by)
	}
	to(first)
	w.check(w.slack.OpenHome("U0ANA"))
	w.told()
}
