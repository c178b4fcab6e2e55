// Package helpdesk asks help desks whether somebody has replied to the customer, and what happened
// to a ticket beside that, and understands what they send by themselves. A desk is a Kind, its descriptor:
// configuration, environment, routes and documentation follow from it. The package has many files, because each desk
// has one or more; it is one package, because all desks share client and askAll, which nobody else needs.
//
//	Ask ─▶ http ──────────────────────────────────────────────▶ client ─▶ the desk
//	Ask ─▶ zendesk, freshdesk, intercom, rt ─▶ askAll ─▶ look ─▶ client ─▶ the desk
//	                                             ▲        │
//	                                             └ merged ┘  asked again, about the survivor
//	                 look ─▶ found ─▶ inDetail: the facts, of what has changed since they were read
//
//	webhook ─▶ Inbound: Verify, then Events ─▶ desk.Event
//
// What a desk says is reported as it is, a reply dated in the future included. Where a desk names
// only a reply that is too old to answer the message (rule 5), later ones are looked for; whether a reply
// counts is otherwise for escalation to decide. A ticket without a clear answer is left out, so that its reminder
// goes out and says that the reply could not be checked. Nothing is closed but by a desk's own word:
// a ticket that is missing counts as deleted only once the desk, or our own memory, says so; a status that
// we do not know is reported as unknown.
package helpdesk

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// What a request to a desk came to; a label of the metric.
const (
	answered   = "ok"
	timedOut   = "timeout"
	cancelled  = "cancelled"
	unreached  = "unreachable" // no connection, or cut before the end of the answer
	limited    = "limited"
	refused    = "refused" // any other status than 200
	unreadable = "unreadable"
)

var outcomes = []string{answered, timedOut, cancelled, unreached, limited, refused, unreadable}

// requests is how long the requests to one desk took.
type requests struct {
	desk    string
	seconds *prometheus.HistogramVec
}

// newRequests registers the metric, or takes up the one there is: a desk is built again when the
// configuration is read again.
func newRequests(reg prometheus.Registerer, desk string) (requests, error) {
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "slabuddy_helpdesk_requests_seconds",
		Help:    "How long requests to the help desk took, by what they came to.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
	}, []string{"desk", "outcome"})
	err := reg.Register(vec)
	var there prometheus.AlreadyRegisteredError
	if errors.As(err, &there) {
		if known, ok := there.ExistingCollector.(*prometheus.HistogramVec); ok {
			return requests{desk, known}, nil
		}
	}
	if err != nil {
		return requests{}, fmt.Errorf("help desk metrics: %w", err)
	}
	for _, o := range outcomes { // a counter that appears with a 1 has not increased
		vec.WithLabelValues(desk, o)
	}
	return requests{desk, vec}, nil
}

func (r requests) observe(outcome string, took time.Duration) {
	r.seconds.WithLabelValues(r.desk, outcome).Observe(took.Seconds())
}
