package commands_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// weekReport opens the modal of the week's report.
func (w *world) weekReport(user, in, says string) slacktest.View {
	w.t.Helper()
	if said := w.types(user, in, "/sla-setup report"); said != "" {
		w.t.Fatalf("said at once: %s", said)
	}
	return w.modal(user, says)
}

// Rule 25: where and when the week's report is posted is set up in Slack.
func TestTheWeeksReportIsSetUpInSlack(t *testing.T) {
	w := newWorld(t)
	v := w.weekReport(admin, channel, "I do not yet: choose where.")
	says(t, read(v.Blocks), "on the clock of UTC", "mon 09:00")
	ack := w.submits(admin, v, slacktest.Values{"at": {"someday"}})
	says(t, ack.Errors["at"], "mon 09:00")
	ack = w.submits(admin, v, slacktest.Values{"at": {"Friday 16:30"}}) // the channel is that of the command
	if ack.ResponseAction != "update" {
		t.Fatalf("%+v %s", ack, ack.Body)
	}
	w.modal(admin, "The next one comes in <#"+channel+"> on Friday")
	want := escalation.Weekly{Channel: channel, At: weekly.Moment{Day: time.Friday, Hour: 16, Minute: 30}}
	inForce := func() escalation.Weekly { return w.book.Settings(team).Report }
	if inForce() != want {
		t.Errorf("in force: %+v", inForce())
	}
	if again := w.Repeat(ack); !again.OK() || inForce() != want {
		t.Errorf("submitted twice: %+v, %+v", again, inForce())
	}

	v = w.weekReport(admin, other, "Once a week, fri 16:30 (UTC), I post in <#"+channel+"> how the team did, as <@"+admin+"> set it")
	w.submits(admin, v, slacktest.Values{"channel": {}, "at": {"fri 16:30"}})
	w.modal(admin, "I post no weekly report.")
	if inForce().Channel != "" {
		t.Errorf("still in force: %+v", inForce())
	}
}

// What the file says is shown, and is not to be changed from Slack.
func TestTheWeeksReportOfTheFileIsNotSetUpInSlack(t *testing.T) {
	w := newWorld(t)
	w.file.Report.Channel = other
	w.book.SetBase(&w.file, "")
	says(t, read(w.weekReport(admin, channel, "I post in <#"+other+">").Blocks), "It is set in slabuddy.yaml")
	_, err := w.book.Change(t.Context(), setup.Edit{Workspace: team, Scope: setup.ReportScope, By: admin, Body: setup.Report{Channel: channel}})
	if err != setup.ErrFromFile {
		t.Errorf("changed: %v", err)
	}
}

// Rule 29: it takes the right to set up, and to read the channel; both are asked for again.
func TestWhoMaySetUpTheWeeksReport(t *testing.T) {
	w := newWorld(t)
	w.types(member, channel, "/sla-setup report")
	w.modal(member, "Only admins of this workspace")
	w.AddChannel(slacktest.Channel{ID: "C0SECRET", Name: "secret", Private: true, Members: []string{bob}})
	v := w.weekReport(admin, channel, "I do not yet")
	ack := w.submits(admin, v, slacktest.Values{"channel": {"C0SECRET"}})
	says(t, ack.Errors["channel"], "I cannot see that you are in this channel")
	payload := `{"type":"view_submission","team":{"id":"` + team + `"},"user":{"id":"` + admin + `","team_id":"` + team + `"},"view":{"id":"V1","callback_id":"slabuddy_report_week",` +
		`"state":{"values":{"channel":{"channel":{"selected_conversation":"../admins"}},"at":{"at":{"value":"mon 09:00"}}}}}}`
	if _, err := w.app.Interaction(t.Context(), []byte(payload)); err != nil {
		t.Error(err)
	}
	w.AddUser(slacktest.User{ID: admin, Name: "hana"}) // an admin no more
	ack = w.submits(admin, v, slacktest.Values{"channel": {channel}})
	says(t, ack.Errors["channel"], "Only admins of this workspace")
	if got := w.book.Settings(team).Report.Channel; got != "" {
		t.Errorf("in force: %s", got)
	}
}
