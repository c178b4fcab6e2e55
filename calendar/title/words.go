package title

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// text is a title split into words, with what is between them.
type text struct {
	words  []string // as written, but for how accents are encoded
	folded []string // the same in lower case
	plain  []string // the same without accents, too
	gaps   []string // gaps[i] is before words[i]; one more than words
}

// between is what is before a word, without the full stop of an initial: "A. Silva", "i.V. Ana".
func (t text) between(i int) string {
	if i > 0 && utf8.RuneCountInString(t.words[i-1]) == 1 {
		return strings.TrimPrefix(t.gaps[i], ".")
	}
	return t.gaps[i]
}

// invisible are characters that change how others are shown, and no word.
var invisible = strings.NewReplacer("\uFE0F", "", "\u200B", "", "\u200E", "", "\u200F", "", "\u00AD", "")

// split takes a title apart. Letters, digits and accents make words; a picture is a word by itself;
// all other characters are between words.
func split(title string) text {
	var t text
	var gap, word strings.Builder
	end := func() {
		if word.Len() > 0 {
			t.words, t.folded, t.plain = append(t.words, word.String()), append(t.folded, fold(word.String())), append(t.plain, plain(word.String()))
			t.gaps = append(t.gaps, gap.String())
			word.Reset()
			gap.Reset()
		}
	}
	for _, r := range invisible.Replace(norm.NFKC.String(title)) {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			word.WriteRune(r)
		case unicode.Is(unicode.So, r) && !strings.ContainsRune(arrows, r):
			end()
			word.WriteRune(r)
			end()
		default:
			end()
			gap.WriteRune(r)
		}
	}
	end()
	t.gaps = append(t.gaps, gap.String())
	return t
}

// fold makes words equal that differ only in case.
func fold(word string) string { return strings.ToLower(word) }

// plain makes words equal that differ only in case or in accents.
func plain(word string) string {
	return strings.ReplaceAll(fold(withoutAccents(word)), "ß", "ss")
}

func withoutAccents(word string) string {
	if isASCII(word) {
		return word
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}

func isASCII(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII })
}

// phrases find the longest phrase that begins at a word.
type phrases[T any] struct {
	keys   func(text) []string    // words as they are compared
	byWord map[string][]phrase[T] // by the first word, the longest first
}

type phrase[T any] struct {
	words []string
	means T
}

func newPhrases[T any](keys func(text) []string) *phrases[T] {
	return &phrases[T]{keys: keys, byWord: map[string][]phrase[T]{}}
}

func asWritten(t text) []string    { return t.words }
func inAnyCase(t text) []string    { return t.folded }
func inAnyAccents(t text) []string { return t.plain }

// get is what the phrase means, if it is known.
func (p *phrases[T]) get(written string) (means *T) {
	words := p.keys(split(written))
	if len(words) == 0 {
		return nil
	}
	for i, have := range p.byWord[words[0]] {
		if slices.Equal(have.words, words) {
			return &p.byWord[words[0]][i].means
		}
	}
	return nil
}

// put makes a phrase known. One without a word is none.
func (p *phrases[T]) put(written string, means T) {
	words := p.keys(split(written))
	if len(words) == 0 {
		return
	}
	all := append(p.byWord[words[0]], phrase[T]{words, means})
	slices.SortStableFunc(all, func(a, b phrase[T]) int { return len(b.words) - len(a.words) })
	p.byWord[words[0]] = all
}

// at finds the longest phrase that begins with the word at i and is held together by its gaps.
func (p *phrases[T]) at(t text, i int, together func(gap string) bool) (means T, length int) {
	keys := p.keys(t)
next:
	for _, phrase := range p.byWord[keys[i]] {
		if i+len(phrase.words) > len(keys) {
			continue
		}
		for j := 1; j < len(phrase.words); j++ {
			if keys[i+j] != phrase.words[j] || !together(t.gaps[i+j]) {
				continue next
			}
		}
		return phrase.means, len(phrase.words)
	}
	return means, 0
}

// joined says that what is between two words leaves them one phrase: "on-call", "A/L", "O.O.O.".
func joined(gap string) bool {
	switch strings.TrimSpace(gap) {
	case "", ".", "/", "'", "’", "_", "‑", "‐":
		return true
	case "-":
		return gap == "-"
	}
	return false
}

// near is joined, or a comma, as in "Silva, Ana".
func near(gap string) bool { return joined(gap) || strings.TrimSpace(gap) == "," }
