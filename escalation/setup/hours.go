package setup

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Hours are the working hours of a channel, a line for each thing that was typed.
type Hours struct {
	Zone    string   `json:"timezone"`
	Week    []string `json:"week"`              // mon-thu 09:00-12:00, 13:00-17:30
	Country string   `json:"country,omitempty"` // whose official holidays are closed: the key of one of closed.Countries
	Closed  []string `json:"closed,omitempty"`  // 12-24, or 2026-12-28..2026-12-31
	Open    []string `json:"open,omitempty"`    // 2026-12-31 09:00-12:00
}

// ClosedDays are what a calendar closes, as far as it has been read. *closed.Follower has them.
type ClosedDays func(calendar string) []closed.Event

// read is what the hours are made of, and what is wrong with it by field.
func (h Hours) read() (d hours.Definition, p Problems) {
	d.Open = map[hours.Date][]hours.Window{}
	var err error
	if d.Zone, err = time.LoadLocation(h.Zone); err != nil || h.Zone == "" || h.Zone == "Local" {
		p.add(FieldZone, "There is no time zone %q. Write one such as Europe/Berlin, America/New_York or UTC.", h.Zone)
		d.Zone = time.UTC
	}
	h.readWeek(&d, &p)
	if _, known := closed.CountryOf(h.Country); h.Country != "" && !known {
		p.add(FieldCountry, "I know no holidays of %q. Choose a country from the list.", h.Country)
	}
	for _, line := range h.Closed {
		days, err := hours.ParseClosed(line)
		if err != nil {
			p.add(FieldClosed, "Write %s.", err)
		}
		d.Closed = append(d.Closed, days...)
	}
	for _, line := range h.Open {
		day, times := cutDay(line)
		date, err := hours.ParseDate(day)
		if err != nil {
			p.add(FieldOpen, "Write %s.", err)
			continue
		}
		if d.Open[date], err = hours.ParseWindows(times); err != nil {
			p.add(FieldOpen, "Write %s.", err)
		}
	}
	return d, p
}

func (h Hours) readWeek(d *hours.Definition, p *Problems) {
	var named []time.Weekday
	for _, line := range h.Week {
		name, times := cutDay(line)
		days, err := hours.ParseDays(name)
		if err != nil {
			p.add(FieldWeek, "Write %s, and then its hours: mon-fri 09:00-17:00.", err)
			continue
		}
		windows, err := hours.ParseWindows(times)
		if err != nil {
			p.add(FieldWeek, "Write %s.", err)
		}
		for _, day := range days {
			if slices.Contains(named, day) {
				p.add(FieldWeek, "%s is there twice: write all its hours in one line, with a comma between them.", day)
			}
			named = append(named, day)
			d.Week[day] = windows
		}
	}
}

// cutDay parts a line into its days and its times of day: "mon-fri: 09:00-17:00", "2026-12-31 09:00-12:00".
func cutDay(line string) (day, times string) {
	at := strings.IndexFunc(line, func(r rune) bool { return r == ':' || r >= '0' && r <= '9' })
	if at == 0 { // a date
		at = strings.IndexAny(line, " :")
	}
	if at < 0 {
		return strings.TrimSpace(line), ""
	}
	return strings.TrimSpace(line[:at]), strings.TrimLeft(line[at:], ": ")
}

// calendars are the ids of those that close days of the hours.
func (h Hours) calendars() []string {
	if country, known := closed.CountryOf(h.Country); known {
		return []string{country.Calendar()}
	}
	return nil
}

// made are the hours, or what is wrong with them by field.
func (h Hours) made(days ClosedDays) (*hours.Hours, Problems) {
	d, p := h.read()
	if len(p) > 0 {
		return nil, p
	}
	made, err := HoursWith(d, h.calendars(), days)
	switch {
	case errors.Is(err, hours.ErrNeverOpen):
		p.add(FieldWeek, "These hours never open. Write days with their hours, such as mon-fri 09:00-17:00.")
	case err != nil:
		p.add(FieldWeek, "%s: end the one before the other begins.", sentence(err))
	}
	return made, p
}

// HoursWith are the hours of a definition together with what calendars close.
func HoursWith(d hours.Definition, calendars []string, days ClosedDays) (*hours.Hours, error) {
	d.Closed, d.Shut = slices.Clip(d.Closed), nil
	if days == nil {
		return hours.New(d)
	}
	for _, id := range calendars {
		for _, e := range days(id) {
			reason := e.Title
			if reason == "" {
				reason = "closed by " + id
			}
			if e.First == "" {
				d.Shut = append(d.Shut, hours.Span{From: e.Start, To: e.End, Reason: reason})
				continue
			}
			first, err := hours.ParseDate(e.First)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			last, err := hours.ParseDate(e.Last)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			d.Closed = append(d.Closed, hours.Closing{From: first, To: last, Reason: reason, FromCalendar: true})
		}
	}
	return hours.New(d)
}

// checkHours says what is wrong with a channel's hours.
func (c Channel) checkHours(k Known, p *Problems) {
	if c.OwnHours != nil {
		if c.Hours != "" {
			p.add(FieldHours, "Either choose hours or set some for this channel, not both.")
		}
		_, wrong := c.OwnHours.made(nil)
		*p = append(*p, wrong...)
		return
	}
	if names := NamedHours(k.View.Settings); c.Hours != "" && !slices.Contains(names, c.Hours) {
		p.add(FieldHours, "There are no hours %q. Choose one of %s.", c.Hours, strings.Join(names, ", "))
	}
}

// NamedHours are those that can be chosen by name: what the file defines, and around the clock.
func NamedHours(s *escalation.Settings) []string {
	names := []string{policy.AroundTheClock}
	for _, name := range sortedKeys(s.Hours) {
		if !strings.HasPrefix(name, ownPolicyKey("")) {
			names = append(names, name)
		}
	}
	return names
}

// hoursOf are those that the channel's own tiers are counted in; nil is around the clock.
func (c Channel) hoursOf(s *escalation.Settings) *hours.Hours {
	if c.OwnHours == nil {
		return s.Hours[c.Hours]
	}
	h, _ := c.OwnHours.made(nil)
	return h
}
