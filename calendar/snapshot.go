package calendar

import (
	"maps"
	"slices"
)

// Snapshot is a roster as history keeps it (rule 16): names only, so that two are equal as long as
// nobody came, went, or changed products. Its JSON is stored; keys are only ever added.
type Snapshot struct {
	Known    bool                `json:"known"` // false: the calendar could not be read for too long
	OnShift  []string            `json:"on_shift,omitempty"`
	Embedded map[string][]string `json:"embedded,omitempty"` // to the products
	Away     []string            `json:"away,omitempty"`
}

// Snapshot is what history keeps of the roster.
func (r Roster) Snapshot() Snapshot {
	s := Snapshot{Known: !r.AsOf.IsZero()}
	for _, e := range r.OnShift {
		s.OnShift = append(s.OnShift, e.Name)
	}
	for _, e := range r.Embedded {
		if s.Embedded == nil {
			s.Embedded = map[string][]string{}
		}
		s.Embedded[e.Name] = e.Products
	}
	for _, e := range r.Away {
		s.Away = append(s.Away, e.Name)
	}
	return s
}

// Equal says that nothing changed between two snapshots that history would keep.
func (s Snapshot) Equal(t Snapshot) bool {
	return s.Known == t.Known && slices.Equal(s.OnShift, t.OnShift) && slices.Equal(s.Away, t.Away) &&
		maps.EqualFunc(s.Embedded, t.Embedded, slices.Equal[[]string])
}
