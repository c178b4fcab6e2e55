package calendar

import (
	"context"
	"time"
)

// Source is a calendar that can be read.
type Source interface {
	// Events returns every event that overlaps the time from until to, in any order. It gives up by itself
	// within seconds, and its errors say what to do and hold no secret.
	Events(ctx context.Context, from, to time.Time) ([]Event, error)
}

// Reading is what a calendar said when it was read. It is kept as read and matched again whenever
// the matching changes, so that no roster shows an engineer as an older configuration had them.
type Reading struct {
	ReadAt time.Time `json:"read_at"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"` // exclusive
	Events []Event   `json:"events"`
}

// readAhead is the least time after a reading that it reaches to: people look for uncovered hours a
// week ahead.
const readAhead = 7 * 24 * time.Hour

// Read reads the calendar from the support day before now's to the end of the support day a week
// ahead, or of the one in which the reading grows stale, if that is later: nobody asks about other
// times while the reading is in use.
func Read(ctx context.Context, source Source, matching Matching, now time.Time) (Reading, error) {
	r := Reading{ReadAt: now.Round(0)} // wall clock only: the monotonic one stops while a machine sleeps
	r.From, _ = matching.SupportDay(now.Add(-24 * time.Hour))
	_, r.To = matching.SupportDay(now.Add(max(readAhead, matching.StaleAfter)))
	var err error
	r.Events, err = source.Events(ctx, r.From, r.To)
	return r, err
}

// Event is one entry of a calendar that was not cancelled. Recurrences come expanded, and all-day events
// with their times resolved in the calendar's own time zone.
type Event struct {
	Title     string     `json:"title,omitempty"`
	Private   bool       `json:"private,omitempty"` // its title may be matched, and is shown to nobody
	Start     time.Time  `json:"start"`
	End       time.Time  `json:"end"` // exclusive
	Attendees []Attendee `json:"attendees,omitempty"`
	Organizer string     `json:"organizer,omitempty"` // e-mail of whose calendar the event was made in
	Creator   string     `json:"creator,omitempty"`   // e-mail of who made it
	Kind      Kind       `json:"kind,omitempty"`
	Free      bool       `json:"free,omitempty"` // shown as available ("transparent"): blocks nobody's time
}

// Attendee is a guest of an event: a person or a group, neither a room nor a calendar.
type Attendee struct {
	Email    string `json:"email"`
	Declined bool   `json:"declined,omitempty"`
	Optional bool   `json:"optional,omitempty"` // need not come
}

// Kind is what a calendar made an event for.
type Kind string

const (
	Normal      Kind = ""
	OutOfOffice Kind = "out-of-office"
	Other       Kind = "other" // says nothing about shifts: a birthday, focus time, where somebody works
)

// shown is the title, where everybody may read it.
func (e Event) shown() string {
	if e.Private {
		return ""
	}
	return e.Title
}
