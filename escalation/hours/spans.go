package hours

import (
	"fmt"
	"strings"
	"time"
)

// Reasons that are not a closed day's own.
const (
	aroundTheClock = "around the clock"
	outside        = "outside hours"
	paused         = "paused"
)

// Spans are the time from from until to, piece by piece and without a gap: what is open, and what is closed
// with the reason. Pauses close what they cover.
func (h *Hours) Spans(from, to time.Time, pauses []Span) []Span {
	var spans []Span
	at := from
	pauses = merge(pauses)
	for _, s := range h.opened(from, to) {
		spans = append(spans, h.closedSpans(at, s.From)...)
		at = s.To
		rest := without([]Span{s}, pauses)
		for _, r := range rest {
			spans = appendPause(spans, s.From, r.From)
			spans = append(spans, r)
			s.From = r.To
		}
		spans = appendPause(spans, s.From, s.To)
	}
	return append(spans, h.closedSpans(at, to)...)
}

func appendPause(spans []Span, from, to time.Time) []Span {
	if !from.Before(to) {
		return spans
	}
	return append(spans, Span{From: from, To: to, Reason: paused})
}

// opened is what is open from from until to, each day's windows being the reason.
func (h *Hours) opened(from, to time.Time) []Span {
	if !from.Before(to) {
		return nil
	}
	if h == nil {
		return []Span{{From: from, To: to, Open: true, Reason: aroundTheClock}}
	}
	var spans []Span
	r := h.read(from)
	for last := h.lastDay(to); r.day <= last; {
		reason := h.windowsOf(r.day)
		for _, s := range r.next() {
			if s.To = earlier(s.To, to); s.From.Before(s.To) {
				s.Reason = reason
				spans = append(spans, s)
			}
		}
	}
	return spans
}

func (h *Hours) windowsOf(day int) string {
	var windows []string
	for _, w := range h.windows(day) {
		windows = append(windows, w.String())
	}
	name := short(day)
	if _, special := h.open[day]; special {
		name = dateOf(day).String()
	}
	return name + " " + strings.Join(windows, ", ")
}

// closedSpans are the pieces of a time in which nothing is open.
func (h *Hours) closedSpans(from, to time.Time) []Span {
	var spans []Span
	for at := from; at.Before(to); {
		s := h.closedSpan(at)
		s.To = earlier(s.To, to)
		if n := len(spans); n > 0 && spans[n-1].Reason == s.Reason {
			spans[n-1].To = s.To
		} else {
			spans = append(spans, s)
		}
		at = s.To
	}
	return spans
}

// closedSpan is the closed time from from on, until the reason for it may change.
func (h *Hours) closedSpan(from time.Time) Span {
	day := h.dayOf(from)
	c := clock{zone: h.zone}
	s := Span{From: from, To: time.Unix(c.first(int64(day+1)*secondsADay), 0).In(from.Location()), Reason: h.reason(day)}
	if !s.To.After(from) { // the clock shows the midnight twice
		s.To = time.Unix(c.last(int64(day+1)*secondsADay), 0).In(from.Location())
	}
	if _, open := h.open[day]; open {
		return s
	}
	for _, cut := range h.shut {
		switch {
		case !cut.To.After(from):
		case cut.From.After(from):
			s.To = earlier(s.To, cut.From.In(from.Location()))
			return s
		default:
			s.To, s.Reason = earlier(s.To, cut.To.In(from.Location())), cut.Reason
			return s
		}
	}
	return s
}

// reason is why closed time of the day is closed.
func (h *Hours) reason(day int) string {
	if reason, closed := h.closing(day); closed {
		return reason
	}
	if len(h.windows(day)) == 0 {
		return fmt.Sprintf("no hours on %s", short(day))
	}
	return outside
}
