package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// gaugesEvery is how old the counts of rows may be. Counting a million takes a while: scrapes do not
// wait for it.
const gaugesEvery = 30 * time.Second

// gauges tells how many timelines are open and how many jobs there are.
type gauges struct {
	store interface {
		CountOpen(ctx context.Context) (map[string]int, error)
		CountJobs(ctx context.Context) (queue.Counts, error)
	}
	logger    *slog.Logger
	timelines *prometheus.GaugeVec
	jobs      *prometheus.GaugeVec
}

func newGauges(reg prometheus.Registerer) *gauges {
	g := &gauges{
		timelines: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "slabuddy_timelines_open", Help: "Open timelines, by policy. Counted every 30 s.",
		}, []string{"policy"}),
		jobs: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "slabuddy_jobs", Help: "Jobs that wait, run or have failed. Counted every 30 s.",
		}, []string{"queue", "state"}),
	}
	reg.MustRegister(g.timelines, g.jobs)
	return g
}

func (g *gauges) run(ctx context.Context) {
	ticker := time.NewTicker(gaugesEvery)
	defer ticker.Stop()
	for {
		if err := g.count(ctx); err != nil && ctx.Err() == nil {
			g.logger.Debug("counting rows for the metrics failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
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
	for policy, n := range open {
		g.timelines.WithLabelValues(policy).Set(float64(n))
	}
	g.jobs.Reset()
	for name, states := range jobs {
		for state, n := range states {
			g.jobs.WithLabelValues(name, string(state)).Set(float64(n))
		}
	}
	return nil
}
