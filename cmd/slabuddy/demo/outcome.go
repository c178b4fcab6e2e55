package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// outcome is what came of a ticket: what stands in its thread, and what the App remembers.
type outcome struct {
	posts    []post // of the bot's, the oldest first
	opened   bool
	timeline escalation.Timeline
	events   []escalation.Event
}

// post is a message of the bot's in a ticket's thread.
type post struct {
	at    time.Time
	pings []string
}

// String is "09:10 Bob, Chloe".
func (p post) String() string {
	if len(p.pings) == 0 {
		return p.at.Format(hourTime) + " nobody"
	}
	return p.at.Format(hourTime) + " " + strings.Join(p.pings, ", ")
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
				o.posts = append(o.posts, post{at, s.watcher.reader.pings(said.Text)})
			}
		}
		all[id] = o
	}
	return all, nil
}
