package page

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Call is an HTTP call as it is configured, and as it is stored with a job: secrets are in it as
// references. See the package documentation.
type Call struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`               // absolute, http or https; never a template
	Query   map[string]string `json:"query,omitempty"`   // added to the URL's own
	Headers map[string]string `json:"headers,omitempty"` // by name
	Body    string            `json:"body,omitempty"`
	// Templates says that the values of Query and Headers, and Body, are text/templates over the
	// facts of the job. Otherwise they are sent as they are, references aside.
	Templates bool `json:"templates,omitempty"`
	// Once says that an attempt of unknown outcome must not be repeated.
	Once bool `json:"once,omitempty"`
}

// Methods are those that a call may use.
var Methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

// maxBody is how long a body may become, in bytes.
const maxBody = 256 << 10

// FieldError says which part of a call is wrong.
type FieldError struct {
	Field string // "method", "url", "body", "query.NAME", "headers.NAME"
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

func (e *FieldError) Unwrap() error { return e.Err }

// Check tries the call on each of the facts, with placeholders for the secrets, and says what is wrong with
// it as a *FieldError; nil if nothing is.
func (c Call) Check(facts ...any) error {
	if len(facts) == 0 {
		facts = []any{nil}
	}
	for _, part := range c.parts() {
		if err := part.exposed(); err != nil {
			return &FieldError{part.field, err}
		}
	}
	for _, f := range facts {
		if _, err := c.request(f, &resolver{lookup: func(name string) (string, bool) { return standIn(name, c.URL), true }}); err != nil {
			return err
		}
	}
	return nil
}

// standIn is a value to try a call with: an address where the whole address is a reference.
func standIn(name, address string) string {
	if strings.HasPrefix(address, "${"+name+"}") {
		return "https://example.com/"
	}
	return "0123456789"
}

// Request makes the call of the facts, with the secrets that it is given. It fails with a *GrantError
// where it asks for more. No error carries a secret.
func (c Call) Request(facts any, s Secrets) (Request, error) {
	return c.request(facts, &resolver{lookup: s.Lookup, grant: &s.Grant})
}

func (c Call) request(facts any, secrets *resolver) (Request, error) {
	req := Request{Method: c.Method, Headers: map[string]string{}}
	if !slices.Contains(Methods, c.Method) {
		return Request{}, &FieldError{"method", fmt.Errorf("%q is none of %s", c.Method, strings.Join(Methods, ", "))}
	}
	address, err := secrets.fill(c.URL)
	if err != nil {
		return Request{}, &FieldError{"url", err}
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" { // the error itself would quote it
		return Request{}, &FieldError{"url", errors.New("is no web address such as https://example.com/hook")}
	}
	if err := secrets.goesTo(u.String()); err != nil {
		return Request{}, &FieldError{"url", err}
	}
	query := u.Query()
	for _, part := range c.parts() {
		if part.field == "url" {
			continue
		}
		text, err := part.fill(c.Templates, facts, secrets)
		if err != nil {
			return Request{}, &FieldError{part.field, secrets.mask().error(err)}
		}
		switch {
		case part.header != "":
			req.Headers[part.header] = oneLine(text)
		case part.query != "":
			query.Set(part.query, text)
		default:
			req.Body = text
		}
	}
	if len(c.Query) > 0 {
		u.RawQuery = query.Encode()
	}
	if name := hostHeader(req.Headers); name != "" && len(secrets.given) > 0 {
		return Request{}, &FieldError{"headers." + name, errors.New("cannot stand beside a secret: it could lead to another host")}
	}
	req.URL, req.Mask = u.String(), secrets.mask()
	return req, nil
}

// hostHeader is the name by which the headers say who is called; "" if they do not.
func hostHeader(headers map[string]string) string {
	for name := range headers {
		if strings.EqualFold(strings.TrimSpace(name), "Host") {
			return name
		}
	}
	return ""
}

// part is one text of a call.
type part struct {
	field         string
	header, query string // the name it belongs to
	text          string
}

// parts are all texts in which references may be, in a fixed order.
func (c Call) parts() []part {
	ps := []part{{field: "url", text: c.URL}}
	for _, name := range slices.Sorted(maps.Keys(c.Query)) {
		ps = append(ps, part{field: "query." + name, query: name, text: c.Query[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		ps = append(ps, part{field: "headers." + name, header: name, text: c.Headers[name]})
	}
	return append(ps, part{field: "body", text: c.Body})
}

// References are the names of the environment variables that the call refers to, each once.
func (c Call) References() []string {
	var names []string
	for _, p := range c.parts() {
		for _, name := range references(p.text) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

var permalink = regexp.MustCompile(`\.Permalink\b`)

// CarriesReminder says whether the call speaks of its reminder's permalink, and so has to wait for it.
func (c Call) CarriesReminder() bool {
	return c.Templates && slices.ContainsFunc(c.parts(), func(p part) bool { return permalink.MatchString(p.text) })
}

// WithHeaders is the call with defaults for the headers that it does not set itself.
func (c Call) WithHeaders(defaults map[string]string) Call {
	headers := maps.Clone(c.Headers)
	if headers == nil {
		headers = map[string]string{}
	}
	for name, value := range defaults {
		has := func(have string) bool { return strings.EqualFold(have, name) }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(c.Headers)), has) {
			headers[name] = value
		}
	}
	c.Headers = headers
	return c
}

// oneLine keeps what a ticket says from ending a header and beginning another.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// Request is a call ready to be sent. It holds secrets, and lives no longer than that takes.
type Request struct {
	Method  string
	URL     string
	Headers map[string]string
	Body    string
	Mask    Mask // hides the secrets in it
}

// String says where the request goes, and not what is in it.
func (r Request) String() string {
	host := "?"
	if u, err := url.Parse(r.URL); err == nil && u.Host != "" {
		host = r.Mask.Hide(u.Hostname())
	}
	return r.Method + " " + host
}

// GoString is String: no verb of fmt goes past it.
func (r Request) GoString() string { return r.String() }
