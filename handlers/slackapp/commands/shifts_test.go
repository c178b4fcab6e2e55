package commands_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// setUpShifts opens the modal of changes of shift.
func (w *world) setUpShifts(user, in, says string) slacktest.View {
	w.t.Helper()
	if said := w.types(user, in, "/sla-setup handover"); said != "" {
		w.t.Fatalf("said at once: %s", said)
	}
	return w.modal(user, says)
}

// Rule 24: where changes of shift are told, and when the week ahead is, is set up in Slack.
func TestChangesOfShiftAreSetUpInSlack(t *testing.T) {
	w := newWorld(t)
	v := w.setUpShifts(admin, channel, "I do not yet: choose where.")
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

	v = w.setUpShifts(admin, other, "I tell changes of shift in <#"+channel+">, and the week ahead mon 09:00 (UTC), as <@"+admin+"> set it")
	w.submits(admin, v, slacktest.Values{"channel": {other}, "outlook": {""}})
	w.modal(admin, "I tell the next change of shift in <#"+other+">.")
	inForce(escalation.HandoverSettings{Channel: other})

	v = w.setUpShifts(admin, other, "I tell changes of shift in <#"+other+">, as")
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
	w.setUpShifts(admin, channel, "I have no shift calendar here")
}

// What the file says is shown, and is not to be changed from Slack.
func TestChangesOfShiftOfTheFileAreNotSetUpInSlack(t *testing.T) {
	w := newWorld(t)
	w.file.Handover.Channel = other
	w.book.SetBase(&w.file, "")
	says(t, read(w.setUpShifts(admin, channel, "I tell changes of shift in <#"+other+">").Blocks), "It is set in slabuddy.yaml")
	_, err := w.book.Change(t.Context(), setup.Edit{Workspace: team, Scope: setup.HandoverScope, By: admin, Body: setup.Handover{Channel: channel}})
	if err != setup.ErrFromFile {
		t.Errorf("changed: %v", err)
	}
}

// Rule 29: it takes the right to set up, and to read the channel; both are asked for again.
func TestWhoMaySetUpChangesOfShift(t *testing.T) {
	w := newWorld(t)
	w.types(member, channel, "/sla-setup handover")
	w.modal(member, "Only admins of this workspace")
	w.AddChannel(slacktest.Channel{ID: "C0SECRET", Name: "secret", Private: true, Members: []string{bob}})
	v := w.setUpShifts(admin, channel, "I do not yet")
	ack := w.submits(admin, v, slacktest.Values{"channel": {"C0SECRET"}})
	says(t, ack.Errors["channel"], "I cannot see that you are in this channel")
	w.AddUser(slacktest.User{ID: admin, Name: "hana"}) // an admin no more
	ack = w.submits(admin, v, slacktest.Values{"channel": {channel}})
	says(t, ack.Errors["channel"], "Only admins of this workspace")
	if got := w.book.Settings(team).Handover.Channel; got != "" {
		t.Errorf("in force: %s", got)
	}
}
