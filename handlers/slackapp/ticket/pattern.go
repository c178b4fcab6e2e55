package ticket

import (
	"regexp"
	"strings"
	"unicode"
)

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
