package calendar_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
)

// gather returns the values of all metrics, by name and the value of their label.
func gather(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := family.GetName()
			for _, label := range m.GetLabel() {
				name += " " + label.GetName() + "=" + label.GetValue()
			}
			values[name] = m.GetGauge().GetValue()
		}
	}
	return values
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{err: errors.New("away")}, &memory{})
		never := map[string]float64{"slabuddy_calendar_last_success_timestamp_seconds": 0}
		if diff := cmp.Diff(never, gather(t, k.metrics)); diff != "" {
			t.Errorf("without a reading (-want +got):\n%s", diff)
		}
		k.source.set(func(s *source) {
			s.err = nil
			s.events = []calendar.Event{
				shift("Ana, Carla on-shift", 24*time.Hour), shift("Embedded: Auth - Bob", 24*time.Hour), shift("Carla sick", time.Hour), shift("Zoe", time.Hour),
			}
		})
		pass(5 * time.Second)
		read := float64(time.Now().Unix())
		k.source.set(func(s *source) { s.err = errors.New("away") })
		want := map[string]float64{
			"slabuddy_calendar_last_success_timestamp_seconds": read,
			"slabuddy_calendar_unresolved_events":              1,
			"slabuddy_roster_engineers state=on_shift":         2,
			"slabuddy_roster_engineers state=non_embedded":     1,
			"slabuddy_roster_engineers state=embedded":         1,
			"slabuddy_roster_engineers state=away":             1,
		}
		if diff := cmp.Diff(want, gather(t, k.metrics)); diff != "" {
			t.Errorf("after a reading (-want +got):\n%s", diff)
		}
		pass(13 * time.Hour)
		want = map[string]float64{
			"slabuddy_calendar_last_success_timestamp_seconds": read,
			"slabuddy_calendar_unresolved_events":              1,
		}
		if diff := cmp.Diff(want, gather(t, k.metrics)); diff != "" {
			t.Errorf("once there is no roster (-want +got):\n%s", diff)
		}
	})
}

func TestWithoutACalendarItsMetricsAreMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, nil, &memory{}, func(o *calendar.Options) { o.Source = nil })
		if got := gather(t, k.metrics); len(got) > 0 {
			t.Errorf("there are metrics: %v", got)
		}
	})
}

func TestMetricsAreRegisteredOnce(t *testing.T) {
	reg := prometheus.NewRegistry()
	for n, wantErr := range []bool{false, true} {
		_, err := calendar.NewFollower(calendar.Options{Metrics: reg, Now: time.Now, Store: &memory{}})
		if (err != nil) != wantErr {
			t.Errorf("follower %d: %v", n+1, err)
		}
	}
}
