package upkeep

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

var gaugesNow = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// counted is a database that has been counted.
type counted struct {
	bounds []time.Duration // from gaugesNow
	gates  []queue.Gate
	err    error
}

func (c *counted) CountOpen(_ context.Context, bounds ...time.Time) (map[string][]int, error) {
	c.bounds = nil
	for _, b := range bounds {
		c.bounds = append(c.bounds, b.Sub(gaugesNow))
	}
	return map[string][]int{"enterprise": {1, 2, 0, 0, 0, 4}}, c.err
}

func (c *counted) JobStats(context.Context, time.Time, time.Time) ([]queue.Stat, error) {
	return []queue.Stat{
		{Queue: "slack", State: queue.Pending, Jobs: 3, Oldest: gaugesNow.Add(-time.Minute)},
		{Queue: "slack", State: queue.Done, Jobs: 100},
		{Queue: "retired", State: queue.Failed, Jobs: 2},
	}, nil
}

func (c *counted) Gates(context.Context, time.Time) ([]queue.Gate, error) { return c.gates, nil }

// samples are those that are not 0, and those of the labels given.
func samples(t *testing.T, g *Gauges, also ...string) map[string]float64 {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(g)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	samples := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name, wanted := f.GetName(), false
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
				wanted = wanted || slices.Contains(also, l.GetValue())
			}
			if v := m.GetGauge().GetValue(); v != 0 || wanted {
				samples[name] = v
			}
		}
	}
	return samples
}

func TestGaugesTellWhatStandsInTheDatabase(t *testing.T) {
	db := &counted{gates: []queue.Gate{
		{Key: gate.Workspace("T1")}, {Key: gate.Workspace("T2")}, {Key: gate.Method("T1", gate.MethodPost)},
	}}
	late := time.Duration(0)
	g := &Gauges{
		Store: db, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return gaugesNow.Add(late) }, Started: gaugesNow,
		Policies:   func() []string { return []string{"enterprise", "teams"} },
		Queues:     func() []string { return []string{"slack", "page"} },
		Workspaces: func() (installed, left int) { return 5, 1 },
	}
	if got := samples(t, g); len(got) != 0 {
		t.Errorf("before anything was counted: %v", got)
	}
	if err := g.count(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{
		"slabuddy_timelines_open enterprise": 7, "slabuddy_timelines_open teams": 0,
		"slabuddy_timelines_time_left overdue enterprise": 1, "slabuddy_timelines_time_left under_10m enterprise": 2, "slabuddy_timelines_time_left over_1d enterprise": 4,
		"slabuddy_timelines_time_left overdue teams": 0, "slabuddy_timelines_time_left under_10m teams": 0, "slabuddy_timelines_time_left under_1h teams": 0,
		"slabuddy_timelines_time_left under_4h teams": 0, "slabuddy_timelines_time_left under_1d teams": 0, "slabuddy_timelines_time_left over_1d teams": 0,
		"slabuddy_jobs slack pending": 3, "slabuddy_job_oldest_seconds slack": 60, "slabuddy_jobs retired failed": 2,
		"slabuddy_jobs page held": 0, "slabuddy_jobs page pending": 0, "slabuddy_jobs page running": 0, "slabuddy_jobs page failed": 0, "slabuddy_job_oldest_seconds page": 0,
		"slabuddy_workspaces_held": 2, "slabuddy_workspaces held": 2, "slabuddy_workspaces installed": 5, "slabuddy_workspaces left": 1,
	}
	if diff := cmp.Diff(want, samples(t, g, "teams", "page")); diff != "" {
		t.Errorf("samples (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Duration{0, 10 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour}, db.bounds); diff != "" {
		t.Errorf("bounds (-want +got):\n%s", diff)
	}
	late, want["slabuddy_counts_age_seconds"] = time.Hour, 3600
	db.err, db.gates = errors.New("gone"), nil
	if err := g.count(t.Context()); err == nil {
		t.Error("no error")
	}
	if diff := cmp.Diff(want, samples(t, g, "teams", "page")); diff != "" {
		t.Errorf("while the database is away, the last count stays, and says how old it is (-want +got):\n%s", diff)
	}
}

// A count that hangs ends, and the next one begins.
func TestACountHasADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Gauges{Store: &hanging{}, Logger: slog.New(slog.DiscardHandler), Now: time.Now, Started: time.Now()}
		if err := g.count(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ends with %v", err)
		}
		if diff := cmp.Diff(map[string]float64{"slabuddy_counts_age_seconds": gaugesWithin.Seconds()}, samples(t, g)); diff != "" {
			t.Errorf("what was never counted is as old as the process (-want +got):\n%s", diff)
		}
	})
}

// hanging is a database that answers nothing.
type hanging struct{ counted }

func (hanging) CountOpen(ctx context.Context, _ ...time.Time) (map[string][]int, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
