package hours

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The errors of this file say what would be right, in words that go on after "Write …".

var days = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseDays reads days of the week: mon, mon-thu, fri-mon, or several of these parted by commas.
func ParseDays(s string) ([]time.Weekday, error) {
	var found []time.Weekday
	for part := range strings.SplitSeq(strings.ToLower(s), ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		first, err := parseDay(from)
		if err != nil {
			return nil, err
		}
		last, err := parseDay(to)
		if err != nil {
			return nil, err
		}
		for day := first; ; day = (day + 1) % 7 {
			if slices.Contains(found, day) {
				return nil, fmt.Errorf("%s once", days[day])
			}
			found = append(found, day)
			if day == last {
				break
			}
		}
	}
	return found, nil
}

func parseDay(s string) (time.Weekday, error) {
	s = strings.TrimSpace(s)
	for day, name := range days {
		if s == name || s == strings.ToLower(time.Weekday(day).String()) {
			return time.Weekday(day), nil
		}
	}
	return 0, fmt.Errorf("mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri, in place of %q", s)
}

var windowForm = regexp.MustCompile(`^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$`)

// ParseWindows reads the windows of a day: 09:00-12:00, 13:00-17:30. One that ends no later than it begins
// ends the next day.
func ParseWindows(s string) ([]Window, error) {
	var windows []Window
	for part := range strings.SplitSeq(s, ",") {
		w, err := parseWindow(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		windows = append(windows, w)
	}
	windows = ordered(windows)
	for i, w := range windows[1:] {
		if before := windows[i]; before.To > w.From {
			return nil, fmt.Errorf("one window in place of %s and %s, which overlap", before, w)
		}
	}
	return windows, nil
}

func parseWindow(s string) (Window, error) {
	m := windowForm.FindStringSubmatch(s)
	if m == nil {
		return Window{}, fmt.Errorf("a window as 09:00-17:00, in place of %q", s)
	}
	n := make([]int, 5)
	for i := range m[1:] {
		n[i], _ = strconv.Atoi(m[i+1]) // digits alone, and few
	}
	w := Window{From: n[0]*60 + n[1], To: n[2]*60 + n[3]}
	switch {
	case n[1] > 59 || n[3] > 59 || w.From > minutesADay || w.To > minutesADay:
		return w, fmt.Errorf("times from 00:00 to 24:00, in place of %q", s)
	case w.From == minutesADay:
		return w, fmt.Errorf("00:00 on the day after in place of 24:00 in %q: a day may end then, and not begin", s)
	case w.From == w.To:
		return w, fmt.Errorf("00:00-24:00 for a whole day, in place of %q, which is empty", s)
	case w.To < w.From:
		w.To += minutesADay
	}
	return w, nil
}

// longest is how many days one closing may last.
const longest = 366

// ParseDate reads a date: 2026-12-24.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, wrongDate(s, "2006-1-2", "a date as 2026-12-24")
	}
	return DateOf(t), nil
}

// wrongDate says whether there is no such day, or it is written otherwise than dates are.
func wrongDate(s, loose, form string) error {
	var wrong *time.ParseError
	if _, err := time.Parse(loose, s); errors.As(err, &wrong) && strings.Contains(wrong.Message, "out of range") {
		return fmt.Errorf("another date: there is no %s", s)
	}
	return fmt.Errorf("%s, in place of %q", form, s)
}

// ParseClosed reads what is closed: 2026-12-24, 12-24 for every year, and either as a range, such as
// 2026-12-28..2026-12-31 or 12-28..01-02.
func ParseClosed(s string) ([]Closing, error) {
	first, last, isRange := strings.Cut(s, "..")
	first, last = strings.TrimSpace(first), strings.TrimSpace(last)
	if !isRange {
		last = first
	}
	if len(first) <= len("12-24") && len(last) <= len("12-24") {
		return parseYearly(first, last, s)
	}
	from, err := ParseDate(first)
	if err != nil {
		return nil, err
	}
	to, err := ParseDate(last)
	if err != nil {
		return nil, err
	}
	switch n := to.number() - from.number(); {
	case n < 0:
		return nil, fmt.Errorf("%s..%s: this range ends before it begins", to, from)
	case n >= longest:
		return nil, fmt.Errorf("at most %d days in one range: this one has %d", longest, n+1)
	}
	return []Closing{{From: from, To: to, Reason: s}}, nil
}

// leap is a year that has every date.
const leap = 2000

func parseYearly(first, last, reason string) ([]Closing, error) {
	var ends [2]Date
	for i, s := range []string{first, last} {
		t, err := time.Parse(time.DateOnly, fmt.Sprint(leap, "-", s))
		if err != nil {
			return nil, wrongDate(s, "1-2", "a date as 2026-12-24, or as 12-24 for every year")
		}
		ends[i] = DateOf(t)
	}
	day, end := ends[0].number(), ends[1].number()
	if end < day {
		end += 366 // over the turn of the year
	}
	var all []Closing
	for ; day <= end; day++ {
		d := dateOf(day)
		d.Year = 0
		all = append(all, Closing{From: d, To: d, Yearly: true, Reason: reason})
	}
	return all, nil
}
