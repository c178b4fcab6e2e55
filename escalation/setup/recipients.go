package setup

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

var (
	mentioned  = regexp.MustCompile(`<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>`)
	loudly     = regexp.MustCompile(`<!(here|channel)(?:\|[^>]*)?>`)
	betweenAll = regexp.MustCompile(`[,;\n]+`)
)

// ParseNotify reads recipients as people type them, separated by commas: "on-shift, @support". Slack's
// own writing of people and groups (<@U…>, <!subteam^S…>) is understood.
func ParseNotify(text string) []string {
	text = mentioned.ReplaceAllString(text, ",$1$2,")
	text = loudly.ReplaceAllString(text, ",$1,")
	var words []string
	for _, word := range betweenAll.Split(text, -1) {
		word = strings.TrimSpace(word)
		if circle := asCircle(word); circle != "" {
			word = circle
		}
		if word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// asCircle is the circle that is meant by a word written in some other way: "On shift", "@here".
func asCircle(word string) string {
	plain := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(word, "@")), " ", "-")
	if slices.Contains(escalation.Circles(), plain) {
		return plain
	}
	return ""
}

func (k Known) checkNotify(p *Problems, field string, words []string) {
	switch {
	case len(words) == 0:
		p.add(field, "Say whom to remind, such as on-shift, or @ and a user group's handle.")
	case len(words) > maxNotify:
		p.add(field, "%d recipients are the most; a user group can be more.", maxNotify)
	}
	for _, word := range words {
		if problem := k.recipientProblem(word); problem != "" {
			p.add(field, "%s", problem)
		}
	}
}

// recipientProblem says why a word of notify reaches nobody; "" if it reaches somebody, in the order in
// which a reminder resolves it.
func (k Known) recipientProblem(word string) string {
	name := strings.TrimPrefix(word, "@")
	switch {
	case slices.Contains(escalation.Circles(), word), slackid.IsUser(word), slackid.IsGroup(word):
		return ""
	case slices.ContainsFunc(k.View.Engineers, func(e EngineerView) bool { return e.GoesBy(name) }):
		return ""
	}
	if k.Directory != nil {
		if _, ok := k.Directory.Group(k.Workspace, name); ok {
			return ""
		}
	}
	if strings.HasPrefix(word, "@") {
		return "Nobody here is called " + word + ": there is no user group with that handle, and no engineer. " +
			"Without user groups, name people one by one, separated by commas."
	}
	return word + " is nobody: write one of " + strings.Join(escalation.Circles(), ", ") + ", an engineer, or @ and a user group's handle."
}
