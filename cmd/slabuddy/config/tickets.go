package config

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"text/template"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/wording"
)

func (r *reader) tickets(v value, c *Config) {
	r.object(v, "tickets",
		field{"ignore_types", func(v value) { c.IgnoreTypes = r.names(v, "tickets.ignore_types") }},
		field{"max_age", r.duration(&c.MaxAge, "tickets.max_age")},
		field{"from", func(v value) { c.From = r.from(v) }},
		field{"updates", func(v value) { c.Updates = r.updates(v) }},
		field{"link", func(v value) { c.Link = r.link(v) }},
		field{"fields", func(v value) {
			r.object(v, "tickets.fields",
				field{"id", r.fieldPattern(&c.Fields.ID, "tickets.fields.id")},
				field{"priority", r.fieldPattern(&c.Fields.Priority, "tickets.fields.priority")},
				field{"type", r.fieldPattern(&c.Fields.Type, "tickets.fields.type")},
				field{"customer", r.fieldPattern(&c.Fields.Customer, "tickets.fields.customer")},
				field{"subject", r.fieldPattern(&c.Fields.Subject, "tickets.fields.subject")},
			)
		}},
	)
}

// From says whose posts are read as tickets.
type From struct {
	Anyone bool
	Bots   []string // only these, by bot id (B…) or app id (A…); none: every app and workflow
}

// botID is how the ids of bots and apps look.
var botID = regexp.MustCompile(`^[AB][A-Z0-9]{2,}$`)

func (r *reader) from(v value) From {
	const name, fix = "tickets.from", "Write apps, anyone, or a list of bot ids such as [B0123ABCD]."
	words := r.wordOrWords(v, name)
	switch {
	case len(words) == 1 && words[0].text == "apps":
		return From{}
	case len(words) == 1 && words[0].text == "anyone":
		return From{Anyone: true}
	}
	var bots []string
	for _, w := range words {
		if !botID.MatchString(w.text) {
			r.fail(w.at, fix, "%s cannot be %q", name, w.text)
		}
		bots = append(bots, w.text)
	}
	return From{Bots: bots}
}

// nothing is a pattern that matches nowhere.
var nothing = regexp.MustCompile(`\z.`)

// updates reads the pattern that tells posts about old tickets from those about new ones, or none.
func (r *reader) updates(v value) *regexp.Regexp {
	const name = "tickets.updates"
	re, ok := r.pattern(v, name)
	switch {
	case !ok:
		return nil
	case re.String() == "none":
		return nothing
	case re.MatchString(""):
		r.fail(v.at, `Write what the first line of such a post says, as in '(?i)\bupdated by\b'; none reads every post.`, "%s matches every message, so that no ticket would be followed", name)
		return nil
	}
	return re
}

// fieldPattern sets re to a pattern with the one group that holds the field.
func (r *reader) fieldPattern(re **regexp.Regexp, name string) func(value) {
	return func(v value) {
		got, ok := r.pattern(v, name)
		if !ok {
			return
		}
		if n := got.NumSubexp(); n != 1 {
			r.fail(v.at, `Put exactly one (…) around what is wanted, as in 'Ticket #(\d+)'; group the rest with (?:…).`,
				"%s has %d groups instead of one", name, n)
			return
		}
		*re = got
	}
}

// samples are tickets to try templates on: one that says everything, and one with no more than another id.
var samples = []escalation.Ticket{
	{ID: "42", Priority: "high", Type: "bug", Customer: "Example Ltd", Subject: "Cannot log in", Link: "https://desk.example.com/tickets/42"},
	{ID: "43"},
}

// linkFields are what the template of the link may speak of.
var linkFields = []string{".ID", ".Priority", ".Type", ".Customer", ".Subject"}

func (r *reader) link(v value) *template.Template {
	const name = "tickets.link"
	s, ok := r.name(v, name)
	if !ok {
		return nil
	}
	tmpl, err := template.New("link").Option("missingkey=error").Parse(s)
	if err != nil {
		r.failTemplate(v.at, name, err, linkFields)
		return nil
	}
	host := ""
	for i, ticket := range samples {
		ticket.Link = "" // this is where it comes from
		got, err := execute(tmpl, ticket)
		if err != nil {
			r.failTemplate(v.at, name, err, linkFields)
			return nil
		}
		const fix = "Write it like https://desk.example.com/tickets/{{.ID}}."
		u, err := url.Parse(got)
		switch {
		case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
			r.fail(v.at, fix, "%s makes %q of ticket %s, which is no web address", name, got, ticket.ID)
			return nil
		case i > 0 && u.Host != host:
			r.fail(v.at, fix, "%s leads to a host that the ticket chooses, which whoever writes the ticket may", name)
			return nil
		}
		host = u.Host
	}
	return tmpl
}

// message checks a tier's own text and returns it as it is.
func (r *reader) message(v value, name string) string {
	s, ok := r.text(v, name)
	if !ok {
		return ""
	}
	var wrong *wording.Error
	if errors.As(wording.Check(s), &wrong) {
		if wrong.Field != "" {
			r.fail(v.at, didYouMean(wrong.Field, wording.Fields(), "There are"), "%s speaks of %s, which is not there", name, wrong.Field)
		} else {
			r.fail(v.at, "It may name {{"+strings.Join(wording.Fields(), "}}, {{")+"}}.", "%s holds %q, and takes text and fields only", name, wrong.Holds)
		}
		return ""
	}
	return s
}

// longest is how long an address may become, in bytes: Slack takes no longer ones.
const longest = 3000

var errTooLong = errors.New("too long")

// short is a writer that refuses to grow without end.
type short struct{ strings.Builder }

func (w *short) Write(p []byte) (int, error) {
	if w.Len()+len(p) > longest {
		return 0, errTooLong
	}
	return w.Builder.Write(p)
}

func execute(t *template.Template, data any) (string, error) {
	var w short
	err := t.Execute(&w, data)
	return w.String(), err
}

var (
	// inTemplate is where Go's template errors begin: with a place in a file that nobody has.
	inTemplate = regexp.MustCompile(`^template: \w+:(?:\d+:)*(?:\d+)?:? ?(?:executing "\w+" at )?`)
	noField    = regexp.MustCompile(`^<(\.[\w.]+)>: (?:can't evaluate field|nil pointer|error calling)`)
)

func (r *reader) failTemplate(at place, name string, err error, fields []string) {
	if errors.Is(err, errTooLong) {
		r.fail(at, "Slack takes no longer ones.", "%s can become longer than %d bytes", name, longest)
		return
	}
	says := inTemplate.ReplaceAllString(err.Error(), "")
	if m := noField.FindStringSubmatch(says); m != nil {
		r.fail(at, didYouMean(m[1], fields, "There are"), "%s speaks of %s, which is not there", name, m[1])
		return
	}
	r.fail(at, "Write it like {{"+fields[0]+"}}. There are: "+strings.Join(fields, ", ")+".", "%s is not a template: %s", name, says)
}
