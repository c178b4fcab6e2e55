package google

import (
	"errors"
	"fmt"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"github.com/slabuddy/slabuddy/calendar"
)

// kinds are Google's eventTypes that mean something of their own; all others are normal events.
var kinds = map[string]calendar.Kind{
	"outOfOffice":     calendar.OutOfOffice,
	"workingLocation": calendar.Other,
	"birthday":        calendar.Other,
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
	e := calendar.Event{
		Title: item.Summary, Start: start, End: end,
		Private:   item.Visibility == "private" || item.Visibility == "confidential",
		Kind:      kinds[item.EventType],
		Cancelled: item.Status == "cancelled",
		Free:      item.Transparency == "transparent",
	}
	for _, a := range item.Attendees {
		if a != nil && a.Email != "" {
			e.Attendees = append(e.Attendees, calendar.Attendee{Email: a.Email, Declined: a.ResponseStatus == "declined"})
		}
	}
	if item.Organizer != nil {
		e.Organizer = item.Organizer.Email
	}
	return e, nil
}

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
	default:
		return time.Parse(time.RFC3339, w.DateTime)
	}
}
