package demo

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// memory is where the App remembers what happened to timelines; its store is one.
type memory interface {
	FindByThread(ctx context.Context, th escalation.Thread) (escalation.Timeline, bool, error)
	History(ctx context.Context, timelineID string) ([]escalation.Event, error)
}

// watcher notices what is said in the workspace and what the App makes of it, and tells it once.
type watcher struct {
	*surroundings
	reader reader
	memory memory
	page   *page

	told    map[escalation.Thread]bool // messages
	watched map[string]*watched        // by ticket
	lastAt  time.Time                  // of the entry told last
}

// watched is how far a ticket's history was told.
type watched struct {
	events int
	over   bool // nothing more will happen to it
}

// entry is one thing that happened.
type entry struct {
	at   time.Time
	who  string // with the place, if there is one; "" for what stands inside the App
	text string // for people
}

func newWatcher(s *surroundings, m memory, p *page) *watcher {
	return &watcher{
		surroundings: s, reader: s.reader(), memory: m, page: p,
		told: map[escalation.Thread]bool{}, watched: map[string]*watched{},
	}
}

// look tells whatever is new, in the order in which it happened.
func (w *watcher) look(ctx context.Context, tickets map[string]escalation.Message) error {
	news := w.newMessages(tickets)
	for _, ticket := range inOrder(tickets) {
		more, err := w.newEvents(ctx, ticket)
		if err != nil {
			return err
		}
		news = append(news, more...)
	}
	slices.SortStableFunc(news, func(a, b entry) int { return a.at.Compare(b.at) })
	for _, e := range news {
		w.tell(e)
	}
	return nil
}

// inOrder are tickets in the order in which they were posted.
func inOrder(tickets map[string]escalation.Message) []escalation.Message {
	return slices.SortedFunc(maps.Values(tickets), func(a, b escalation.Message) int { return cmp.Compare(a.TS, b.TS) })
}

const timeShown = "Mon 15:04"

// tell writes an entry at once. What stands inside the App is written below what it follows from,
// if that was a moment before.
func (w *watcher) tell(e entry) {
	label := e.at.Format(timeShown)
	switch {
	case e.who != "":
		w.page.line("")
		w.page.text(label, markBold+e.who+markPlain+"\n"+e.text)
	case label == w.lastAt.Format(timeShown):
		w.page.text("", markAside+e.text+markPlain)
	default:
		w.page.line("")
		w.page.text(label, markAside+e.text+markPlain)
	}
	w.lastAt = e.at
}

func (w *watcher) newMessages(tickets map[string]escalation.Message) []entry {
	var news []entry
	for _, ticket := range inOrder(tickets) {
		for _, m := range w.slack.Thread(ticket.Channel, ticket.TS) {
			key := escalation.Thread{Channel: ticket.Channel, TS: m.TS}
			at, err := escalation.TimeOf(m.TS)
			if w.told[key] || err != nil {
				continue
			}
			w.told[key] = true
			news = append(news, w.message(at, ticket, m))
		}
	}
	return news
}

// message is what a person sees of a message.
func (w *watcher) message(at time.Time, ticket escalation.Message, m slacktest.Message) entry {
	who := cmp.Or(m.Username, w.reader.names[m.User])
	place := map[string]string{enterprise: "#enterprise", teams: "#teams"}[ticket.Channel]
	if m.TS != ticket.TS {
		place += ", in the thread of ticket " + ticket.Ticket.ID
	}
	if pinged := w.reader.pings(m.Text); len(pinged) > 0 && w.byBot(m) {
		place += ", pinging " + list(pinged)
	}
	text := w.reader.read(m.Text, at)
	if text == "" {
		text = readFields(m.Attachments)
	}
	return entry{at: at, who: who + markPlain + " in " + place, text: text}
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

// newEvents are the entries of a ticket's history that were not told, beside what its thread shows.
func (w *watcher) newEvents(ctx context.Context, ticket escalation.Message) ([]entry, error) {
	seen := w.watched[ticket.Ticket.ID]
	if seen == nil {
		seen = &watched{}
		w.watched[ticket.Ticket.ID] = seen
	}
	if seen.over {
		return nil, nil
	}
	delivered := w.slack.Undelivered() == 0 // asked first: what it was to open is open then
	t, found, err := w.memory.FindByThread(ctx, ticket.Thread)
	if err != nil {
		return nil, fmt.Errorf("look up ticket %s: %w", ticket.Ticket.ID, err)
	}
	if !found {
		seen.over = delivered
		return w.unopened(ticket, delivered), nil
	}
	history, err := w.memory.History(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("look up ticket %s: %w", ticket.Ticket.ID, err)
	}
	var news []entry
	for _, e := range history[seen.events:] {
		if text := inside(t, e); text != "" {
			news = append(news, entry{at: e.At, text: "→ " + text})
		}
	}
	seen.events, seen.over = len(history), t.State != escalation.Open
	return news, nil
}

// unopened says why a ticket opened nothing.
func (w *watcher) unopened(ticket escalation.Message, delivered bool) []entry {
	at, err := escalation.TimeOf(ticket.TS)
	_, why := escalation.Opens(ticket, &w.config.Settings)
	if !delivered || err != nil {
		return nil
	}
	return []entry{{at: at, text: fmt.Sprintf("→ SLA Buddy does not follow ticket %s: %s.", ticket.Ticket.ID, why)}}
}

// inside says what happened to a timeline where nobody sees it in Slack; "" if they do.
func inside(t escalation.Timeline, e escalation.Event) string {
	switch e.Kind {
	case escalation.EventOpened:
		return fmt.Sprintf("SLA Buddy follows ticket %s under the policy %s: reminders at %s, unless somebody replies. The deadline is %s.",
			t.Ticket.ID, t.Policy, list(dueTimes(t)), t.Deadline.Format("15:04"))
	case escalation.EventBreached:
		return fmt.Sprintf("The deadline of ticket %s has passed without a reply: SLA Buddy records a breach.", t.Ticket.ID)
	case escalation.EventAnswered:
		return fmt.Sprintf("The help desk tells SLA Buddy of the reply of %s: ticket %s is answered, and its reminders end.",
			e.ReplyAt.Format("15:04"), t.Ticket.ID)
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
		times = append(times, tier.Due.Format("15:04"))
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
