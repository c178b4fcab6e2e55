package google

import (
	"errors"
	"fmt"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"github.com/slabuddy/slabuddy/calendar"
)

// kindOf is what an event's eventType makes of it. Only a default one can be a shift: focusTime,
// fromGmail, workingLocation, birthday, and whatever Google adds, say nothing of who is on.
func kindOf(eventType string) calendar.Kind {
	switch eventType {
	case "", "default":
		return calendar.Normal
	case "outOfOffice":
		return calendar.OutOfOffice
	default:
		return calendar.Other
	}
}

// convert reads one event; zone is the calendar's, in which all-day events are meant.
func convert(item *gcal.Event, zone *time.Location) (calendar.Event, error) {
	if item == nil {
		return calendar.Event{}, errors.New("it is null")
	}
	start, err := instant(item.Start, zone)
	if err != nil {
		return calendar.Event{}, fmt.Errorf("%q: its start: %w", item.Summary, err)
	}
	end, err := instant(item.End, zone)
	if err != nil {
		return calendar.Event{}, fmt.Errorf("%q: its end: %w", item.Summary, err)
	}
	if item.End.Date != "" && !end.After(start) { // some programs write no exclusive end
		end = start.AddDate(0, 0, 1)
	}
	e := calendar.Event{
		Title: item.Summary, Start: start, End: end,
		Private: item.Visibility == "private" || item.Visibility == "confidential",
		Kind:    kindOf(item.EventType),
		Free:    item.Transparency == "transparent",
	}
	for _, a := range item.Attendees {
		if a != nil && a.Email != "" && !a.Resource && !isCalendar(a.Email) {
			e.Attendees = append(e.Attendees, calendar.Attendee{Email: a.Email, Declined: a.ResponseStatus == "declined", Optional: a.Optional})
		}
	}
	if item.Organizer != nil {
		e.Organizer = item.Organizer.Email
	}
	if item.Creator != nil {
		e.Creator = item.Creator.Email
	}
	return e, nil
}

// isCalendar says that an address is no person's but that of a shared calendar or of a room, which
// are among the guests of the events that were made elsewhere and sent to them.
func isCalendar(email string) bool {
	return strings.HasSuffix(strings.ToLower(email), ".calendar.google.com")
}

// instant is when an event starts or ends. A date is meant in the calendar's zone; a time without an
// offset in the event's own, or, where that is unknown, in the calendar's.
func instant(w *gcal.EventDateTime, zone *time.Location) (time.Time, error) {
	switch {
	case w == nil:
		return time.Time{}, errors.New("it is missing")
	case w.Date != "":
		day, err := time.Parse(time.DateOnly, w.Date)
		if err != nil {
			return time.Time{}, err
		}
		midnight := calendar.TimeOfDay(0)
		return midnight.On(day.Year(), day.Month(), day.Day(), zone), nil
	}
	at, err := time.Parse(time.RFC3339, w.DateTime)
	if err == nil {
		return at, nil
	}
	if own, ok := zoneNamed(w.TimeZone); ok {
		zone = own
	}
	if floating, notFloating := time.ParseInLocation("2006-01-02T15:04:05", w.DateTime, zone); notFloating == nil {
		return floating, nil
	}
	return time.Time{}, err
}
