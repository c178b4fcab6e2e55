package report

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// Cause is why a promise was broken, as far as the history tells. The strings are exported.
type Cause string

// The causes, in the order in which they count where several are met.
const (
	ReminderFailed  Cause = "reminder failed"      // given up, and none other was posted in time
	ReminderLate    Cause = "reminder late"        // it should have been posted by then
	NobodyOnShift   Cause = "nobody on shift"      // all the time, or whenever it was told
	PriorityRaised  Cause = "priority raised"      // shortly before
	DeskSilent      Cause = "desk silent"          // the help desk could not be asked
	Snoozed         Cause = "snoozed"              // beyond the deadline
	OwnedAndLeft    Cause = "owned and left"       // somebody had said that they were on it
	OutsideHours    Cause = "opened outside hours" // and nobody was told in time
	ToldNotAnswered Cause = "told and not answered"
	NobodyTold      Cause = "nobody was told" // no reminder was due before the deadline
)

// Causes are all of them, in their order.
func Causes() []Cause {
	return []Cause{ReminderFailed, ReminderLate, NobodyOnShift, PriorityRaised, DeskSilent, Snoozed, OwnedAndLeft, OutsideHours, ToldNotAnswered, NobodyTold}
}

const (
	// raisedShortly is how soon after a change a breach is put down to it.
	raisedShortly = 15 * time.Minute
	// worthAWord is how late a reminder is that counts as late.
	worthAWord = time.Minute
)

// seen is what happened to a timeline while one promise was running.
type seen struct {
	told, toldNobody     int // reminders posted, and those of them that mentioned nobody, or only `here`
	failed, late, silent bool
	raised               time.Time
	snoozedUntil         time.Time
	snoozedBy, ownedBy   string
}

// look gathers what happened to a promise before it broke.
func look(r review.Record, p Promise) (s seen) {
	if !r.Timeline.OpenedAt.Before(p.BreachedAt) {
		s.late = true // the message itself was found too late
	}
	for _, e := range r.History {
		before := e.At.Before(p.BreachedAt) && !e.At.Before(p.Start)
		switch e.Kind {
		case escalation.EventDue:
			if due := e.At.Add(-e.Late); e.Late >= worthAWord && !due.Before(p.Start) && due.Before(p.BreachedAt) && !before {
				s.late = true
			}
			if before {
				s.silent = e.Desk == desk.Unchecked
			}
		case escalation.EventPosted:
			if before {
				s.told++
				if len(e.Mentioned) == 0 || len(e.Mentioned) == 1 && e.Mentioned[0] == circle.Here {
					s.toldNobody++
				}
			}
		case escalation.EventFailed:
			s.failed = s.failed || before
		case escalation.EventPolicy:
			if !e.At.After(p.BreachedAt) {
				s.raised = e.At
			}
		case escalation.EventSnoozed:
			if before && e.For > 0 {
				s.snoozedUntil, s.snoozedBy = e.Until, e.By
			}
		case escalation.EventOwned:
			if before {
				s.ownedBy = e.By
			}
		}
	}
	return s
}

// why says what broke a promise, the first cause that counts first, and by whom it was snoozed or owned.
func why(r review.Record, p Promise, h *hours.Hours, rosters review.Rosters) (causes []Cause, by string) {
	s := look(r, p)
	add := func(c Cause, met bool) {
		if met {
			causes = append(causes, c)
		}
	}
	add(ReminderFailed, s.failed && s.told == 0)
	add(ReminderLate, s.late && s.told == 0)
	add(NobodyOnShift, s.told > 0 && s.told == s.toldNobody || emptyThroughout(rosters, p.Start, p.BreachedAt))
	add(PriorityRaised, !s.raised.IsZero() && p.BreachedAt.Sub(s.raised) <= raisedShortly)
	add(DeskSilent, s.silent)
	if !s.snoozedUntil.Before(p.BreachedAt) && s.snoozedBy != "" {
		add(Snoozed, true)
		by = s.snoozedBy
	}
	if s.ownedBy != "" {
		add(OwnedAndLeft, true)
		by = s.ownedBy
	}
	add(OutsideHours, h != nil && !h.Open(p.Start) && s.told == 0)
	add(ToldNotAnswered, s.told > 0)
	if len(causes) == 0 {
		causes = []Cause{NobodyTold}
	}
	if causes[0] != Snoozed && causes[0] != OwnedAndLeft {
		by = ""
	} else if causes[0] == Snoozed {
		by = s.snoozedBy
	}
	return causes, by
}

// emptyThroughout says that the roster was known all the time, and had nobody.
func emptyThroughout(rosters review.Rosters, from, to time.Time) bool {
	empty := from.Before(to) && len(rosters) > 0
	rosters.Spans(from, to, func(_, _ time.Time, s calendar.Snapshot) {
		empty = empty && s.Known && len(s.OnShift) == 0
	})
	return empty
}
