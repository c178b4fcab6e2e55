package config

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "10m": 10 * time.Minute, "12h": 12 * time.Hour, "1h30m": 90 * time.Minute,
		"30d": 30 * day, "1d12h": 36 * time.Hour, "-1d": -day, "0d": 0, "1.5h": 90 * time.Minute,
	} {
		if got, err := ParseDuration(s); err != nil || got != want {
			t.Errorf("%q is %v (%v), want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "d", "10", "ten", "1.5d", "1d-12h", "-1d12h", "1d1", "200000d", "99999999999999999999d", "9999999h", "1w", "m"} {
		if got, err := ParseDuration(s); err == nil {
			t.Errorf("%q was read as %v", s, got)
		}
	}
}

func TestDurationErrorsSayWhatToWrite(t *testing.T) {
	for s, want := range map[string]string{
		"10": "add a unit: 10s, 10m, 10h or 10d", "10 minutes": "write 10m", "2days": "write 2d", "3 hrs": "write 3h",
		"20sec": "write 20s", "soon": "write a duration such as 90s, 10m, 12h or 30d", "99999999d": "write less: so long a time cannot be counted",
		"99999999h": "write less: so long a time cannot be counted", "1fortnight": "write a duration such as 90s, 10m, 12h or 30d",
	} {
		if _, err := ParseDuration(s); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", s, err, want)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		30 * day: "30d", 12 * time.Hour: "12h", 10 * time.Minute: "10m", 90 * time.Minute: "1h30m",
		90 * time.Second: "1m30s", 36 * time.Hour: "36h", time.Second: "1s", 0: "0s", time.Hour + time.Second: "1h0m1s",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("%d is written %q, want %q", d, got, want)
		}
	}
}
