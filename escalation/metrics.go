package escalation

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what happens to timelines (design §5). Policies are bounded by the configuration,
// tiers by the eight a policy may have.
type Metrics struct {
	tickets    *prometheus.CounterVec   // policy, outcome
	reminders  *prometheus.CounterVec   // policy, tier, outcome
	lateness   prometheus.Histogram     // posted minus due
	firstReply *prometheus.HistogramVec // policy
	breaches   *prometheus.CounterVec   // policy
	snoozes    *prometheus.CounterVec   // policy
	walk       prometheus.Histogram

	pages        *prometheus.CounterVec // page, outcome
	pageLateness prometheus.Histogram
}

// NewMetrics registers the metrics of this package with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		tickets: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slabuddy_tickets_total",
			Help: "Tickets by what became of them: opened, duplicate, already_open, ignored_type or too_old on arrival; answered, withdrawn or expired at the end.",
		}, []string{"policy", "outcome"}),
		reminders: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slabuddy_reminders_total",
			Help: "Reminders by outcome: posted, superseded (a higher tier went out in its stead), deferred (decided anew), dropped (closed meanwhile), failed.",
		}, []string{"policy", "tier", "outcome"}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "slabuddy_reminder_lateness_seconds",
			Help:    "How long after its due time a reminder stood in its thread.",
			Buckets: []float64{.025, .05, .1, .25, .5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200, 43200},
		}),
		firstReply: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "slabuddy_first_reply_seconds",
			Help:    "How long customers waited for the first reply, by policy.",
			Buckets: []float64{60, 300, 600, 1200, 2100, 3000, 3600, 7200, 10800, 21600, 43200, 86400, 259200},
		}, []string{"policy"}),
		breaches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slabuddy_breaches_total", Help: "Deadlines that passed without a reply, by policy.",
		}, []string{"policy"}),
		snoozes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slabuddy_snoozes_total", Help: "Snoozes that moved something, by policy.",
		}, []string{"policy"}),
		walk: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "slabuddy_walk_seconds", Help: "How long one walk over due timelines took, asking included.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		pages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slabuddy_pages_total",
			Help: "Pages by outcome: sent, unchecked (sent without a word of the help desk's), resolved; answered or dropped before they were sent; failed.",
		}, []string{"page", "outcome"}),
		pageLateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "slabuddy_page_lateness_seconds",
			Help:    "How long after its due time a page was taken.",
			Buckets: []float64{.25, .5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200},
		}),
	}
	reg.MustRegister(m.tickets, m.reminders, m.lateness, m.firstReply, m.breaches, m.snoozes, m.walk, m.pages, m.pageLateness)
	return m
}

// Know has the counters of these policies begin at 0, so that the first breach is an increase.
func (m *Metrics) Know(policies []string) {
	for _, p := range policies {
		m.breaches.WithLabelValues(p)
		m.snoozes.WithLabelValues(p)
	}
}

func (m *Metrics) reminder(r *Reminder, outcome string) {
	m.reminders.WithLabelValues(r.Policy, strconv.Itoa(r.Tier), outcome).Inc()
}

// page counts what became of a page. Pages are bounded by the configuration.
func (m *Metrics) page(name, outcome string) { m.pages.WithLabelValues(name, outcome).Inc() }

// saved counts what a change that was committed did.
func (m *Metrics) saved(c Change) {
	if c.Timeline == nil {
		return
	}
	t := c.Timeline
	for _, e := range c.Events {
		switch e.Kind {
		case EventSuperseded:
			m.reminders.WithLabelValues(t.Policy, strconv.Itoa(e.Tier), "superseded").Inc()
		case EventBreached:
			m.breaches.WithLabelValues(t.Policy).Inc()
		case EventSnoozed, EventOwned:
			if e.For == 0 {
				continue // they are on it, and nothing was pending
			}
			m.snoozes.WithLabelValues(t.Policy).Inc()
		case EventAnswered:
			m.tickets.WithLabelValues(t.Policy, string(Answered)).Inc()
			m.firstReply.WithLabelValues(t.Policy).Observe(max(t.AnsweredAt.Sub(t.PostedAt), 0).Seconds())
		case EventWithdrawn:
			m.tickets.WithLabelValues(t.Policy, string(Withdrawn)).Inc()
		case EventExpired:
			m.tickets.WithLabelValues(t.Policy, string(Expired)).Inc()
		}
	}
}

// walked observes one walk.
func (m *Metrics) walked(took time.Duration) { m.walk.Observe(took.Seconds()) }
