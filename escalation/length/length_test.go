package length_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/length"
)

func TestLengthsAsTheyAreTyped(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10m": 10 * time.Minute, " 2 Hours ": 2 * time.Hour, "1h30m": 90 * time.Minute, "1d 12h": 36 * time.Hour, "2 weeks": 14 * 24 * time.Hour,
		"1 day, 2 hours": 26 * time.Hour, "90s": 90 * time.Second,
		"": 0, "10": 0, "-10m": 0, "ten minutes": 0, "10 moons": 0, "1.5h": 0, "999999999999999999999d": 0,
	} {
		got, err := length.Parse(text)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for want, d := range map[string]time.Duration{
		"10m": 10 * time.Minute, "1h": time.Hour, "1h30m": 90 * time.Minute, "1d12h": 36 * time.Hour, "30d": 30 * 24 * time.Hour, "1m30s": 90 * time.Second, "0s": 0,
	} {
		if got := length.Format(d); got != want {
			t.Errorf("%v is written %s", d, got)
		}
	}
}
