package demo

import (
	"fmt"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
)

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
