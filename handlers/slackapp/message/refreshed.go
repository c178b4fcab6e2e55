package message

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// renderRefreshed is a reminder as its timeline is now. While the timeline is open it remains a reminder, with what has
// happened since. After that it tells how the timeline ended, pings nobody, and has no buttons.
func renderRefreshed(r *escalation.Reminder, t *escalation.Timeline, ts string, names whois, now time.Time) *said {
	s := &said{title: title(t.Ticket)}
	if t.State != escalation.Open {
		s.paragraph(outcome(r.Clock, t, names), ticketName("Ticket", t.Ticket), aboutTicket(t.Ticket))
		s.aside(toldWhom(r, names))
		return s
	}
	current := *r
	if t.Desk.At.After(r.DeskAt) && t.Desk.Status != "" {
		current.Desk, current.DeskAt = t.Desk.Status, t.Desk.At
	}
	left, round := pending(t) != nil, roundOf(t, r.Tier, ts)
	s.opening(r)
	if !t.Newest(escalation.Posting{Tier: r.Tier, Round: round}) {
		s.paragraph(broken(r))
		s.aside(toldWhom(r, names) + " There is a newer reminder, with the buttons.")
		return s
	}
	s.paragraph(sinceThen(t, names, now)...)
	s.paragraph(broken(r), moved(r), alone(r), unreached(r), unasked(&current), nextNow(r, t, names, now)+" "+deadlineNow(r, t, now))
	s.aside(smallPrint(&current, deskSaid(&current), names))
	s.blocks = append(s.blocks, buttons.Row(buttons.Ref{Timeline: t.ID, Tier: r.Tier, Round: round}, &current, buttons.State{Pending: left, Snoozed: t.SnoozedUntil.After(now), Owned: t.Owner.On(now)}))
	return s
}

// outcome says how a timeline ended, and how long the customer had waited by then, for the clock of a reminder.
func outcome(clock policy.ClockKind, t *escalation.Timeline, names whois) string {
	after := func(at time.Time) string { return mrkdwn.Lasting(at.Sub(t.PostedAt)) }
	switch t.State {
	case escalation.Answered:
		switch {
		case clock == policy.NextReply, clock == policy.Resolution:
			return "*Solved.* Nothing is promised for this ticket any more. Thank you!"
		case t.Hours != "" && t.Hours != policy.AroundTheClock && !t.AnsweredAt.After(t.FirstReply().Deadline):
			return "*Answered in time,* " + after(t.AnsweredAt) + " after it came. Thank you!" // nights do not count
		}
		words := "*Answered after " + after(t.AnsweredAt) + ".*"
		if by, done := doneBy(t); done {
			words = "*Done after " + after(t.AnsweredAt) + ".*"
			if name := names(by); name != "" {
				words = "*Done after " + after(t.AnsweredAt) + "*, says " + mrkdwn.EscapeLine(name, maxShown) + "."
			}
		}
		if over := t.AnsweredAt.Sub(t.FirstReply().Deadline); over > 0 && !t.FirstReply().Deadline.IsZero() {
			return words + " The deadline had passed " + mrkdwn.Lasting(over) + " before."
		}
		return words + " Thank you!"
	case escalation.Withdrawn:
		return "*Closed without a reply after " + after(t.ClosedAt) + "* (" + mrkdwn.EscapeLine(t.Cause, maxShown) + ")."
	}
	return "*Given up after " + after(t.ClosedAt) + ":* nobody replied for so long."
}

// toldWhom says whom a reminder had pinged, in plain names, once its timeline is closed.
func toldWhom(r *escalation.Reminder, names whois) string {
	tier := "Tier " + strconv.Itoa(r.TierNumber()) + " of " + strconv.Itoa(r.Tiers)
	if r.AtDeadline {
		tier = "The deadline's reminder"
	}
	at := mrkdwn.When(r.DecidedAt, r.DecidedAt)
	if len(r.Mention) == 0 {
		return tier + " found nobody to tell " + at + "."
	}
	return tier + " told " + quietly(r.Mention, names) + " " + at + "."
}

// quietly names recipients without pinging them. It counts those whose names are not known.
func quietly(rs []circle.Recipient, names whois) string {
	const shown = 10
	var (
		told           []string
		people, groups int
	)
	for _, r := range rs {
		name := r.Name
		if name == "" && (r.Kind == circle.ToUser || r.Kind == circle.ToGroup) {
			name = names(r.ID)
		}
		switch {
		case r.Kind == circle.ToHere:
			told = append(told, mrkdwn.Circle(circle.Here))
		case r.Kind == circle.ToChannel:
			told = append(told, mrkdwn.Circle(circle.Channel))
		case name != "" && len(told) < shown:
			told = append(told, mrkdwn.EscapeLine(name, maxShown))
		case r.Kind == circle.ToGroup:
			groups++
		default:
			people++
		}
	}
	more := ""
	if len(told) > 0 {
		more = "more "
	}
	switch {
	case people == 1:
		told = append(told, "1 "+more+"person")
	case people > 1:
		told = append(told, strconv.Itoa(people)+" "+more+"people")
	}
	if groups > 0 {
		told = append(told, strings.Replace(mrkdwn.Plural(groups, "user group"), " ", " "+more, 1))
	}
	return mrkdwn.List(told)
}

// sinceThen is what people have done about an open timeline.
func sinceThen(t *escalation.Timeline, names whois, now time.Time) []string {
	var lines []string
	if t.Owner.User != "" && !t.Owner.Ended(now) {
		lines = append(lines, "*"+whoever("A colleague", t.Owner, names)+" is on it*, since "+mrkdwn.Moment(t.Owner.Since, now)+".")
	}
	if t.SnoozedUntil.After(now) {
		by := ""
		if name := names(t.SnoozedBy); name != "" && !t.Owner.Since.After(t.SnoozedAt) {
			by = " by " + mrkdwn.EscapeLine(name, maxShown)
		}
		lines = append(lines, "*Snoozed* until "+mrkdwn.Moment(t.SnoozedUntil, now)+by+".")
	}
	if t.PausedUntil.After(now) {
		lines = append(lines, "*This channel is paused* until "+mrkdwn.Moment(t.PausedUntil, now)+".")
	}
	return lines
}

// whoever is the owner's name, or, if it is not known, somebody.
func whoever(somebody string, o escalation.Owner, names whois) string {
	name := o.Name
	if name == "" {
		name = names(o.User)
	}
	if name == "" {
		return somebody
	}
	return mrkdwn.EscapeLine(name, maxShown)
}

// pending is the tier that comes next; nil if none does.
func pending(t *escalation.Timeline) *escalation.DueTier {
	for i := range t.Tiers {
		if s := t.Tiers[i].State; s == escalation.TierPending || s == escalation.TierOwed {
			return &t.Tiers[i]
		}
	}
	return nil
}

// nextNow says who comes next, by the timeline as it is now.
func nextNow(r *escalation.Reminder, t *escalation.Timeline, names whois, now time.Time) string {
	tier := pending(t)
	switch {
	case tier == nil && r.TierNumber() == r.Tiers:
		return next(&escalation.Reminder{})
	case tier == nil:
		return "Every tier has had its reminder since."
	case tier.State == escalation.TierOwed:
		return "The next reminder is on its way."
	}
	at := tier.Due
	if t.PausedUntil.After(at) {
		at = t.PausedUntil
	}
	if t.Owner.On(at) {
		return "Next: " + whoever("a colleague", t.Owner, names) + " alone, " + mrkdwn.When(at, now) + "."
	}
	coming := &escalation.Next{At: at, Notify: tier.Words()}
	if r.Next != nil && slices.Equal(r.Next.Notify, tier.Words()) {
		coming.Names = r.Next.Names
	}
	shown := *r
	shown.Next, shown.DecidedAt = coming, now
	return next(named(&shown, names))
}

// deadlineNow does not say how far off the deadline is: the message may be read hours later.
func deadlineNow(r *escalation.Reminder, t *escalation.Timeline, now time.Time) string {
	c := t.ClockOf(r.Tier - 1)
	if own := t.Clock(r.Clock); r.AtDeadline && own != nil {
		c = own
	}
	at := mrkdwn.When(c.Deadline, now)
	switch {
	case !c.PausedAt.IsZero():
		return "The " + c.Kind.Words() + " is paused."
	case now.Before(c.Deadline):
		return "The deadline is " + at + "."
	}
	return "*The deadline passed* " + at + "."
}

// roundOf is the round of the reminder that is posted under ts.
func roundOf(t *escalation.Timeline, tier int, ts string) int {
	for _, p := range t.Posts {
		if p.TS == ts && p.Tier == tier {
			return p.Round
		}
	}
	if tier >= 1 && tier <= len(t.Tiers) {
		return t.Tiers[tier-1].Round
	}
	return 0
}

// doneBy says who closed the timeline by `done`, without a help desk to ask; done is false if nobody did.
func doneBy(t *escalation.Timeline) (user string, done bool) {
	return strings.CutPrefix(t.Cause, "done by ")
}

// nameless knows no names.
func nameless(string) string { return "" }
