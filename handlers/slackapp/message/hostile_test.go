package message

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// hostile is a ticket whose writer wants to be read as the bot.
var hostile = escalation.Ticket{
	ID: "4*2*", Priority: evil, Type: evil, Customer: evil, Subject: evil, Link: "https://desk.example.com/42",
}

const evil = ":rotating_light: *Security notice:*” _please_ ~do~ sign in at `https://evil.example/`\n> <https://evil.example|here>"

// everywhere is all that people are shown of a ticket, by where they see it.
func everywhere(t *testing.T) map[string]*said {
	t.Helper()
	all := map[string]*said{}
	for name, r := range reminders() {
		r.Ticket = hostile
		all["reminder "+name] = renderReminder(r, people)
	}
	for name, tl := range refreshed() {
		r := firstTier()
		r.Ticket, tl.Ticket = hostile, hostile
		if tl.State == escalation.Withdrawn {
			tl.Cause = evil
		}
		all["refreshed "+name] = renderRefreshed(r, &tl, "1.0", people, noon.Add(15*time.Minute))
	}
	for _, some := range []map[string]*escalation.Note{notes(), whispers()} {
		for name, n := range some {
			if n.Timeline != nil {
				tl := *n.Timeline
				tl.Ticket, n.Timeline = hostile, &tl
			}
			if n.Why != nil {
				n.Why.Reminder.Ticket = hostile
			}
			all["note "+name] = noted(t, n, noon.Add(36*time.Minute))
		}
	}
	p := digestOf(2)
	var rows []deliver.DigestRow
	for _, row := range p.Rows {
		row.Reminder.Ticket = hostile
		rows = append(rows, deliver.DigestRow{Post: row, Now: following("1.0", func(tl *escalation.Timeline) { tl.Ticket = hostile })})
	}
	all["digest"], all["digest now"] = renderDigest(p), renderDigestNow(rows, people, noon.Add(15*time.Minute))
	for name, h := range handovers() {
		for i := range h.Open {
			h.Open[i].Ticket = hostile
		}
		all["handover "+name] = renderHandover(h, people)
	}
	all["summary"] = renderSummary(escalation.Summary{From: noon, To: noon.Add(time.Hour), Breaches: 1, Missed: []escalation.Missed{
		{Channel: "C0ENT", Ticket: hostile, Clock: policy.FirstReply, At: noon, Because: "snoozed by " + evil},
	}})
	return all
}

// Rule 29: a ticket's subject and customer are quoted, plain, and on one line, and its link leads to the desk: a
// reader never takes them for the bot's own words.
func TestAHostileTicketReadsNowhereAsTheBot(t *testing.T) {
	for name, s := range everywhere(t) {
		for _, told := range []string{s.text(), encoded(t, s)} {
			for _, mark := range []string{":rotating_light:", "*Security", "notice:*", "_please_", "~do~", "`http", "|here>", "\n&gt; ", "*2*"} {
				if strings.Contains(told, mark) {
					t.Errorf("%s: %q is in\n%s", name, mark, told)
				}
			}
		}
		if strings.Contains(s.text(), "Security notice") && !strings.Contains(s.text(), "“∶rotating_light∶ ∗Security notice:∗’ ˍpleaseˍ") {
			t.Errorf("%s: it is not quoted:\n%s", name, s.text())
		}
	}
}
