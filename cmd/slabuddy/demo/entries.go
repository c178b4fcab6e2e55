package demo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
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
	where := map[string]string{enterprise: "#enterprise", teams: "#teams"}[ticket.Channel]
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
			t.Ticket.ID, t.Policy, list(dueTimes(t)), t.FirstReply().Deadline.Format(hourTime))
	case escalation.EventBreached:
		return fmt.Sprintf("The deadline of ticket %s has passed without a reply: SLA Buddy records a breach.", t.Ticket.ID)
	case escalation.EventAnswered:
		return fmt.Sprintf("The help desk tells SLA Buddy of the reply of %s: ticket %s is answered, and its reminders end.",
			e.ReplyAt.Format(hourTime), t.Ticket.ID)
	case escalation.EventDeferred:
		return fmt.Sprintf("The reminder of ticket %s is decided anew: %s.", t.Ticket.ID, e.Cause)
	case escalation.EventFailed:
		return fmt.Sprintf("The reminder of ticket %s could not be posted: %s.", t.Ticket.ID, e.Cause)
	}
	return ""
}

func dueTimes(t escalation.Timeline) []string {
	var times []string
	for _, tier := range t.Tiers {
		times = append(times, tier.Due.Format(hourTime))
	}
	return times
}

// list joins words as one says them: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
