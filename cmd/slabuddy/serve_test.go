package main_test

import (
	"strings"
	"testing"
	"time"
)

const plain = `
channels: {C0ENTERPRISE: {}}
`

// The main job, from the signed event to the threaded reminder.
func TestATicketNobodyAnswersIsEscalated(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, plain)
		c := w.start()
		ts := w.ticket(enterprise, "42", 11*time.Minute)
		w.until("a reminder", patience, func() bool { return len(w.replies(enterprise, ts)) == 1 })
		text := w.replies(enterprise, ts)[0].Text
		if !strings.Contains(text, "icket 42") || !strings.Contains(text, "Tier 1 of 4") {
			t.Errorf("the reminder reads:\n%s", text)
		}
		if code := c.stop(); code != 0 {
			t.Errorf("exit code %d after SIGTERM", code)
		}
	})
}
