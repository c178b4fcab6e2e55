package setup

import (
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// Calendar is the shift calendar that is followed. *calendar.Follower is one.
type Calendar interface {
	InForce() *calendar.InForce
}

// Rosters know who is on shift in each workspace: the calendar's reading, matched with the engineers
// of that workspace, and with what people said beside it. In a workspace that the file does not hold
// for there is no calendar.
type Rosters struct {
	calendar Calendar
	book     *Book
	now      func() time.Time

	mu      sync.Mutex
	matched map[string]matched // by workspace
}

// matched is a schedule with what it was made from: it serves as long as neither is replaced.
type matched struct {
	reading  *calendar.InForce
	view     *View
	schedule calendar.Schedule
}

// NewRosters returns the rosters of a calendar under a book's engineers.
func NewRosters(c Calendar, b *Book, now func() time.Time) *Rosters {
	return &Rosters{calendar: c, book: b, now: now, matched: map[string]matched{}}
}

// Of is a workspace's roster now; of "" that of the file itself.
func (r *Rosters) Of(workspace string) calendar.Roster {
	m := r.match(workspace)
	return m.schedule.At(r.now(), m.reading.Matching.StaleAfter)
}

// Ahead says who is on shift in a workspace from now on for so long, and when nobody is, as far as the
// calendar was read. Nothing is known where the reading is too old, or there is no calendar.
func (r *Rosters) Ahead(workspace string, d time.Duration) calendar.Outlook {
	m, now := r.match(workspace), r.now()
	if m.schedule.At(now, m.reading.Matching.StaleAfter).AsOf.IsZero() {
		return calendar.Outlook{}
	}
	return m.schedule.Ahead(now, now.Add(d))
}

// Between calls f with a workspace's roster at each moment after from at which it may have changed, and with that
// of now, as far as it is known now.
func (r *Rosters) Between(workspace string, from time.Time, f func(at time.Time, roster calendar.Roster)) {
	m, now := r.match(workspace), r.now()
	for _, at := range append(m.schedule.Moments(from, now), now) {
		f(at, m.schedule.At(at, m.reading.Matching.StaleAfter))
	}
}

// HasCalendar says whether there is a calendar whose shifts could be taken over.
func (r *Rosters) HasCalendar(workspace string) bool {
	return r.calendar.InForce().HasCalendar && r.book.View(workspace).FileHolds
}

func (r *Rosters) match(workspace string) matched {
	reading, view := r.calendar.InForce(), r.book.View(workspace)
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.matched[workspace]
	if m.reading == reading && m.view == view {
		return m
	}
	if len(r.matched) >= mostOpen {
		clear(r.matched) // those still in use are matched again
	}
	m = matched{reading: reading, view: view}
	if view.FileHolds {
		matching := reading.Matching
		matching.Engineers = view.Settings.Engineers
		m.schedule = matching.Schedule(reading.Reading)
	}
	m.schedule = m.schedule.With(view.Changes)
	r.matched[workspace] = m
	return m
}

// Handovers are a workspace's changes of shift after from, and until to.
func (r *Rosters) Handovers(workspace string, from, to time.Time) []calendar.Handover {
	m := r.match(workspace)
	return m.schedule.Handovers(from, to, m.reading.Matching.StaleAfter)
}
