package message

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
)

var now = time.Unix(1_800_000_000, 0).UTC()

// samples is the value of a counter, or the count of a histogram, with those labels, each
// "name=value", in the order of their names.
func samples(reg *prometheus.Registry, name string, labels ...string) int {
	families, err := reg.Gather()
	if err != nil {
		return -1
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			var has []string
			for _, l := range m.GetLabel() {
				has = append(has, l.GetName()+"="+l.GetValue())
			}
			if family.GetName() == name && slices.Equal(has, labels) {
				return int(m.GetCounter().GetValue()) + int(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return 0
}

var full = escalation.Ticket{
	ID: "42", Priority: "high", Type: "bug", Customer: "Example Ltd", Subject: "Cannot log in",
	Link: "https://desk.example.com/tickets/42",
}

func encoded(t *testing.T, s *said) string {
	t.Helper()
	data, err := json.Marshal(s.blocks)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// noted is a note as it is said.
func noted(t *testing.T, n *escalation.Note, now time.Time) *said {
	t.Helper()
	s, err := renderNote(n, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
