package ticket

import (
	"html"
	"strings"

	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// address is where a link, a button or a title leads.
type address struct {
	url, label string
	origin     origin
	bullet     bool // it is in a line of a list
	sure       bool // it is a button's, a title's, or a footer's that says to open the ticket: only the desk makes those
}

// shown is a line as its reader sees it, and the addresses behind its words. Bold type keeps its marks:
// labels are known by them. raw is text without escapes, as in rich text.
func shown(line string, raw bool) (string, []address) {
	if !strings.ContainsAny(line, "<&[") {
		return line, bare(line, nil)
	}
	var found []address
	if !raw {
		line, found = angles(line)
		line = html.UnescapeString(line)
	}
	line, found = brackets(line, found)
	return line, bare(line, found)
}

// bare adds the addresses that a line shows as they are: Markdown's, and those of plain text.
func bare(line string, found []address) []address {
	if !strings.Contains(line, "://") {
		return found
	}
	known := map[string]bool{}
	for _, a := range found {
		known[a.url] = true
	}
	for word := range strings.FieldsSeq(line) {
		if url := strings.Trim(word, "*_~`()<>\"'.,;:!?"); isWeb(url) && !known[url] {
			known[url] = true
			found = append(found, address{url: url})
		}
	}
	return found
}

// angles takes Slack's own markup out: <https://…|#42> is #42.
func angles(s string) (string, []address) {
	var b strings.Builder
	var found []address
	for {
		before, rest, opened := strings.Cut(s, "<")
		b.WriteString(before)
		if !opened {
			return b.String(), found
		}
		inside, after, closed := strings.Cut(rest, ">")
		if !closed { // then none is, all the way
			b.WriteByte('<')
			b.WriteString(rest)
			return b.String(), found
		}
		words, a := entity(inside)
		b.WriteString(words)
		if a.url != "" {
			found = append(found, a)
		}
		s = after
	}
}

// entity is what is shown of the inside of <…>, and where it leads.
func entity(inside string) (words string, a address) {
	target, label, labelled := strings.Cut(inside, "|")
	if u := html.UnescapeString(target); isWeb(u) {
		a = address{url: u, label: html.UnescapeString(label)}
	}
	switch {
	case labelled:
		return label, a
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:], a
	}
	return target, a
}

// brackets takes Markdown's links out, which desks write into Slack's text too: [#42](https://…).
func brackets(s string, found []address) (string, []address) {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "](")
		if !ok {
			b.WriteString(s)
			return b.String(), found
		}
		open := strings.LastIndexByte(before, '[')
		end := strings.IndexByte(rest[:min(len(rest), mrkdwn.MaxLink)], ')')
		if open < 0 || end < 0 || !isWeb(rest) {
			b.WriteString(before + "](")
			s = rest
			continue
		}
		label := before[open+1:]
		b.WriteString(before[:open] + label)
		found = append(found, address{url: rest[:end], label: label})
		s = rest[end+1:]
	}
}

func isWeb(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}
