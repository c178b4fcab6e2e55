// Package helpdesk asks help desks whether somebody has replied to the customer: one file a desk.
//
// A desk reports what it was told and judges nothing: whether a reply is recent enough to count is
// escalation's to say. A ticket without a clear answer is left out, so that its reminder goes out
// and says that the reply could not be checked.
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

// requests is how long the requests to one desk took.
type requests struct {
	desk    string
	seconds *prometheus.HistogramVec
}

// newRequests registers the metric, or takes up the one there is: a desk is made anew when the
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
	return requests{desk, vec}, nil
}

func (r requests) observe(outcome string, took time.Duration) {
	r.seconds.WithLabelValues(r.desk, outcome).Observe(took.Seconds())
}
