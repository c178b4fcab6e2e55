package calendar

import (
	"maps"
	"slices"
	"strings"
)

// matcher finds the engineers and products that events are about.
type matcher struct {
	rules    Rules
	byName   map[string]Engineer
	byEmail  map[string]string // to the engineer's name
	names    finder
	products finder
}

func newMatcher(r Rules) *matcher {
	m := &matcher{rules: r, byName: map[string]Engineer{}, byEmail: map[string]string{}}
	for _, e := range r.Engineers {
		m.byName[e.Name] = e
		if e.Email != "" {
			m.byEmail[address(e.Email)] = e.Name
		}
		m.names.add(e.Name, e.Name)
		for _, alias := range e.Aliases {
			m.names.add(alias, e.Name)
		}
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
	return m
}

func address(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// people returns the engineers that an event is about: its guests, else whom its title names, else
// the organizer of an absence. Somebody who declined is not among them, whatever the title says;
// resolved is false if the event is about nobody we know.
func (m *matcher) people(e Event, means meaning) (who []Engineer, resolved bool) {
	var guests, declined []string
	for _, a := range e.Attendees {
		name, known := m.byEmail[address(a.Email)]
		switch {
		case known && a.Declined:
			declined = append(declined, name)
		case known && !slices.Contains(guests, name):
			guests = append(guests, name)
		}
	}
	names := guests
	if len(names) == 0 {
		names = m.names.find(m.namesIn(e, means))
	}
	if name, known := m.byEmail[address(e.Organizer)]; known && len(names) == 0 && e.Kind == OutOfOffice {
		names = []string{name}
	}
	for _, name := range names {
		if !slices.Contains(declined, name) {
			who = append(who, m.byName[name])
		}
	}
	return who, len(who) > 0 || len(declined) > 0
}

// namesIn is the part of the event's title in which names are looked for.
func (m *matcher) namesIn(e Event, means meaning) string {
	if means == meansEmbedded {
		if names, ok := group(m.rules.Embedded, "name", e.Title); ok {
			return names
		}
	}
	return e.Title
}

// productsOf returns the products that an embedding event names: in the pattern's group, which may
// name one the configuration does not list, else anywhere in the title. Nil if it names none.
func (m *matcher) productsOf(e Event) []string {
	named, ok := group(m.rules.Embedded, "product", e.Title)
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
