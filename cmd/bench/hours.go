package main

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
)

// yearOfHours measures the addition of a year's working time: the longest that a deadline is away.
func yearOfHours(ctx context.Context, b *bench) ([]figure, error) {
	h, err := office()
	if err != nil {
		return nil, err
	}
	from := time.Date(2026, 1, 5, 8, 30, 0, 0, time.UTC)
	year := h.Elapsed(from, from.AddDate(1, 0, 0), nil)
	const times = 20_000
	before := b.cpuNow(ctx)
	for range times {
		h.Add(from, year)
	}
	each := (b.cpuNow(ctx).ours - before.ours) / times
	if got := h.Add(from, year); !got.Equal(from.AddDate(1, 0, 0)) {
		return nil, fmt.Errorf("a year after %s is %s", from, got)
	}

	began := time.Now()
	day := plainDay(h, from)
	return []figure{{
		name:    "working time added over a year with ten closed days: processor time",
		reached: float64(each) / float64(time.Microsecond), unit: "µs", reach: 5,
		baseline: fmt.Sprintf("%.0f µs the plain way, minute by minute, for the first day alone (%s)", time.Since(began).Seconds()*1e6, day),
	}}, nil
}

// office is open on weekdays, but for ten days of the year.
func office() (*hours.Hours, error) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return nil, err
	}
	d := hours.Definition{Zone: zone}
	for day := time.Monday; day <= time.Friday; day++ {
		if d.Week[day], err = hours.ParseWindows("09:00-17:00"); err != nil {
			return nil, err
		}
	}
	for _, s := range []string{"01-01", "01-06", "2026-04-03", "2026-04-06", "05-01", "2026-05-14", "2026-05-25", "10-03", "12-24", "12-25"} {
		closed, err := hours.ParseClosed(s)
		if err != nil {
			return nil, err
		}
		d.Closed = append(d.Closed, closed...)
	}
	return hours.New(d)
}

// plainDay asks of each minute of a day whether it is open.
func plainDay(h *hours.Hours, from time.Time) (open time.Duration) {
	for t := from; t.Before(from.Add(24 * time.Hour)); t = t.Add(time.Minute) {
		if h.Open(t) {
			open += time.Minute
		}
	}
	return open
}
