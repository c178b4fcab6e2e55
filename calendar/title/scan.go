package title

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word or phrase of a title, and what it means.
type token struct {
	sense  sense
	people []string // of a name
	owns   bool     // a name in the possessive: "Ana's"
	joined bool     // by a hyphen to the one before it: "kick-off"
	number bool     // "9", "24th"

	asWritten bool // a product

	before      gap
	parenthesis bool // opens before it
}

// known is the vocabulary, ready to be searched.
var known, endings = learn()

// entry is what a phrase of the vocabulary means.
type entry struct {
	sense sense
	exact []string // how it has to be written; nil: in any case
}

func learn() (*phrases[entry], map[string]sense) {
	known, endings := newPhrases[entry](inAnyAccents), map[string]sense{}
	for _, row := range vocabulary {
		for written := range strings.SplitSeq(row.phrases, ", ") {
			for _, text := range spellings(written) {
				if ending, ok := strings.CutPrefix(text, "*"); ok {
					endings[plain(ending)] = row.sense
					continue
				}
				text, exact := strings.CutPrefix(text, "=")
				if known.get(text) != nil {
					continue // the row before it counts
				}
				e := entry{sense: row.sense}
				if exact {
					e.exact = split(text).words
				}
				known.put(text, e)
			}
		}
	}
	return known, endings
}

// spellings are a phrase with and without its endings: "jour(s) férié(s)" is four.
func spellings(phrase string) []string {
	before, rest, found := strings.Cut(phrase, "(")
	if !found {
		return []string{phrase}
	}
	ending, after, _ := strings.Cut(rest, ")")
	var all []string
	for _, tail := range spellings(after) {
		all = append(all, before+tail, before+ending+tail)
	}
	return all
}

// wordsIn are the words of a list.
func wordsIn(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.SplitSeq(list, ", ") {
		set[word] = true
	}
	return set
}

var isOrdinary, isMonth, isVerb = wordsIn(ordinary), wordsIn(months), wordsIn(verbs)

// scan turns a title into tokens. With anyCase, names count in any case; otherwise as written.
func (r *Reader) scan(t text, anyCase bool) []token {
	var tokens []token
	for i := 0; i < len(t.words); {
		next, length := r.token(t, i, anyCase)
		next.before, next.parenthesis = gapOf(t.between(i))
		next.joined = i > 0 && t.gaps[i] == "-"
		next.number = startsWith(t.words[i], unicode.IsNumber)
		i += length
		if next.sense == name {
			i += next.possessive(t, i)
		}
		tokens = append(tokens, next)
	}
	return tokens
}

// token is what is at a word: a name before all other meanings, so that Ben Holiday is nobody's
// holiday, and then what the vocabulary knows.
func (r *Reader) token(t text, i int, anyCase bool) (token, int) {
	if people, length := r.nameAt(t, i, anyCase); length > 0 {
		return token{sense: name, people: people}, length
	}
	word, length := wordAt(t, i)
	if written, n := r.products.at(t, i, joined); n >= max(1, length) {
		switch word {
		case absent, off, leave, holiday, public:
			return token{sense: product, asWritten: slices.Equal(written, t.words[i:i+n])}, n
		}
		return token{sense: filler}, n
	}
	if word != unknown {
		return token{sense: word}, length
	}
	if people, ok := r.genitive(t, i); ok {
		return token{sense: name, people: people, owns: true}, 1
	}
	return token{}, 1
}

// wordAt is what the vocabulary knows at a word.
func wordAt(t text, i int) (sense, int) {
	if e, n := known.at(t, i, joined); n > 0 && (e.exact == nil || slices.Equal(e.exact, t.words[i:i+n])) {
		return e.sense, n
	}
	word := t.plain[i]
	for ending, s := range endings {
		if strings.HasSuffix(word, ending) && len(word) > len(ending) {
			return s, 1
		}
	}
	if startsWith(t.words[i], unicode.IsNumber) {
		return filler, 1
	}
	return unknown, 0
}

// nameAt is whose name is at a word.
func (r *Reader) nameAt(t text, i int, anyCase bool) ([]string, int) {
	people, length := r.names.at(t, i, near)
	if length == 0 && anyCase && !isWord(t, i) {
		people, length = r.anyCase.at(t, i, near)
	}
	next := i + length
	switch {
	case length == 0, next < len(t.words) && t.gaps[next] == "-" && r.isOther(t, next):
		return nil, 0
	case length > 1:
		return people, length
	case isInitial(t, next):
		return r.withInitial(t, i)
	case isMonth[t.plain[i]] && (isDay(t, i-1) || isDay(t, i+1)),
		next < len(t.words) && strings.TrimSpace(t.gaps[next]) == "" && isOrdinary[t.folded[i]] && isVerb[t.words[next]]:
		return nil, 0
	}
	return people, length
}

// isInitial says that somebody's initial is at a word: the "M." of "Ana M."
func isInitial(t text, i int) bool {
	if i >= len(t.words) || t.gaps[i] != " " || !strings.HasPrefix(t.gaps[i+1], ".") || utf8.RuneCountInString(t.words[i]) != 1 {
		return false
	}
	s, _ := wordAt(t, i)
	return s == unknown && startsWith(t.words[i], unicode.IsUpper)
}

// withInitial is whose name is at a word that an initial follows which is not theirs: "Ana M." is no Ana that we know,
// and "Ana M. Silva" is Ana Silva.
func (r *Reader) withInitial(t text, i int) ([]string, int) {
	if i+2 < len(t.words) {
		if people := r.names.get(t.words[i] + " " + t.words[i+2]); people != nil {
			return *people, 3
		}
	}
	return nil, 0
}

// isWord says that something written in lower case is a word before it is a name.
func isWord(t text, i int) bool {
	word := t.words[i]
	if strings.ToLower(word) != word {
		return false
	}
	s, _ := wordAt(t, i)
	return s != unknown || isOrdinary[word]
}

// isOther says that a word joined to a name makes it somebody else's: "Ana-Maria".
func (r *Reader) isOther(t text, i int) bool {
	if !startsWith(t.words[i], unicode.IsUpper) {
		return false
	}
	s, _ := wordAt(t, i)
	_, named := r.names.at(t, i, near)
	_, product := r.products.at(t, i, joined)
	return s == unknown && named == 0 && product == 0
}

func startsWith(word string, is func(rune) bool) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return is(first)
}

// isDay says that a number is at a word that can be the day of a month.
func isDay(t text, i int) bool {
	if i < 0 || i >= len(t.words) {
		return false
	}
	digits := strings.TrimRight(t.words[i], "stndrh")
	return len(digits) > 0 && len(digits) <= 2 && strings.Trim(digits, "0123456789") == "" && !strings.Contains(t.gaps[i], "/")
}

// possessive takes the 's of a name, and says how many words that were.
func (n *token) possessive(t text, i int) int {
	if i > len(t.words) || i >= len(t.gaps) || !strings.HasPrefix(t.gaps[i], "'") && !strings.HasPrefix(t.gaps[i], "’") {
		return 0
	}
	n.owns = true
	if i < len(t.words) && strings.EqualFold(t.words[i], "s") {
		return 1
	}
	return 0
}

// genitive is whose name is at a word with an s at its end, before what is theirs: "Anas Urlaub".
func (r *Reader) genitive(t text, i int) ([]string, bool) {
	stem, ok := strings.CutSuffix(t.words[i], "s")
	if !ok || i+1 == len(t.words) || stem == "" {
		return nil, false
	}
	if s, _ := wordAt(t, i+1); s == unknown || s == filler {
		return nil, false
	}
	people := r.names.get(stem)
	if people == nil {
		return nil, false
	}
	return *people, true
}

// arrows point from who was on to who is.
const arrows = "→⇒➔➜➝➞➡⟶▶►"

// gap is what is between two tokens, the weakest first.
type gap int

const (
	space    gap = iota // nothing but room, or a hyphen within a compound
	tight               // "&", "+": what it joins belongs together
	loose               // ",", "/": a list
	apart               // a dash, a parenthesis: another part of the title begins
	colon               // as apart, and what precedes it is said of what follows
	backward            // "Ben <- Ana"
	forward             // "Ana -> Ben"
)

// gapOf reads what is between two words.
func gapOf(between string) (g gap, parenthesis bool) {
	parenthesis = strings.ContainsAny(between, "([{")
	squeezed := strings.ReplaceAll(between, " ", "")
	switch {
	case strings.ContainsAny(between, "↔⇄⇆⇔"), strings.Contains(squeezed, "<-") && strings.Contains(squeezed, "->"):
		return loose, parenthesis
	case strings.ContainsAny(between, arrows), strings.Contains(squeezed, "->"), strings.Contains(squeezed, "=>"), squeezed == ">", squeezed == ">>":
		return forward, parenthesis
	case strings.ContainsAny(between, "←"), strings.Contains(squeezed, "<-"):
		return backward, parenthesis
	case strings.ContainsAny(between, ":="):
		return colon, parenthesis
	case strings.ContainsAny(between, "()[]{};|–—•·!?<>\n"), strings.Contains(between, " -"), strings.Contains(between, "- "), strings.Contains(between, ". "):
		return apart, parenthesis
	case strings.ContainsAny(between, ",/\\"):
		return loose, parenthesis
	case strings.ContainsAny(between, "&+"):
		return tight, parenthesis
	}
	return space, parenthesis
}
