package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Handing over a shift (rule 24): a card at each change, and an outlook each week, both in the channel that
// handover.channel names.

// HandoverSettings say where changes of shift are told, and when the week ahead is.
type HandoverSettings struct {
	Channel string         // "": nowhere
	Outlook *weekly.Moment // nil: never
}

// Handover is the card of a change of shift, as data.
type Handover struct {
	At    time.Time        `json:"at"`
	Goes  []string         `json:"goes,omitempty"`
	Comes []string         `json:"comes,omitempty"`
	On    []string         `json:"on,omitempty"`
	Open  []HandoverTicket `json:"open,omitempty"` // the nearest deadline first
	More  int              `json:"more,omitempty"` // so many more are open
}

// HandoverTicket is an open timeline on the card.
type HandoverTicket struct {
	Timeline string    `json:"timeline"`
	Ticket   Ticket    `json:"ticket"`
	Channel  string    `json:"channel"`
	Deadline time.Time `json:"deadline"`
	Owner    string    `json:"owner,omitempty"`    // by name
	OwnerID  string    `json:"owner_id,omitempty"` // Slack user id, where no name is known
	Snoozed  time.Time `json:"snoozed,omitzero"`
}

// Outlook is when nobody is on shift in the time ahead.
type Outlook struct {
	From  time.Time           `json:"from"`
	Until time.Time           `json:"until"` // the calendar was read that far, a week at most
	Gaps  []calendar.Interval `json:"gaps,omitempty"`
}

// MaxHandover is how many tickets a card names: each has a block of its own.
const MaxHandover = 20

// HandoverCard is the job of a change's card. Its key is the change's own, so that it stands once, whoever makes it
// how often. open are the workspace's timelines, the nearest deadline first.
func HandoverCard(h calendar.Handover, at Thread, open []Timeline, f Facts) queue.New {
	card := Handover{At: h.At, Goes: h.Goes, Comes: h.Comes, On: h.On, More: max(len(open)-MaxHandover, 0)}
	for _, t := range open[:min(len(open), MaxHandover)] {
		row := HandoverTicket{Timeline: t.ID, Ticket: t.Ticket, Channel: t.Channel, Deadline: t.Nearest().Deadline}
		if t.Owner.On(f.Now) {
			row.Owner, row.OwnerID = t.Owner.Name, t.Owner.User
		}
		if t.SnoozedUntil.After(f.Now) {
			row.Snoozed = t.SnoozedUntil
		}
		card.Open = append(card.Open, row)
	}
	key := fmt.Sprintf("handover/%s/%d", at.Workspace, h.At.Unix())
	return NewPostJob(f.NewID(), key, Post{Thread: at, Handover: &card}, f.Now)
}

// OutlookPost is the job of the week's outlook, which was due at due. Gaps while nothing counts are left out: where
// every watched channel has hours, nobody has to be there when all of them are closed.
func OutlookPost(ahead calendar.Outlook, due time.Time, at Thread, f Facts) queue.New {
	o := Outlook{From: ahead.From, Until: ahead.Until, Gaps: f.Settings.owed(ahead.Gaps)}
	key := fmt.Sprintf("outlook/%s/%d", at.Workspace, due.Unix())
	return NewPostJob(f.NewID(), key, Post{Thread: at, Outlook: &o}, f.Now)
}

// owed is what of the gaps lies in hours in which tickets of a watched channel count.
func (s *Settings) owed(gaps []calendar.Interval) []calendar.Interval {
	var counting []*hours.Hours
	for channel := range s.Channels {
		for _, name := range s.Channels[channel].Policies() {
			h := s.Hours[hoursFor(s, channel, s.Policies[name])]
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
			all[n-1].End = later(all[n-1].End, i.End)
			continue
		}
		all = append(all, i)
	}
	return all
}
