package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Counting goes on beside the scrapes, which do not wait for it: every two seconds as long as it is
// quick, and so rarely that it takes a fiftieth of the time where there are a million rows.
const (
	gaugesEvery = 2 * time.Second
	gaugesShare = 50
)

// gauges tells how many timelines are open and how many jobs there are.
type gauges struct {
	store interface {
		CountOpen(ctx context.Context) (map[string]int, error)
		CountJobs(ctx context.Context) (queue.Counts, error)
	}
	logger    *slog.Logger
	policies  func() []string // those configured, told with 0 when they have no timeline open
	timelines *prometheus.GaugeVec
	jobs      *prometheus.GaugeVec
}

func newGauges(reg prometheus.Registerer) *gauges {
	g := &gauges{
		timelines: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "slabuddy_timelines_open", Help: "Open timelines, by policy.",
		}, []string{"policy"}),
		jobs: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "slabuddy_jobs", Help: "Jobs that wait, run or have failed.",
		}, []string{"queue", "state"}),
	}
	reg.MustRegister(g.timelines, g.jobs)
	return g
}

func (g *gauges) run(ctx context.Context) {
	for {
		began := time.Now()
		if err := g.count(ctx); err != nil && ctx.Err() == nil {
			g.logger.Debug("counting rows for the metrics failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(gaugesEvery, gaugesShare*time.Since(began))):
		}
	}
}

func (g *gauges) count(ctx context.Context) error {
	open, err := g.store.CountOpen(ctx)
	if err != nil {
		return err
	}
	jobs, err := g.store.CountJobs(ctx)
	if err != nil {
		return err
	}
	g.timelines.Reset()
	for _, policy := range g.policies() {
		g.timelines.WithLabelValues(policy)
	}
	for policy, n := range open {
		g.timelines.WithLabelValues(policy).Set(float64(n))
	}
	g.jobs.Reset()
	for _, name := range []string{escalation.QueueSlack, escalation.QueueUpdates} {
		for _, state := range []queue.State{queue.Pending, queue.Running, queue.Failed} {
			g.jobs.WithLabelValues(name, string(state))
		}
	}
	for name, states := range jobs {
		for state, n := range states {
			g.jobs.WithLabelValues(name, string(state)).Set(float64(n))
		}
	}
	return nil
}
