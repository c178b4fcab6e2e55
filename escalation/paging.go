package escalation

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// PagingState is how far the page of a tier has come. The strings are stored.
//
//	pending ──decided──▶ owed ────────────────▶ sent | dropped | failed
//	   ▲  │               ▲                       (skipped: not for this ticket)
//	   │  └─▶ waits ──────┘ its reminder is posted, or LinkPatience is over
//	   │        │
//	   └────────┴── snoozed; or its reminder will never be posted
type PagingState string

const (
	PagePending PagingState = ""        // not decided yet, or to be decided again
	PageWaits   PagingState = "waits"   // its job comes after the reminder's, whose link it carries
	PageOwed    PagingState = "owed"    // a job is to send it
	PageSent    PagingState = "sent"    // it was taken
	PageDropped PagingState = "dropped" // the ticket turned out to be answered
	PageFailed  PagingState = "failed"  // its job was given up
	PageSkipped PagingState = "skipped" // its conditions do not hold for the ticket, or it is not configured any more
)

// CallJob is the payload of a job of an HTTP queue, as JSON: a call and, if it pages for a timeline, which one. Secrets
// are in it as references.
type CallJob struct {
	Call page.Call  `json:"call"`
	Page *PageOrder `json:"page,omitempty"`
}

// PageOrder says what a page is sent for.
type PageOrder struct {
	Name     string    `json:"name"`
	Timeline string    `json:"timeline"`
	Resolve  bool      `json:"resolve,omitempty"` // takes back what was sent before
	Tier     int       `json:"tier,omitempty"`    // 1-based
	Round    int       `json:"round,omitempty"`   // the tier's PageRound
	Decided  time.Time `json:"decided"`
	Reminder *Posting  `json:"reminder,omitempty"` // whose permalink it carries
	Facts    PageFacts `json:"facts"`
}

// pageDue is when the tier's page is to go out.
func (t DueTier) pageDue() time.Time {
	if t.PageAt.IsZero() {
		return t.Due
	}
	return t.PageAt
}

// nextPage is when the walker has to decide about the tier's page; zero: not as things are now. The page beside a
// reminder that is still to come is decided together with it.
func (t DueTier) nextPage() time.Time {
	switch {
	case t.Page == "":
		return time.Time{}
	case t.Paging == PageWaits:
		return t.pageDue().Add(LinkPatience)
	case t.Paging != PagePending, t.State == TierOwed, t.State == TierPending && t.Reminds():
		return time.Time{}
	}
	return t.pageDue()
}

// duePages are the tiers whose pages have to be decided now, together with the reminder of the tier reminded, unless
// that is negative.
func (d *decision) duePages(reminded int) []int {
	var due []int
	for i, tier := range d.t.Tiers {
		at := tier.nextPage()
		if at.IsZero() && i <= reminded && tier.Clock == d.t.Tiers[reminded].Clock && tier.Page != "" && tier.Paging == PagePending && tier.State == TierPending {
			at = tier.pageDue()
		}
		if !at.IsZero() && !at.After(d.f.Now) {
			due = append(due, i)
		}
	}
	return due
}

// page owes the pages of these tiers. reminder is the job of the reminder that was decided with them; nil if there is
// none.
func (d *decision) page(tiers []int, reminded int, reminder *queue.New) {
	for _, i := range tiers {
		tier := &d.t.Tiers[i]
		if tier.State == TierPending && !tier.Reminds() {
			tier.State = TierPaged
		}
		d.changed = true
		p, known := d.f.Settings.Pages[tier.Page]
		if !known || !p.Only.Meets(d.t.Ticket.Priority, d.t.Ticket.Type) {
			tier.Paging = PageSkipped
			if !known {
				d.event(Event{Kind: EventPageDropped, Tier: i + 1, Details: Details{Page: tier.Page, Cause: "no page of that name is configured any more"}})
			}
			continue
		}
		tier.PageRound++
		order := d.order(p.Name, i)
		order.Tier, order.Round = i+1, tier.PageRound
		order.Facts.Due = tier.pageDue()
		job := d.callJob(fmt.Sprintf("page/%s/%d/%d", d.t.ID, i+1, tier.PageRound), p, p.Trigger, &order)
		tier.Paging = PageOwed
		if p.Trigger.CarriesReminder() && reminder != nil && d.f.Now.Sub(tier.pageDue()) < LinkPatience {
			tier.Paging = PageWaits
			order.Reminder = &Posting{Tier: reminded + 1, Round: d.t.Tiers[reminded].Round}
			job = d.callJob(job.Key, p, p.Trigger, &order)
			job.After = []string{reminder.ID}
		}
		tier.PageJob = job.ID
		d.jobs = append(d.jobs, job)
	}
}

// resolvePages takes back the pages that were sent, once the timeline has closed. For a page that is under way, a job
// behind it does so; if the page is dropped, that job is dropped, too.
func (d *decision) resolvePages() {
	done := map[string]bool{}
	for i, tier := range d.t.Tiers {
		p, known := d.f.Settings.Pages[tier.Page]
		if !known || p.Resolve == nil {
			continue
		}
		key := fmt.Sprintf("page/%s/resolve/%s", d.t.ID, p.Name)
		var after []string
		switch tier.Paging {
		case PageSent, PageFailed: // a page that failed may still have got through
		case PageOwed, PageWaits:
			key = fmt.Sprintf("%s/%d", key, i+1)
			after = []string{tier.PageJob}
		default:
			continue
		}
		if done[key] {
			continue
		}
		done[key] = true
		order := d.order(p.Name, i)
		order.Resolve, order.Tier = true, i+1
		order.Facts.Due = tier.pageDue()
		job := d.callJob(key, p, *p.Resolve, &order)
		job.After = after
		d.jobs = append(d.jobs, job)
	}
}

func (d *decision) order(name string, tier int) PageOrder {
	order := PageOrder{Name: name, Timeline: d.t.ID, Decided: d.f.Now, Facts: PageFacts{
		Key: d.t.ID, Ticket: d.t.Ticket, Policy: d.t.Policy, PostedAt: d.t.PostedAt,
		State: d.t.State, Cause: d.t.Cause, AnsweredAt: d.t.AnsweredAt, Thread: d.t.Thread,
	}}
	order.Facts.Tier, order.Facts.Tiers = d.t.Numbered(tier)
	order.Facts.Deadline = d.t.ClockOf(tier).Deadline
	return order
}

func (d *decision) callJob(key string, p page.Page, call page.Call, order *PageOrder) queue.New {
	job := NewCallJob(d.f.NewID(), key, p.Queue, CallJob{Call: call, Page: order}, d.f.Now)
	job.Gates = []string{gate.Page(p.Name)}
	return job
}

// NewCallJob is the job that owes a call, in any HTTP queue.
func NewCallJob(id, key, queueName string, c CallJob, at time.Time) queue.New {
	payload, err := json.Marshal(c)
	if err != nil { // strings, numbers and times: there is nothing in it that could fail
		payload = nil
	}
	return queue.New{ID: id, Key: key, Queue: queueName, Payload: payload, RunAt: at}
}

// QueuePage is the queue that pages run in, unless their configuration names another.
const QueuePage = "page"
