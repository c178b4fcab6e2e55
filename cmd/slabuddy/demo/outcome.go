package demo

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// outcome is what came of a ticket: what is in its thread, and what the App remembers.
type outcome struct {
	posts    []post // of the bot's, the oldest first
	opened   bool
	timeline escalation.Timeline
	events   []escalation.Event
}

// post is a message of the bot's in a ticket's thread.
type post struct {
	at      time.Time
	pinged  []string // when it was posted
	settled bool     // it pings nobody any more
}

// String is "09:10 Bob, Chloe".
func (p post) String() string {
	if len(p.pinged) == 0 {
		return p.at.Format(hourTime) + " nobody"
	}
	return p.at.Format(hourTime) + " " + strings.Join(p.pinged, ", ")
}

// outcomes are what came of each ticket so far.
func (s *stage) outcomes(ctx context.Context) (map[string]outcome, error) {
	all := map[string]outcome{}
	for id, m := range s.tickets {
		var o outcome
		var err error
		if o.timeline, o.opened, err = s.watcher.memory.FindByThread(ctx, m.Thread); err == nil && o.opened {
			o.events, err = s.watcher.memory.History(ctx, o.timeline.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("look up ticket %s: %w", id, err)
		}
		for _, said := range s.slack.Thread(m.Channel, m.TS) {
			if at, err := escalation.TimeOf(said.TS); err == nil && s.watcher.byBot(said) {
				now := s.watcher.reader.pings(said.Text)
				o.posts = append(o.posts, post{at, o.pinged(said.TS, s.watcher.reader), len(now) == 0})
			}
		}
		all[id] = o
	}
	return all, nil
}

// pinged are those whom a post pinged when it was posted, as the App remembers it: reminders are settled
// later on.
func (o outcome) pinged(ts string, r reader) (names []string) {
	for _, e := range o.events {
		if e.Kind == escalation.EventPosted && e.TS == ts {
			for _, id := range e.Mentioned {
				names = append(names, cmp.Or(r.names[id], id))
			}
		}
	}
	return names
}
