package helpdesk_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

// simulated is what the simulated vendors have in common.
type simulated interface {
	http.Handler
	Start() error
	Close() error
	URL() string
	Open(id string, created time.Time)
	Reply(id string, at time.Time)
	Comment(id string, c helpdesktest.Comment)
	SetState(id, state string, at time.Time)
	SetPriority(id, priority string, at time.Time)
	Assign(id string, at time.Time)
	Merge(id, into string, at time.Time)
	Delete(id string, at time.Time)
	Destroy(id string)
	Fail(f helpdesktest.Fault, requests int)
	Heal()
	Quota(left int)
	Calls() []string
}

// vendor is one vendor under test.
type vendor struct {
	name       string
	sim        func(c *clock) simulated
	env        func(url, secret string) map[string]string
	open, shut string // its words for a ticket at work, and for a closed one
	closed     string // the cause of the latter
	link       func(url, id string) string
	check      string // what a 401 says to check
	each       bool   // what has just changed takes a call for each ticket
	words      words
	straight   bool // a merged ticket leads straight to the last survivor
}

// words are a vendor's own, and what we make of them.
type words struct {
	pending, urgent string // what SetState and SetPriority take
	priority, group string
	silent          []desk.FactKind // what it reports without a time
}

const email = "ana@example.com"

var vendors = []vendor{
	{
		name: "zendesk", open: "pending", shut: "solved", closed: "solved", check: "please check ZENDESK_EMAIL and ZENDESK_API_TOKEN",
		sim: func(*clock) simulated { return helpdesktest.NewZendesk(email, token) },
		env: func(url, secret string) map[string]string {
			return map[string]string{"ZENDESK_URL": url, "ZENDESK_EMAIL": email, "ZENDESK_API_TOKEN": secret}
		},
		link:  func(url, id string) string { return url + "/agent/tickets/" + id },
		words: words{pending: "pending", urgent: "urgent", priority: "urgent", group: "Support"},
	},
	{
		name: "freshdesk", open: "3", shut: "5", closed: "closed", check: "please check FRESHDESK_API_KEY",
		sim: func(*clock) simulated { return helpdesktest.NewFreshdesk(token) },
		env: func(url, secret string) map[string]string {
			return map[string]string{"FRESHDESK_URL": url, "FRESHDESK_API_KEY": secret}
		},
		link: func(url, id string) string { return url + "/a/tickets/" + id },
		words: words{pending: "3", urgent: "4", priority: "urgent", group: "Support",
			silent: []desk.FactKind{desk.FactPriority, desk.FactAssigned}},
	},
	{
		name: "intercom", open: "snoozed", shut: "closed", closed: "closed", check: "please check INTERCOM_TOKEN",
		sim: func(c *clock) simulated { return helpdesktest.NewIntercom(token, c.now) },
		env: func(url, secret string) map[string]string {
			return map[string]string{"INTERCOM_URL": url, "INTERCOM_TOKEN": secret}
		},
		link: func(_, id string) string { return "https://app.intercom.com/a/inbox/abc123/inbox/conversation/" + id },
		words: words{pending: "snoozed", urgent: "priority", priority: "priority", group: "Support",
			silent: []desk.FactKind{desk.FactPriority}},
	},
	{
		name: "rt", open: "stalled", shut: "rejected", closed: "rejected", check: "please check RT_TOKEN",
		each: true, straight: true,
		sim: func(*clock) simulated { return helpdesktest.NewRT(token) },
		env: func(url, secret string) map[string]string {
			return map[string]string{"RT_URL": url, "RT_TOKEN": secret}
		},
		link:  func(url, id string) string { return url + "/Ticket/Display.html?id=" + id },
		words: words{pending: "stalled", urgent: "80", priority: "80", group: "General"},
	},
}

// desk makes the vendor's desk at url.
func (v vendor) desk(url, secret string, c *clock, reg prometheus.Registerer) (desk.HelpDesk, error) {
	return made(v.name, v.env(url, secret), helpdesk.Reach{Now: c.now, Registerer: reg})
}

// made makes a desk of that kind with those variables.
func made(kind string, env map[string]string, r helpdesk.Reach) (desk.HelpDesk, error) {
	k, ok := helpdesk.Find(kind)
	if !ok {
		return nil, fmt.Errorf("there is no kind %s", kind)
	}
	r.Get = func(name string) string { return env[name] }
	return k.New(r)
}

// trial is a simulated vendor with a client of ours.
type trial struct {
	vendor
	simulated
	*testing.T
	desk  desk.HelpDesk
	clock *clock
	reg   *prometheus.Registry
}

func (v vendor) start(t *testing.T) *trial {
	t.Helper()
	c := newClock()
	tr := &trial{vendor: v, T: t, simulated: v.sim(c), clock: c, reg: prometheus.NewRegistry()}
	if err := tr.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	var err error
	if tr.desk, err = v.desk(tr.URL(), token, c, tr.reg); err != nil {
		t.Fatal(err)
	}
	return tr
}

// forEachVendor runs a test with every vendor.
func forEachVendor(t *testing.T, test func(t *trial)) {
	for _, v := range vendors {
		t.Run(v.name, func(t *testing.T) { test(v.start(t)) })
	}
}

// want asks about the tickets of want and compares whether, when and why.
func (t *trial) want(want answers, says string) {
	t.Helper()
	var ids []string
	for id := range want {
		ids = append(ids, id)
	}
	got, err := t.desk.Ask(t.Context(), ask(ids...))
	t.compare(want, got)
	checkError(t.T, err, says)
}

// plain is an answer without link and facts.
func plain(a desk.Answer) desk.Answer {
	return desk.Answer{Status: a.Status, RepliedAt: a.RepliedAt, Cause: a.Cause}
}

func (t *trial) compare(want, got answers) {
	t.Helper()
	for id, a := range got {
		got[id] = plain(a)
	}
	for id, a := range want {
		if a.Status == desk.Unchecked {
			delete(want, id)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func withdrawn(cause string) desk.Answer {
	return desk.Answer{Status: desk.Withdrawn, Cause: cause}
}

var unchecked desk.Answer
