package erasure

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is one thing that somebody is known by.
type word struct {
	match   *regexp.Regexp
	instead string
	joints  string // marks that join it with letters to a longer one, as in joe.ana@example.com
}

// replace replaces the word where it is not part of a longer one.
func (w word) replace(text string) string {
	var out strings.Builder
	done := 0
	for from := 0; ; {
		at := w.match.FindStringIndex(text[from:])
		if at == nil {
			return out.String() + text[done:]
		}
		start, end := from+at[0], from+at[1]
		if w.goesOn(text[:start], text[end:]) {
			_, size := utf8.DecodeRuneInString(text[start:])
			from = start + size // the word may begin within what only looked like it
			continue
		}
		out.WriteString(text[done:start] + w.instead)
		done, from = end, end
	}
}

// goesOn says whether a longer word is around what is between before and after.
func (w word) goesOn(before, after string) bool {
	r, before := last(before)
	if within(r) || strings.ContainsRune(w.joints, r) && within(onlyRune(last(before))) {
		return true
	}
	r, after = first(after)
	return within(r) || strings.ContainsRune(w.joints, r) && within(onlyRune(first(after)))
}

func onlyRune(r rune, _ string) rune { return r }

func within(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

var (
	escapeAtEnd   = regexp.MustCompile(`\\(?:[bfnrt]|u[0-9A-Fa-f]{4})$`)
	escapeAtStart = regexp.MustCompile(`^\\+u[0-9A-Fa-f]{4}`)
)

// last is the last rune of a text, and what comes before it. JSON that was cut short is no JSON any
// more, and has its escapes still: the n of \n is no letter.
func last(text string) (r rune, rest string) {
	if at := escapeAtEnd.FindStringIndex(text[max(len(text)-6, 0):]); at != nil {
		begin := max(len(text)-6, 0) + at[0]
		return unescaped(text[begin:]), text[:begin]
	}
	r, size := utf8.DecodeLastRuneInString(text)
	return r, text[:len(text)-size]
}

// first is the first rune of a text, and what comes after it.
func first(text string) (r rune, rest string) {
	if escape := escapeAtStart.FindString(text); escape != "" {
		return unescaped(escape), text[len(escape):]
	}
	r, size := utf8.DecodeRuneInString(text)
	return r, text[size:]
}

// unescaped is the rune of an escape, a space for those without one of their own.
func unescaped(escape string) rune {
	if len(escape) < 6 {
		return ' '
	}
	code, err := strconv.ParseUint(escape[len(escape)-4:], 16, 16)
	if err != nil || utf16.IsSurrogate(rune(code)) {
		return ' '
	}
	return rune(code)
}

// anyhow matches a name or an address in any case, with any white space, with its accents in one with
// their letters or by themselves (Unicode's NFC and NFD), and escaped as JSON may have it.
func anyhow(k string) *regexp.Regexp {
	var parts []string
	for _, part := range strings.Fields(norm.NFC.String(k)) {
		var p strings.Builder
		for _, r := range part {
			p.WriteString(anyRune(r))
		}
		parts = append(parts, p.String())
	}
	return regexp.MustCompile(`(?i)` + strings.Join(parts, `(?:[\s\p{Zs}]|\\+[nrt]|\\+u00a0)+`))
}

// anyRune matches one rune of a name.
func anyRune(r rune) string {
	ways := written(r)
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		ways += `|` + written(other) // escaped, É and é have different digits
	}
	return `(?:` + ways + `)`
}

// written is how a rune may be written.
func written(r rune) string {
	ways := spelled(r)
	if apart := norm.NFD.String(string(r)); apart != string(r) {
		ways += `|`
		for _, part := range apart {
			ways += `(?:` + spelled(part) + `)`
		}
	}
	return ways
}

func spelled(r rune) string {
	if r < utf8.RuneSelf && within(r) {
		return string(r)
	}
	escaped := ""
	for _, unit := range utf16.Encode([]rune{r}) {
		escaped += fmt.Sprintf(`\\+u%04x`, unit)
	}
	if r < utf8.RuneSelf {
		return `\\*` + regexp.QuoteMeta(string(r)) + `|` + escaped // as in \"
	}
	return string(r) + `|` + escaped
}
