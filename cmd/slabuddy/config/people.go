package config

import (
	"net/mail"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

const (
	memberFix  = "Write the member id, U… or W…: in Slack, open the profile, then ⋮, Copy member ID."
	channelFix = "Write the channel's id, C… or G…: in Slack, open the channel's details; it is at the bottom."
)

// channelID sets s to a channel's id.
func (r *reader) channelID(s *string, name string) func(value) {
	return r.id(s, name, slackid.IsChannel, channelFix)
}

// id sets s to an id of Slack's.
func (r *reader) id(s *string, name string, form func(string) bool, fix string) func(value) {
	return func(v value) {
		got, ok := r.name(v, name)
		if ok && !form(got) {
			r.fail(v.at, fix, "%s cannot be %q", name, got)
		} else if ok {
			*s = got
		}
	}
}

// userIDs are the people of a list, each once.
func (r *reader) userIDs(v value, name string) []string {
	var ids []string
	for _, item := range r.list(v, name) {
		s, ok := r.name(item, "a name in "+name)
		switch {
		case !ok:
		case !slackid.IsUser(s):
			r.fail(item.at, memberFix, "%s are member ids, not %q", name, s)
		case slices.Contains(ids, s):
			r.fail(item.at, "Keep one of them.", "%s is in %s twice", s, name)
		default:
			ids = append(ids, s)
		}
	}
	return ids
}

func (r *reader) engineers(v value) []calendar.Engineer {
	var es []calendar.Engineer
	taken := map[string]string{} // whatever identifies an engineer, in lower case, to whose it is
	for _, item := range r.list(v, "engineers") {
		if e, ok := r.engineer(item, taken); ok {
			es = append(es, e)
		}
	}
	return es
}

func (r *reader) engineer(v value, taken map[string]string) (calendar.Engineer, bool) {
	var e calendar.Engineer
	// claim refuses what is another engineer's already: it could mean either.
	claim := func(at place, what, name string) bool {
		key := strings.ToLower(name)
		if whose, ok := taken[key]; ok {
			r.fail(at, "Give each engineer names, ids and addresses of their own.", "%s %q is %s's already", what, name, whose)
			return false
		}
		taken[key] = e.Name
		return true
	}
	before := len(r.problems)
	found := r.object(v, "an engineer",
		field{"name", func(v value) {
			if s, ok := r.personName(v, "an engineer's name"); ok {
				e.Name = s
				claim(v.at, "the name", s)
			}
		}},
		field{"aliases", func(v value) {
			for _, item := range r.list(v, "aliases") {
				s, ok := r.personName(item, "an alias")
				if ok && !strings.EqualFold(s, e.Name) && claim(item.at, "the alias", s) {
					e.Aliases = append(e.Aliases, s)
				}
			}
		}},
		field{"slack", func(v value) {
			s, ok := r.name(v, "an engineer's slack")
			if ok && !slackid.IsUser(s) {
				r.fail(v.at, memberFix, "slack is a member id, not %q", s)
			} else if ok && claim(v.at, "the Slack id", s) {
				e.Slack = s
			}
		}},
		field{"email", func(v value) {
			s, ok := r.name(v, "an engineer's email")
			if ok && !isEmail(s) {
				r.fail(v.at, "Write the bare address, such as ana@example.com.", "email cannot be %q", s)
			} else if ok && claim(v.at, "the address", s) {
				e.Email = s
			}
		}},
		field{"products", func(v value) { e.Products = r.names(v, "products") }},
	)
	if len(r.problems) > before {
		return e, e.Name != "" // so that notify may speak of somebody whose entry is wrong elsewhere
	}
	if _, ok := found["name"]; !ok {
		r.fail(v.at, "Add name: …", "an engineer has no name")
	} else if e.Slack == "" && e.Email == "" {
		r.fail(v.at, "Add slack: U…, or the email address they use in Slack.", "%s cannot be mentioned in Slack", e.Name)
	}
	return e, true
}

// personName is a name or an alias: something that notify can say and that means nothing else there.
func (r *reader) personName(v value, what string) (string, bool) {
	s, ok := r.name(v, what)
	switch {
	case !ok:
		return "", false
	case strings.HasPrefix(s, "@"):
		r.fail(v.at, "Leave out the @.", "%s cannot be %q", what, s)
		return "", false
	case slices.Contains(circle.Words(), strings.ToLower(s)):
		r.fail(v.at, "Choose another: notify has its own meaning for that word.", "%s cannot be %q", what, s)
		return "", false
	}
	return s, true
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// products are the ticket types that mean each product. No type may mean two.
func (r *reader) products(v value) map[string][]string {
	products := map[string][]string{}
	meaning := map[string]string{} // type, in lower case, to product
	for _, e := range r.entries(v, "products") {
		types := r.names(e.value, "products."+e.key)
		for _, t := range types {
			key := strings.ToLower(t)
			if other, ok := meaning[key]; ok && other != e.key {
				r.fail(e.at, "Let each ticket type mean one product.", "the ticket type %q means %s already", t, other)
				continue
			}
			meaning[key] = e.key
		}
		products[e.key] = types
	}
	return products
}
