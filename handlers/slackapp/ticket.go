package slackapp

import (
	"net/url"
	"regexp"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// Patterns find a ticket's fields in a message's flattened text, each in its only group. Nil stands
// for the default pattern of the field.
type Patterns struct {
	ID, Priority, Type, Customer, Subject *regexp.Regexp
	// Link makes the ticket's link of an escalation.Ticket. Nil: a link in the message that names
	// the ticket is taken.
	Link *template.Template
}

// Reader reads tickets from messages.
type Reader struct{ p Patterns }

// NewReader returns a reader that goes by p.
func NewReader(p Patterns) *Reader {
	for _, d := range []struct{ pattern, fallback **regexp.Regexp }{
		{&p.ID, &defaults.ID}, {&p.Priority, &defaults.Priority}, {&p.Type, &defaults.Type},
		{&p.Customer, &defaults.Customer}, {&p.Subject, &defaults.Subject},
	} {
		if *d.pattern == nil {
			*d.pattern = *d.fallback
		}
	}
	return &Reader{p}
}

// A label stands at the start of a line, perhaps behind a bullet or an emoji, or behind a mark that
// sets it off from what comes before; its value follows a colon, a dash, or the end of its bold type.
const (
	before = `(?im)(?:^|[|•·,;!.(\[–—])[^\w\n]*(?::[\w+-]+:[^\w\n]*)?`
	deco   = "[ \\t\u00a0*_~`]*"
	behind = `(?:` + deco + `(?:[:：=]|[–—-]+[ \t])|[*_]+[ \t])` + deco
	rest   = `(.*?)[ \t]*(?:[|•·,;][^\w\n]*(?:ticket[ \t_-]*)?(?:id|priority|type|customer|subject)\b` + deco + `[:：=].*)?$`
)

// defaults read the messages of help desks as they come. An id is one word: the first, if it has a
// digit in it, or the only one. "Ticket ID: see below" has none.
var defaults = Patterns{
	ID:       regexp.MustCompile(before + `ticket[ \t_-]*id` + behind + `([^\s|•·,;]*\d[^\s|•·,;]*|[^\s|•·,;]+[ \t]*$|)`),
	Priority: regexp.MustCompile(before + `(?:ticket[ \t_-]*)?priority` + behind + rest),
	Type:     regexp.MustCompile(before + `(?:ticket[ \t_-]*)?type` + behind + rest),
	Customer: regexp.MustCompile(before + `(?:ticket[ \t_-]*)?customer` + behind + rest),
	Subject:  regexp.MustCompile(before + `(?:ticket[ \t_-]*)?subject` + behind + rest),
}

// finding says whether a message carries a ticket.
type finding int

const (
	NoTicket   finding = iota
	Unreadable         // the id's pattern matches, and what it finds is no id
	readable
)

// The most characters that are kept of each field. A longer id is none.
const (
	maxID      = 200
	maxWord    = 100
	maxName    = 200
	maxSubject = 500
)

func (r *Reader) Read(m *Message) (escalation.Ticket, finding) {
	f := flatten(m)
	id, found := r.id(f.text)
	if found != readable {
		return escalation.Ticket{}, found
	}
	t := escalation.Ticket{
		ID:       id,
		Priority: word(first(r.p.Priority, f.text)),
		Type:     word(first(r.p.Type, f.text)),
		Customer: mrkdwn.Cut(value(first(r.p.Customer, f.text)), maxName),
		Subject:  mrkdwn.Cut(value(first(r.p.Subject, f.text)), maxSubject),
	}
	t.Link = r.link(t, f.links)
	return t, readable
}

// id is the first usable id that the pattern finds.
func (r *Reader) id(text string) (string, finding) {
	const tries = 8
	matches := r.p.ID.FindAllStringSubmatch(text, tries)
	for _, m := range matches {
		id := strings.Trim(value(m[1]), "#()[]<>\"'.,;:!?")
		if usable(id) {
			return id, readable
		}
	}
	if len(matches) > 0 {
		return "", Unreadable
	}
	return "", NoTicket
}

// usable tells an id from what stands in its place when there is none: nothing, a dash, a template
// that was not filled in, a bare link.
func usable(id string) bool {
	return id != "" && utf8.RuneCountInString(id) <= maxID &&
		strings.ContainsFunc(id, isAlphanumeric) &&
		!strings.Contains(id, "{{") && !strings.Contains(id, "://")
}

func first(pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

var emoji = regexp.MustCompile(`:[a-z0-9_+'-]+:`)

// word is a value that others are compared with: no emoji before it.
func word(s string) string {
	s = strings.TrimLeftFunc(emoji.ReplaceAllString(value(s), " "), func(r rune) bool { return !isAlphanumeric(r) })
	return mrkdwn.Cut(strings.TrimSpace(s), maxWord)
}

// value is s as it may be kept: printable, without the decoration around it. What stands for nothing
// is nothing.
func value(s string) string {
	s = strings.Trim(mrkdwn.Printable(s), " *_~`")
	switch strings.ToLower(s) {
	case "-", "–", "—", "n/a", "none", "null", "nil", "undefined":
		return ""
	}
	return s
}

// link is made by the template, or is the first of the message's links that names the ticket.
func (r *Reader) link(t escalation.Ticket, links []link) string {
	if r.p.Link != nil {
		var b strings.Builder
		inURL := t
		inURL.ID = url.PathEscape(t.ID)
		if err := r.p.Link.Execute(&b, inURL); err != nil {
			return "" // tried out with the configuration; a ticket is not held up for its link
		}
		return webAddress(b.String())
	}
	for _, l := range links {
		if containsWord(l.url, t.ID) || containsWord(l.label, t.ID) {
			return webAddress(l.url)
		}
	}
	return ""
}

// webAddress is s if it can be opened in a browser, else "".
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(s) > mrkdwn.MaxLink {
		return ""
	}
	return s
}

// containsWord says that word stands in s with no letter or digit next to it.
func containsWord(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		left, _ := utf8.DecodeLastRuneInString(s[:from+i])
		right, _ := utf8.DecodeRuneInString(s[from+i+len(word):])
		if !isAlphanumeric(left) && !isAlphanumeric(right) {
			return true
		}
		from += i + 1
	}
}

func isAlphanumeric(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
