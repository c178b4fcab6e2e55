package upkeep

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// Scrapes do not wait for the counting. It goes on beside them: every two seconds as long as it is quick, and less often
// with a million rows, so that it takes a fiftieth of the time.
const (
	gaugesEvery = 2 * time.Second
	gaugesShare = 50
	// gaugesWithin ends a count that hangs; the next one begins at its usual time.
	gaugesWithin = 30 * time.Second
)

// lefts are the classes of what is left until a deadline, the shortest first. The last has no bound.
var lefts = []struct {
	name  string
	below time.Duration
}{
	{"overdue", 0}, {"under_10m", 10 * time.Minute}, {"under_1h", time.Hour}, {"under_4h", 4 * time.Hour}, {"under_1d", 24 * time.Hour}, {"over_1d", 0},
}

// Every replica reports the same numbers, because it counts the same database. Over several replicas take the maximum,
// not the sum.
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

// Gauges counts rows for the metrics.
type Gauges struct {
	Store interface {
		CountOpen(ctx context.Context, bounds ...time.Time) (map[string][]int, error)
		JobStats(ctx context.Context, now, finishedSince time.Time) ([]queue.Stat, error)
		Gates(ctx context.Context, now time.Time) ([]queue.Gate, error)
	}
	Logger     *slog.Logger
	Workspaces func() (installed, left int)
	Policies   func() []string // those configured, reported with 0 when they have no timeline open
	Queues     func() []string // those configured
	Now        func() time.Time
	Started    time.Time // the age of numbers that have never been counted is reckoned from this

	latest atomic.Pointer[counts]
}

// counts are what was counted last, and when. They are replaced as a whole, so that no scrape sees half of them.
type counts struct {
	at  time.Time
	all []prometheus.Metric
}

// Describe implements prometheus.Collector.
func (g *Gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descOpen, descLeft, descJobs, descOldest, descHeld, descAge, descWorkspaces} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g *Gauges) Collect(ch chan<- prometheus.Metric) {
	latest := g.latest.Load()
	if latest == nil {
		latest = &counts{at: g.Started}
	}
	ch <- gauge(descAge, max(g.Now().Sub(latest.at), 0).Seconds())
	for _, m := range latest.all {
		ch <- m
	}
}

// Run counts until ctx ends.
func (g *Gauges) Run(ctx context.Context) {
	for {
		began := time.Now()
		if err := g.count(ctx); err != nil && ctx.Err() == nil {
			g.Logger.Debug("counting rows for the metrics failed", "error", err)
		}
		if sleep.For(ctx, max(gaugesEvery, gaugesShare*time.Since(began))) != nil {
			return
		}
	}
}

func (g *Gauges) count(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, gaugesWithin)
	defer cancel()
	now := g.Now()
	open, err := g.Store.CountOpen(ctx, leftBounds(now)...)
	if err != nil {
		return err
	}
	jobs, err := g.Store.JobStats(ctx, now, time.Time{})
	if err != nil {
		return err
	}
	gates, err := g.Store.Gates(ctx, now)
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

// open reports every policy, even if none of its timelines is open.
func (g *Gauges) open(open map[string][]int) (all []prometheus.Metric) {
	for _, policy := range g.Policies() {
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

// jobs reports every queue, even if it has nothing to do.
func (g *Gauges) jobs(stats []queue.Stat, now time.Time) (all []prometheus.Metric) {
	states := []queue.State{queue.Held, queue.Pending, queue.Running, queue.Failed}
	counts, oldest := map[string]map[queue.State]int{}, map[string]time.Duration{}
	for _, name := range g.Queues() {
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

// held reports how many workspaces there are, and how many of their gates are shut.
func (g *Gauges) held(gates []queue.Gate) []prometheus.Metric {
	n := 0
	for _, g := range gates {
		if _, ok := HeldWorkspace(g); ok {
			n++
		}
	}
	installed, left := g.Workspaces()
	return []prometheus.Metric{
		gauge(descHeld, float64(n)), gauge(descWorkspaces, float64(n), "held"),
		gauge(descWorkspaces, float64(installed), "installed"), gauge(descWorkspaces, float64(left), "left"),
	}
}

// HeldWorkspace is the workspace to which nothing can be sent while a gate is shut, if the gate is a workspace's.
func HeldWorkspace(g queue.Gate) (workspace string, ok bool) {
	return strings.CutPrefix(g.Key, gate.Workspace(""))
}
