package title

import "slices"

// item is a token that means something, or a group of names: "Ana, Ben and Will".
type item struct {
	sense       sense
	before      gap
	parenthesis bool
	joined      bool
	because     bool    // a word such as "due to" leads to it
	names       []named // of a group
}

// named is a name in a title, and what the title says of those whose name it is.
type named struct {
	people []string
	owns   bool
	before gap // between it and the one before it in its group
	role   role
}

type role int

const (
	plainly  role = iota // nothing is said but the name
	inPlace              // is on for somebody
	covered              // is off, because somebody is on for them
	away                 // is off, because the title says so
	beside               // has only to do with it
	excepted             // everybody is meant but they
)

// statement is a title, taken apart.
type statement struct {
	items    []item
	duty     bool // it speaks of a duty
	birthday bool
	absence  Absence
}

// gather makes groups of names, and leaves out what changes nothing. What is both a product and a word
// for absence is the product where the title embeds somebody or speaks of a duty.
func gather(tokens []token, embedding bool) *statement {
	s := &statement{}
	for _, t := range tokens {
		switch t.sense {
		case duty, cover, deputy, backup, covers, coveredBy:
			s.duty = true
		case birthday:
			s.birthday = true
		}
	}
	carried, parenthesis, why := space, false, false
	for i, t := range tokens {
		between := t.before
		if t.number && i > 0 && tokens[i-1].number {
			between = space // within a time or a date
		}
		carried, parenthesis = max(carried, between), parenthesis || t.parenthesis
		if t.sense == product {
			t.sense = absent
			if embedding || s.duty && t.asWritten {
				t.sense = filler
			}
		}
		if (t.sense == takes || t.sense == until) && (i+1 == len(tokens) || tokens[i+1].sense != name || tokens[i+1].before != space) {
			t.sense = filler
		}
		if t.sense == present {
			t.sense = filler
			if s.is(len(s.items)-1, name) && carried == space && (i+1 == len(tokens) || tokens[i+1].before >= loose) {
				t.sense = duty
			}
		}
		if t.sense == was {
			t.sense = filler
			if parenthesis && i+1 < len(tokens) && tokens[i+1].sense == name {
				t.sense = insteadOf
			}
		}
		switch t.sense {
		case filler, birthday:
			continue
		case and:
			carried = max(carried, tight)
			continue
		case because:
			carried, why = max(carried, apart), true
			continue
		}
		s.add(t, carried, parenthesis)
		s.items[len(s.items)-1].because = why
		carried, parenthesis, why = space, false, false
	}
	return s
}

// add appends a token, a name to the group before it where they are in one list.
func (s *statement) add(t token, before gap, parenthesis bool) {
	if t.sense != name {
		s.items = append(s.items, item{sense: t.sense, before: before, parenthesis: parenthesis, joined: t.joined})
		return
	}
	n := named{people: t.people, owns: t.owns, before: before}
	if last := len(s.items) - 1; last >= 0 && s.items[last].sense == name && before <= loose && !parenthesis {
		s.items[last].names = append(s.items[last].names, n)
		return
	}
	s.items = append(s.items, item{sense: name, before: before, parenthesis: parenthesis, names: []named{n}})
}

// drop takes an item out.
func (s *statement) drop(i int) {
	if i+1 < len(s.items) {
		next := &s.items[i+1]
		next.before, next.parenthesis = max(next.before, s.items[i].before), next.parenthesis || s.items[i].parenthesis
	}
	s.items = slices.Delete(s.items, i, i+1)
}

// is says that there is an item at i, and that it has one of the senses.
func (s *statement) is(i int, any ...sense) bool {
	return i >= 0 && i < len(s.items) && slices.Contains(any, s.items[i].sense)
}

// follows says that the item at i comes right after the one before it, in the same part of the title.
func (s *statement) follows(i int) bool {
	return i > 0 && i < len(s.items) && s.items[i].before == space
}

// end is the first name of those at the end of a group that belong together: of "Ana, Ben & Will" Ben.
func (it *item) end() int {
	i := len(it.names) - 1
	for i > 0 && it.names[i].before == tight {
		i--
	}
	return i
}

// say gives names a role, where they have none.
func say(names []named, r role) {
	for i := range names {
		if names[i].role == plainly {
			names[i].role = r
		}
	}
}

// open says that nothing is said yet of somebody in a group.
func (it *item) open() bool {
	return slices.ContainsFunc(it.names, func(n named) bool { return n.role == plainly })
}

// reading sums up what was found. Somebody of whom a title says both is off.
func (s *statement) reading() Reading {
	r := Reading{Absence: s.absence, Duty: s.duty, Birthday: s.birthday}
	for _, it := range s.items {
		for _, n := range it.names {
			switch n.role {
			case away:
				r.Away = append(r.Away, n.people...)
			case covered:
				r.Covered = append(r.Covered, n.people...)
			case inPlace:
				r.Covers = append(r.Covers, n.people...)
				r.On = append(r.On, n.people...)
			case excepted:
				r.Except = append(r.Except, n.people...)
			case plainly:
				r.On = append(r.On, n.people...)
			}
		}
	}
	if r.Absence != NoAbsence { // everybody is away but they
		r.On, r.Except = append(r.On, r.Except...), nil
	}
	isOff := func(person string) bool {
		return slices.Contains(r.Away, person) || slices.Contains(r.Covered, person) || slices.Contains(r.Except, person)
	}
	r.On, r.Covers = slices.DeleteFunc(distinct(r.On), isOff), slices.DeleteFunc(distinct(r.Covers), isOff)
	r.Away, r.Covered = distinct(r.Away), distinct(r.Covered)
	return r
}

// distinct are the people, each once, in their order.
func distinct(people []string) []string {
	var once []string
	for _, p := range people {
		if !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	return once
}
