package commands_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Rule 25: where and when the week's report is posted is set up in Slack.
func TestTheWeeksReportIsSetUpInSlack(t *testing.T) {
	w := newWorld(t)
	v := w.setsUp("report", admin, channel, "I do not yet: choose where.")
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

	v = w.setsUp("report", admin, other, "Once a week, fri 16:30 (UTC), I post in <#"+channel+"> how the team did, as <@"+admin+"> set it")
	w.submits(admin, v, slacktest.Values{"channel": {}, "at": {"fri 16:30"}})
	w.modal(admin, "I post no weekly report.")
	if inForce().Channel != "" {
		t.Errorf("still in force: %+v", inForce())
	}
}
