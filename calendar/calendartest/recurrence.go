package calendartest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxInstances bounds the expansion of a rule without end, as Google bounds it.
const maxInstances = 730

// rule is the part of RFC 5545's RRULE that is simulated: every so many days.
type rule struct {
	days  int // 0: does not recur
	count int // 0: without end
	until time.Time
}

func parseRule(recurrence []string) (rule, error) {
	var r rule
	if len(recurrence) == 0 {
		return r, nil
	}
	text, ok := strings.CutPrefix(recurrence[0], "RRULE:")
	if !ok || len(recurrence) > 1 {
		return r, fmt.Errorf("recurrence %q: only a single RRULE is simulated", recurrence)
	}
	interval := 1
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "FREQ":
			r.days = map[string]int{"DAILY": 1, "WEEKLY": 7}[value]
		case "INTERVAL":
			interval, err = strconv.Atoi(value)
		case "COUNT":
			r.count, err = strconv.Atoi(value)
		case "UNTIL":
			r.until, err = time.Parse("20060102T150405Z", value)
		default:
			err = fmt.Errorf("%s is not simulated", name)
		}
		if err != nil {
			return r, fmt.Errorf("recurrence %q: %w", text, err)
		}
	}
	if r.days *= interval; r.days <= 0 {
		return r, fmt.Errorf("recurrence %q: only FREQ=DAILY and FREQ=WEEKLY are simulated", text)
	}
	return r, nil
}

// instances expands a recurring event up to before. They keep their wall-clock time in the event's
// own zone.
func (c *Calendar) instances(e Event, before time.Time) []Event {
	r, err := parseRule(e.Recurrence)
	if err != nil || r.days == 0 {
		return nil
	}
	zone := c.Zone
	if own, err := time.LoadLocation(e.Start.TimeZone); err == nil && e.Start.TimeZone != "" {
		zone = own
	}
	start, _ := e.Start.instant(zone)
	end, _ := e.End.instant(zone)
	limit := maxInstances
	if r.count > 0 {
		limit = min(limit, r.count)
	}
	var all []Event
	for n := range limit {
		from := start.In(zone).AddDate(0, 0, n*r.days)
		if !r.until.IsZero() && from.After(r.until) || !before.IsZero() && !from.Before(before) {
			break
		}
		all = append(all, c.instance(e, from, end.In(zone).AddDate(0, 0, n*r.days)))
	}
	return all
}

func (c *Calendar) instance(e Event, from, to time.Time) Event {
	e.RecurringEventID, e.Recurrence = e.ID, nil
	if e.Start.Date != "" {
		e.ID += "_" + from.Format("20060102")
		e.Start, e.End = On(from.Format(time.DateOnly)), On(to.Format(time.DateOnly))
	} else {
		e.ID += "_" + from.UTC().Format("20060102T150405Z")
		e.Start, e.End = At(from), At(to)
	}
	e.OriginalStartTime = e.Start
	if c.cancelled[e.ID] {
		e.Status = "cancelled"
	}
	return e
}
