package report

import (
	"slices"
	"sort"
	"time"
)

const (
	mostNamed = 10   // tickets of a blind span
	mostBlind = 1000 // spans that are held
)

// blinds are spans of time, in order, of which no two touch.
type blinds []Blind

// add joins a span with those it touches. Beyond what is held, only what touches one of them still counts.
func (b *blinds) add(from, to time.Time, ticket string) {
	i := sort.Search(len(*b), func(i int) bool { return !(*b)[i].To.Before(from) })
	joined := Blind{From: from, To: to, Tickets: 1, Some: []string{ticket}}
	k := i
	for ; k < len(*b) && !(*b)[k].From.After(to); k++ {
		other := (*b)[k]
		if other.From.Before(joined.From) {
			joined.From = other.From
		}
		if other.To.After(joined.To) {
			joined.To = other.To
		}
		if slices.Contains(other.Some, ticket) {
			joined.Tickets--
		}
		joined.Tickets += other.Tickets
		for _, t := range other.Some {
			if len(joined.Some) < mostNamed && !slices.Contains(joined.Some, t) {
				joined.Some = append(joined.Some, t)
			}
		}
	}
	if k == i && len(*b) >= mostBlind {
		return
	}
	slices.Sort(joined.Some)
	*b = slices.Replace(*b, i, k, joined)
}
