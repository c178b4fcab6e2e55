package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
		JobStats(ctx context.Context, now, finishedSince time.Time) ([]queue.Stat, error)
	}
	logger    *slog.Logger
	policies  func() []string // those configured, told with 0 when they have no timeline open
	queues    func() []string // those configured
	now       func() time.Time
	timelines *prometheus.GaugeVec
	jobs      *prometheus.GaugeVec
	oldest    *prometheus.GaugeVec
}

func newGauges(reg prometheus.Registerer) *gauges {
	g := &gauges{
		timelines: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "slabuddy_timelines_open", Help: "Open timelines, by policy.",
		}, []string{"policy"}),
		jobs: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "slabuddy_jobs", Help: "Jobs that are held, wait, run or have failed.",
		}, []string{"queue", "state"}),
		oldest: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "slabuddy_job_oldest_seconds", Help: "How long ago the oldest pending job was added.",
		}, []string{"queue"}),
	}
	reg.MustRegister(g.timelines, g.jobs, g.oldest)
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
	now := g.now()
	jobs, err := g.store.JobStats(ctx, now, time.Time{})
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
	g.tellJobs(jobs, now)
	return nil
}

// tellJobs tells of every queue there is, also of those that have nothing to do.
func (g *gauges) tellJobs(jobs []queue.Stat, now time.Time) {
	g.jobs.Reset()
	g.oldest.Reset()
	for _, name := range g.queues() {
		for _, state := range []queue.State{queue.Held, queue.Pending, queue.Running, queue.Failed} {
			g.jobs.WithLabelValues(name, string(state))
		}
		g.oldest.WithLabelValues(name)
	}
	for _, s := range jobs {
		if s.State == queue.Done || s.State == queue.Cancelled {
			continue
		}
		g.jobs.WithLabelValues(s.Queue, string(s.State)).Set(float64(s.Jobs))
		if s.State == queue.Pending && !s.Oldest.IsZero() {
			g.oldest.WithLabelValues(s.Queue).Set(max(now.Sub(s.Oldest), 0).Seconds())
		}
	}
}
