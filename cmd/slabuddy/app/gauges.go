package app

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Counting goes on beside the scrapes, which do not wait for it: every two seconds as long as it is
// quick, and so rarely that it takes a fiftieth of the time where there are a million rows.
const (
	gaugesEvery = 2 * time.Second
	gaugesShare = 50
	// gaugesWithin ends a count that hangs; the next one begins in its time.
	gaugesWithin = 30 * time.Second
)

// lefts are the classes of what is left until a deadline, the shortest first. The last has no bound.
var lefts = []struct {
	name  string
	below time.Duration
}{
	{"overdue", 0}, {"under_10m", 10 * time.Minute}, {"under_1h", time.Hour}, {"under_4h", 4 * time.Hour}, {"under_1d", 24 * time.Hour}, {"over_1d", 0},
}

// Every replica reports the same of what the database holds. Whoever puts replicas together has to
// take the greatest, not the sum.
var (
	descOpen = prometheus.NewDesc("slabuddy_timelines_open", "Open timelines, by policy.", []string{"policy"}, nil)
	descLeft = prometheus.NewDesc("slabuddy_timelines_time_left",
		"Open timelines by policy and by what is left until their deadline: overdue, under_10m, under_1h, under_4h, under_1d or over_1d. Each counts once.",
		[]string{"policy", "left"}, nil)
	descJobs       = prometheus.NewDesc("slabuddy_jobs", "Jobs that are held, wait, run or have failed.", []string{"queue", "state"}, nil)
	descOldest     = prometheus.NewDesc("slabuddy_job_oldest_seconds", "How long the oldest pending job has been due.", []string{"queue"}, nil)
	descWorkspaces = prometheus.NewDesc("slabuddy_workspaces",
		"Workspaces by state: installed (the bot is in them; those held are among them), held, or left (it was removed, and their data are not deleted yet).",
		[]string{"state"}, nil)
	descHeld = prometheus.NewDesc("slabuddy_workspaces_held",
		"Workspaces to which nothing can be sent until somebody mends it: the bot's token is missing, revoked or lacks a permission.", nil, nil)
	descAge = prometheus.NewDesc("slabuddy_counts_age_seconds",
		"How old the counts are that slabuddy_timelines_open, slabuddy_jobs and their like report.", nil, nil)
)

// gauges counts rows for the metrics.
type gauges struct {
	store interface {
		CountOpen(ctx context.Context, bounds ...time.Time) (map[string][]int, error)
		JobStats(ctx context.Context, now, finishedSince time.Time) ([]queue.Stat, error)
		Gates(ctx context.Context, now time.Time) ([]queue.Gate, error)
	}
	logger     *slog.Logger
	workspaces func() (installed, left int)
	policies   func() []string // those configured, reported with 0 when they have no timeline open
	queues     func() []string // those configured
	now        func() time.Time
	started    time.Time // what has never been counted is as old as this

	latest atomic.Pointer[counts]
}

// counts are what was counted last, and when. They are replaced as a whole, so that no scrape sees half of them.
type counts struct {
	at  time.Time
	all []prometheus.Metric
}

// Describe is a prometheus.Collector's.
func (g *gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descOpen, descLeft, descJobs, descOldest, descHeld, descAge, descWorkspaces} {
		ch <- d
	}
}

// Collect is a prometheus.Collector's.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	latest := g.latest.Load()
	if latest == nil {
		latest = &counts{at: g.started}
	}
	ch <- gauge(descAge, max(g.now().Sub(latest.at), 0).Seconds())
	for _, m := range latest.all {
		ch <- m
	}
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
	ctx, cancel := context.WithTimeout(ctx, gaugesWithin)
	defer cancel()
	now := g.now()
	open, err := g.store.CountOpen(ctx, leftBounds(now)...)
	if err != nil {
		return err
	}
	jobs, err := g.store.JobStats(ctx, now, time.Time{})
	if err != nil {
		return err
	}
	gates, err := g.store.Gates(ctx, now)
	if err != nil {
		return err
	}
	all := slices.Concat(g.open(open), g.jobs(jobs, now), g.held(gates))
	g.latest.Store(&counts{at: now, all: all})
	return nil
}

func leftBounds(now time.Time) (bounds []time.Time) {
	for _, l := range lefts[:len(lefts)-1] {
		bounds = append(bounds, now.Add(l.below))
	}
	return bounds
}

func gauge(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

// open reports every policy there is, also of those that have no timeline open.
func (g *gauges) open(open map[string][]int) (all []prometheus.Metric) {
	for _, policy := range g.policies() {
		if open[policy] == nil {
			open[policy] = make([]int, len(lefts))
		}
	}
	for policy, counts := range open {
		sum := 0
		for i, n := range counts {
			sum += n
			all = append(all, gauge(descLeft, float64(n), policy, lefts[i].name))
		}
		all = append(all, gauge(descOpen, float64(sum), policy))
	}
	return all
}

// jobs reports every queue there is, also of those that have nothing to do.
func (g *gauges) jobs(stats []queue.Stat, now time.Time) (all []prometheus.Metric) {
	states := []queue.State{queue.Held, queue.Pending, queue.Running, queue.Failed}
	counts, oldest := map[string]map[queue.State]int{}, map[string]time.Duration{}
	for _, name := range g.queues() {
		counts[name] = map[queue.State]int{}
	}
	for _, s := range stats {
		if counts[s.Queue] == nil {
			counts[s.Queue] = map[queue.State]int{}
		}
		counts[s.Queue][s.State] = s.Jobs
		if s.State == queue.Pending && !s.Oldest.IsZero() {
			oldest[s.Queue] = max(now.Sub(s.Oldest), 0)
		}
	}
	for name, in := range counts {
		for _, state := range states {
			all = append(all, gauge(descJobs, float64(in[state]), name, string(state)))
		}
		all = append(all, gauge(descOldest, oldest[name].Seconds(), name))
	}
	return all
}

// held reports how many workspaces there are, and how many gates of theirs are shut.
func (g *gauges) held(gates []queue.Gate) []prometheus.Metric {
	n := 0
	for _, g := range gates {
		if _, ok := heldWorkspace(g); ok {
			n++
		}
	}
	installed, left := g.workspaces()
	return []prometheus.Metric{
		gauge(descHeld, float64(n)), gauge(descWorkspaces, float64(n), "held"),
		gauge(descWorkspaces, float64(installed), "installed"), gauge(descWorkspaces, float64(left), "left"),
	}
}
