package ticket

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// link is made by the template, or is the first of the message's links that names the ticket and leads
// to the desk. A ticket without one is shown as its bare number.
func (r *Reader) link(t escalation.Ticket, parts []*part) string {
	if r.p.Link != nil {
		if link := r.templated(t); leadsTo(link, r.linkHost) {
			return link
		}
		return ""
	}
	for _, p := range parts {
		for _, a := range p.addresses {
			if a.origin < ofCustomer && (containsWord(a.url, t.ID) || containsWord(a.label, t.ID)) {
				if link := webAddress(a.url); link != "" && leadsTo(link, r.p.Hosts) {
					return link
				}
			}
		}
	}
	return ""
}

// templated is the link that the template makes, "" if it makes none: it was tried out with the configuration, and
// a ticket is not held up for its link.
func (r *Reader) templated(t escalation.Ticket) string {
	var b strings.Builder
	t.ID = url.PathEscape(t.ID)
	if err := r.p.Link.Execute(&b, t); err != nil {
		return ""
	}
	return webAddress(b.String())
}

// webAddress is s if it can be opened in a browser, otherwise "".
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(s) > mrkdwn.MaxLink {
		return ""
	}
	return s
}

// hostOf is the host that an address leads to, if it is one.
func hostOf(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	return []string{strings.ToLower(u.Hostname())}
}

// leadsTo says that a browser that opens address asks one of hosts: https://desk.example.com@evil.example/
// leads to evil.example.
func leadsTo(address string, hosts []string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && !strings.Contains(address, `\`) && slices.Contains(hosts, strings.ToLower(u.Hostname()))
}

// containsWord says that word is in s with no letter or digit next to it.
func containsWord(s, word string) bool {
	for rest := s; word != ""; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		left, _ := utf8.DecodeLastRuneInString(s[:len(s)-len(rest)+i])
		right, _ := utf8.DecodeRuneInString(rest[i+len(word):])
		if !isAlphanumeric(left) && !isAlphanumeric(right) {
			return true
		}
		rest = rest[i+1:]
	}
	return false
}
