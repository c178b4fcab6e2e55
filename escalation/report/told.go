package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// told adds up who was reminded, and how punctual the program was.
func (b *Builder) told(r review.Record, known Known) {
	t := &r.Timeline
	if found := t.OpenedAt.Sub(t.PostedAt); found >= worthAWord {
		b.blind.add(t.PostedAt.UTC(), t.OpenedAt.UTC(), t.Ticket.ID)
	}
	for i := range r.History {
		b.happened(t, &r.History[i], known)
	}
	if t.State == escalation.Open {
		return
	}
	for _, tier := range t.Tiers {
		if (tier.State == escalation.TierPending || tier.State == escalation.TierIdle) && tier.PostedAt.IsZero() {
			b.reminders.Unneeded++
		}
	}
}

func (b *Builder) happened(t *escalation.Timeline, e *escalation.Event, known Known) {
	switch e.Kind {
	case escalation.EventPosted:
		nights, night := Nights(e, known.Zones, b.zone)
		b.reminders.Posted++
		if night {
			b.reminders.Night++
		}
		b.late = append(b.late, uint32(max(e.Late/time.Millisecond, 0)))
		for i, id := range e.Mentioned {
			b.mentioned(t.Workspace, id, nights[i], known)
		}
	case escalation.EventDue:
		if e.Late >= worthAWord {
			b.blind.add(e.At.Add(-e.Late).UTC(), e.At.UTC(), t.Ticket.ID)
		}
		if e.Desk == desk.Unchecked {
			b.bot.Silent++
		}
	case escalation.EventSuperseded:
		b.reminders.Superseded++
	case escalation.EventDeferred:
		b.bot.Deferred++
	case escalation.EventFailed:
		b.bot.Failed++
	}
}

func (b *Builder) mentioned(workspace, id string, night bool, known Known) {
	key := [2]string{workspace, id}
	p := b.people[key]
	if p == nil {
		p = &Person{Workspace: workspace, ID: id, Name: known.Names[id]}
		b.people[key] = p
	}
	p.Reminders++
	if night {
		p.Night++
	}
}

// isNight says that people sleep: from 22:00 to 07:00 on the clock that the time shows.
func isNight(at time.Time) bool { return at.Hour() >= 22 || at.Hour() < 7 }

// Nights says of each whom a reminder mentioned whether it was night for them, in their own zone; zone is that of those
// whose zone is not known, and of groups. whole says so of the reminder: it was night for somebody.
func Nights(e *escalation.Event, zones review.Zones, zone *time.Location) (each []bool, whole bool) {
	each = make([]bool, len(e.Mentioned))
	for i, id := range e.Mentioned {
		each[i] = isNight(e.At.In(zones.Of(id, zone)))
		whole = whole || each[i]
	}
	return each, whole || len(each) == 0 && isNight(e.At.In(zone))
}

// everybody is in the order of their names: this is no ranking.
func (b *Builder) everybody() []Person {
	all := make([]Person, 0, len(b.people))
	for _, p := range b.people {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(x, y Person) int {
		return cmp.Or(strings.Compare(cmp.Or(x.Name, x.ID), cmp.Or(y.Name, y.ID)), strings.Compare(x.Workspace, y.Workspace), strings.Compare(x.ID, y.ID))
	})
	return all
}

// mostShownBlind is how many blind spans are listed.
const mostShownBlind = 20

func (b *Builder) punctuality() Bot {
	bot := b.bot
	bot.Posted = len(b.late)
	slices.Sort(b.late)
	bot.P50, bot.P99, bot.Most = b.late.quantile(0.5)/1000, b.late.quantile(0.99)/1000, b.late.quantile(1)/1000
	for _, ms := range b.late {
		if time.Duration(ms)*time.Millisecond >= worthAWord {
			bot.Late++
		}
	}
	longest := slices.Clone(b.blind)
	slices.SortStableFunc(longest, func(x, y Blind) int { return cmp.Compare(y.To.Sub(y.From), x.To.Sub(x.From)) })
	longest = longest[:min(len(longest), mostShownBlind)]
	slices.SortFunc(longest, func(x, y Blind) int { return x.From.Compare(y.From) })
	bot.Blind = longest
	return bot
}
