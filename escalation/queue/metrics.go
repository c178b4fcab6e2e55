package queue

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

var kinds = []Kind{
	KindSent, KindDropped, KindRetry, KindUnknown, KindLimited, KindHeld, KindTerminal, KindAbsent, KindLookFail,
}

// attempts counts what the attempts of one queue came to. The counters are resolved beforehand,
// because looking one up by its labels costs more than the rest of the engine's work on a job.
type attempts map[Kind]prometheus.Counter

func newAttempts(reg prometheus.Registerer) (func(queue string) attempts, error) {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "slabuddy_job_attempts_total",
		Help: "Attempts at jobs, and looks for earlier ones, by what they came to.",
	}, []string{"queue", "outcome"})
	if err := reg.Register(vec); err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return func(queue string) attempts {
		a := attempts{}
		for _, k := range kinds {
			a[k] = vec.WithLabelValues(queue, string(k))
		}
		return a
	}, nil
}
