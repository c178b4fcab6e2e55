package title

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Reader reads titles of a team's calendar.
type Reader struct {
	names    *phrases[[]string] // as written
	anyCase  *phrases[[]string]
	products *phrases[[]string] // to how they are written
}

// Person is somebody whom titles may name.
type Person struct {
	Name    string
	Aliases []string
}

// NewReader returns a reader of titles that name these people and products.
func NewReader(people []Person, products []string) *Reader {
	r := &Reader{names: newPhrases[[]string](asWritten), anyCase: newPhrases[[]string](inAnyCase), products: newPhrases[[]string](inAnyCase)}
	for _, p := range people {
		for _, written := range append([]string{p.Name}, p.Aliases...) {
			r.add(written, p.Name)
		}
	}
	for _, form := range []func(string) []string{unaccented, shortened} {
		r.addForms(people, form)
	}
	for _, product := range products {
		r.products.put(product, split(product).words)
	}
	return r
}

// add makes what is written mean somebody, beside those whom it means already.
func (r *Reader) add(written, person string) {
	for _, names := range []*phrases[[]string]{r.names, r.anyCase} {
		if have := names.get(written); have == nil {
			names.put(written, []string{person})
		} else if !slices.Contains(*have, person) {
			*have = append(*have, person)
		}
	}
}

// addForms makes further forms of names known, where each means one person and is nobody's own name.
func (r *Reader) addForms(people []Person, form func(string) []string) {
	whose, written := map[string][]string{}, []string{}
	for _, p := range people {
		for _, own := range append([]string{p.Name}, p.Aliases...) {
			for _, f := range form(own) {
				if !slices.Contains(whose[f], p.Name) {
					whose[f] = append(whose[f], p.Name)
					written = append(written, f)
				}
			}
		}
	}
	for _, f := range written {
		if len(whose[f]) == 1 && r.names.get(f) == nil {
			r.add(f, whose[f][0])
		}
	}
}

// unaccented are a name without its accents, as keyboards make people write it.
func unaccented(written string) []string {
	german := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue")
	var forms []string
	for _, f := range []string{withoutAccents(written), withoutAccents(german.Replace(written))} {
		if f != written {
			forms = append(forms, f)
		}
	}
	return forms
}

// shortened are a full name as "Ana S", "A Silva", "Silva Ana" and "Silva A".
func shortened(written string) []string {
	var forms []string
	for _, full := range append(unaccented(written), written) {
		if words := split(full).words; len(words) == 2 {
			first, last := words[0], words[1]
			forms = append(forms, first+" "+initial(last), initial(first)+" "+last, last+" "+first, last+" "+initial(first))
		}
	}
	return forms
}

func initial(word string) string {
	_, size := utf8.DecodeRuneInString(word)
	return word[:size]
}

// Reading is what a title says.
type Reading struct {
	On       []string // whom it names, except those who are off
	Covers   []string // those of On of whom it says that they are on for somebody
	Away     []string // who is off, because it says so
	Covered  []string // who is off, because somebody is on for them
	Except   []string // whom it leaves out of those who are on, and says no more of: "everyone except Ben"
	Absence  Absence
	Duty     bool // it speaks of a duty
	Birthday bool

	CalledOff bool // what it says does not take place, and it says nothing of people
}

// Absence says whether a title speaks of somebody's being away, named or not.
type Absence int

const (
	NoAbsence Absence = iota
	Public            // a holiday of everybody
	Personal
)

// Read reads a title. Names count as written, "Will" and not "will"; in another case only where all
// of the title is understood, as in "ana ooo".
func (r *Reader) Read(title string, embedding bool) Reading {
	if calledOff.MatchString(title) {
		return Reading{CalledOff: true}
	}
	t := split(title)
	tokens := r.scan(t, false)
	if loud := r.scan(t, true); understood(loud) {
		tokens = loud
	}
	s := gather(tokens, embedding)
	s.guard()
	s.relate()
	s.bind()
	return s.reading()
}

// calledOff finds what calendars put before the title of an event that is called off, and people put behind it.
var calledOff = func() *regexp.Regexp {
	const words = `(?:cancell?ed|abgesagt|entfällt|storniert|annulée?s?|cancelad[oa]s?|anulad[oa]s?)`
	return regexp.MustCompile(`(?i)^[\s\[(*]*` + words + `\s*(?:[\])*]|[:–—-]\s)|(?:[(\[]|\s[–—-])\s*` + words + `!?\s*[)\]]?\s*$`)
}()

// understood says that every word is known, and somebody is named.
func understood(tokens []token) bool {
	named := false
	for _, t := range tokens {
		if t.sense == unknown {
			return false
		}
		named = named || t.sense == name
	}
	return named
}
