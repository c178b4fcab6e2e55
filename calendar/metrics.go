package calendar

import "github.com/prometheus/client_golang/prometheus"

// collector measures the roster of the moment in which it is asked, not that of the last reading.
type collector struct {
	follower                           *Follower
	lastSuccess, unresolved, engineers *prometheus.Desc
}

func newCollector(f *Follower) collector {
	return collector{
		follower: f,
		lastSuccess: prometheus.NewDesc("slabuddy_calendar_last_success_timestamp_seconds",
			"When the calendar was last read, in Unix time; 0 if it never was, missing if none is configured.", nil, nil),
		unresolved: prometheus.NewDesc("slabuddy_calendar_unresolved_events",
			"How many events of the last reading name nobody that is configured.", nil, nil),
		engineers: prometheus.NewDesc("slabuddy_roster_engineers",
			"How many engineers are on_shift (the embedded included), non_embedded (on shift and not embedded), "+
				"embedded, and away just now; missing without a roster.", []string{"state"}, nil),
	}
}

func (c collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.lastSuccess
	ch <- c.unresolved
	ch <- c.engineers
}

func (c collector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	v := c.follower.view.Load()
	switch {
	case !v.ReadAt.IsZero():
		gauge(c.lastSuccess, float64(v.ReadAt.UnixMilli())/1000)
		gauge(c.unresolved, float64(len(v.Unresolved)))
	case v.inForce.HasCalendar: // an alert on its age must not stay silent because there is no sample
		gauge(c.lastSuccess, 0)
	}
	roster := v.roster(c.follower.now())
	if roster.AsOf.IsZero() {
		return
	}
	gauge(c.engineers, float64(len(roster.OnShift)), "on_shift")
	gauge(c.engineers, float64(len(roster.NonEmbedded())), "non_embedded")
	gauge(c.engineers, float64(len(roster.Embedded)), "embedded")
	gauge(c.engineers, float64(len(roster.Away)), "away")
}
