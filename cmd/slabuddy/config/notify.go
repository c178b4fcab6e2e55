package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// handle is a user group's, as Slack allows them.
var handle = regexp.MustCompile(`^@[\p{L}\p{N}._-]+$`)

// notify reads one word or a list of them.
func (r *reader) notify(v value, where tierPlace, engineers []calendar.Engineer) []string {
	var words []string
	for _, w := range r.wordOrWords(v, where.String()+" notify") {
		if fix := notifyFix(w.text, engineers); fix != "" {
			r.fail(w.at, fix, "nobody is known as %q", w.text)
		}
		words = append(words, w.text)
	}
	return words
}

// notifyFix says what would be right in place of a word that means nobody; "" if the word is right.
func notifyFix(word string, engineers []calendar.Engineer) string {
	bare := strings.TrimLeft(strings.Trim(word, "<>"), "@!")
	var people []string
	for _, e := range engineers {
		people = append(append(people, e.Name), e.Aliases...)
	}
	isPerson := slices.ContainsFunc(people, func(p string) bool { return strings.EqualFold(p, strings.TrimPrefix(word, "@")) })
	switch {
	case slices.Contains(escalation.Circles(), word), isPerson, slackid.IsUser(word), slackid.IsGroup(word):
		return ""
	case slices.ContainsFunc(escalation.Circles(), func(c string) bool { return squash(c) == squash(bare) }):
		return fmt.Sprintf("Did you mean %q?", nearest(bare, escalation.Circles()))
	case handle.MatchString(word):
		return ""
	}
	if id := strings.ToUpper(word); strings.ContainsAny(id, "0123456789") && (slackid.IsUser(id) || slackid.IsGroup(id)) {
		return fmt.Sprintf("Did you mean %q?", id)
	}
	if near := nearest(bare, append(people, escalation.Circles()...)); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	if strings.ContainsAny(bare, " #") {
		return "Write one of " + strings.Join(escalation.Circles(), ", ") + ", an engineer's alias, a user group such as '@support', or a U… or S… id."
	}
	return fmt.Sprintf("Write '@%s' if it is a user group, or add an engineer of that name. Words of their own: %s.", bare, strings.Join(escalation.Circles(), ", "))
}
