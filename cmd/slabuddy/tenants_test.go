package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// ofAcme is a configuration with a desk, people, a policy that pages, and a channel, all of Acme's.
const ofAcme = `
workspace: T0ACME
help_desk: {poll: 1s}
engineers: [{name: Ana of Acme, slack: U0ANA}]
policies: {guard: {tiers: [{after: 10m, notify: '@support', page: oncall}]}}
pages: {oncall: {preset: grafana-oncall, url_env: ONCALL_URL}}
channels: {C0ENTERPRISE: {policy: guard}}
tickets: {link: 'https://desk.acme.example/{{.ID}}'}
`

// Rule 29: what the file says is its workspace's alone. A stranger installs the app in a workspace of their
// own, where all ids are the same, and has nothing of it.
func TestWhatTheFileSaysIsItsOwnWorkspacesAlone(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, acme, globex, public := cloudWorld(t, database)
		w.configure(ofAcme)
		pager := newReceiver(t)
		w.env = append(w.env, "ONCALL_URL="+pager.URL+onCallKey, "HELPDESK_WEBHOOK_SECRET="+webhookSecret)
		c := w.start()
		w.install(acme, public)
		w.install(globex, public)

		w.part("no policy and nobody of the file", func(t *testing.T) {
			w.slack = globex
			v := w.setUp("U0HANA", enterprise, "I do not watch")
			keepsQuiet(t, visible(v.Blocks), "guard", "oncall", "Ana of Acme")
			_, err := globex.CloseView("U0HANA", v.ID)
			w.check(err)
			keepsQuiet(t, w.types("U0ANA", enterprise, "/sla who"), "Ana of Acme")
			expect(t, w.types("U0ANA", enterprise, "/sla away for 2h"), "You are not in the support team as I know it")
		})
		w.followed(globex, "enterprise")
		ticket := func(in *slacktest.Workspace, id string) string {
			m := desks.Fields(desks.Ticket{ID: id, Priority: "high", Type: "bug", Subject: "of " + in.Options().Team.Name})
			m.TS = slacktest.TS(time.Now().Add(-11 * time.Minute))
			ts, err := in.PostAs(deskApp, enterprise, m)
			w.check(err)
			return ts
		}
		theirs, same := ticket(globex, "77"), ticket(globex, "42")
		w.slack = globex
		keepsQuiet(t, visible(w.reminder(enterprise, theirs).Blocks), "desk.acme.example")
		w.reminder(enterprise, same)
		w.slack = acme
		ours := ticket(acme, "42")
		expect(t, visible(w.reminder(enterprise, ours).Blocks), "https://desk.acme.example/42")
		w.until("Acme is paged", patience, func() bool { return pager.got(onCallKey) == 1 })

		w.part("no question to the desk, and no page", func(t *testing.T) {
			if n := w.desk.Asked("77"); n > 0 {
				t.Errorf("the desk was asked %d times about a ticket of another workspace", n)
			}
			pager.mu.Lock()
			defer pager.mu.Unlock()
			if all := strings.Join(pager.calls, "\n"); strings.Contains(all, "Globex") || strings.Contains(all, "Ticket 77") {
				t.Errorf("the pager got\n%s", all)
			}
		})
		w.part("no word of the desk", func(t *testing.T) {
			for _, id := range []string{"42", "77"} {
				said := fmt.Sprintf(`{"ticket_id":%q,"event":"replied","timestamp":%d}`, id, time.Now().Unix())
				if status := c.deskSays(said, webhookSecret); status != http.StatusOK {
					t.Fatalf("status %d", status)
				}
			}
			w.slack = acme
			if tl := w.timeline(enterprise, ours); tl.State != escalation.Answered {
				t.Errorf("Acme's own ticket is %s", tl.State)
			}
			w.slack = globex
			for _, ts := range []string{theirs, same} {
				if tl := w.timeline(enterprise, ts); tl.State != escalation.Open {
					t.Errorf("a ticket of another workspace is %s", tl.State)
				}
			}
		})
	})
}

// Rule 29: where anybody can install the bot, serve and check refuse a file that does not say whose it is.
func TestAFileThatNamesNoWorkspaceIsRefused(t *testing.T) {
	t.Parallel()
	w, _, _, _ := cloudWorld(t, databases["sqlite"](t))
	w.configure(strings.Replace(ofAcme, "workspace: T0ACME\n", "", 1))
	w.env = append(w.env, "ONCALL_URL=https://oncall.example.com/x")
	for _, command := range []string{"check", "serve"} {
		got := w.run(command)
		if got.code != 1 {
			t.Errorf("%s: exit code %d", command, got.code)
		}
		expect(t, got.stderr, "slabuddy.yaml:1:1: no workspace is named", "workspace: T…", "workspace: '*'")
	}
	w.configure("workspace: '*'" + strings.Replace(ofAcme, "workspace: T0ACME\n", "", 1))
	if got := w.run("check"); got.code != 0 {
		t.Errorf("with every workspace named: %d %s", got.code, got.stderr)
	}
}
