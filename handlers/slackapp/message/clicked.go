package message

import (
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

func alreadyYours(*escalation.Note, time.Time) string {
	return "You are on it already, thank you! Nothing has changed."
}

func twice(*escalation.Note, time.Time) string {
	return "That was a double click: the first one counted, and this one changed nothing."
}

func silent(n *escalation.Note, _ time.Time) string {
	return "I asked the help desk about " + ofTicket(n.Timeline) + ", and it told me nothing, so nothing has changed. Please try again in a minute; I keep asking, too."
}

func askedSoon(n *escalation.Note, _ time.Time) string {
	return "I ask the help desk as often as I may just now, so I changed nothing. I ask about " + ofTicket(n.Timeline) + " next, and stop by myself if it has a reply."
}

func noDesk(*escalation.Note, time.Time) string {
	return "There is no help desk for me to ask. Once the customer has an answer, mention me in the thread with `done`."
}

func gone(*escalation.Note, time.Time) string {
	return "I no longer know this reminder's ticket, so I changed nothing. In the thread of one that I follow, `status` tells how it stands."
}

// owned says what it means to be on it.
func owned(n *escalation.Note, now time.Time) []string {
	text := "Thank you! You are on it now."
	if n.Kind == escalation.NoteTookOver && n.Previous != nil {
		text = "Thank you! You are on it now, in place of " + whoever("a colleague", *n.Previous, nameless) + "."
	}
	if n.For == 0 {
		return []string{text + " No reminder is left to put off."}
	}
	if n.Next != nil && n.Next.Owner {
		next, note := *n.Next, *n
		next.Names, note.Next = []string{"you"}, &next
		n = &note
	}
	if n.BeyondDeadline {
		text = mindTheDeadline(n, now) + " " + text
	}
	return []string{
		text,
		fmt.Sprintf("I wait %s. %s", mrkdwn.Lasting(n.For), postponed(n, now)),
	}
}

func settled(n *escalation.Note, now time.Time) string {
	t := n.Timeline
	if t != nil && t.State == escalation.Answered {
		return fmt.Sprintf("Thank you! The help desk has a reply in %s, %s. I have stopped reminding.", ofTicket(t), mrkdwn.When(t.AnsweredAt, now))
	}
	return closed(t, now)
}

func unanswered(n *escalation.Note, now time.Time) []string {
	lines := []string{"I asked the help desk just now: it knows of no public reply by an agent in " + ofTicket(n.Timeline) + " yet."}
	if n.Check != nil && !n.Check.RepliedAt.IsZero() {
		lines[0] = fmt.Sprintf("I asked the help desk just now: the last public reply in %s that it knows is from %s, before this message, so it answers something else.",
			ofTicket(n.Timeline), mrkdwn.Moment(n.Check.RepliedAt, now))
	}
	return append(lines, "If you have only just replied, please try again in a minute. An internal note does not count.")
}

// why explains a reminder: how it came to this person, by which rule, and what the help desk said.
func why(n *escalation.Note, now time.Time) []string {
	if n.Why == nil {
		return []string{"I no longer know why; sorry."}
	}
	r := &n.Why.Reminder
	own := *r
	own.DecidedAt = now // so that times are written as from now
	if r.AtDeadline {
		return []string{mentionedAs(n.Why, now),
			fmt.Sprintf("No tier came due: the deadline of the policy *%s* passed %s while the reminders were put off, and no deadline passes untold. I tell who snoozed the ticket or is on it, else those told last.",
				mrkdwn.EscapeLine(r.Policy, maxShown), mrkdwn.When(r.Deadline, now)),
			emptyCircles(r), deskSaid(&own), snoozedMeanwhile(n.Timeline, now)}
	}
	return []string{
		mentionedAs(n.Why, now),
		fmt.Sprintf("It was tier %d of %d of the %spolicy *%s*: %s, %s. It tells %s.",
			r.TierNumber(), r.Tiers, ofClock(r), mrkdwn.EscapeLine(r.Policy, maxShown), sinceStart(r), mrkdwn.When(r.Due, now), circles(n.Why.Notify)),
		counted(n.Why.Sum),
		emptyCircles(r),
		deskSaid(&own),
		snoozedMeanwhile(n.Timeline, now),
	}
}

// ofClock names a clock other than the first reply's.
func ofClock(r *escalation.Reminder) string {
	if r.Clock.Full() == policy.FirstReply {
		return ""
	}
	return r.Clock.Words() + " of the "
}

// sinceStart is how long after its clock's start a reminder was due.
func sinceStart(r *escalation.Reminder) string {
	if r.Since.IsZero() {
		return mrkdwn.Lasting(r.Due.Sub(r.PostedAt)) + " after the ticket's message"
	}
	return mrkdwn.Lasting(r.Due.Sub(r.Since)) + " after the customer wrote again"
}

func counted(sum string) string {
	if sum == "" {
		return ""
	}
	return "Counted so: " + mrkdwn.Escape(sum)
}

func emptyCircles(r *escalation.Reminder) string {
	if len(r.Gaps) == 0 {
		return ""
	}
	return "What I said of it then: " + gaps(r)
}

func mentionedAs(w *escalation.Why, now time.Time) string {
	switch w.As {
	case escalation.AsOwner:
		return "You are on it, so this reminder went to you alone." + onShift(w, now)
	case escalation.AsPerson:
		return "This reminder mentions you by name." + onShift(w, now)
	case escalation.AsGroup:
		return "This reminder mentions a user group; Slack knows who is in it."
	case escalation.AsChannel:
		return "This reminder mentions the channel, and you are in it."
	}
	if told := quietly(w.Reminder.Mention, nameless); told != "" {
		return "This reminder does not mention you: it went to " + told + "."
	}
	return "This reminder mentions nobody."
}

func onShift(w *escalation.Why, now time.Time) string {
	if w.Shift == nil {
		return ""
	}
	title := ""
	if w.Shift.Title != "" {
		title = " with “" + mrkdwn.EscapeLine(w.Shift.Title, maxShown) + "”,"
	}
	return fmt.Sprintf(" The calendar has you on shift%s from %s until %s.", title, mrkdwn.Moment(w.Shift.Start, now), mrkdwn.Moment(w.Shift.End, now))
}

// circles are a tier's own words, as they read in a sentence.
func circles(notify []string) string {
	var words []string
	for _, w := range notify {
		words = append(words, mrkdwn.Escape(mrkdwn.Circle(w)))
	}
	return mrkdwn.List(words)
}

func snoozedMeanwhile(t *escalation.Timeline, now time.Time) string {
	if t == nil || t.State != escalation.Open || !t.SnoozedUntil.After(now) {
		return ""
	}
	return "Since then it has been snoozed until " + mrkdwn.Moment(t.SnoozedUntil, now) + "."
}
