package message

import (
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// status says where a timeline stands: each of its clocks, with a line a tier, and the sum in words.
func status(n *escalation.Note, now time.Time) []string {
	t := n.Timeline
	if t == nil {
		return []string{"I have nothing to tell about this ticket."}
	}
	if t.State != escalation.Open {
		return []string{closed(t, now)}
	}
	lines := []string{
		together(n),
		fmt.Sprintf("The customer of %s has waited *%s*.", ofTicket(t), mrkdwn.Lasting(now.Sub(t.PostedAt))),
		aboutTicket(t.Ticket),
	}
	t.FirstReply()
	for _, c := range t.Clocks {
		lines = append(lines, clockLines(t, c, n.Sums[c.Kind], now)...)
	}
	lines = append(lines, deskState(t, now), nextState(n, now))
	if len(t.Clocks) == 1 {
		lines = append(lines, deadlineState(t.Clocks[0], now), counted(n.Sums[policy.FirstReply]))
	}
	return lines
}

// together says that one answer is for several mentions.
func together(n *escalation.Note) string {
	if !n.Together {
		return ""
	}
	return "Several mentions came at once; this is how it stands after all of them."
}

// clockLines are a clock's tiers and its deadline. Its name is shown where there are several.
func clockLines(t *escalation.Timeline, c escalation.Clock, sum string, now time.Time) (lines []string) {
	if len(t.Clocks) > 1 {
		lines = append(lines, "*"+mrkdwn.Capital(c.Kind.Words())+"*: "+clockState(c, now))
	}
	if len(t.Clocks) == 1 || !c.Start.IsZero() && c.StoppedAt.IsZero() {
		for i := c.First; i < c.First+c.Tiers; i++ {
			lines = append(lines, fmt.Sprintf("• Tier %d of %d: %s", i-c.First+1, c.Tiers, tierState(t.Tiers[i], now)))
		}
	}
	if len(t.Clocks) > 1 {
		lines = append(lines, counted(sum))
	}
	return lines
}

// clockState is how a clock stands.
func clockState(c escalation.Clock, now time.Time) string {
	switch {
	case c.Start.IsZero():
		return "begins when the customer writes again."
	case !c.StoppedAt.IsZero() && !c.BreachedAt.IsZero():
		return "came too late, " + mrkdwn.When(c.StoppedAt, now) + "."
	case !c.StoppedAt.IsZero():
		return "done " + mrkdwn.When(c.StoppedAt, now) + "."
	case !c.PausedAt.IsZero():
		return "paused since " + mrkdwn.Moment(c.PausedAt, now) + ", while others have to act."
	}
	return deadlineState(c, now)
}

func tierState(t escalation.DueTier, now time.Time) string {
	switch t.State {
	case escalation.TierPosted:
		return "reminded " + mrkdwn.When(t.PostedAt, now)
	case escalation.TierOwed:
		return "its reminder is on its way"
	case escalation.TierSuperseded:
		return "went along with a later one"
	case escalation.TierFailed:
		return "its reminder could not be posted"
	case escalation.TierIdle:
		return "not needed just now"
	case escalation.TierPaged:
		return pageState(t)
	}
	return "due " + mrkdwn.When(t.Due, now)
}

// pageState tells of a tier that has a page alone.
func pageState(t escalation.DueTier) string {
	switch t.Paging {
	case escalation.PageSent:
		return "the page " + t.Page + " was sent"
	case escalation.PageFailed:
		return "the page " + t.Page + " could not be sent"
	case escalation.PageDropped, escalation.PageSkipped:
		return "the page " + t.Page + " was not needed"
	}
	return "the page " + t.Page + " is on its way"
}

func deskState(t *escalation.Timeline, now time.Time) string {
	switch t.Desk.Status {
	case desk.Unanswered:
		return fmt.Sprintf("The help desk said %s that nobody has replied.", mrkdwn.When(t.Desk.At, now))
	case desk.None:
		return "There is no help desk for me to ask."
	}
	return "The help desk has told me of no reply so far."
}

func nextState(n *escalation.Note, now time.Time) string {
	switch {
	case n.Next == nil && n.Owed > 0:
		return fmt.Sprintf("The reminder of tier %d is on its way just now; nobody comes after that.", n.Owed)
	case n.Next == nil:
		return "Everybody has been reminded; nothing more is due."
	}
	return fmt.Sprintf("Next: %s %s.", mrkdwn.People(n.Next), mrkdwn.When(n.Next.At, now))
}

func deadlineState(c escalation.Clock, now time.Time) string {
	at := mrkdwn.When(c.Deadline, now)
	if left := c.Deadline.Sub(now); left > 0 {
		return fmt.Sprintf("The deadline is %s, in %s.", at, mrkdwn.Lasting(left))
	}
	return fmt.Sprintf("*The deadline passed* %s.", at)
}
