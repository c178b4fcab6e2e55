package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
)

func TestTimeOf(t *testing.T) {
	got, err := TimeOf("1772442606.000123")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "time", got, at(10.1).Add(123*time.Microsecond))
	for _, ts := range []string{"", "1772442606", "1772442606.", "1772442606.12345", "1772442606.1234567", "17724426.000123", "-772442606.000123", "+772442606.000123", "1772442606.-00123", "1772442606,000123", "99999999999.000000", "1e10000000.000000"} {
		if got, err := TimeOf(ts); err == nil {
			t.Errorf("%q was read as %s", ts, got)
		}
	}
}
