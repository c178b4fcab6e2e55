package calendar

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Engineer is somebody of the support team, as the configuration names them.
type Engineer struct {
	Name     string
	Aliases  []string
	Slack    string // user id (U…); empty until found by Email
	Email    string
	Products []string // what they work on when a calendar event that embeds them names no product
}

// GoesBy says that a name is the engineer's own or an alias, in any case.
func (e Engineer) GoesBy(name string) bool {
	return strings.EqualFold(e.Name, name) || slices.ContainsFunc(e.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
}

// Embedded is an engineer who works on products just now and should be the last to be disturbed.
type Embedded struct {
	Engineer
	Products []string // in effect now: the event's, or without those the engineer's own
}

// Shift is a calendar event that puts somebody on shift.
type Shift struct {
	Title string    `json:"title,omitempty"` // empty where the calendar hides it
	Start time.Time `json:"start"`
	End   time.Time `json:"end"` // exclusive
}

// Roster is who is on shift, embedded and away at one moment.
type Roster struct {
	At       time.Time
	AsOf     time.Time        // when the calendar was last read; zero: never, or too long ago to be used
	OnShift  []Engineer       // the embedded included, the away excluded; sorted by name
	Embedded []Embedded       // sorted by name
	Away     []Engineer       // sorted by name
	Shifts   map[string]Shift // by the name of each on shift: of several events the one that ends last
}

// NonEmbedded are those on shift and not embedded.
func (r Roster) NonEmbedded() []Engineer {
	busy := make(map[string]bool, len(r.Embedded))
	for _, e := range r.Embedded {
		busy[e.Name] = true
	}
	var free []Engineer
	for _, e := range r.OnShift {
		if !busy[e.Name] {
			free = append(free, e)
		}
	}
	return free
}

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
