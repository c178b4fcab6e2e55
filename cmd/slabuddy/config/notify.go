package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
)

// circles are the words of notify that stand for whoever they fit at the moment.
var circles = []string{
	escalation.CircleNonEmbedded, escalation.CircleOnShift, escalation.CircleEmbedded, escalation.CircleAssignee,
	escalation.CircleHere, escalation.CircleChannel,
}

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
	case slices.Contains(circles, word), isPerson, userID.MatchString(word), groupID.MatchString(word):
		return ""
	case slices.ContainsFunc(circles, func(c string) bool { return squash(c) == squash(bare) }):
		return fmt.Sprintf("Did you mean %q?", nearest(bare, circles))
	case handle.MatchString(word):
		return ""
	}
	if id := strings.ToUpper(word); strings.ContainsAny(id, "0123456789") && (userID.MatchString(id) || groupID.MatchString(id)) {
		return fmt.Sprintf("Did you mean %q?", id)
	}
	if near := nearest(bare, append(people, circles...)); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	if strings.ContainsAny(bare, " #") {
		return "Write one of " + strings.Join(circles, ", ") + ", an engineer's alias, a user group such as '@support', or a U… or S… id."
	}
	return fmt.Sprintf("Write '@%s' if it is a user group, or add an engineer of that name. Words of their own: %s.", bare, strings.Join(circles, ", "))
}
