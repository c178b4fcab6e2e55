package commands_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Rule 24: where changes of shift are told, and when the week ahead is, is set up in Slack.
func TestChangesOfShiftAreSetUpInSlack(t *testing.T) {
	w := newWorld(t)
	v := w.setsUp("handover", admin, channel, "I do not yet: choose where.")
	says(t, read(v.Blocks), "on the clock of UTC", "*Take over*")
	ack := w.submits(admin, v, slacktest.Values{"outlook": {"someday"}})
	says(t, ack.Errors["outlook"], "mon 09:00")
	ack = w.submits(admin, v, slacktest.Values{"outlook": {"Monday 9:00"}}) // the channel is that of the command
	w.modal(admin, "I tell the next change of shift in <#"+channel+">. The week ahead comes on Monday")
	inForce := func(want escalation.HandoverSettings) {
		t.Helper()
		if diff := cmp.Diff(want, w.book.Settings(team).Handover); diff != "" {
			t.Errorf("in force (-want +got):\n%s", diff)
		}
	}
	inForce(escalation.HandoverSettings{Channel: channel, Outlook: &weekly.Moment{Day: time.Monday, Hour: 9}})
	if again := w.Repeat(ack); !again.OK() {
		t.Errorf("submitted twice: %+v", again)
	}

	v = w.setsUp("handover", admin, other, "I tell changes of shift in <#"+channel+">, and the week ahead mon 09:00 (UTC), as <@"+admin+"> set it")
	w.submits(admin, v, slacktest.Values{"channel": {other}, "outlook": {""}})
	w.modal(admin, "I tell the next change of shift in <#"+other+">.")
	inForce(escalation.HandoverSettings{Channel: other})

	v = w.setsUp("handover", admin, other, "I tell changes of shift in <#"+other+">, as")
	w.submits(admin, v, slacktest.Values{"channel": {}})
	w.modal(admin, "I tell no changes of shift.")
	inForce(escalation.HandoverSettings{})
}

// Without a calendar nothing changes, and the modal says so.
func TestChangesOfShiftWithoutACalendar(t *testing.T) {
	w := newWorld(t)
	w.shift.mu.Lock()
	w.shift.in = &calendar.InForce{}
	w.shift.mu.Unlock()
	w.setsUp("handover", admin, channel, "I have no shift calendar here")
}
