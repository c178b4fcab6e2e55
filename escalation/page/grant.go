package page

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// Grant says which variables of the environment a call may be given, and to which origins each may go:
// https://hooks.example.com, or Self. It comes from the configuration alone. A stored call is what some
// row of the database says, and may ask for anything.
type Grant map[string][]string

// Self is the origin of the address that a variable holds.
const Self = "self"

// Secrets is what a call may be given.
type Secrets struct {
	Grant  Grant
	Lookup func(name string) (value string, isSet bool)
}

// GrantError says that a call asks for a variable that it is not given.
type GrantError struct {
	Variable  string
	Elsewhere bool // it is given to calls that go to another host
}

func (e *GrantError) Error() string {
	if e.Elsewhere {
		return "the variable " + e.Variable + " does not go to the address of this call: the configuration pairs it with another one"
	}
	return "the variable " + e.Variable + " is not for this call: the configuration names it neither for its page nor among the secrets of its queue"
}

// add pairs variables with an origin.
func (g Grant) add(names []string, origin string) {
	for _, name := range names {
		if !slices.Contains(g[name], origin) {
			g[name] = append(g[name], origin)
		}
	}
}

// goes says whether a variable that holds value may go to an origin.
func (g Grant) goes(name, value, origin string) bool {
	return slices.ContainsFunc(g[name], func(to string) bool {
		if to == Self {
			to = Origin(value)
		}
		return to == origin && to != ""
	})
}

// Origin is the scheme, host and port of a web address, in one way of writing them; "" if it is none.
func Origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// Grant pairs the variables that the page's calls name with where those calls go, the variables in the
// default headers of its queue included. lookup knows the addresses that variables hold.
func (p Page) Grant(headers map[string]string, lookup func(name string) (value string, isSet bool)) Grant {
	calls := []Call{p.Trigger}
	if p.Resolve != nil {
		calls = append(calls, *p.Resolve)
	}
	g := Grant{}
	for _, c := range calls {
		address, err := (&resolver{lookup: lookup}).fill(c.URL)
		if origin := Origin(address); err == nil && origin != "" {
			g.add(c.WithHeaders(headers).References(), origin)
		}
	}
	return g
}

// Covers says, as a *GrantError, which variable of the call is not among those of its queue, or does not
// go where the call goes, as far as that can be known without the environment; nil if there is none.
func (g Grant) Covers(c Call) error {
	origin := Origin(c.URL)
	var holder string // the variable that holds the address
	if m := wholeReference.FindStringSubmatch(c.URL); m != nil {
		holder = m[1]
	}
	for _, name := range c.References() {
		to, named := g[name]
		switch {
		case !named:
			return &GrantError{Variable: name}
		case name == holder && !slices.Contains(to, Self), holder == "" && !slices.Contains(to, origin):
			return &GrantError{Variable: name, Elsewhere: true}
		}
	}
	return nil
}
