package google

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/closed"
)

// closedFields are the parts of the answer that closed days are made of.
const closedFields = googleapi.Field("nextPageToken,timeZone,items(summary,description,start,end,status,visibility,eventType)")

// Closed returns what the calendar closes between from and until to, within ten seconds or not at all. It
// implements [closed.Source].
func (c *Calendar) Closed(ctx context.Context, from, to time.Time) ([]closed.Event, error) {
	var all []closed.Event
	err := c.pages(ctx, closedFields, from, to, func(p *gcal.Events) {
		zone := c.zoneOf(p)
		for _, item := range p.Items {
			if !c.closes(item) {
				continue
			}
			event, err := closing(item, zone)
			if err != nil {
				c.log.Warn("an event in a calendar of closed days cannot be understood, and closes nothing", "error", err)
				continue
			}
			all = append(all, event)
		}
	})
	return all, err
}

// closes says whether an event closes anything. That all events of Google's calendars of holidays are Free says nothing.
func (c *Calendar) closes(item *gcal.Event) bool {
	return item != nil && item.Status != "cancelled" && kindOf(item.EventType) == calendar.Normal && !c.observed(item.Description)
}

// observed says that people work on a day. Google's calendars of holidays have observances among them, unless official
// ones are asked for; their description says in the calendar's language how they are hidden, which names Google:
// "Gedenktag. Wenn Sie Gedenktage ausblenden möchten, rufen Sie die Google Kalender-Einstellungen auf".
func (c *Calendar) observed(description string) bool {
	return strings.Contains(description, "Observance") ||
		strings.Contains(c.id, "#holiday@") && strings.Contains(description, "Google")
}

// closing reads an event that closes. Dates stay dates: which hours they close, the zone of the hours says.
func closing(item *gcal.Event, zone *time.Location) (e closed.Event, err error) {
	if item.Visibility != "private" && item.Visibility != "confidential" {
		e.Title = item.Summary
	}
	if item.Start == nil || item.End == nil {
		return e, errors.New("it has no start or no end")
	}
	if item.Start.Date == "" {
		if e.Start, err = instant(item.Start, zone); err != nil {
			return e, fmt.Errorf("%q: its start: %w", e.Title, err)
		}
		if e.End, err = instant(item.End, zone); err != nil {
			return e, fmt.Errorf("%q: its end: %w", e.Title, err)
		}
		return e, nil
	}
	first, err := time.Parse(time.DateOnly, item.Start.Date)
	if err != nil {
		return e, fmt.Errorf("%q: its start: %w", e.Title, err)
	}
	end, err := time.Parse(time.DateOnly, item.End.Date)
	if err != nil {
		return e, fmt.Errorf("%q: its end: %w", e.Title, err)
	}
	if !end.After(first) { // some programs write no exclusive end
		end = first.AddDate(0, 0, 1)
	}
	e.First, e.Last = first.Format(time.DateOnly), end.AddDate(0, 0, -1).Format(time.DateOnly)
	return e, nil
}
