package page

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// reference is ${NAME}, or $${NAME} for the characters themselves.
var reference = regexp.MustCompile(`\$?\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// referred is the name that a match of reference refers to; false if it is meant literally.
func referred(match string) (name string, ok bool) {
	name, ok = strings.CutPrefix(match, "${")
	return strings.TrimSuffix(name, "}"), ok
}

func references(text string) []string {
	var names []string
	for _, match := range reference.FindAllString(text, -1) {
		if name, ok := referred(match); ok {
			names = append(names, name)
		}
	}
	return names
}

// wholeReference is an address that a variable holds, alone or with more behind it.
var wholeReference = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// resolver looks up secrets, and remembers which it handed out.
type resolver struct {
	lookup func(string) (string, bool)
	grant  *Grant // nil: everything is granted, for trying a call out with placeholders
	origin string // where the call goes; "" until that is known
	given  []string
	asked  map[string]string // what was handed out before the origin was known
}

func (r *resolver) value(name string) (string, error) {
	if r.grant != nil && (*r.grant)[name] == nil {
		return "", &GrantError{Variable: name}
	}
	v, ok := r.lookup(name)
	if !ok || v == "" {
		return "", fmt.Errorf("the environment variable %s is not set", name)
	}
	r.given = append(r.given, v)
	switch {
	case r.grant == nil:
	case r.origin == "":
		if r.asked == nil {
			r.asked = map[string]string{}
		}
		r.asked[name] = v
	case !r.grant.goes(name, v, r.origin):
		return "", &GrantError{Variable: name, Elsewhere: true}
	}
	return v, nil
}

// goesTo says where the call goes, and that what its address is made of may go there.
func (r *resolver) goesTo(address string) error {
	r.origin = Origin(address)
	for name, v := range r.asked {
		if !r.grant.goes(name, v, r.origin) {
			return &GrantError{Variable: name, Elsewhere: true}
		}
	}
	return nil
}

// fill replaces references with values.
func (r *resolver) fill(text string) (filled string, err error) {
	filled = reference.ReplaceAllStringFunc(text, func(match string) string {
		name, ok := referred(match)
		if !ok {
			return match[1:]
		}
		v, missing := r.value(name)
		err = cmp.Or(err, missing)
		return v
	})
	return filled, err
}

func (r *resolver) mask() Mask { return NewMask(r.given...) }

// Hidden is shown in place of a secret.
const Hidden = "***"

// leastSecret is how long a value must be to be hidden: a shorter one would be found everywhere, and
// is no secret.
const leastSecret = 4

// Mask hides the secrets of one call, however an answer may repeat them.
type Mask struct{ secrets []string }

// NewMask hides these values, the parts of addresses that grant access included.
func NewMask(secrets ...string) Mask {
	var m Mask
	for _, s := range secrets {
		m.add(s)
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			m.addAddress(u)
		}
	}
	slices.SortFunc(m.secrets, func(a, b string) int { return len(b) - len(a) })
	m.secrets = slices.Compact(m.secrets)
	return m
}

// add hides a value as it is, and as it reads inside JSON or an address.
func (m *Mask) add(s string) {
	forms := []string{s, url.QueryEscape(s), url.PathEscape(s)}
	if quoted, err := json.Marshal(s); err == nil {
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	for _, f := range forms {
		if len(f) >= leastSecret && !slices.Contains(m.secrets, f) {
			m.secrets = append(m.secrets, f)
		}
	}
}

// addAddress hides what a secret address has beside its host: webhooks carry their key there.
func (m *Mask) addAddress(u *url.URL) {
	if path := strings.Trim(u.EscapedPath(), "/"); path != "" {
		m.add(path)
	}
	const longKey = 12 // a word such as "integrations" is none, but nothing is lost by hiding it
	for segment := range strings.SplitSeq(u.EscapedPath(), "/") {
		if len(segment) >= longKey {
			m.add(segment)
		}
	}
	for _, values := range u.Query() {
		for _, v := range values {
			m.add(v)
		}
	}
	if password, ok := u.User.Password(); ok {
		m.add(password)
	}
}

// Hide returns s with every secret replaced.
func (m Mask) Hide(s string) string {
	for _, secret := range m.secrets {
		s = strings.ReplaceAll(s, secret, Hidden)
	}
	return s
}

// error is err with every secret in its text replaced.
func (m Mask) error(err error) error {
	if refused := (*GrantError)(nil); errors.As(err, &refused) {
		return refused
	}
	if hidden := m.Hide(err.Error()); hidden != err.Error() {
		return errors.New(hidden)
	}
	return err
}

// secretName is what people call things that hold secrets.
var secretName = regexp.MustCompile(`(?i)(authorization|cookie|token|secret|passw(or)?d|api[-_]?key|routing[-_]?key|credential|signature)`)

// bareSecrets are secrets written out in a body or an address: "token": "…", token=…, //user:password@.
var bareSecrets = []*regexp.Regexp{
	regexp.MustCompile(`(?i)("[\w-]*(?:token|secret|passw(?:or)?d|api_?key|routing_?key|credential)[\w-]*"\s*:\s*")([^"]+)`),
	regexp.MustCompile(`(?i)([?&][\w-]*(?:token|secret|passw(?:or)?d|api_?key|key|credential)[\w-]*=)([^&\s]+)`),
	regexp.MustCompile(`(://[^/@\s:]*:)([^/@\s]+)@`),
	regexp.MustCompile(`()\b((?:xox[a-z]-|xapp-|AIza|glsa_|ghp_)[-_.A-Za-z0-9]+)`),
}

// ErrExposed is returned for a secret that is written out.
var ErrExposed = errors.New("holds what looks like a secret; put it into an environment variable and write ${NAME} instead")

// exposed says whether a text of a call holds a secret instead of a reference to one.
func (p part) exposed() error {
	if secretName.MatchString(p.header+p.query) && p.text != "" && len(references(p.text)) == 0 && !strings.Contains(p.text, "{{") {
		return ErrExposed
	}
	for _, bare := range bareSecrets {
		for _, m := range bare.FindAllStringSubmatch(p.text, -1) {
			if len(references(m[2])) == 0 && !strings.Contains(m[2], "{{") {
				return ErrExposed
			}
		}
	}
	return nil
}

// Shown is the call as it may be shown to a person: should a secret be in it all the same, it is
// hidden.
func (c Call) Shown() Call {
	hide := func(p part) string {
		if (part{header: p.header, query: p.query, text: p.text}).exposed() == nil {
			return p.text
		}
		if secretName.MatchString(p.header + p.query) {
			return Hidden
		}
		return HideBare(p.text)
	}
	shown := c
	shown.Query, shown.Headers = map[string]string{}, map[string]string{}
	for _, p := range c.parts() {
		switch {
		case p.header != "":
			shown.Headers[p.header] = hide(p)
		case p.query != "":
			shown.Query[p.query] = hide(p)
		case p.field == "url":
			shown.URL = hide(p)
		default:
			shown.Body = hide(p)
		}
	}
	return shown
}

// HideBare hides what looks like a secret in a text of unknown origin, such as the body of an answer.
func HideBare(s string) string {
	for i, bare := range bareSecrets {
		with := "${1}" + Hidden
		if i == 2 {
			with += "@"
		}
		s = bare.ReplaceAllString(s, with)
	}
	return s
}
