package demo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
)

// memory is where the App remembers what happened to timelines; its store is one.
type memory interface {
	FindByThread(ctx context.Context, th escalation.Thread) (escalation.Timeline, bool, error)
	History(ctx context.Context, timelineID string) ([]escalation.Event, error)
}

// watcher notices what is said in the workspace and what the App makes of it, and shows it once.
type watcher struct {
	*surroundings
	reader reader
	memory memory
	page   *page
	board  *board

	shown   map[escalation.Thread]bool // messages
	watched map[string]*watched        // by ticket
	lastAt  time.Time                  // of the entry shown last
}

// watched is how far a ticket's history was shown.
type watched struct {
	events  int
	over    bool // nothing more will happen to it
	replied bool // an agent has replied in the help desk
}

// replied notes that an agent has replied to a ticket in the help desk.
func (w *watcher) replied(ticket escalation.Message) {
	seen := w.see(ticket)
	seen.replied = true
	if t, ok := w.board.Ticket(ticket.Channel, ticket.TS); ok {
		t.Replied = true
		w.board.note(ticket.Thread, t)
	}
}

// wroteAgain notes that the customer waits for a reply again.
func (w *watcher) wroteAgain(ticket escalation.Message) {
	w.see(ticket).replied = false
	if t, ok := w.board.Ticket(ticket.Channel, ticket.TS); ok {
		t.Replied = false
		w.board.note(ticket.Thread, t)
	}
}

// see is how far a ticket's history was shown.
func (w *watcher) see(ticket escalation.Message) *watched {
	seen := w.watched[ticket.Ticket.ID]
	if seen == nil {
		seen = &watched{}
		w.watched[ticket.Ticket.ID] = seen
	}
	return seen
}

func newWatcher(s *surroundings, m memory, p *page, b *board) *watcher {
	return &watcher{
		surroundings: s, reader: s.reader(), memory: m, page: p, board: b,
		shown: map[escalation.Thread]bool{}, watched: map[string]*watched{},
	}
}

// look shows whatever is new, in the order in which it happened.
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
		w.show(e)
	}
	return w.page.err // with nobody left to read it, the story ends
}

// inOrder are tickets in the order in which they were posted.
func inOrder(tickets map[string]escalation.Message) []escalation.Message {
	return slices.SortedFunc(maps.Values(tickets), func(a, b escalation.Message) int { return cmp.Compare(a.TS, b.TS) })
}

// show writes an entry at once. What happens inside the App is written below what it follows from,
// if that was a moment before.
func (w *watcher) show(e entry) {
	if e.page != "" {
		w.board.add(window.Line{At: e.at, Kind: e.kind, Text: e.page})
	}
	label := e.at.Format(dayTime)
	switch {
	case e.text == "":
		return
	case e.who != "":
		w.page.line("")
		w.page.text(label, markBold+e.who+markPlain+"\n"+e.text)
	case label == w.lastAt.Format(dayTime):
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
			if w.shown[key] || err != nil {
				continue
			}
			w.shown[key] = true
			news = append(news, w.message(at, ticket, m))
		}
	}
	return news
}

// newEvents are the entries of a ticket's history that were not shown, beside what its thread shows.
func (w *watcher) newEvents(ctx context.Context, ticket escalation.Message) ([]entry, error) {
	seen := w.see(ticket)
	if seen.over {
		return nil, nil
	}
	delivered := w.slack.Undelivered() == 0 // asked first: what it was to open is open then
	t, found, err := w.memory.FindByThread(ctx, ticket.Thread)
	if err != nil {
		return nil, fmt.Errorf("look up ticket %s: %w", ticket.Ticket.ID, err)
	}
	noted := window.Ticket{ID: ticket.Ticket.ID, Timeline: t, Followed: found, Unread: !found && !delivered, Replied: seen.replied}
	switch {
	case noted.Unread:
		w.board.note(ticket.Thread, noted)
		return nil, nil
	case !found:
		seen.over = true
		news, why, err := w.unopened(ticket)
		noted.Why = why
		w.board.note(ticket.Thread, noted)
		return news, err
	}
	w.board.note(ticket.Thread, noted)
	history, err := w.memory.History(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("look up ticket %s: %w", ticket.Ticket.ID, err)
	}
	var news []entry
	for _, e := range history[seen.events:] {
		seen := entry{at: e.At}
		if text := inside(t, e); text != "" {
			seen.text = "→ " + text
		}
		seen.kind, seen.page = w.explain(t, e)
		news = append(news, seen)
	}
	seen.events, seen.over = len(history), t.State != escalation.Open
	return news, nil
}
