package commands_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// setsUp opens the modal of /sla-setup report or handover.
func (w *world) setsUp(what, user, in, says string) slacktest.View {
	w.t.Helper()
	if said := w.types(user, in, "/sla-setup "+what); said != "" {
		w.t.Fatalf("said at once: %s", said)
	}
	return w.modal(user, says)
}

// places are what is set up to be posted in a channel, beside reminders.
var places = map[string]struct {
	says    string // as long as it is posted nowhere
	modal   string // its callback
	body    setup.Body
	scope   string
	channel func(*escalation.Settings) *string
}{
	"report": {"I do not yet", "slabuddy_report_week", setup.Report{Channel: channel}, setup.ReportScope,
		func(s *escalation.Settings) *string { return &s.Report.Channel }},
	"handover": {"I do not yet", "slabuddy_shifts", setup.Handover{Channel: channel}, setup.HandoverScope,
		func(s *escalation.Settings) *string { return &s.Handover.Channel }},
}

// What the file says is shown, and is not to be changed from Slack.
func TestWhatTheFileSaysIsNotSetUpInSlack(t *testing.T) {
	for what, p := range places {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			*p.channel(&w.file) = other
			w.book.SetBase(&w.file, "")
			says(t, read(w.setsUp(what, admin, channel, " in <#"+other+">").Blocks), "It is set in slabuddy.yaml")
			_, err := w.book.Change(t.Context(), setup.Edit{Workspace: team, Scope: p.scope, By: admin, Body: p.body})
			if err != setup.ErrFromFile {
				t.Errorf("changed: %v", err)
			}
		})
	}
}

// Rule 29: it takes the right to set up, and to read the channel; both are asked for again. An id that Slack would not
// send changes nothing.
func TestWhoMaySetUpWhereSomethingIsPosted(t *testing.T) {
	for what, p := range places {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			w.types(member, channel, "/sla-setup "+what)
			w.modal(member, "Only admins of this workspace")
			w.AddChannel(slacktest.Channel{ID: "C0SECRET", Name: "secret", Private: true, Members: []string{bob}})
			v := w.setsUp(what, admin, channel, p.says)
			ack := w.submits(admin, v, slacktest.Values{"channel": {"C0SECRET"}})
			says(t, ack.Errors["channel"], "I cannot see that you are in this channel")
			payload := `{"type":"view_submission","team":{"id":"` + team + `"},"user":{"id":"` + admin + `","team_id":"` + team + `"},"view":{"id":"V1","callback_id":"` + p.modal + `",` +
				`"state":{"values":{"channel":{"channel":{"selected_conversation":"../admins"}},"at":{"at":{"value":"mon 09:00"}},"outlook":{"outlook":{"value":"mon 09:00"}}}}}}`
			if _, err := w.app.Interaction(t.Context(), []byte(payload)); err != nil {
				t.Error(err)
			}
			w.AddUser(slacktest.User{ID: admin, Name: "hana"}) // an admin no more
			ack = w.submits(admin, v, slacktest.Values{"channel": {channel}})
			says(t, ack.Errors["channel"], "Only admins of this workspace")
			if got := *p.channel(w.book.Settings(team)); got != "" {
				t.Errorf("in force: %s", got)
			}
		})
	}
}
