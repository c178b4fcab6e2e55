package message

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

var now = time.Unix(1_800_000_000, 0).UTC()

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
