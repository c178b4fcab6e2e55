package calendar

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/calendar/title"
)

// matcher finds the engineers and products that events are about.
type matcher struct {
	matching Matching
	byName   map[string]Engineer
	byEmail  map[string]string // to the engineer's name
	titles   *title.Reader
	products finder
}

func newMatcher(r Matching) *matcher {
	m := &matcher{matching: r, byName: map[string]Engineer{}, byEmail: map[string]string{}}
	var people []title.Person
	for _, e := range r.Engineers {
		m.byName[e.Name] = e
		if e.Email != "" {
			m.byEmail[address(e.Email)] = e.Name
		}
		people = append(people, title.Person{Name: e.Name, Aliases: e.Aliases})
	}
	for _, product := range slices.Sorted(maps.Keys(r.Products)) {
		m.products.add(product, product)
		for _, word := range r.Products[product] {
			m.products.add(word, product)
		}
	}
	for _, e := range r.Engineers {
		for _, product := range e.Products {
			if !m.products.knows(product) {
				m.products.add(product, product)
			}
		}
	}
	m.titles = title.NewReader(people, m.products.written)
	return m
}

func address(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// meaning is what an event says of people. It is about nobody if no list holds anybody and it is not
// settled.
type meaning struct {
	on, off []string // engineers' names
	embeds  bool     // those on
	settled bool     // it does not matter that it names nobody we know
}

// meaningOf reads an event: its title, then its guests, then who made it.
func (m *matcher) meaningOf(e Event) meaning {
	if e.Kind == Other || matches(m.matching.Ignore, e.Title) {
		return meaning{settled: true}
	}
	says := meaning{embeds: matches(m.matching.Embedded, e.Title)}
	r := m.reading(e, says.embeds)
	switch {
	case r.CalledOff:
		return meaning{settled: true}
	case e.Kind == OutOfOffice, r.Absence != title.NoAbsence:
		says.on, says.off = m.absent(e, r)
		says.settled = r.Absence == title.Public
	case r.Birthday && !r.Duty && !m.matching.NoIgnoreWords, e.Free && len(r.Covered) == 0:
		return meaning{settled: true}
	default:
		says.on, says.off = r.On, r.Covered
	}
	declined := m.declined(e)
	says.on = without(says.on, declined)
	if len(says.on) == 0 && len(r.Away) == 0 && r.Absence == title.NoAbsence && e.Kind == Normal {
		says.on = without(without(m.guests(e), says.off), r.Except)
	}
	says.settled = says.settled || len(declined) > 0
	return says
}

// reading is what the event's title says, the configured patterns included.
func (m *matcher) reading(e Event, embeds bool) title.Reading {
	r := m.titles.Read(m.named(e.Title), embeds)
	if m.matching.NoAwayWords {
		r.On, r.Away, r.Absence = append(r.On, r.Away...), nil, title.NoAbsence
	}
	if names, ok := group(m.matching.Embedded, "name", e.Title); ok && len(r.Away)+len(r.Covered) == 0 {
		r.On = m.titles.Read(m.named(names), embeds).On
	}
	if r.Absence == title.NoAbsence && matches(m.matching.Away, e.Title) {
		r.On, r.Away, r.Absence = r.Covers, without(r.On, r.Covers), title.Personal
	}
	return r
}

// addresses finds e-mail addresses in a title.
var addresses = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN.-]+\.\pL{2,}`)

// named is a title with the names of engineers in place of their e-mail addresses.
func (m *matcher) named(title string) string {
	if !strings.Contains(title, "@") {
		return title
	}
	return addresses.ReplaceAllStringFunc(title, func(written string) string {
		return cmp.Or(m.byEmail[address(written)], written)
	})
}

// absent are those whom an absence takes off, and those who are on for them. Google's
// out-of-office is that of whose calendar it is in; another one is that of whom the title names, or of
// the guests, or of whose calendar it was made in.
func (m *matcher) absent(e Event, r title.Reading) (on, off []string) {
	owner := m.known(e.Organizer)
	if e.Kind == OutOfOffice {
		if len(owner) > 0 {
			return without(r.Covers, owner), owner
		}
		r.On, r.Away = r.Covers, append(r.Away, without(r.On, r.Covers)...)
	}
	off = slices.Concat(r.Away, r.Covered)
	if len(off) == 0 {
		off = without(m.guests(e), r.On)
	}
	if len(off) == 0 && r.Absence != title.Public {
		off = without(owner, r.On)
	}
	if len(off) == 0 && e.Kind == OutOfOffice {
		off = m.known(e.Creator)
	}
	return r.On, off
}

// guests are the engineers among those invited who did not decline. Whoever invited others is there
// because calendars add them, and counts only alone; so do those who need not come: they are to know of it.
func (m *matcher) guests(e Event) []string {
	var names, optional []string
	others := slices.ContainsFunc(e.Attendees, func(a Attendee) bool {
		return !a.Declined && address(a.Email) != address(e.Organizer)
	})
	for _, a := range e.Attendees {
		if a.Declined || others && address(a.Email) == address(e.Organizer) {
			continue
		}
		if a.Optional {
			optional = append(optional, m.known(a.Email)...)
			continue
		}
		names = append(names, without(m.known(a.Email), names)...)
	}
	if len(names) == 0 {
		return optional
	}
	return names
}

// declined are the engineers who declined the event.
func (m *matcher) declined(e Event) []string {
	var names []string
	for _, a := range e.Attendees {
		if a.Declined {
			names = append(names, m.known(a.Email)...)
		}
	}
	return names
}

// known is the name of the engineer with an address, if there is one.
func (m *matcher) known(email string) []string {
	if name, ok := m.byEmail[address(email)]; ok {
		return []string{name}
	}
	return nil
}

// without are the names that are not among others.
func without(names, others []string) []string {
	var left []string
	for _, n := range names {
		if !slices.Contains(others, n) {
			left = append(left, n)
		}
	}
	return left
}

// productsOf returns the products that an embedding event names: in the pattern's group, which may
// name one the configuration does not list, otherwise anywhere in the title. Nil if it names none.
func (m *matcher) productsOf(e Event) []string {
	named, ok := group(m.matching.Embedded, "product", e.Title)
	if !ok {
		return m.products.find(e.Title)
	}
	if found := m.products.find(named); len(found) > 0 {
		return found
	}
	if named = strings.TrimSpace(named); named != "" {
		return []string{named}
	}
	return nil
}
