package row

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// BenchmarkBody writes and reads the body of a timeline, as is done several times for each reminder.
func BenchmarkBody(b *testing.B) {
	opened := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	t := escalation.Begin("0198c0de-0000-7000-8000-000000000001", escalation.Message{
		Thread:   escalation.Thread{Workspace: "T0", Channel: "C0ENT", TS: "1795262400.000001"},
		PostedAt: opened,
		Ticket: escalation.Ticket{
			ID: "42", Priority: "high", Type: "bug", Customer: "Example Industries",
			Subject: "Signing in fails with an error nobody has seen before",
		},
	}, policy.BuiltIn()["enterprise"], &escalation.Settings{GiveUp: 30 * 24 * time.Hour}, opened)
	body, err := Body(t)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Body(t); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var read escalation.Timeline
			if err := SetBody(&read, body); err != nil {
				b.Fatal(err)
			}
		}
	})
}
