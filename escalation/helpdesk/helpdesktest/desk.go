// Package helpdesktest has simulated help desks over real HTTP, with faults on request: Desk speaks the
// generic desk's protocol; Zendesk, Freshdesk, Intercom and RT speak those vendors' own, as they
// publish them. Tests and the demo use it.
package helpdesktest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"
)

// Desk is a simulated help desk. As an http.Handler it also works without a listener.
type Desk struct {
	host
	token   string
	replies map[string]time.Time
	further map[string]Further
	batches []int
	asked   map[string]int
	told    map[string]bool // the latest there is to say
	telling func()
}

// New makes a desk that nobody has replied in. Callers have to bring the token as a bearer.
func New(token string) *Desk {
	return &Desk{
		host: newHost(), token: token, replies: map[string]time.Time{}, further: map[string]Further{}, asked: map[string]int{}, told: map[string]bool{},
		telling: func() {},
	}
}

// Start serves the desk on a loopback port of the kernel's choosing, until Close.
func (d *Desk) Start() error { return d.start(d) }

// URL is where a started desk is to be asked.
func (d *Desk) URL() string { return d.address + "/replies" }

// Reply is an agent replying publicly in a ticket. A zero time is a reply the desk has no date for.
func (d *Desk) Reply(ticketID string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.replies[ticketID] = at
	delete(d.told, ticketID)
	if f, ok := d.further[ticketID]; ok {
		f.LastReply, f.WaitingSince = at, time.Time{}
		d.further[ticketID] = f
	}
}

// Further is what a desk may tell beside replies. What is zero is not told.
type Further struct {
	Status       string    `json:"status,omitempty"`
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	LastReply    time.Time `json:"last_reply,omitzero"`
	SolvedAt     time.Time `json:"solved_at,omitzero"`
}

// Tell changes what there is to tell about a ticket beside replies.
func (d *Desk) Tell(ticketID string, change func(*Further)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.further[ticketID]
	change(&f)
	d.further[ticketID] = f
	delete(d.told, ticketID)
}

// Batches are how many tickets each request so far asked about, refused ones left out.
func (d *Desk) Batches() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.batches)
}

// Asked is how often a ticket was asked about.
func (d *Desk) Asked(ticketID string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[ticketID]
}

// Told says whether an answer has named the latest there is to say of a ticket: a reply, or what Tell changed.
func (d *Desk) Told(ticketID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.told[ticketID]
}

// Telling has f called before an answer names such a thing. f must not use the desk.
func (d *Desk) Telling(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.telling = f
}

// question and answer are the protocol's, written down here once more so that a mistake in the
// client's own is noticed.
type question struct {
	TicketID  string `json:"ticket_id"`
	Timestamp int64  `json:"timestamp"`
}

type answer struct {
	TicketID    any   `json:"ticket_id"`
	HaveReplied *bool `json:"have_replied,omitempty"`
	Timestamp   any   `json:"timestamp,omitempty"`
	*Further
}

func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+d.token {
		http.Error(w, `{"error":"wrong token"}`, http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, `{"error":"POST your questions"}`, http.StatusMethodNotAllowed)
		return
	}
	qs, err := readQuestions(r)
	if err != nil {
		http.Error(w, `{"error":"`+err.Error()+`"}`, http.StatusBadRequest)
		return
	}
	answers, delay, fault := d.answer(qs)
	if delay > 0 && !d.pause(r.Context(), delay) {
		return
	}
	d.respond(w, r, answers, fault)
}

func readQuestions(r *http.Request) ([]question, error) {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	var qs []question
	if err := dec.Decode(&qs); err != nil {
		return nil, errors.New("not a list of questions")
	}
	if len(qs) == 0 || len(qs) > 100 {
		return nil, errors.New("ask about 1 to 100 tickets")
	}
	for _, q := range qs {
		if q.TicketID == "" || q.Timestamp <= 0 {
			return nil, errors.New("a question needs ticket_id and timestamp")
		}
	}
	return qs, nil
}

// answer notes a request and returns what there is to say to it.
func (d *Desk) answer(qs []question) (answers []answer, delay time.Duration, f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.batches = append(d.batches, len(qs))
	for _, q := range qs {
		d.asked[q.TicketID]++
		at, replied := d.replies[q.TicketID]
		a := answer{TicketID: q.TicketID, HaveReplied: &replied}
		if f, tells := d.further[q.TicketID]; tells {
			a.Further = &f
		}
		if replied || a.Further != nil {
			d.told[q.TicketID] = true
			d.telling()
		}
		if replied && !at.IsZero() {
			a.Timestamp = at.UTC().Format(time.RFC3339Nano)
		}
		answers = append(answers, a)
	}
	return answers, d.delay, d.nextFault()
}
