package handover

import (
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// MaxOpen is how many tickets a card names: each has a block of its own.
const MaxOpen = 20

// card is the job of a change's card. Its key is the change's own, so that there is one job, whoever makes it
// how often. open are the workspace's timelines, the nearest deadline first.
func card(h calendar.Handover, at escalation.Thread, open []escalation.Timeline, f escalation.Facts) queue.New {
	c := escalation.Handover{At: h.At, Goes: h.Goes, Comes: h.Comes, On: h.On, More: max(len(open)-MaxOpen, 0)}
	for _, t := range open[:min(len(open), MaxOpen)] {
		row := escalation.HandoverTicket{Timeline: t.ID, Ticket: t.Ticket, Channel: t.Channel, Deadline: t.Nearest().Deadline}
		if t.Owner.On(f.Now) {
			row.Owner, row.OwnerID = t.Owner.Name, t.Owner.User
		}
		if t.SnoozedUntil.After(f.Now) {
			row.Snoozed = t.SnoozedUntil
		}
		c.Open = append(c.Open, row)
	}
	key := fmt.Sprintf("handover/%s/%d", at.Workspace, h.At.Unix())
	return escalation.NewPostJob(f.NewID(), key, escalation.Post{Thread: at, Handover: &c}, f.Now)
}

// outlook is the job of the week's outlook, which was due at due. Gaps while nothing counts are left out: where
// every watched channel has hours, nobody has to be there when all of them are closed.
func outlook(ahead calendar.Outlook, due time.Time, at escalation.Thread, f escalation.Facts) queue.New {
	o := escalation.Outlook{From: ahead.From, Until: ahead.Until, Gaps: owed(ahead.Gaps, f.Settings)}
	key := fmt.Sprintf("outlook/%s/%d", at.Workspace, due.Unix())
	return escalation.NewPostJob(f.NewID(), key, escalation.Post{Thread: at, Outlook: &o}, f.Now)
}

// owed is what of the gaps lies in hours in which tickets of a watched channel count.
func owed(gaps []calendar.Interval, s *escalation.Settings) []calendar.Interval {
	var counting []*hours.Hours
	for _, channel := range s.Channels {
		for _, name := range channel.Policies() {
			h := s.Hours[channel.HoursOf(s.Policies[name])]
			if h == nil {
				return gaps // around the clock
			}
			if !slices.Contains(counting, h) {
				counting = append(counting, h)
			}
		}
	}
	if len(counting) == 0 {
		return gaps
	}
	var owed []calendar.Interval
	for _, g := range gaps {
		for _, h := range counting {
			for _, span := range h.Spans(g.Start, g.End, nil) {
				if span.Open {
					owed = append(owed, calendar.Interval{Start: span.From, End: span.To})
				}
			}
		}
	}
	return joined(owed)
}

// joined puts intervals in order, and those that touch together.
func joined(is []calendar.Interval) (all []calendar.Interval) {
	slices.SortFunc(is, func(a, b calendar.Interval) int { return a.Start.Compare(b.Start) })
	for _, i := range is {
		if n := len(all); n > 0 && !i.Start.After(all[n-1].End) {
			if i.End.After(all[n-1].End) {
				all[n-1].End = i.End
			}
			continue
		}
		all = append(all, i)
	}
	return all
}
