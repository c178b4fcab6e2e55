package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const opsChannel = "C0OPS"

// older has a trouble that the program knows of have begun, been seen and been told so much earlier.
func (w *world) older(name string, by time.Duration) {
	w.t.Helper()
	const book = "ops/troubles"
	w.until("the trouble "+name+" known", patience, func() bool {
		value, at, found, err := w.peek().Get(w.t.Context(), book)
		w.check(err)
		troubles := map[string]map[string]any{}
		if found {
			w.check(json.Unmarshal(value, &troubles))
		}
		trouble, known := troubles[name]
		if !known {
			return false
		}
		for _, field := range []string{"since", "seen_at", "told_at"} {
			if stamp, ok := trouble[field].(string); ok {
				then, err := time.Parse(time.RFC3339Nano, stamp)
				w.check(err)
				trouble[field] = then.Add(-by)
			}
		}
		value, err = json.Marshal(troubles)
		w.check(err)
		w.check(w.peek().Put(w.t.Context(), book, value, at))
		return true
	})
}

// The bot tells its own troubles: one message a fault, which says in the end that it is over. (That it is brought up
// to date between, every five minutes, is held by the tests of package trouble.)
func TestTroublesAreToldInTheOpsChannel(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), "ops_channel: "+opsChannel+"\nhelp_desk: {poll: 1s, poll_budget: 600}"+plain)
	w.slack.AddChannel(slacktest.Channel{ID: opsChannel, Name: "ops"})
	w.start()
	w.ticket(enterprise, "42", 2*time.Minute)
	w.desk.Fail(helpdesktest.ServerError, helpdesktest.Always)
	_, err := w.slack.PostAs(deskApp, enterprise, slacktest.Message{Text: "*Ticket ID*: {{ticket.id}}\n*Ticket priority*: high"})
	w.check(err)

	told := func(about string) (messages []slacktest.Message) {
		for _, m := range w.slack.History(opsChannel) {
			if strings.Contains(m.Text, about) {
				messages = append(messages, m)
			}
		}
		return messages
	}
	text := func(about string) func() string {
		return func() string {
			var all []string
			for _, m := range told(about) {
				all = append(all, m.Text)
			}
			return strings.Join(all, "\n---\n")
		}
	}
	const desk, unreadable = "The help desk (http)", "look like tickets"
	slowly := func(what string, text func() string, parts ...string) { // it looks around every 15 s
		t.Helper()
		w.until(what, 60*time.Second, func() bool {
			for _, part := range parts {
				if !strings.Contains(text(), part) {
					return false
				}
			}
			return true
		})
	}
	w.older("desk", time.Minute)
	slowly("the desk's trouble told", text(desk), "*I am in trouble:* The help desk (http) does not answer as it should", "500")
	slowly("the ticket that cannot be read told", text(unreadable), "*I am in trouble:*", "channel "+enterprise, "tickets.fields.id", "slabuddy check --live")
	for _, m := range w.slack.History(opsChannel) {
		if got := pinged(m); len(got) > 0 {
			t.Errorf("it pings %v: %s", got, m.Text)
		}
	}

	w.desk.Heal()
	w.older("desk", 3*time.Minute)
	slowly("the trouble over", text(desk), "*This is over:* The help desk (http)")
	if n := len(told(desk)); n != 1 {
		t.Errorf("%d messages about one trouble: %s", n, text(desk)())
	}
	if n := len(told(unreadable)); n != 1 {
		t.Errorf("%d messages about the ticket", n)
	}
}

// Rule 8: the shortest configuration, in a workspace whose plan has no user groups, says whom it cannot reach: in the log at
// the start and in ops_channel.
func TestTiersThatReachNobodyAreToldInTheOpsChannel(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), "ops_channel: "+opsChannel+"\nhelp_desk: {kind: none}\nchannels: {"+enterprise+": {}}")
	w.slack.AddChannel(slacktest.Channel{ID: opsChannel, Name: "ops"})
	w.slack.Inject(slacktest.Fault{Method: "usergroups.list", Do: slacktest.Refused("plan_upgrade_required")})
	c := w.start()
	const (
		offline = "Tiers 1 and 2 of enterprise reach nobody: without a shift calendar nobody is known to be on shift."
		asked   = "Tiers 1, 2, 3 and 4 of enterprise reach nobody"
	)
	expect(t, c.logged(), "look at the configuration: channels."+enterprise+": "+offline)
	w.until("what Slack has not, logged", patience, func() bool { return strings.Contains(c.logged(), "tiers can reach nobody: "+asked) })
	w.older("reach", time.Minute)
	w.until("what Slack has not, told", patience, func() bool {
		for _, m := range w.slack.History(opsChannel) {
			if strings.Contains(m.Text, "*I am in trouble:* "+asked) && strings.Contains(m.Text, "@head-of-success") {
				return len(pinged(m)) == 0
			}
		}
		return false
	})
}
