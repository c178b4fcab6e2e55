// Package closed knows the days that calendars close: official holidays, and a company's own.
//
//	Source (google/) ──events──▶ Follower ──Events──▶ who makes working hours of them
//	                              │  ▲
//	                         kept │  │ loaded at start, and when another process has read
//	                              ▼  │
//	                             Store
//
// Calendars are read a year ahead, once a day. One that cannot be read counts as it was when it last could.
package closed

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Event is one that closes: whole days, or a span of time.
type Event struct {
	Title string    `json:"title,omitempty"` // "" where not everybody may read it
	First string    `json:"first,omitempty"` // day, as 2026-12-24, wherever that is; "": a span of time
	Last  string    `json:"last,omitempty"`  // day that is closed too
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"` // exclusive
}

// Source is a calendar of closed days.
type Source interface {
	// Closed returns what closes between from and until to, in any order. It gives up by itself after some
	// seconds, and its errors say what to do and hold no secret.
	Closed(ctx context.Context, from, to time.Time) ([]Event, error)
}

// Reading is what a calendar said when it was read.
type Reading struct {
	ReadAt time.Time `json:"read_at"`
	Events []Event   `json:"events"`
}

const (
	ahead  = 400 * 24 * time.Hour
	behind = 60 * 24 * time.Hour // for what has been open since
)

// Read reads what is closed for more than a year to come, and what was closed lately.
func Read(ctx context.Context, source Source, now time.Time) (Reading, error) {
	from, to := now.Add(-behind), now.Add(ahead)
	events, err := source.Closed(ctx, from, to)
	if err != nil {
		return Reading{}, err
	}
	r := Reading{ReadAt: now.Round(0)} // wall clock only: the monotonic one stops while a machine sleeps
	first, last := from.Format(time.DateOnly), to.Format(time.DateOnly)
	for _, e := range events {
		if e.First != "" { // an event may last for centuries
			e.First, e.Last = max(e.First, first), min(e.Last, last)
		}
		if e.First <= e.Last {
			r.Events = append(r.Events, e)
		}
	}
	slices.SortFunc(r.Events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.First, b.First), a.Start.Compare(b.Start), cmp.Compare(a.Last, b.Last), a.End.Compare(b.End), cmp.Compare(a.Title, b.Title))
	})
	return r, nil
}

func same(a, b []Event) bool {
	return slices.EqualFunc(a, b, func(a, b Event) bool {
		return a.Title == b.Title && a.First == b.First && a.Last == b.Last && a.Start.Equal(b.Start) && a.End.Equal(b.End)
	})
}
