package ticket

import (
	"slices"
	"strings"
)

// idsInFields are the ids of titled fields and of tables' cells, idsInFooters those of footers. Each is the desk's own,
// so several are several tickets.
func idsInFields(parts []*part) candidates { return idsOf(parts, ofField) }
func idsInFooters(parts []*part) candidates {
	found := idsOf(parts, ofFooter)
	found.all = slices.DeleteFunc(found.all, func(c candidate) bool { return c.id == "" })
	return found
}

func idsOf(parts []*part, o origin) (found candidates) {
	for _, p := range parts {
		for _, facts := range tickets(surest(p.facts), o) {
			if c, ok := labelledID(p, facts, o); ok {
				found.all = append(found.all, c)
			}
		}
	}
	return found
}

// surest leaves out titles that may mean an id where another says that it does.
func surest(facts []fact) []fact {
	sure := func(f fact) bool { return f.name == nameID && f.origin == ofField && f.rank < leastID }
	if !slices.ContainsFunc(facts, sure) {
		return facts
	}
	return slices.DeleteFunc(slices.Clone(facts), func(f fact) bool { return f.name == nameID && f.rank == leastID })
}

// idsInLines are the ids of lines that begin with the label. The desk's is the one with most labels about it, or the
// first. Another is that of another ticket only if everything around it is as it is around that one: otherwise somebody
// quotes it. Where the desk's headline, title or button leads to a ticket, a plain line says nothing.
func idsInLines(parts []*part) (found candidates) {
	var all []candidate
	model := 0
	for _, p := range parts {
		for _, facts := range tickets(p.facts, ofLine) {
			c, ok := labelledID(p, facts, ofLine)
			if !ok || p.headed != "" && p.headed != c.id && c.manner() == (manner{}) {
				continue
			}
			if all = append(all, c); c.sureness() > all[model].sureness() {
				model = len(all) - 1
			}
		}
	}
	if len(all) == 0 {
		return found
	}
	first := all[model]
	for i, c := range all {
		switch {
		case i == model, c.part != first.part && kindOf(c.part.shape) == kindOf(first.part.shape) && c.manner() == first.manner(),
			alike(first.facts, c.facts) && c.part.shape == first.part.shape:
			found.all = append(found.all, c)
		case c.id != first.id:
			found.all = append(found.all, candidate{said: c.said, part: c.part}) // followed it is not, and that is said
		}
	}
	for _, p := range parts {
		if said := another(p.facts, first.facts); said != "" {
			found.all = append(found.all, candidate{said: said, part: p})
		}
	}
	return found
}

// manner is how the id's label is written.
func (c candidate) manner() (m manner) {
	for _, f := range c.facts {
		if f.name == nameID && f.origin == ofLine {
			return f.manner
		}
	}
	return m
}

// sureness is how many labels are written as the id's is, and whether that is how a desk writes.
func (c candidate) sureness() (n int) {
	for _, f := range c.facts {
		if f.origin == ofLine && says(f.name) && f.manner == c.manner() {
			n += 2
		}
	}
	if c.manner().bold {
		n++
	}
	return n
}

// another is the id below a ticket's labels under which the same labels come once more. It may be a second
// ticket, or a customer who quotes one: it is not followed, and that is said. The same id is the same ticket, said in
// another rendering.
func another(facts, model []fact) (id string) {
	var first, below [nameWords]bool
	var ids []string
	for _, f := range model {
		if f.name == nameID && f.origin == ofLine {
			ids = append(ids, f.value)
		}
		if f.origin == ofLine && says(f.name) {
			first[f.name] = true
		}
	}
	for _, f := range facts {
		if f.origin != ofDoubt || f.quoted || f.words || !says(f.name) {
			continue
		}
		below[f.name] = true
		if f.name == nameID {
			id = f.value
		}
	}
	if below != first || !below[nameID] || slices.Contains(ids, id) {
		return ""
	}
	return id
}

// idsInDoubt are ids in quotations, in titles, in the middle of sentences: taken where there is
// nothing better, if there is only one.
func idsInDoubt(parts []*part) candidates {
	found := candidates{exclusive: true}
	for _, p := range parts {
		for _, f := range p.facts {
			if f.name == nameID {
				id, _ := fitID(f.value)
				found.all = append(found.all, candidate{id: id, said: f.value, part: p})
			}
		}
	}
	return found
}

// idsInAddresses are the tickets of known desks that the message leads to: one for each part, what only the desk makes
// before the first there, as a customer can write links; or each line's of a list.
func idsInAddresses(parts []*part) (found candidates) {
	var shape string
	for _, p := range parts {
		for _, a := range surestFirst(p.addresses) {
			id, ok := deskTicket(a)
			if !ok || a.origin >= ofCustomer || shape != "" && p.shape != shape {
				continue
			}
			shape = p.shape
			if a.bullet { // a list has a ticket in each line
				found.all = append(found.all, candidate{id: id, part: &part{title: a.label, addresses: []address{a}}})
				continue
			}
			found.all = append(found.all, candidate{id: id, facts: p.facts, part: p})
			break
		}
	}
	return found
}

// surestFirst leaves the order of the others as it is.
func surestFirst(all []address) []address {
	order := func(a address) int {
		if a.sure {
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(all), func(a, b address) int { return order(a) - order(b) })
}

// tickets cuts facts up: a label that comes again begins the next ticket.
func tickets(facts []fact, o origin) (cut [][]fact) {
	ids := map[string]bool{}
	for _, f := range facts {
		if f.name == nameID && f.origin == o {
			ids[f.value] = true
		}
	}
	if len(ids) < 2 {
		return [][]fact{facts}
	}
	var seen [nameWords + 1]bool
	from := 0
	for i, f := range facts {
		if f.origin != o || !says(f.name) {
			continue
		}
		if seen[f.name] {
			cut = append(cut, facts[from:i])
			from, seen = i, [nameWords + 1]bool{}
		}
		seen[f.name] = true
	}
	return append(cut, facts[from:])
}

// labelledID is the id among facts of one origin.
func labelledID(p *part, facts []fact, o origin) (c candidate, ok bool) {
	best := -1
	for i, f := range facts {
		if f.name == nameID && f.origin == o && (best < 0 || f.rank < facts[best].rank) {
			best = i
		}
	}
	if best < 0 {
		return candidate{}, false
	}
	said := facts[best].value
	id, _ := fitID(said)
	if id == "" {
		id, _ = deskTicket(address{url: said})
	}
	return candidate{id: id, said: said, facts: facts, part: p}, true
}

// kindOf is what a part of that shape is: an attachment, a card.
func kindOf(shape string) string {
	kind, _, _ := strings.Cut(shape, ":")
	return kind
}

// alike says that two runs of facts have the same labels, written alike.
func alike(a, b []fact) bool {
	labels := func(facts []fact) (ls []labelled) {
		for _, f := range facts {
			if f.origin <= ofLine && says(f.name) {
				ls = append(ls, labelled{name: f.name, rank: f.rank, manner: f.manner})
			}
		}
		return ls
	}
	return slices.Equal(labels(a), labels(b))
}
