// Package mrkdwn writes text for people in Slack's own markup (docs.slack.dev/messaging/formatting):
// text from outside made safe, people named or pinged, times in each reader's zone, durations and
// lists as one says them.
package mrkdwn

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/plain"
)

// MaxLink is the longest address that is linked to.
const MaxLink = 2000

// Escape makes text from outside safe to put into mrkdwn (docs.slack.dev/messaging/formatting): it
// can form neither links nor mentions, not even such as a client makes of a plain "@here".
func Escape(s string) string {
	if strings.Contains(s, "@") {
		s = loud.ReplaceAllString(s, "@\u2060$1")
	}
	return escaper.Replace(s)
}

var (
	escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	loud    = regexp.MustCompile(`(?i)@(here|channel|everyone|group)\b`)
)

// EscapeLine is what others wrote, on one line and plain, cut so that no more than most characters come of it.
func EscapeLine(s string, most int) string { return escapeCut(plain.Words(s), most) }

// EscapeFormatted is EscapeLine of what whoever set us up wrote: its formatting stays.
func EscapeFormatted(s string, most int) string { return escapeCut(plain.Line(s), most) }

// Quote is EscapeLine between quotation marks, where it could pass for what the bot says: a ticket's subject and
// its customer. It is empty for nothing.
func Quote(s string, most int) string {
	if s = escapeCut(plain.Quotable(s), most-2); s == "" {
		return ""
	}
	return "“" + s + "”"
}

func escapeCut(s string, most int) string {
	for {
		escaped := Escape(Cut(s, most))
		over := Len(escaped) - most
		if over <= 0 {
			return escaped
		}
		// What is escaped grows to five times its length at most.
		s = Cut(s, min(Len(s), most)-(over+4)/5)
	}
}

// Mentioned is a person whom Slack recognized in what somebody typed: their id, and what they are called if it
// says so.
var Mentioned = regexp.MustCompile(`<@([UW][A-Z0-9]+)(?:\|([^>]*))?>`)

// Ping addresses a recipient so that Slack notifies them.
func Ping(r circle.Recipient) string {
	switch r.Kind {
	case circle.ToUser:
		return "<@" + escaper.Replace(r.ID) + ">"
	case circle.ToGroup:
		return "<!subteam^" + escaper.Replace(r.ID) + ">"
	case circle.ToHere:
		return "<!here>"
	case circle.ToChannel:
		return "<!channel>"
	}
	return Escape(r.Name)
}

// Hyperlink is words that lead to address, or just words if there is none. words are escaped.
func Hyperlink(address, words string) string {
	address = inAngles.Replace(address)
	if address == "" || len(address) > MaxLink {
		return words
	}
	return "<" + address + "|" + words + ">"
}

var inAngles = strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C", " ", "%20", "\n", "", "\r", "")

// When says a time so that each reader sees it in their own time zone: "at 12:50", and with its date
// unless it is close to now: "tomorrow at 12:50".
func When(t, now time.Time) string {
	if t.Sub(now).Abs() < far {
		return dated(t, "at {time}", "at 15:04 UTC")
	}
	return Moment(t, now)
}

// far is how far off a time must be for its date to be told.
const far = 12 * time.Hour

// Moment is When for after a "from" or "until": "12:50", or "tomorrow at 12:50".
func Moment(t, now time.Time) string {
	if t.Sub(now).Abs() < far {
		return dated(t, "{time}", "15:04 UTC")
	}
	return Dated(t)
}

// Dated is Moment with the date, however close t is.
func Dated(t time.Time) string {
	return dated(t, "{date_short_pretty} at {time}", "Jan 2 at 15:04 UTC")
}

// dated is a time in Slack's markup; plain is for those who cannot show it.
func dated(t time.Time, format, plain string) string {
	return "<!date^" + strconv.FormatInt(t.Unix(), 10) + "^" + format + "|" + t.UTC().Format(plain) + ">"
}

// Lasting says a duration as people do: "35 minutes", "1 h 5 min", "2 days 3 h".
func Lasting(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case d < time.Minute:
		return "less than a minute"
	case days > 0 && hours > 0:
		return Plural(days, "day") + " " + strconv.Itoa(hours) + " h"
	case days > 0:
		return Plural(days, "day")
	case hours > 0 && minutes > 0:
		return strconv.Itoa(hours) + " h " + strconv.Itoa(minutes) + " min"
	case hours > 0:
		return Plural(hours, "hour")
	}
	return Plural(minutes, "minute")
}

// Plural is a number and the word for so many: "1 ticket", "2 tickets".
func Plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// List joins words as one says them: "a, b and c".
func List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// slackID is how an id looks that the configuration names somebody by.
var slackID = regexp.MustCompile(`^[USW][A-Z]*[0-9][A-Z0-9]+$`)

// IsID recognizes an id of Slack's, of a person or a user group.
func IsID(word string) bool { return slackID.MatchString(word) }

// People says who comes next, in plain text that pings nobody: "Ana and Bob", or where nobody is known by name,
// "everybody on shift".
func People(n *escalation.Next) string {
	var words []string
	for _, w := range n.Notify {
		everybody := w == circle.Here || w == circle.Channel
		if len(n.Names) == 0 || everybody {
			words = append(words, EscapeLine(Circle(w), 80))
		}
	}
	names := n.Names
	const shown = 6
	if more := len(names) - shown; more > 1 {
		names = append(names[:shown:shown], strconv.Itoa(more)+" more")
	}
	if more := len(words) - shown; more > 1 {
		words = append(words[:shown:shown], strconv.Itoa(more)+" more")
	}
	told := Escape(List(names))
	switch {
	case n.Owner && told == "":
		return "whoever is on it, alone"
	case n.Owner:
		return told + " alone"
	case len(words) > 0 && told != "":
		return told + ", with " + List(words)
	}
	return told + List(words)
}

// Circle is a word of a tier's notify as it reads in a sentence.
func Circle(word string) string {
	switch word {
	case circle.Here:
		return "everybody active here"
	case circle.Channel:
		return "the whole channel"
	case circle.OnShift:
		return "everybody on shift"
	case circle.NonEmbedded:
		return "everybody non-embedded"
	case circle.Embedded:
		return "whoever is embedded with the product"
	case circle.Assignee:
		return "the assignee"
	}
	switch {
	case IsID(word) && word[0] == 'S':
		return "a user group"
	case IsID(word):
		return "a colleague"
	}
	return word
}

// Capital begins words with a capital letter.
func Capital(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
