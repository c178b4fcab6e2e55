package ticket

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// idsInFields are the ids of titled fields and of tables' cells, idsInFooters those of footers. Each is the desk's own,
// so several are several tickets.
func idsInFields(parts []*part) candidates  { return idsOf(parts, ofField) }
func idsInFooters(parts []*part) candidates { return idsOf(parts, ofFooter) }

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

// idsInLines are the ids of lines that begin with the label. The first is the desk's. Another is that of
// another ticket only if everything around it is as it is around the first: otherwise somebody quotes it.
func idsInLines(parts []*part) (found candidates) {
	var model []fact
	var shape string
	for _, p := range parts {
		for _, facts := range tickets(p.facts, ofLine) {
			c, ok := labelledID(p, facts, ofLine)
			switch {
			case !ok:
			case model == nil:
				model, shape = facts, p.shape
				found.all = append(found.all, c)
			case p != found.all[0].part && kindOf(p.shape) == kindOf(shape) && likeFirst(model, facts), alike(model, facts) && p.shape == shape:
				found.all = append(found.all, c)
			case c.id != found.all[0].id:
				found.all = append(found.all, candidate{said: c.said, part: p}) // followed it is not, and that is said
			}
		}
		if said := another(p.facts, model); said != "" {
			found.all = append(found.all, candidate{said: said, part: p})
		}
	}
	return found
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

// likeFirst says that the id in a part of its own is written as the first one is.
func likeFirst(model, facts []fact) bool {
	manners := func(facts []fact) (m manner) {
		for _, f := range facts {
			if f.name == nameID && f.origin == ofLine {
				return f.manner
			}
		}
		return m
	}
	return manners(model) == manners(facts)
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

// idsByPattern are the ids that a configured pattern finds: in the desk's own words, then in its
// addresses, then in the customer's words. Parts of the same shape have a ticket each.
func idsByPattern(parts []*part, pattern *regexp.Regexp) (found candidates) {
	for _, view := range []func(*part) string{(*part).own, (*part).addressesOwn, (*part).all, (*part).addressesAll} {
		var shape string
		for _, p := range parts {
			if shape != "" && p.shape != shape {
				continue
			}
			if c, ok := patternID(pattern, view(p)); ok {
				c.facts, c.part, shape = p.facts, p, p.shape
				found.all = append(found.all, c)
			}
		}
		if len(found.all) > 0 {
			return found
		}
	}
	return found
}

// patternID is the first usable id that a pattern finds in a text.
func patternID(pattern *regexp.Regexp, text string) (c candidate, ok bool) {
	const tries = 8
	for _, at := range pattern.FindAllStringSubmatchIndex(text, tries) {
		said := ""
		if at[2] >= 0 {
			said = whole(text, at[2], at[3])
		}
		id := strings.Trim(value(said), "#()[]<>\"'.,;:!?")
		if thousands.MatchString(id) {
			id = strings.Map(digits, id)
		}
		if usable(id) && !inPart(text, at[2], said) {
			return candidate{id: id, said: said}, true
		}
		if !ok {
			c, ok = candidate{said: said}, true
		}
	}
	return c, ok
}

// whole is a number in text together with the groups of thousands that follow what was found of it.
func whole(text string, from, to int) string {
	for end := to; ; end += 4 {
		after := text[end:]
		if len(after) < 4 || !strings.ContainsRune(",.'", rune(after[0])) || !number(after[1:4]) || len(after) > 4 && number(after[4:5]) {
			return text[from:end]
		}
		if !number(text[from:to]) {
			return text[from:end]
		}
	}
}

// inPart says that what was found is only a part of the number that is in the text.
func inPart(text string, from int, said string) bool {
	if said == "" {
		return true
	}
	before, after := text[:from], text[from+len(said):]
	starts, ends := number(said[:1]), number(said[len(said)-1:])
	if starts && before != "" && number(before[len(before)-1:]) || ends && after != "" && number(after[:1]) {
		return true
	}
	if starts && len(before) > 1 && (before[len(before)-1] == ',' || before[len(before)-1] == '.') && number(before[len(before)-2:len(before)-1]) {
		return true
	}
	return ends && len(after) > 1 && (after[0] == ',' || after[0] == '.') && number(after[1:2])
}

func number(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })
}
