package calendar

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// wordsOf splits a text into its words, so written that words differing only in case or in how
// their accents are encoded are equal. Whatever is no letter, digit or accent is between words.
func wordsOf(text string) []string {
	return strings.FieldsFunc(cases.Fold().String(norm.NFKC.String(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
}

// finder finds products in titles by their names and words: whole words only, longest first, so that
// "Edge Functions" is not also an "Edge".
type finder struct {
	phrases []phrase // the longest first
	written []string // all that was added
}

type phrase struct {
	words []string
	means []string // more than one where the same words were given for several
}

// add makes the phrase mean what is given. A phrase without a single word means nothing.
func (f *finder) add(text, means string) {
	words := wordsOf(text)
	if len(words) == 0 {
		return
	}
	f.written = append(f.written, text)
	for i, p := range f.phrases {
		if slices.Equal(p.words, words) {
			if !slices.Contains(p.means, means) {
				f.phrases[i].means = append(p.means, means)
			}
			return
		}
	}
	f.phrases = append(f.phrases, phrase{words, []string{means}})
	slices.SortStableFunc(f.phrases, func(a, b phrase) int { return len(b.words) - len(a.words) })
}

// knows says whether the text as a whole is one of the phrases.
func (f *finder) knows(text string) bool {
	words := wordsOf(text)
	return slices.ContainsFunc(f.phrases, func(p phrase) bool { return slices.Equal(p.words, words) })
}

// find returns what the phrases found in the text mean, each once. A word counts for one phrase.
func (f *finder) find(text string) []string {
	words := wordsOf(text)
	var found []string
	for _, p := range f.phrases {
		for i := 0; i+len(p.words) <= len(words); i++ {
			here := words[i : i+len(p.words)]
			if !slices.Equal(here, p.words) {
				continue
			}
			for j := range here {
				here[j] = ""
			}
			for _, m := range p.means {
				if !slices.Contains(found, m) {
					found = append(found, m)
				}
			}
		}
	}
	return found
}
