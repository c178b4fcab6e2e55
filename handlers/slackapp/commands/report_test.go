package commands_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// reports make reports of what is stored.
type reports struct{ w *world }

func (r reports) Report(ctx context.Context, q report.Query) (report.Report, error) {
	return report.Make(ctx, r.w.store, q, nothing{}, r.w.now(), time.UTC)
}

type nothing struct{}

func (nothing) Known(context.Context, string) (report.Known, error) { return report.Known{}, nil }

// reported is what /sla report shows somebody.
func (w *world) reported(user, in, line string) slacktest.Ephemeral {
	w.t.Helper()
	before := len(w.Ephemerals(user))
	w.types(user, in, line) // what it returns is the report, or nothing: the report is made after the answer
	w.waits("the report", func() bool { return len(w.Ephemerals(user)) > before })
	all := w.Ephemerals(user)
	return all[len(all)-1]
}

// Rules 25 and 29: anybody may ask how the team did, and reads of no ticket more than they may read in Slack.
func TestReportInSlack(t *testing.T) {
	w := newWorld(t)
	const private = "C0PRIVATE"
	w.AddChannel(slacktest.Channel{ID: private, Name: "acquisition", Private: true, Members: []string{member}})
	w.open(team, private, 5*time.Hour, "41")
	w.open(team, other, 4*time.Hour, "42")
	w.open(team, other, 20*24*time.Hour, "7")
	for user, subjects := range map[string]int{member: 2, bob: 1} {
		m := w.reported(user, channel, "/sla report")
		says(t, m.Text, "0 % of 2 tickets got their first reply in time", "Ticket 41", "Ticket 42", "first reply: 0 kept, 2 breached")
		if got := strings.Count(m.Text, "burns"); got != subjects {
			t.Errorf("%s reads %d subjects, want %d:\n%s", user, got, subjects, m.Text)
		}
		keepsQuiet(t, m.Text, "<!here>")
	}
	says(t, w.reported(bob, channel, "/sla report 30d").Text, "of 3 tickets")
	here := w.reported(bob, other, "/sla report").Text // that channel is watched
	says(t, here, "of 1 ticket ")
	keepsQuiet(t, here, "Ticket 41")
	says(t, w.reported(bob, other, "/sla report all").Text, "of 2 tickets")
	for _, line := range []string{"/sla report yesterday", "/sla report 0d", "/sla report 4000d", "/sla report -1d"} {
		says(t, w.types(bob, channel, line), "Say of how many days")
	}
}

// A breach leads to the help desk, and to its thread.
func TestABreachInAReportLeadsToItsThread(t *testing.T) {
	w := newWorld(t)
	ts, err := w.PostAs(bob, other, slacktest.Message{Text: "Ticket 43"})
	if err != nil {
		t.Fatal(err)
	}
	at := w.now().Add(-2 * time.Hour)
	m := escalation.Message{Thread: escalation.Thread{Workspace: team, Channel: other, TS: ts}, PostedAt: at, Ticket: escalation.Ticket{ID: "43", Link: "https://desk.example.com/43"}}
	missed := escalation.Begin(idAt(at), m, policy.BuiltIn()["enterprise"], &escalation.Settings{GiveUp: w.file.GiveUp}, at)
	if _, err := w.store.Open(t.Context(), []escalation.Timeline{missed}); err != nil {
		t.Fatal(err)
	}
	shown := string(w.reported(bob, channel, "/sla report").Blocks)
	says(t, shown, "https://desk.example.com/43", "/archives/"+other+"/p"+strings.ReplaceAll(ts, ".", ""), "still waits")
}

// Where Slack refuses the picture and the table, or all of it as too long, the same is said as text.
func TestReportWhereSlackRefusesThePicture(t *testing.T) {
	for _, code := range []string{"invalid_blocks", "msg_blocks_too_long"} {
		w := newWorld(t)
		w.open(team, other, 4*time.Hour, "42")
		refused := w.Inject(slacktest.Fault{
			Method: "chat.postEphemeral", Do: slacktest.Refused(code),
			When: func(c slacktest.Call) bool { return strings.Contains(c.Args["blocks"], "data_visualization") },
		})
		m := w.reported(bob, channel, "/sla report")
		says(t, m.Text, "Ticket 42")
		if refused.Hits() != 1 || strings.Contains(string(m.Blocks), "data_") || !strings.Contains(read(m.Blocks), "Ticket 42") {
			t.Errorf("%s: refused %d times; shown: %s", code, refused.Hits(), m.Blocks)
		}
	}
}

// week is how the team did in the last seven days, counted afresh.
func (w *world) week(ctx context.Context, workspace string) (now, before report.Counts, err error) {
	r, err := reports{w}.Report(ctx, report.Query{From: w.now().Add(-7 * 24 * time.Hour), To: w.now(), Workspace: workspace})
	if err != nil {
		return now, before, err
	}
	return r.Whole(), r.WholeBefore(), nil
}

func TestTheHomeTabTellsTheTeamsWeek(t *testing.T) {
	w := newWorld(t)
	says(t, w.home(bob, "The team's last seven days"), "No ticket came in.")
	w.open(team, other, 4*time.Hour, "42")
	w.open(team, other, 10*24*time.Hour, "7")
	says(t, w.home(bob, "of first replies in time"), "*0 %* of first replies in time: 0 kept, 1 breached, 0 open", "In the seven days before: 0 %, 0 kept and 1 breached")
}
