package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

func rtKind() Kind {
	return Kind{
		Name: "rt", Title: "Request Tracker",
		Variables: []Variable{
			{Name: "RT_URL", Help: "It is the address of your Request Tracker 5, such as https://rt.example.com.", Check: addressed("https://rt.example.com")},
			{Name: "RT_TOKEN", Help: "Make one in RT: Logged in as, Settings, Auth Tokens; its user sees the tickets of all queues that you watch (or set RT_USER and RT_PASSWORD).",
				Needed: unless("RT_USER")},
			{Name: "RT_USER", Help: "The user, where there is no token.", Needed: optional},
			{Name: "RT_PASSWORD", Help: "The password of RT_USER.", Needed: given("RT_USER")},
		},
		New:       newRT,
		webhook:   func(s secret) Inbound { return httpInbound{s} },
		Addresses: func(get func(string) string) []string { return []string{get("RT_URL")} },
		Statuses: []StatusWord{
			{"new", desk.StatusOpen}, {"open", desk.StatusOpen}, {"stalled", desk.StatusPending},
			{"resolved", desk.StatusSolved}, {"rejected", desk.StatusClosed}, {"deleted", desk.StatusClosed},
		},
		Tells: []desk.FactKind{
			desk.FactCustomerWrote, desk.FactReplied, desk.FactStatus, desk.FactPriority,
			desk.FactGroup, desk.FactAssigned,
		},
	}
}

// rt asks Request Tracker 5, a hundred tickets a search:
//
//	search by ids ─▶ its history, unless that was read since it changed ─▶ replies, messages, changes
//	      └─ missing ─▶ the ticket itself ─▶ another id: merged into that one
//	                                      ─▶ deleted    ─▶ 404: no such ticket
//
// Formats: docs.bestpractical.com/rt/5.0.3/RT/REST2.html, and what RT 5.0.3 was seen to answer
// (check-desks runs against it). The search leaves out merged and deleted tickets without a word.
type rt struct {
	client   *client
	statuses []StatusWord
	looks    looks
	names    names
}

func newRT(r Reach) (desk.HelpDesk, error) {
	cl, err := newClient("Request Tracker", "rt", r.get("RT_URL"), r)
	if err != nil {
		return nil, err
	}
	cl.advice = advice{
		credentials: "RT_TOKEN, or RT_USER and RT_PASSWORD",
		permission:  "that the user of RT_TOKEN or RT_USER may see the tickets of all queues",
		address:     "RT_URL",
	}
	if token := r.get("RT_TOKEN"); token != "" {
		cl.secrets = []string{token}
		cl.sign = func(h http.Header) { h.Set("Authorization", "token "+token) }
	} else {
		cl.basic(r.get("RT_USER"), r.get("RT_PASSWORD"))
	}
	return &rt{client: cl, statuses: rtKind().Statuses}, nil
}

// Ask asks about up to desk.MaxQuestions tickets.
func (r *rt) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	return r.client.askAll(ctx, qs, r.look)
}

// rtUser is somebody, as RT names them wherever they occur.
type rtUser struct {
	ID       id     `json:"id"` // the name, also where a number was asked about
	Name     string `json:"Name"`
	RealName string `json:"RealName"`
	Email    string `json:"EmailAddress"`
}

// rtNobody and rtSystem are the users whom RT itself makes.
const (
	rtNobody = "Nobody"
	rtSystem = "RT_System"
)

func (u rtUser) login() string {
	if u.Name != "" {
		return u.Name
	}
	return string(u.ID)
}

func (u rtUser) person() desk.Person {
	if u.login() == rtNobody {
		return desk.Person{}
	}
	if u.RealName != "" {
		return desk.Person{Email: u.Email, Name: u.RealName}
	}
	return desk.Person{Email: u.Email, Name: u.login()}
}

type rtTicket struct {
	ID        id       `json:"id"`
	Effective rtID     `json:"EffectiveId"`
	Status    string   `json:"Status"`
	Updated   stamp    `json:"LastUpdated"`
	Created   stamp    `json:"Created"`
	Priority  id       `json:"Priority"`
	Owner     rtUser   `json:"Owner"`
	Queue     rtQueue  `json:"Queue"`
	Requestor []rtUser `json:"Requestor"`
}

// rtID is an id, which a search writes as a number and a single ticket as an object.
type rtID string

func (i *rtID) UnmarshalJSON(raw []byte) error {
	var object struct {
		ID id `json:"id"`
	}
	if json.Unmarshal(raw, &object) == nil {
		*i = rtID(object.ID)
		return nil
	}
	*i = rtID(text(raw))
	return nil
}

type rtQueue struct {
	ID   id     `json:"id"`
	Name string `json:"Name"`
}

func (r *rt) look(ctx context.Context, qs []desk.Question) (map[desk.Question]finding, error) {
	var odd problems
	ts, err := r.search(ctx, tickets(qs), &odd)
	if err != nil {
		return nil, err
	}
	found := findEach(qs, &odd, func(q desk.Question) (finding, error) {
		f, err := r.find(ctx, q, ts, &odd)
		f.answer.Link = r.client.base + "/Ticket/Display.html?id=" + q.TicketID
		return f, err
	})
	return found, odd.err(len(qs))
}

const rtFields = "Status,LastUpdated,Created,Owner,EffectiveId,Priority,Queue,Requestor"

// maxRTDigits is how long ticket numbers may be: one that the database cannot hold would fail the search
// for all.
const maxRTDigits = 9

func (r *rt) search(ctx context.Context, ids []string, odd *problems) (map[string]rtTicket, error) {
	var terms []string
	for _, ticket := range ids {
		if len(ticket) <= maxRTDigits {
			terms = append(terms, "id="+ticket)
		}
	}
	if len(terms) == 0 {
		return nil, nil
	}
	query := url.Values{
		"query": {strings.Join(terms, " OR ")}, "fields": {rtFields}, "per_page": {"100"}, "fields[Queue]": {"Name"},
		"fields[Owner]": {"Name,RealName,EmailAddress"}, "fields[Requestor]": {"Name,EmailAddress"},
	}
	ts := make(map[string]rtTicket, len(ids))
	err := r.client.do(ctx, request{path: "/REST/2.0/tickets", query: query}, func(body []byte) error {
		var list struct {
			Items []json.RawMessage `json:"items"`
		}
		if json.Unmarshal(body, &list) != nil || list.Items == nil {
			return errors.New("its answer holds no list of tickets")
		}
		for _, t := range decodeEach[rtTicket](list.Items, odd) {
			ts[string(t.ID)] = t
		}
		return nil
	})
	return ts, err
}

// find answers q from the tickets found, or from the ticket itself.
func (r *rt) find(ctx context.Context, q desk.Question, ts map[string]rtTicket, odd *problems) (finding, error) {
	if t, ok := ts[q.TicketID]; ok {
		return r.judge(ctx, t, q)
	}
	switch {
	case len(q.TicketID) > maxRTDigits:
		return finding{}, r.unknown()
	case odd.hopeless():
		return finding{}, errSpared
	}
	var t rtTicket
	err := r.client.do(ctx, request{path: "/REST/2.0/ticket/" + q.TicketID}, func(body []byte) error {
		if json.Unmarshal(body, &t) != nil || t.ID == "" {
			return errors.New("its answer is no ticket")
		}
		return nil
	})
	switch {
	case refusedWith(err, http.StatusNotFound):
		return finding{}, r.unknown()
	case err != nil:
		return finding{}, err
	case string(t.ID) != q.TicketID:
		return finding{survivor: string(t.ID)}, nil
	}
	return r.judge(ctx, t, q)
}

// unknown is no deleted ticket: RT answers about those.
func (r *rt) unknown() error {
	return errors.New("it is not there; please check " + r.client.advice.address + ", and " + r.client.advice.permission)
}

// judge says what a ticket and its history answer to q.
func (r *rt) judge(ctx context.Context, t rtTicket, q desk.Question) (finding, error) {
	if into := string(t.Effective); into != "" && into != q.TicketID {
		return finding{survivor: into}, nil
	}
	facts, err := r.facts(ctx, t)
	if err != nil {
		return finding{}, err
	}
	f := unrepliedYet()
	status := strings.ToLower(t.Status)
	if at, ok := firstCounting(repliesAmong(facts), q); ok {
		f = replied(at)
	} else if meaning(r.statuses, status).Over() {
		f = withdrawn(status)
	}
	f.answer.Ticket = desk.Ticket{
		Status: meaning(r.statuses, status), Said: t.Status, Priority: string(t.Priority), Group: t.Queue.Name, Assignee: t.Owner.person(),
	}
	f.answer = detail(f.answer, facts, r.client.now())
	return f, nil
}

// repliesAmong are the times of the replies among facts.
func repliesAmong(facts []desk.Fact) (times []time.Time) {
	for _, f := range facts {
		if f.Kind == desk.FactReplied {
			times = append(times, f.At)
		}
	}
	return times
}
