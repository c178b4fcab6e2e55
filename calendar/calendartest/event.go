package calendartest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Event is an Event resource:
// https://developers.google.com/workspace/calendar/api/v3/reference/events#resource.
// Insert fills in what Google fills in.
type Event struct {
	Kind               string     `json:"kind"`
	ETag               string     `json:"etag"`
	ID                 string     `json:"id"`
	Status             string     `json:"status"` // confirmed, tentative, cancelled
	HTMLLink           string     `json:"htmlLink,omitempty"`
	Created            string     `json:"created,omitempty"`
	Updated            string     `json:"updated,omitempty"`
	Summary            string     `json:"summary,omitempty"`
	Description        string     `json:"description,omitempty"`
	Location           string     `json:"location,omitempty"`
	Creator            *Person    `json:"creator,omitempty"`
	Organizer          *Person    `json:"organizer,omitempty"`
	Start              *When      `json:"start,omitempty"`
	End                *When      `json:"end,omitempty"`
	EndTimeUnspecified bool       `json:"endTimeUnspecified,omitempty"`
	Recurrence         []string   `json:"recurrence,omitempty"`
	RecurringEventID   string     `json:"recurringEventId,omitempty"`
	OriginalStartTime  *When      `json:"originalStartTime,omitempty"`
	Transparency       string     `json:"transparency,omitempty"` // opaque (the default, left out), transparent
	Visibility         string     `json:"visibility,omitempty"`   // default (left out), public, private
	ICalUID            string     `json:"iCalUID,omitempty"`
	Sequence           int        `json:"sequence"`
	Attendees          []Attendee `json:"attendees,omitempty"`
	Reminders          *Reminders `json:"reminders,omitempty"`
	EventType          string     `json:"eventType,omitempty"` // default, outOfOffice, workingLocation, birthday, focusTime, fromGmail
}

// Person is an event's creator or organizer.
type Person struct {
	Email       string `json:"email,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
	Self        bool   `json:"self,omitempty"`
}

// Attendee is an EventAttendee.
type Attendee struct {
	Email          string `json:"email"`
	DisplayName    string `json:"displayName,omitempty"`
	Organizer      bool   `json:"organizer,omitempty"`
	Self           bool   `json:"self,omitempty"`
	Resource       bool   `json:"resource,omitempty"`
	Optional       bool   `json:"optional,omitempty"`
	ResponseStatus string `json:"responseStatus"` // needsAction (the default), declined, tentative, accepted
}

// Reminders are an event's reminders.
type Reminders struct {
	UseDefault bool `json:"useDefault"`
}

// When is an EventDateTime: a date for an all-day event, otherwise a time.
type When struct {
	Date     string `json:"date,omitempty"`
	DateTime string `json:"dateTime,omitempty"`
	TimeZone string `json:"timeZone,omitempty"`
}

// At is the start or end of an event at a time, in t's zone.
func At(t time.Time) *When {
	return &When{DateTime: t.Format(time.RFC3339), TimeZone: t.Location().String()}
}

// On is the start (or the end, then exclusive) of an all-day event: a date as 2006-01-02.
func On(date string) *When { return &When{Date: date} }

// instant is the moment that w means in a calendar of the given zone.
func (w *When) instant(zone *time.Location) (time.Time, error) {
	if w == nil {
		return time.Time{}, fmt.Errorf("an event needs a start and an end")
	}
	if w.Date != "" {
		return time.ParseInLocation(time.DateOnly, w.Date, zone)
	}
	return time.Parse(time.RFC3339, w.DateTime)
}

// Calendar is a calendar of the simulated Google. Its exported fields are set before it is added.
type Calendar struct {
	ID         string
	Summary    string
	Zone       *time.Location // nil: UTC
	Public     bool           // an API key can read it
	SharedWith []string       // e-mails of the service accounts that can

	server    *Server
	events    []Event
	cancelled map[string]bool // ids of cancelled instances of recurring events
}

// AddCalendar adds c, empty.
func (s *Server) AddCalendar(c *Calendar) *Calendar {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	c.server, c.cancelled = s, map[string]bool{}
	s.calendars[c.ID] = c
	return c
}

// Insert adds an event and returns its id. It refuses what Google would, and recurrence rules that
// are not simulated.
func (c *Calendar) Insert(e Event) (id string, err error) {
	start, err := e.Start.instant(c.Zone)
	if err != nil {
		return "", fmt.Errorf("calendartest: start of %q: %w", e.Summary, err)
	}
	end, err := e.End.instant(c.Zone)
	if err != nil {
		return "", fmt.Errorf("calendartest: end of %q: %w", e.Summary, err)
	}
	if end.Before(start) || (e.Start.Date == "") != (e.End.Date == "") {
		return "", fmt.Errorf("calendartest: %q ends before it starts, or lasts all day at one end only", e.Summary)
	}
	if _, err := parseRule(e.Recurrence); err != nil {
		return "", fmt.Errorf("calendartest: %q: %w", e.Summary, err)
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.complete(&e)
	c.events = append(c.events, e)
	return e.ID, nil
}

// complete fills in what Google fills in.
func (c *Calendar) complete(e *Event) {
	now := c.server.now().UTC()
	stamp := now.Format("2006-01-02T15:04:05.000Z")
	if e.ID == "" {
		e.ID = fmt.Sprintf("simulated%06d", len(c.events)+1)
	}
	e.Kind, e.ETag = "calendar#event", fmt.Sprintf(`"%d"`, now.UnixMicro()*2)
	e.Created, e.Updated = stamp, stamp
	e.HTMLLink = "https://www.google.com/calendar/event?eid=" + base64.RawURLEncoding.EncodeToString([]byte(e.ID+" "+c.ID))
	e.ICalUID = e.ID + "@google.com"
	e.Reminders = &Reminders{UseDefault: true}
	defaultTo(&e.Status, "confirmed")
	defaultTo(&e.EventType, "default")
	if e.Organizer == nil {
		e.Organizer = &Person{Email: c.ID, DisplayName: c.Summary, Self: true}
	}
	if e.Creator == nil {
		e.Creator = &Person{Email: e.Organizer.Email}
	}
	e.Attendees = slices.Clone(e.Attendees)
	for i := range e.Attendees {
		defaultTo(&e.Attendees[i].ResponseStatus, "needsAction")
	}
}

func defaultTo(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

// Cancel deletes an event, or one instance of a recurring one. Like Google's, it stays to be seen
// with showDeleted.
func (c *Calendar) Cancel(id string) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	for i := range c.events {
		if c.events[i].ID == id {
			c.events[i].Status = "cancelled"
			return
		}
	}
	if strings.Contains(id, "_") {
		c.cancelled[id] = true
	}
}
