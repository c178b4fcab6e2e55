package flow

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// OpenOutcome says what became of a ticket's message. The strings are metric labels.
type OpenOutcome string

const (
	OpenedNew         OpenOutcome = "opened"
	OpenedDuplicate   OpenOutcome = "duplicate"    // the same message again
	OpenedAlready     OpenOutcome = "already_open" // another message's timeline about the ticket is open
	OpenedIgnoredType OpenOutcome = "ignored_type"
	OpenedTooOld      OpenOutcome = "too_old"
	OpenedUnwatched   OpenOutcome = "unwatched"
)

// Metrics counts what happens to timelines. Policies are bounded by the configuration,
// tiers by the eight a policy may have.
type Metrics struct {
	tickets    *prometheus.CounterVec // policy, outcome
	reminders  *prometheus.CounterVec // policy, clock, tier, outcome
	digests    prometheus.Counter
	lateness   prometheus.Histogram     // posted minus due
	firstReply *prometheus.HistogramVec // policy
	inTime     *prometheus.CounterVec   // policy, clock
	breaches   *prometheus.CounterVec   // policy, clock
	snoozes    *prometheus.CounterVec   // policy
	walk       prometheus.Histogram
	lastWalk   prometheus.Gauge

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
			Help: "Reminders by outcome: posted, superseded (a higher tier went out instead), deferred (decided again), dropped (closed meanwhile), failed.",
		}, []string{"policy", "clock", "tier", "outcome"}),
		digests: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "slabuddy_digests_total", Help: "Digests posted: one message for many reminders of a channel. Each of these counts in slabuddy_reminders_total, too.",
		}),
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
		inTime: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slabuddy_answered_in_time_total",
			Help: "Promises kept by their deadline, by policy and clock. With slabuddy_breaches_total, all that were kept or broken.",
		}, []string{"policy", "clock"}),
		breaches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slabuddy_breaches_total",
			Help: "Promises broken, by policy and clock, counted once that is certain: the clock has ended, or the help desk has confirmed it again after help_desk.poll.",
		}, []string{"policy", "clock"}),
		snoozes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slabuddy_snoozes_total", Help: "Snoozes that moved something, by policy.",
		}, []string{"policy"}),
		walk: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "slabuddy_walk_seconds", Help: "How long one walk over due timelines took, asking included.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		lastWalk: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "slabuddy_walk_last_success_timestamp_seconds",
			Help: "When this process last came to the end of a walk, be it over nothing, in Unix time; 0 before the first.",
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
	reg.MustRegister(m.tickets, m.reminders, m.digests, m.lateness, m.firstReply, m.inTime, m.breaches, m.snoozes, m.walk, m.lastWalk, m.pages, m.pageLateness)
	return m
}

// All values of the label outcome.
var (
	ticketOutcomes = []string{
		string(OpenedNew), string(OpenedDuplicate), string(OpenedAlready), string(OpenedIgnoredType), string(OpenedTooOld),
		string(escalation.Answered), string(escalation.Withdrawn), string(escalation.Expired),
	}
	reminderOutcomes = []string{"posted", "superseded", "deferred", "dropped", "failed"}
	pageOutcomes     = []string{"sent", "unchecked", "resolved", "answered", "dropped", "failed"}
)

// Know lets all counters of these policies, each with so many tiers, and of these pages begin at 0. A counter that
// appears with a 1 has not increased for Prometheus, and no alert would tell of the first breach.
func (m *Metrics) Know(policies map[string]map[policy.ClockKind]int, pages []string) {
	for p, clocks := range policies {
		m.firstReply.WithLabelValues(p)
		m.snoozes.WithLabelValues(p)
		for _, outcome := range ticketOutcomes {
			m.tickets.WithLabelValues(p, outcome)
		}
		for clock, tiers := range clocks {
			m.knowClock(p, string(clock), tiers)
		}
	}
	for _, p := range pages {
		for _, outcome := range pageOutcomes {
			m.pages.WithLabelValues(p, outcome)
		}
	}
}

func (m *Metrics) knowClock(policy, clock string, tiers int) {
	m.inTime.WithLabelValues(policy, clock)
	m.breaches.WithLabelValues(policy, clock)
	for tier := range tiers {
		for _, outcome := range reminderOutcomes {
			m.reminders.WithLabelValues(policy, clock, strconv.Itoa(tier+1), outcome)
		}
	}
}

// Arrived counts what became of a message that carries a ticket.
func (m *Metrics) Arrived(policy string, outcome OpenOutcome) {
	m.tickets.WithLabelValues(policy, string(outcome)).Inc()
}

// Reminder counts what became of a reminder.
func (m *Metrics) Reminder(r *escalation.Reminder, outcome string) {
	tier := strconv.Itoa(r.TierNumber())
	if r.AtDeadline {
		tier = "deadline"
	}
	m.reminders.WithLabelValues(r.Policy, string(r.Clock.Full()), tier, outcome).Inc()
}

// Digest counts a digest that is posted.
func (m *Metrics) Digest() { m.digests.Inc() }

// ReminderLate observes how long after its due time a reminder was posted.
func (m *Metrics) ReminderLate(d time.Duration) { m.lateness.Observe(d.Seconds()) }

// PageLate observes how long after its due time the receiver took a page.
func (m *Metrics) PageLate(d time.Duration) { m.pageLateness.Observe(d.Seconds()) }

// Page counts what became of a page. Pages are bounded by the configuration.
func (m *Metrics) Page(name, outcome string) { m.pages.WithLabelValues(name, outcome).Inc() }

// saved counts what a change that was committed did.
func (m *Metrics) saved(c escalation.Change) {
	t := c.Timeline
	for _, clock := range c.Breaches {
		m.breaches.WithLabelValues(t.Policy, string(clock)).Inc()
	}
	for _, e := range c.Events {
		switch e.Kind {
		case escalation.EventSuperseded:
			number, _ := t.Numbered(e.Tier - 1)
			m.reminders.WithLabelValues(t.Policy, string(t.ClockOf(e.Tier-1).Kind), strconv.Itoa(number), "superseded").Inc()
		case escalation.EventKept:
			m.inTime.WithLabelValues(t.Policy, string(e.Clock.Full())).Inc()
		case escalation.EventSnoozed, escalation.EventOwned:
			if e.For == 0 {
				continue // they are on it, and nothing was pending
			}
			m.snoozes.WithLabelValues(t.Policy).Inc()
		case escalation.EventAnswered:
			m.tickets.WithLabelValues(t.Policy, string(escalation.Answered)).Inc()
			if len(t.Clocks) == 1 && !t.AnsweredAt.After(t.FirstReply().Deadline) { // otherwise EventKept counts
				m.inTime.WithLabelValues(t.Policy, string(policy.FirstReply)).Inc()
			}
			m.firstReply.WithLabelValues(t.Policy).Observe(max(t.AnsweredAt.Sub(t.PostedAt), 0).Seconds())
		case escalation.EventWithdrawn:
			m.tickets.WithLabelValues(t.Policy, string(escalation.Withdrawn)).Inc()
		case escalation.EventExpired:
			m.tickets.WithLabelValues(t.Policy, string(escalation.Expired)).Inc()
		}
	}
}

// Walked observes how long a walk took that had timelines to look at.
func (m *Metrics) Walked(took time.Duration) { m.walk.Observe(took.Seconds()) }

// WalkEnded notes that a walk came to its end.
func (m *Metrics) WalkEnded(at time.Time) { m.lastWalk.Set(float64(at.UnixMilli()) / 1000) }
