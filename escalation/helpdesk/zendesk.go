package helpdesk

import (
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

func zendeskKind() Kind {
	return Kind{
		Name: "zendesk", Title: "Zendesk",
		Variables: []Variable{
			{Name: "ZENDESK_SUBDOMAIN", Help: "It is acme if your Zendesk is at https://acme.zendesk.com.",
				Needed: unless("ZENDESK_URL"), Check: checkSubdomain},
			{Name: "ZENDESK_EMAIL", Help: "It is the address of the agent whose API token is used, who may see all tickets.", Check: checkEmail},
			{Name: "ZENDESK_API_TOKEN", Help: "Make one in Zendesk: Admin Center, Apps and integrations, APIs, API tokens."},
			{Name: "ZENDESK_URL", Help: "It stands in place of https://SUBDOMAIN.zendesk.com, for tests.",
				Needed: optional, Check: addressed("https://acme.zendesk.com")},
		},
		New:     newZendesk,
		webhook: func(s secret) Inbound { return zendeskInbound{s} },
		Addresses: func(get func(string) string) []string {
			return []string{vendorURL(get("ZENDESK_URL"), get("ZENDESK_SUBDOMAIN"), ".zendesk.com")}
		},
		Statuses: []StatusWord{
			{"new", desk.StatusOpen}, {"open", desk.StatusOpen}, {"pending", desk.StatusPending},
			{"hold", desk.StatusHold}, {"solved", desk.StatusSolved}, {"closed", desk.StatusClosed},
			{"deleted", desk.StatusClosed},
		},
		Tells: desk.FactKinds(),
	}
}

var subdomain = regexp.MustCompile(`(?i)^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$`)

func checkSubdomain(value string) Flaw {
	if subdomain.MatchString(value) {
		return Flaw{}
	}
	return Flaw{"is no subdomain", "Write acme if your Zendesk is at https://acme.zendesk.com; for another address use ZENDESK_URL."}
}

func checkEmail(value string) Flaw {
	if strings.HasSuffix(value, "/token") {
		return Flaw{"ends in /token", "Write the address alone; /token is added for you."}
	}
	if a, err := mail.ParseAddress(value); err != nil || a.Address != value {
		return Flaw{"is no e-mail address", "Write the bare address of the agent whose API token is used, such as ana@example.com."}
	}
	return Flaw{}
}

// zendesk asks Zendesk Support, a hundred tickets a call:
//
//	show_many, with metric sets ─▶ no reply ─▶ unanswered, or withdrawn by the ticket's status
//	      │                       ─▶ first reply counts ─▶ answered
//	      │                       ─▶ first reply is older, or too close to say ─▶ comments
//	      │                       ─▶ merged ─▶ comments name the survivor, asked about in the next round
//	      ├─ no metric sets ─▶ metrics of each ticket
//	      ├─ in detail, and changed since ─▶ audits: who wrote when, and what was changed
//	      └─ ticket missing ─▶ deleted_tickets
//
// Formats: developer.zendesk.com/api-reference/ticketing, the pages Tickets (show_many,
// deleted_tickets), Ticket Metrics, Ticket Comments, Ticket Audits and Side-Loading. Where a sideloaded metric set is, is
// documented in two ways, as metric_set within each ticket and as a list metric_sets beside them; both are
// read.
type zendesk struct {
	client *client

	statuses []StatusWord
	looks    looks
	names    names

	mu          sync.Mutex
	deletedNext time.Time // deleted_tickets is not asked before
}

// deletedEvery keeps us at half of what deleted_tickets allows: ten calls a minute.
const deletedEvery = 12 * time.Second

func newZendesk(r Reach) (desk.HelpDesk, error) {
	cl, err := newClient("Zendesk", "zendesk", vendorURL(r.get("ZENDESK_URL"), r.get("ZENDESK_SUBDOMAIN"), ".zendesk.com"), r)
	if err != nil {
		return nil, err
	}
	cl.advice = advice{
		credentials: "ZENDESK_EMAIL and ZENDESK_API_TOKEN, and that token access is on",
		permission:  "that the agent of ZENDESK_EMAIL may see all tickets",
		address:     "ZENDESK_SUBDOMAIN (or ZENDESK_URL)",
	}
	cl.basic(r.get("ZENDESK_EMAIL")+"/token", r.get("ZENDESK_API_TOKEN"))
	return &zendesk{client: cl, statuses: zendeskKind().Statuses}, nil
}
