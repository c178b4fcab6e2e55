package hours

import (
	"math"
	"slices"
	"time"
)

// horizon is how many days are looked through at most, ten years: hours that are still closed then are as good as
// never open. Whoever sets up a channel writes its hours, and days that are closed every year are counted one by one.
const horizon = 10*365 + 3

// Add is the moment when d of working time will have passed since t; before t for a negative d. Used up
// exactly at close, it is the close. With nothing to count it is when counting begins.
func (h *Hours) Add(t time.Time, d time.Duration) time.Time {
	switch {
	case h == nil:
		return t.Add(d)
	case d < 0:
		return h.subtract(t, -d)
	}
	r := h.read(t)
	for end := r.day + horizon; r.day < end; {
		d -= r.skip(d, end)
		for _, s := range r.next() {
			n := s.To.Sub(s.From)
			if d <= n {
				return s.From.Add(d)
			}
			d -= n
		}
	}
	return t.AddDate(0, 0, horizon)
}

// subtract is the moment since which d of working time has passed at t.
func (h *Hours) subtract(t time.Time, d time.Duration) time.Time {
	r := h.read(t)
	last := h.lastDay(t)
	for day := last; day > last-horizon; day-- {
		for _, s := range slices.Backward(r.on(day)) {
			to := earlier(s.To, t)
			n := to.Sub(s.From)
			if n <= 0 {
				continue
			}
			if d <= n {
				return to.Add(-d)
			}
			d -= n
		}
	}
	return t.AddDate(0, 0, -horizon)
}

// Due is Add with pauses, in which nothing counts: d is not negative.
func (h *Hours) Due(t time.Time, d time.Duration, pauses []Span) time.Time {
	for _, p := range merge(pauses) {
		if !p.To.After(t) {
			continue
		}
		n := h.Elapsed(t, p.From, nil)
		if d < n || d == n && d > 0 {
			break
		}
		d -= n
		t = p.To
	}
	return h.Add(t, d)
}

// Elapsed is the working time from from until to, less pauses.
func (h *Hours) Elapsed(from, to time.Time, pauses []Span) time.Duration {
	total := h.between(from, to)
	for _, p := range merge(pauses) {
		total -= h.between(later(from, p.From), earlier(to, p.To))
	}
	return total
}

func (h *Hours) between(from, to time.Time) (total time.Duration) {
	if !from.Before(to) {
		return 0
	}
	if h == nil {
		return to.Sub(from)
	}
	r := h.read(from)
	last := h.lastDay(to)
	for r.day <= last {
		total += r.skip(math.MaxInt64, last-3)
		for _, s := range r.next() {
			if s.From.Before(to) {
				total += earlier(s.To, to).Sub(s.From)
			}
		}
	}
	return total
}

// Open tells whether time counts at t.
func (h *Hours) Open(t time.Time) bool { return h.Add(t, 0).Equal(t) }
