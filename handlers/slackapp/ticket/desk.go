package ticket

import (
	"net/url"
	"regexp"
	"strings"
)

// form is how the addresses of one kind of help desk name a ticket.
type form struct {
	hosts []string // and all below them; nil: the path says it all
	re    *regexp.Regexp
}

// forms are the help desks whose posts are read with nothing configured. The pattern goes over path,
// query and fragment, as one.
var forms = []form{
	{nil, regexp.MustCompile(`^/agent/tickets/([0-9]+)(?:[/?#]|$)`)}, // Zendesk, also under a domain of one's own
	{[]string{"zendesk.com"}, regexp.MustCompile(`^/(?:hc/(?:[A-Za-z-]+/)?|api/v2/)?(?:tickets|requests)/([0-9]+)(?:\.json)?(?:[/?#]|$)`)},
	{nil, regexp.MustCompile(`^/a/tickets/([0-9]+)(?:[/?#]|$)`)}, // Freshdesk, Freshservice
	{[]string{"freshdesk.com", "freshservice.com", "myfreshworks.com"}, regexp.MustCompile(`^/(?:helpdesk|support)/tickets/([0-9]+)(?:[/?#]|$)`)},
	{[]string{"intercom.com", "intercom.io"}, regexp.MustCompile(`/conversations?/([0-9]+)(?:[/?#]|$)`)},
	{[]string{"helpscout.net", "helpscout.com"}, regexp.MustCompile(`^/conversations?/([0-9]+)(?:[/?#]|$)`)},
	{nil, regexp.MustCompile(`/browse/([A-Z][A-Z0-9_]+-[0-9]+)(?:[/?#]|$)`)}, // Jira
	{nil, regexp.MustCompile(`/servicedesk/customer/portal/[0-9]+/([A-Z][A-Z0-9_]+-[0-9]+)(?:[/?#]|$)`)},
	{[]string{"atlassian.net"}, regexp.MustCompile(`(?:/queues/(?:custom/|issue/)?(?:[0-9]+/)?|/issues/|[?&]selectedIssue=)([A-Z][A-Z0-9_]+-[0-9]+)(?:[/?#&]|$)`)},
	{[]string{"hubspot.com"}, regexp.MustCompile(`/(?:ticket|record/0-5)/([0-9]+)(?:[/?#]|$)`)},
	{[]string{"frontapp.com", "front.com"}, regexp.MustCompile(`/open/(cnv_[0-9a-z]+)(?:[/?#]|$)`)},
	{[]string{"gorgias.com"}, regexp.MustCompile(`/ticket/([0-9]+)(?:[/?#]|$)`)},
	{nil, regexp.MustCompile(`^/app/accounts/[0-9]+/(?:[a-z]+/[0-9]+/)?conversations/([0-9]+)(?:[/?#]|$)`)}, // Chatwoot
	{nil, regexp.MustCompile(`/Ticket/Display\.html\?(?:[^#]*&)?id=([0-9]+)(?:[&#]|$)`)},                    // Request Tracker
	{nil, regexp.MustCompile(`^/v4[^#]*[?&](?:service_)?recid=([0-9]+)(?:[&#]|$)`)},                         // ConnectWise
}

// Zammad's addresses hold a number that nobody is shown. The one that people see is in the link.
var (
	zammad       = regexp.MustCompile(`#ticket/zoom/[0-9]+`)
	zammadNumber = regexp.MustCompile(`^Ticket *#+ *([0-9]+)$`)
	// So are ServiceNow's.
	serviceNow       = []string{"service-now.com", "servicenowservices.com"}
	serviceNowNumber = regexp.MustCompile(`^([A-Z]{2,6}[0-9]{5,})\b`)
)

// deskTicket is the ticket that an address of a known help desk leads to.
func deskTicket(a address) (id string, ok bool) {
	u, err := url.Parse(a.url)
	if err != nil || !isWeb(a.url) || u.Host == "" {
		return "", false
	}
	target := u.EscapedPath()
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		target += "#" + u.Fragment
	}
	for _, f := range forms {
		if f.hosts != nil && !below(u.Hostname(), f.hosts) {
			continue
		}
		if m := f.re.FindStringSubmatch(target); m != nil {
			return m[1], true
		}
	}
	if zammad.MatchString(target) {
		if m := zammadNumber.FindStringSubmatch(strings.Trim(a.label, decoration)); m != nil {
			return m[1], true
		}
	}
	if below(u.Hostname(), serviceNow) {
		if m := serviceNowNumber.FindStringSubmatch(strings.Trim(a.label, decoration)); m != nil {
			return m[1], true
		}
	}
	return "", false
}

// below says that a host is one of hosts, or a name under one of them.
func below(host string, hosts []string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, h := range hosts {
		if host == h || strings.HasSuffix(host, "."+h) {
			return true
		}
	}
	return false
}

// invitation is what a link or a title says that names no subject.
var invitation = regexp.MustCompile(`(?i)^[^\pL]*(?:view|open|show|see|go to|click|reply|respond|answer|details|link|here|ticket|new|updated?|created?|incoming)\b[^:]*$`)

// invites says that words name no subject. "Ticket ID - 9" is one, which a customer chose.
func invites(words string) bool {
	l, _ := label("*" + words + "*")
	return invitation.MatchString(words) && !says(l.name)
}

// subjectOf is what the links to a ticket among found say of its subject.
func subjectOf(found []address) (words string, a address, id string) {
	for _, a := range found {
		id, is := deskTicket(a)
		words = strings.Trim(a.label, decoration)
		if !is || words == "" || isWeb(words) || invites(words) || containsWord(words, id) && subjectIn(words, id) == "" {
			continue
		}
		return words, a, id
	}
	return "", address{}, ""
}

// subjectIn is what a title says beside the id that it begins with.
func subjectIn(title, id string) string {
	title = strings.Trim(title, decoration)
	at := strings.Index(title, id)
	if at < 0 {
		if invites(title) {
			return ""
		}
		return title
	}
	const mostBefore = 16 // "Ticket #", "[Case "
	if at > mostBefore {
		return ""
	}
	return strings.TrimLeft(title[at+len(id):], "])>:*_ \t–—-|")
}
