package demo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// How times are written.
const (
	dayTime  = "Mon 15:04"
	hourTime = "15:04"
)

// entry is one thing that happened.
type entry struct {
	at   time.Time
	who  string // with the channel, if there is one; "" for what happens inside the App
	text string // for people; "" if they see it in Slack

	kind window.Kind // for the page, where Slack itself is seen:
	page string      // what it says beside that; "": nothing
}

// message is what a person sees of a message.
func (w *watcher) message(at time.Time, ticket escalation.Message, m slacktest.Message) entry {
	who := cmp.Or(m.Username, w.reader.names[m.User])
	where := channelNames[ticket.Channel]
	if m.TS != ticket.TS {
		where += ", in the thread of ticket " + ticket.Ticket.ID
	}
	if pinged := w.reader.pings(m.Text); len(pinged) > 0 && w.byBot(m) {
		where += ", pinging " + list(pinged)
	}
	text := w.reader.read(m.Text, at)
	if text == "" {
		text = readFields(m.Attachments)
	}
	return entry{at: at, who: who + markPlain + " in " + where, text: text}
}

func (w *watcher) byBot(m slacktest.Message) bool { return m.BotID == w.slack.Options().App.BotID }

// readFields is what people see of an attachment with fields.
func readFields(raw json.RawMessage) string {
	var attachments []struct {
		Title  string
		Fields []struct{ Title, Value string }
	}
	if json.Unmarshal(raw, &attachments) != nil {
		return "(a message without text)"
	}
	var lines []string
	for _, a := range attachments {
		var fields []string
		for _, f := range a.Fields {
			if f.Value != a.Title {
				fields = append(fields, f.Title+": "+f.Value)
			}
		}
		lines = append(lines, a.Title, strings.Join(fields, " · "))
	}
	return strings.Join(lines, "\n")
}

// unopened says why a ticket opened nothing.
func (w *watcher) unopened(ticket escalation.Message) (news []entry, why string, err error) {
	at, err := escalation.TimeOf(ticket.TS)
	_, why = escalation.Opens(ticket, &w.config.Settings)
	if _, watched := w.config.Channels[ticket.Channel]; !watched {
		why = "nobody has set this channel up yet (try /sla-setup)"
	}
	text := fmt.Sprintf("SLA Buddy does not follow ticket %s: %s.", ticket.Ticket.ID, why)
	return []entry{{at: at, text: "→ " + text, kind: window.Opened, page: text}}, why, err
}

// inside says what happened to a timeline where nobody sees it in Slack; "" if they do.
func inside(t escalation.Timeline, e escalation.Event) string {
	switch e.Kind {
	case escalation.EventOpened:
		return fmt.Sprintf("SLA Buddy follows ticket %s under the policy %s: reminders at %s, unless somebody replies. The deadline is %s.",
			t.Ticket.ID, t.Policy, list(dueTimes(t)), onDay(t.FirstReply().Deadline, t.OpenedAt))
	case escalation.EventStarted, escalation.EventKept, escalation.EventFact:
		return ofClocks(t, e)
	case escalation.EventBreached:
		return fmt.Sprintf("The deadline of ticket %s has passed without a reply: SLA Buddy records a breach.", t.Ticket.ID)
	case escalation.EventAnswered:
		if len(t.Clocks) > 1 {
			return fmt.Sprintf("Nothing is owed for ticket %s any more: its reminders end.", t.Ticket.ID)
		}
		return fmt.Sprintf("The help desk tells SLA Buddy of the reply of %s: ticket %s is answered, and its reminders end.",
			e.ReplyAt.Format(hourTime), t.Ticket.ID)
	case escalation.EventDeferred:
		return fmt.Sprintf("The reminder of ticket %s is decided again: %s.", t.Ticket.ID, e.Cause)
	case escalation.EventFailed:
		return fmt.Sprintf("The reminder of ticket %s could not be posted: %s.", t.Ticket.ID, e.Cause)
	}
	return ""
}

func dueTimes(t escalation.Timeline) []string {
	var times []string
	for _, tier := range t.Tiers {
		if tier.Clock == policy.FirstReply {
			times = append(times, onDay(tier.Due, t.OpenedAt))
		}
	}
	return times
}

// onDay is a time of day, with the day if that is another one.
func onDay(at, from time.Time) string {
	if at = at.UTC(); at.YearDay() != from.UTC().YearDay() {
		return at.Format(dayTime)
	}
	return at.Format(hourTime)
}

// ofClocks says what happened to a ticket's clocks, where it promises more than the first reply; "" if nothing did.
func ofClocks(t escalation.Timeline, e escalation.Event) string {
	id := t.Ticket.ID
	switch {
	case len(t.Clocks) < 2:
		return ""
	case e.Kind == escalation.EventStarted:
		return fmt.Sprintf("The customer of ticket %s waits again: SLA Buddy starts the clock of the next reply, which is due %s.", id, onDay(e.Until, e.At))
	case e.Kind == escalation.EventKept && e.Clock == policy.Resolution:
		return fmt.Sprintf("Ticket %s is solved after %s of working time that counted: that promise is kept, too.", id, mrkdwn.Lasting(e.For))
	case e.Kind == escalation.EventKept:
		return fmt.Sprintf("The help desk tells of a reply to ticket %s: the promise of the %s is kept.", id, e.Clock.Full().Words())
	}
	resolution := t.Clock(policy.Resolution)
	if resolution == nil || e.Fact == nil || e.Fact.Kind != desk.FactStatus {
		return ""
	}
	switch status := desk.Status(e.Fact.Value); {
	case slices.Contains(resolution.Pause, status):
		return fmt.Sprintf("Ticket %s is %s: it waits for its customer, and the clock of its solution stands still.", id, status)
	case status == desk.StatusOpen:
		return fmt.Sprintf("Ticket %s is open: the clock of its solution runs.", id)
	}
	return ""
}

// list joins words as one says them: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
