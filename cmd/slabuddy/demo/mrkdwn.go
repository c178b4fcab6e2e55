package demo

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/blockkit"
)

// reader reads Slack's markup as people see it: names for ids, times in words
// (docs.slack.dev/messaging/formatting-message-text).
type reader struct {
	names map[string]string // of people and of groups (those begin with @), by id
}

var (
	inAngles = regexp.MustCompile(`<([^<>\n]+)>`)
	inStars  = regexp.MustCompile(`\*([^*\n]+)\*`)
	quoted   = regexp.MustCompile(`(?m)^> ?`)
	literal  = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "\u2060", "")
)

// read is what a person sees of text at now. Whom it pings is marked.
func (r reader) read(text string, now time.Time) string {
	text = quoted.ReplaceAllString(text, "│ ")
	text = inAngles.ReplaceAllStringFunc(text, func(s string) string { return r.special(s[1:len(s)-1], now) })
	text = inStars.ReplaceAllString(text, markBold+"$1"+markPlain)
	return literal.Replace(text)
}

// special reads what is between < and >.
func (r reader) special(inside string, now time.Time) string {
	target, label, labelled := strings.Cut(inside, "|")
	if name := r.pinged(target); name != "" {
		return markPing + "@" + strings.TrimPrefix(name, "@") + markPlain
	}
	if date, ok := strings.CutPrefix(target, "!date^"); ok {
		if said, ok := blockkit.InWords(date, now); ok {
			return said
		}
	}
	if labelled {
		return label
	}
	return target
}

// pinged is the name of whom <target> pings; "" if it pings nobody.
func (r reader) pinged(target string) string {
	switch target {
	case "!here", "!channel", "!everyone":
		return "@" + target[1:]
	}
	for _, prefix := range []string{"@", "!subteam^"} {
		if id, ok := strings.CutPrefix(target, prefix); ok {
			return cmp.Or(r.names[id], id)
		}
	}
	return ""
}

// pings are the names of all whom a text pings, in its order.
func (r reader) pings(text string) []string {
	var names []string
	for _, m := range inAngles.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(m[1], "|")
		if name := r.pinged(target); name != "" {
			names = append(names, name)
		}
	}
	return names
}
