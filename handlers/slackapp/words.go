package slackapp

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation"
)

// escape makes text from outside safe to put into mrkdwn (docs.slack.dev/messaging/formatting): it
// can form neither links nor mentions, not even such as a client makes of a plain "@here".
func escape(s string) string {
	if strings.Contains(s, "@") {
		s = loud.ReplaceAllString(s, "@\u2060$1")
	}
	return escaper.Replace(s)
}

var (
	escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	loud    = regexp.MustCompile(`(?i)@(here|channel|everyone|group)\b`)
)

// escapeLine is escape on one line, cut so that no more than most characters come of it.
func escapeLine(s string, most int) string {
	s = printable(s)
	for {
		escaped := escape(cut(s, most))
		over := utf8.RuneCountInString(escaped) - most
		if over <= 0 {
			return escaped
		}
		// What is escaped grows to five times its length at most.
		s = cut(s, min(utf8.RuneCountInString(s), most)-(over+4)/5)
	}
}

// ping addresses a recipient so that Slack notifies them.
func ping(r escalation.Recipient) string {
	switch r.Kind {
	case escalation.ToUser:
		return "<@" + escaper.Replace(r.ID) + ">"
	case escalation.ToGroup:
		return "<!subteam^" + escaper.Replace(r.ID) + ">"
	case escalation.ToHere:
		return "<!here>"
	case escalation.ToChannel:
		return "<!channel>"
	}
	return escape(r.Name)
}

// hyperlink is words that lead to address, or just words if there is none. words are escaped.
func hyperlink(address, words string) string {
	address = inAngles.Replace(address)
	if address == "" || len(address) > maxLink {
		return words
	}
	return "<" + address + "|" + words + ">"
}

var inAngles = strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C", " ", "%20", "\n", "", "\r", "")

// when says a time so that each reader sees it in their own time zone: "at 12:50", and with its date
// unless it is close to now: "tomorrow at 12:50".
func when(t, now time.Time) string {
	format, plain := "at {time}", "at 15:04 UTC"
	if t.Sub(now).Abs() >= 12*time.Hour {
		format, plain = "{date_short_pretty} at {time}", "Jan 2 at 15:04 UTC"
	}
	return "<!date^" + strconv.FormatInt(t.Unix(), 10) + "^" + format + "|" + t.UTC().Format(plain) + ">"
}

// lasting says a duration as people do: "35 minutes", "1 h 5 min", "2 days 3 h".
func lasting(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case d < time.Minute:
		return "less than a minute"
	case days > 0 && hours > 0:
		return plural(days, "day") + " " + strconv.Itoa(hours) + " h"
	case days > 0:
		return plural(days, "day")
	case hours > 0 && minutes > 0:
		return strconv.Itoa(hours) + " h " + strconv.Itoa(minutes) + " min"
	case hours > 0:
		return plural(hours, "hour")
	}
	return plural(minutes, "minute")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// list joins words as one says them: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// slackID is how an id looks that the configuration names somebody by.
var slackID = regexp.MustCompile(`^[USW][A-Z0-9]{5,}$`)

// people says who comes next, in plain text that pings nobody: "on-shift (Ana, Bob)".
func people(n *escalation.Next) string {
	const shown = 6
	var words []string
	for _, w := range n.Notify {
		if slackID.MatchString(w) && len(n.Names) > 0 {
			continue // told by name
		}
		words = append(words, escape(circle(w)))
	}
	names := slices.DeleteFunc(slices.Clone(n.Names), func(name string) bool { return slices.Contains(n.Notify, name) })
	if more := len(names) - shown; more > 1 {
		names = append(names[:shown:shown], strconv.Itoa(more)+" more")
	}
	told := escape(list(names))
	switch {
	case len(words) == 0:
		return told
	case told == "":
		return list(words)
	}
	return list(words) + " (" + told + ")"
}

// circle is a word of a tier's notify as it reads in a sentence.
func circle(word string) string {
	switch word {
	case escalation.CircleHere:
		return "everybody active here"
	case escalation.CircleChannel:
		return "the whole channel"
	case escalation.CircleOnShift:
		return "everybody on shift"
	case escalation.CircleNonEmbedded:
		return "everybody non-embedded"
	case escalation.CircleEmbedded:
		return "whoever is embedded with the product"
	}
	return word
}
