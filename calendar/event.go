package calendar

import "time"

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
