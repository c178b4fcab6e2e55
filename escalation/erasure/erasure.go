// Package erasure takes what names a person out of texts, as somebody may demand of whoever keeps data
// about them (GDPR, article 17).
//
//	"U0ANA", "Ana Silva", "ana@example.com" ──New──▶ Erasure ──Text──▶ "UERASED4K7Q", "(erased)", "(erased)"
//
// It knows no tables: the stores go through what they hold, and have each text changed by it.
package erasure

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// Erasure takes some words out of texts.
type Erasure struct {
	words []word
}

// Erased replaces a name or an address. A Slack id becomes one that nobody has, a new one
// for each, so that what one person did still reads as one person's doing.
const Erased = "(erased)"

var (
	// idLike keeps out shouted words: an id is long, or has a digit.
	idLike = regexp.MustCompile(`[0-9]|^.{9}`)
	mail   = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	// fullName keeps single words away: one could be a word of the program's own, or part of anything.
	fullName = regexp.MustCompile(`^\S+(\s+\S+)+$`)
)

// New reads what a person is known by: Slack ids, e-mail addresses, full names. code makes their ids
// differ from those of others who were erased: capital letters and digits.
func New(known []string, code string) (Erasure, error) {
	var (
		e    Erasure
		errs []error
		ids  int
	)
	for _, k := range known {
		k = strings.Join(strings.Fields(k), " ")
		switch {
		case slackid.IsUser(k) && len(k) > 4 && idLike.MatchString(k):
			instead := "UERASED" + code
			if ids++; ids > 1 { // two ids stay two: nothing that is kept by id may become one
				instead += strconv.Itoa(ids)
			}
			e.words = append(e.words, word{match: regexp.MustCompile(k), instead: instead})
		case mail.MatchString(k):
			e.words = append(e.words, word{match: anyhow(k), instead: Erased, joints: "._+-"})
		case fullName.MatchString(k) && utf8.RuneCountInString(k) >= 5:
			e.words = append(e.words, word{match: anyhow(k), instead: Erased})
		default:
			errs = append(errs, fmt.Errorf("%q is no Slack id (U…), no e-mail address and no full name; a single word could stand for anything, and is not erased", k))
		}
	}
	return e, errors.Join(errs...)
}

// Text is a text without the words, wherever they are words of their own. In JSON, strings and the
// names of fields are changed each by itself, so that it stays JSON.
func (e Erasure) Text(text string) string {
	if !e.in(text) && !escapedLetter.MatchString(text) {
		return text
	}
	if changed, is := e.json(text); is {
		return changed
	}
	return e.plain(text)
}

// escapedLetter may hide a word in JSON: the words' patterns know the other escapes.
var escapedLetter = regexp.MustCompile(`\\u00(?:3[0-9]|[4-7])`)

// in says that a word may be in the text.
func (e Erasure) in(text string) bool {
	for _, w := range e.words {
		if w.match.MatchString(text) {
			return true
		}
	}
	return false
}

func (e Erasure) plain(text string) string {
	for _, w := range e.words {
		text = w.replace(text)
	}
	return text
}

// json changes a text that is a JSON object or list. One in which nothing changes stays as it was
// written.
func (e Erasure) json(text string) (changed string, is bool) {
	start := strings.TrimSpace(text)
	if !strings.HasPrefix(start, "{") && !strings.HasPrefix(start, "[") {
		return "", false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // a number may have more digits than a float
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return "", false
	}
	v, did := e.value(v)
	if !did {
		return text, true
	}
	js, err := json.Marshal(v)
	return string(js), err == nil
}

func (e Erasure) value(v any) (changed any, did bool) {
	switch v := v.(type) {
	case string:
		s := e.Text(v)
		return s, s != v
	case []any:
		for i := range v {
			var d bool
			v[i], d = e.value(v[i])
			did = did || d
		}
		return v, did
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			x, d := e.value(x)
			name := e.plain(k)
			out[name] = x
			did = did || d || name != k
		}
		return out, did
	}
	return v, false
}
