package home

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPunctualityIsToldAsItIs(t *testing.T) {
	many := slices.Repeat([]time.Duration{50 * time.Millisecond}, 197)
	many = append(many, 1500*time.Millisecond, 2*time.Second, 90*time.Second)
	tests := map[string]struct {
		late []time.Duration
		want string
	}{
		"nothing": {nil, "I had nothing to remind of in the last 7 days."},
		"one":     {[]time.Duration{200 * time.Millisecond}, "In the last 7 days I posted *1 reminder*, 0.2 s after its time. None was more than a minute late."},
		"few, and out of order": {[]time.Duration{3 * time.Minute, 2 * time.Second, 12 * time.Second, 2 * time.Minute},
			"half within 12 s of their time, the latest after 3 minutes. 2 were more than a minute late."},
		"a minute is punctual": {[]time.Duration{time.Minute}, "None was more than a minute late."},
		"many":                 {many, "half within a tenth of a second of their time, 99 in 100 within 1.5 s, the latest after 2 minutes. One was more than a minute late."},
	}
	for name, test := range tests {
		if got := Punctuality(test.late); !strings.HasSuffix(got, test.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
