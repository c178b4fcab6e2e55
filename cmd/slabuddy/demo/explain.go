package demo

import (
	"cmp"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// explain says for the page, where Slack itself is seen, what happened to a timeline and why; "" if
// there is nothing to say.
func (w *watcher) explain(t escalation.Timeline, e escalation.Event) (window.Kind, string) {
	id := t.Ticket.ID
	switch e.Kind {
	case escalation.EventOpened:
		return window.Opened, fmt.Sprintf("SLA Buddy follows ticket %s (policy %s): reminders at %s, unless somebody replies.", id, policyName(t.Policy), list(dueTimes(t)))
	case escalation.EventStarted:
		return window.Opened, ofClocks(t, e)
	case escalation.EventKept:
		return window.Answered, ofClocks(t, e)
	case escalation.EventFact:
		return window.Waits, ofClocks(t, e)
	case escalation.EventPosted:
		tier, words := t.Tiers[max(e.Tier, 1)-1], ""
		if tier.Before > 0 {
			words = fmt.Sprintf(" Ticket %s has %s left for the %s.", id, mrkdwn.Lasting(tier.Before), tier.Clock.Words())
			return window.Reminded, "A warning:" + words + " " + mrkdwn.Capital(w.reminded(e.Mentioned)) + "."
		}
		if e.Tier == 0 {
			return window.Reminded, fmt.Sprintf("The deadline of ticket %s came with its reminders put off: %s.", id, w.reminded(e.Mentioned))
		}
		return window.Reminded, fmt.Sprintf("Tier %d of ticket %s came due, and nobody had replied: %s.", e.Tier, id, w.reminded(e.Mentioned))
	case escalation.EventSnoozed:
		return window.Waits, fmt.Sprintf("%s snoozes ticket %s for %s%s.", w.named(e.By), id, mrkdwn.Lasting(e.For), nextOne(e.Until))
	case escalation.EventOwned:
		return window.Waits, fmt.Sprintf("%s is on ticket %s%s; that one goes to %s alone.", w.named(e.By), id, nextOne(e.Until), w.named(e.By))
	case escalation.EventPaused:
		return window.Waits, fmt.Sprintf("The channel is paused: ticket %s waits until %s.", id, e.Until.Format(hourTime))
	case escalation.EventAnswered:
		if len(t.Clocks) > 1 {
			return window.Answered, inside(t, e)
		}
		return window.Answered, fmt.Sprintf("The help desk tells of the reply of %s: ticket %s is answered. Its reminders end, and those that stand are settled.", e.ReplyAt.Format(hourTime), id)
	case escalation.EventBreached:
		return window.Breached, fmt.Sprintf("The deadline of ticket %s has passed without a reply: a breach is recorded.", id)
	case escalation.EventDeferred, escalation.EventFailed:
		return window.Breached, inside(t, e)
	}
	return window.Scene, ""
}

// policyName is how people call a policy.
func policyName(name string) string {
	if name == setup.OwnPolicy {
		return "the channel's own"
	}
	return name
}

// reminded says who is, after "nobody had replied:".
func (w *watcher) reminded(ids []string) string {
	var names []string
	for _, id := range ids {
		names = append(names, w.named(id))
	}
	switch len(names) {
	case 0:
		return "the thread is told"
	case 1:
		return names[0] + " is reminded"
	}
	return list(names) + " are reminded"
}

func (w *watcher) named(id string) string { return cmp.Or(w.reader.names[id], id) }

func nextOne(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return ": the next reminder comes at " + at.Format(hourTime)
}
