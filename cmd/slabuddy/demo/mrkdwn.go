package demo

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
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

// special reads what stands between < and >.
func (r reader) special(inside string, now time.Time) string {
	target, label, labelled := strings.Cut(inside, "|")
	if name := r.pinged(target); name != "" {
		return markPing + "@" + strings.TrimPrefix(name, "@") + markPlain
	}
	if date, ok := strings.CutPrefix(target, "!date^"); ok {
		if said, ok := inWords(date, now); ok {
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

// inWords reads seconds^format as Slack shows it to somebody in UTC.
func inWords(date string, now time.Time) (said string, ok bool) {
	seconds, format, _ := strings.Cut(date, "^")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return "", false
	}
	t := time.Unix(unix, 0).UTC()
	said = strings.NewReplacer("{time}", t.Format(hourTime), "{date_short_pretty}", dayOf(t, now)).Replace(format)
	return said, !strings.Contains(said, "{")
}

func dayOf(t, now time.Time) string {
	const day = 24 * time.Hour
	switch t.Truncate(day).Sub(now.Truncate(day)) {
	case 0:
		return "today"
	case day:
		return "tomorrow"
	case -day:
		return "yesterday"
	}
	return t.Format("Jan 2")
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
