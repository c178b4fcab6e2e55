package ticket

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation/plain"
)

// The most characters of a field. What is longer is no id, no priority and no type; names and subjects
// are shortened.
const (
	MaxID      = 200
	MaxWord    = 100
	MaxName    = 200
	MaxSubject = 500
)

const tooLong = 8 * MaxID // bytes, beside which no value of one word can be found

var (
	emoji     = regexp.MustCompile(`:[a-z0-9_+'-]+:`)
	thousands = regexp.MustCompile(`^[0-9]{1,3}(?:[,.'’][0-9]{3})+$`)
	idShape   = regexp.MustCompile(`^[\pL\pN](?:[\pL\pN._/:+#@-]*[\pL\pN])?$`)
	apart     = strings.NewReplacer("\u00a0", "’", "\u202f", "’", "\u2009", "’", "\u2010", "-", "\u2011", "-") // as numbers are grouped in some countries, and hyphens that do not break

	// whose says before an id what it is the id of: "Ticket #42".
	whose = regexp.MustCompile(`(?i)^[^\pL\pN]*(?:ticket|case|incident|request|issue|conversation)[ :#]+(\S*[0-9])`)
)

// fitID is the id that s is, whole. A number may be grouped in thousands, and a remark may follow.
func fitID(s string) (id string, ok bool) {
	if len(s) > tooLong {
		return "", false
	}
	s = value(emoji.ReplaceAllString(apart.Replace(seenOnly(s)), " "))
	s = whose.ReplaceAllString(s, "$1")
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !isAlphanumeric(r) && r != '{' && r != '-' && r != '+' })
	word, rest, _ := strings.Cut(s, " ")
	if !isRemark(word, strings.TrimSpace(rest)) {
		return "", false
	}
	word = strings.Trim(word, "#()[]<>\"'.,;:!?*_~`|")
	if whole, fraction, isFloat := strings.Cut(word, "."); isFloat && number(whole) && strings.Trim(fraction, "0") == "" {
		word = whole // a number that its tool wrote as 42.0
	}
	if thousands.MatchString(word) {
		word = strings.Map(digits, word)
	}
	if !idShape.MatchString(word) || !usable(word) || rest != "" && !strings.ContainsFunc(word, unicode.IsDigit) {
		return "", false
	}
	return word, true
}

// isRemark says that what follows a word is no part of it: "42 (urgent!)", "42, Group: Tier 2", "42 | new".
func isRemark(word, rest string) bool {
	if rest == "" {
		return true
	}
	setOff := strings.TrimLeft(rest, "([|•·–—-,;: ")
	next, _ := utf8.DecodeRuneInString(setOff)
	if unicode.IsDigit(next) {
		return false
	}
	_, isLabel := label(rest)
	if invitation.MatchString(rest) && !strings.ContainsFunc(rest, unicode.IsDigit) {
		return true // "42 Open in Zendesk", which was a link
	}
	return isLabel || setOff != rest || strings.HasSuffix(word, ",") || strings.HasSuffix(word, ";") || strings.HasSuffix(word, ".") || strings.HasSuffix(word, ":")
}

// seenOnly is s without characters that nobody sees, and with the wide digits of Asian keyboards as plain ones.
func seenOnly(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

func digits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// usable says whether s is an id, and not what is in its place when there is none: nothing, a dash, a template
// that was not filled in, a bare link.
func usable(id string) bool {
	return id != "" && utf8.RuneCountInString(id) <= MaxID &&
		strings.ContainsFunc(id, isAlphanumeric) &&
		!strings.Contains(id, "{{") && !strings.Contains(id, "://")
}

// word is a value that others are compared with: without emoji and signs around it. What is longer than
// a few words is none.
func word(s string) string {
	if len(s) > tooLong {
		return ""
	}
	s = value(emoji.ReplaceAllString(value(seenOnly(s)), " "))
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !isAlphanumeric(r) })
	s = strings.TrimRightFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsSymbol(r) || unicode.In(r, unicode.Mn, unicode.Pf) || r == '"' || strings.ContainsRune(decoration, r)
	})
	if !strings.Contains(s, "(") {
		s = strings.TrimRight(s, ") ")
	}
	if utf8.RuneCountInString(s) > MaxWord {
		return ""
	}
	return s
}

// value is s as it may be kept: printable, without the decoration around it. What stands for nothing
// is nothing.
func value(s string) string {
	s = strings.Trim(plain.Line(s), " *_~`")
	switch strings.ToLower(s) {
	case "-", "–", "—", "/", "n/a", "none", "null", "nil", "undefined", "unknown", "tbd", "not set", "(none)", "no priority":
		return ""
	}
	return s
}
