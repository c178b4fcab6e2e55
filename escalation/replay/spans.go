package replay

import (
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// span is a time: from its begin until before its end.
type span struct{ from, to time.Time }

func (s span) holds(at time.Time) bool { return !at.Before(s.from) && at.Before(s.to) }

// awake is when the bot looks that would have looked at a moment.
func (f *facts) awake(at time.Time) time.Time {
	for again := true; again; {
		again = false
		for _, s := range f.blind {
			if s.holds(at) {
				at, again = s.to, true
			}
		}
	}
	return at
}

// blindSpans are the times in which something should have been posted, and nothing was: the bot was stopped, or Slack
// took nothing.
func blindSpans(r review.Record, h *hours.Hours) (all []span) {
	add := func(from, to time.Time) {
		if from.Before(to) {
			all = append(all, span{from, to})
		}
	}
	t := r.Timeline
	add(t.PostedAt, t.OpenedAt)
	decided := map[int]bool{} // tiers of which something was decided
	for i, e := range r.History {
		switch e.Kind {
		case escalation.EventDue:
			decided[e.Tier] = true
			add(e.At.Add(-e.Late), e.At)
			if end, dropped := droppedAt(r.History[i:]); dropped {
				add(e.At, end)
			}
		case escalation.EventSuperseded: // it came due while nobody looked
			decided[e.Tier] = true
			if e.Tier >= 1 && e.Tier <= len(t.Tiers) {
				add(t.Tiers[e.Tier-1].Due, e.At)
			}
		}
	}
	for i, tier := range t.Tiers {
		clock := t.ClockOf(i)
		if decided[i+1] || clock.Start.IsZero() || tier.State == escalation.TierSuperseded || len(tier.Notify) == 0 && tier.Page != "" {
			continue
		}
		end := clock.StoppedAt
		if end.IsZero() {
			end = t.ClosedAt
		}
		add(tier.Due, end)
		if own, moved := t.OwnDue(i, h), firstPutOff(r.History); moved.IsZero() || own.Before(moved) {
			add(own, earliest(end, moved))
		}
	}
	return all
}

// droppedAt is when a decided reminder, the first of a history, was given up without being posted or failing.
func droppedAt(history []escalation.Event) (at time.Time, dropped bool) {
	due := history[0]
	for _, e := range history[1:] {
		same := e.Tier == due.Tier && e.Round == due.Round
		switch e.Kind {
		case escalation.EventPosted, escalation.EventFailed:
			if same {
				return time.Time{}, false
			}
		case escalation.EventDeferred:
			if same {
				return e.At, true
			}
		case escalation.EventAnswered, escalation.EventWithdrawn, escalation.EventExpired:
			if at.IsZero() {
				at = e.At // what was posted is recorded even after that
			}
		}
	}
	return at, !at.IsZero()
}

// firstPutOff is when something was put off for the first time; zero if it never was.
func firstPutOff(history []escalation.Event) time.Time {
	i := slices.IndexFunc(history, func(e escalation.Event) bool {
		return e.Kind == escalation.EventSnoozed || e.Kind == escalation.EventOwned
	})
	if i < 0 {
		return time.Time{}
	}
	return history[i].At
}

// earliest is the earlier of two times, of which either may not be known.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// silentSpans are the times in which the help desk did not answer when it was asked: until it next did.
func silentSpans(r review.Record) (all []span) {
	var since time.Time
	for _, e := range r.History {
		switch {
		case e.Kind == escalation.EventDue && e.Desk == desk.Unchecked:
			if since.IsZero() {
				since = e.At
			}
		case !since.IsZero() && (e.Desk != desk.Unchecked || e.Kind == escalation.EventAnswered || e.Kind == escalation.EventWithdrawn):
			all, since = append(all, span{since, e.At}), time.Time{}
		}
	}
	if !since.IsZero() {
		all = append(all, span{since, since.Add(time.Minute)})
	}
	return all
}
