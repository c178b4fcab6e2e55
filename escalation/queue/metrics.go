package queue

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

var kinds = []Kind{
	KindSent, KindDropped, KindRetry, KindUnknown, KindLimited, KindHeld, KindTerminal, KindAbsent, KindLookFail,
}

// meters measure one queue. They are resolved beforehand, because looking one up by its labels costs
// more than the rest of the engine's work on a job.
type meters struct {
	attempts map[Kind]prometheus.Counter // what attempts came to
	waited   prometheus.Observer         // seconds from a job being due to its claim for a send
	ran      prometheus.Observer         // seconds of a send
}

// newMeters registers the metrics of all queues.
func newMeters(reg prometheus.Registerer) (func(queue string) meters, error) {
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "slabuddy_job_attempts_total",
		Help: "Attempts at jobs, and looks for earlier ones, by what they came to.",
	}, []string{"queue", "outcome"})
	waited := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "slabuddy_job_wait_seconds",
		Help:    "How long jobs that could have been sent waited for a worker, before each attempt.",
		Buckets: []float64{.005, .01, .05, .1, .25, .5, 1, 2.5, 5, 15, 60, 300, 1800},
	}, []string{"queue"})
	ran := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "slabuddy_job_run_seconds",
		Help:    "How long attempts at jobs took.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	}, []string{"queue"})
	for _, c := range []prometheus.Collector{attempts, waited, ran} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("queue: %w", err)
		}
	}
	return func(queue string) meters {
		m := meters{attempts: map[Kind]prometheus.Counter{}, waited: waited.WithLabelValues(queue), ran: ran.WithLabelValues(queue)}
		for _, k := range kinds {
			m.attempts[k] = attempts.WithLabelValues(queue, string(k))
		}
		return m
	}, nil
}
