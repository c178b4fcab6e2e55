package retryafter_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/retryafter"
)

func TestSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for said, want := range map[string]time.Duration{
		"7": 7 * time.Second, " 0 ": 0, "86400": 24 * time.Hour,
		"Mon, 02 Mar 2026 09:01:00 GMT": time.Minute, "Mon, 02 Mar 2026 08:59:00 GMT": 0,
		"": -1, "-1": -1, "soon": -1, "1.5": -1, "99999999999": -1,
	} {
		wait, ok := retryafter.Of(http.Header{"Retry-After": {said}}, now)
		if ok != (want >= 0) || ok && wait != want {
			t.Errorf("%q: %s, %v", said, wait, ok)
		}
	}
}
