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

// summarise says what came of each ticket.
func summarise(p *page, s *stage, all map[string]outcome) {
	p.line("\n%sWhat came of it%s\n", markBold, markPlain)
	for _, m := range inOrder(s.tickets) {
		o := all[m.Ticket.ID]
		p.item("  ticket "+m.Ticket.ID+"  ", o.end())
		for _, post := range o.posts {
			who := "pinged " + list(post.pinged)
			if len(post.pinged) == 0 {
				who = "answered in the thread"
			}
			p.item("        "+post.at.Format(hourTime)+"  ", who)
		}
	}
	p.line("")
}

// end says how a ticket's timeline ended, if it has.
func (o outcome) end() string {
	if !o.opened {
		return "nothing opened"
	}
	t := o.timeline
	words := []string{"policy " + t.Policy}
	for _, e := range o.events {
		if e.Kind == escalation.EventSnoozed {
			words = append(words, "snoozed until "+e.Until.Format(hourTime))
		}
	}
	switch deadline := t.FirstReply().Deadline.Format(hourTime); {
	case t.State == escalation.Answered:
		words = append(words, fmt.Sprintf("answered %s (deadline %s)", t.AnsweredAt.Format(hourTime), deadline))
	case t.FirstReply().BreachedAt.IsZero():
		words = append(words, fmt.Sprintf("%s, no reply (deadline %s)", t.State, deadline))
	default:
		words = append(words, fmt.Sprintf("%s, no reply", t.State))
	}
	if !t.FirstReply().BreachedAt.IsZero() {
		words = append(words, "deadline missed at "+t.FirstReply().BreachedAt.Format(hourTime)+": a breach")
	}
	return strings.Join(words, " · ")
}

// verify says of each check whether it holds, and returns how many do not.
func verify(p *page, all map[string]outcome) (failed int) {
	p.line("%sDid it come out as it should?%s\n", markBold, markPlain)
	for _, c := range checks() {
		err := c.holds(all)
		if err == nil {
			p.item("  "+markGood+"✓"+markPlain+" ", c.says)
			continue
		}
		failed++
		p.item("  "+markBad+"✗ ", c.says+markPlain)
		for _, why := range strings.Split(err.Error(), "\n") {
			p.item("      ", why)
		}
	}
	p.line("")
	return failed
}
