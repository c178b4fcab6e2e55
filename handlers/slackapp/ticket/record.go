package ticket

import (
	"regexp"
	"slices"
	"strings"
)

// record is what a message says of one ticket.
type record struct {
	id    string
	facts []fact
	parts []*part
}

// byLabel is the value of a label, from where the desk says it most surely. Doubtful values that
// contradict each other say nothing.
func (rec record) byLabel(n name) (s string, found bool) {
	var best fact
	for _, f := range rec.facts {
		switch {
		case f.name != n || f.origin == ofDoubt && !rec.tells(f) || f.besideFields() && !rec.tells(f):
		case !found || f.origin < best.origin || f.origin == best.origin && f.rank < best.rank:
			best, found = f, true
		}
	}
	if best.origin != ofDoubt || n == nameSubject {
		return best.value, found
	}
	for _, f := range rec.facts {
		if f.name == n && rec.tells(f) && !strings.EqualFold(word(f.value), word(best.value)) {
			return "", true
		}
	}
	return best.value, found
}

// besideFields says that the fact is a plain line beside the fields that the desk writes: the customer's.
func (f fact) besideFields() bool {
	return f.origin == ofLine && f.manner == (manner{}) && slices.ContainsFunc(f.in.part.facts, func(g fact) bool {
		return g.origin == ofField && (says(g.name) || g.name == nameAside)
	})
}

// tells says that a doubtful fact may be the desk's: it is in one text with the ticket's id, and
// no description begins between the two. What decides nothing needs no such proof.
func (rec record) tells(f fact) bool {
	if f.name == nameSubject || f.name == nameCustomer {
		return true
	}
	for _, g := range rec.facts {
		if g.name == nameID && g.in == f.in && (g.words || !f.words) && (g.quoted || !f.quoted) {
			if id, _ := fitID(g.value); id == rec.id {
				return true
			}
		}
	}
	return false
}

// byPattern is what a pattern finds. What decides over a ticket is looked for in the customer's words
// only if the desk has no field for it.
func (rec record) byPattern(n name, pattern *regexp.Regexp) string {
	if n == nameCustomer || n == nameSubject {
		for _, view := range []func(*part) string{(*part).all, (*part).addressesAll} {
			if s, ok := rec.match(pattern, view); ok {
				return s
			}
		}
		return ""
	}
	for _, view := range []func(*part) string{(*part).own, (*part).addressesOwn} {
		if s, ok := rec.match(pattern, view); ok {
			return s
		}
	}
	for _, f := range rec.facts {
		if f.name == n && f.origin <= ofLine {
			return ""
		}
	}
	s, _ := rec.match(pattern, (*part).all)
	return s
}

func (rec record) match(pattern *regexp.Regexp, view func(*part) string) (string, bool) {
	for _, p := range rec.parts {
		if m := pattern.FindStringSubmatch(view(p)); m != nil {
			return m[1], true
		}
	}
	return "", false
}

// subject is what a title says, where no label does.
func (rec record) subject() string {
	for _, p := range rec.parts {
		if p.title != "" && !p.titleOfAnother(rec.id) {
			if s := subjectIn(p.title, rec.id); s != "" {
				return s
			}
		}
	}
	return ""
}

// titleOfAnother says that the title leads to another ticket than something else in the part does.
func (p *part) titleOfAnother(id string) bool {
	return p.titleOf != "" && p.titleOf != id && slices.ContainsFunc(p.addresses, func(a address) bool {
		of, _ := deskTicket(a)
		return of == id
	})
}

// finding is what was found of ids.
type finding struct {
	records []record
	problem Problem
}

// records finds the tickets that a message carries.
func (r *Reader) records(parts []*part) finding {
	if r.p.ID != nil {
		return joined(idsByPattern(parts, r.p.ID), parts)
	}
	for _, search := range []func([]*part) candidates{idsInFields, idsInFooters, idsInLines, idsInAddresses, idsInDoubt} {
		if found := search(parts); len(found.all) > 0 {
			return joined(found, parts)
		}
	}
	return finding{}
}

// candidate is a value found where an id should be.
type candidate struct {
	id    string // "": it is none
	said  string
	facts []fact
	part  *part
}

// candidates are those of one search. exclusive means that they contradict each other.
type candidates struct {
	all       []candidate
	exclusive bool
}

// joined makes records of candidates. A single ticket has all that the message says; one of several has
// only what is by its id.
func joined(found candidates, parts []*part) finding {
	var out finding
	known := map[string]bool{}
	for _, c := range found.all {
		if c.id == "" {
			out.problem = Problem{Reason: ReasonID, said: c.said}
			continue
		}
		if !known[c.id] {
			known[c.id] = true
			out.records = append(out.records, record{c.id, c.facts, []*part{c.part}})
		}
	}
	switch {
	case len(out.records) > 1 && found.exclusive:
		return finding{problem: Problem{Reason: ReasonSeveral, said: out.records[0].id + " " + out.records[1].id}}
	case len(out.records) == 1:
		rec := &out.records[0]
		for _, p := range parts {
			if p != rec.parts[0] {
				rec.parts = append(rec.parts, p)
			}
		}
		rec.facts = slices.Clone(rec.facts) // what is about the id goes before the same elsewhere
		for _, p := range rec.parts {
			rec.facts = append(rec.facts, p.facts...)
		}
	}
	return out
}
