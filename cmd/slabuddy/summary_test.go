package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const (
	leads  = "C0LEADS"
	secret = "C0SECRET"
)

// lastWeek leaves tickets of the last days: one answered in time, and two that nobody answered, one of them in a
// channel that not everybody reads.
func (w *world) lastWeek() {
	w.t.Helper()
	policy := policy.BuiltIn()["enterprise"]
	minute := int(time.Since(march).Minutes()) - 3*24*60
	for i, c := range []struct {
		channel, id, subject string
		minutes              int
	}{{enterprise, "101", "All is well", 9}, {enterprise, "102", "Cannot log in & <b>", 90}, {secret, "103", "Merger with Globex", 90}} {
		t := past(minute+i, escalation.Ticket{ID: c.id, Subject: c.subject, Link: "https://desk.example.com/tickets/" + c.id}, policy)
		t.Workspace, t.Channel = w.slack.Options().Team.ID, c.channel
		w.keep(closed(t, escalation.Answered, c.minutes, ""))
	}
}

// Where nothing is configured, the week's report goes where it was set up to go in Slack.
func TestAWeeksReportSetUpInSlackIsPosted(t *testing.T) {
	w := withoutAFile(t, databases["sqlite"](t))
	w.slack.AddChannel(slacktest.Channel{ID: leads, Name: "leads", Members: []string{"U0HANA"}})
	w.start()
	w.lastWeek()
	if said := w.types("U0HANA", leads, "/sla-setup report"); said != "" {
		t.Fatalf("no modal, but: %s", said)
	}
	at := time.Now().UTC().Add(-time.Hour) // that of this week may still be posted
	w.submit("U0HANA", w.modal("U0HANA", "choose where"), slacktest.Values{"at": {at.Format("Mon 15:04")}})
	w.modal("U0HANA", "The next one comes in <#"+leads+">")
	w.until("the report", 60*time.Second, func() bool { return len(w.slack.History(leads)) > 0 })
	expect(t, w.slack.History(leads)[0].Text, "got their first reply in time")
}

// Rule 25 in Slack: the week's summary is posted once, whatever is lost and whoever restarts, with its details in its
// thread; of a private channel's tickets no subject is told.
func TestTheWeeksSummaryIsPostedOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		at := time.Now().UTC().Add(-time.Hour)
		w := newWorld(t, database, fmt.Sprintf("report: {channel: %s, at: '%s'}\n", leads, at.Format("Mon 15:04"))+plain)
		w.slack.AddChannel(slacktest.Channel{ID: leads, Name: "leads"})
		w.slack.AddChannel(slacktest.Channel{ID: secret, Name: "secret", Private: true})
		w.must("migrate", "up")
		w.lastWeek()
		toLeads := func(c slacktest.Call) bool { return c.Args["channel"] == leads }
		lost := w.slack.Inject(slacktest.Fault{Method: "chat.postMessage", When: toLeads, Times: 1, Do: slacktest.Cut().AfterAccepting()})
		c := w.start()
		w.until("the answer lost", 60*time.Second, func() bool { return lost.Hits() == 1 })
		c.kill()
		w.start()
		if strings.HasPrefix(database, "postgres") {
			w.start()
		}
		posted := func() []slacktest.Message { return w.slack.History(leads) }
		thread := func() []slacktest.Message { return w.replies(leads, posted()[0].TS) } // the bot's own summary is its first
		w.until("the details", 90*time.Second, func() bool { return len(posted()) > 0 && len(thread()) > 1 })
		w.settled(database)
		if n := len(posted()); n != 1 {
			t.Fatalf("%d summaries, want one", n)
		}
		m := posted()[0]
		expect(t, m.Text, "33 % of 3 tickets got their first reply in time", "102", "Cannot log in &amp; &lt;b&gt;", "103", "nobody was told")
		expect(t, string(m.Blocks), `"data_visualization"`, `"data_table"`, "Cannot log in")
		if strings.Contains(m.Text+string(m.Blocks), "Globex") {
			t.Errorf("it tells the subject of a private channel's ticket:\n%s", m.Text)
		}
		details := thread()[1:]
		if len(details) != 1 {
			t.Fatalf("%d posts with details, want one", len(details))
		}
		expect(t, details[0].Text, "first reply: 1 kept, 2 breached, 0 withdrawn, 0 still open", "Why promises broke", "The bot itself")
		if got := append(pinged(m), pinged(details[0])...); len(got) > 0 {
			t.Errorf("it pings %v", got)
		}
	})
}
