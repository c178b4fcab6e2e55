package policy

import "testing"

func TestAKindIsReadAsItWasStored(t *testing.T) {
	for _, kind := range ClockKinds() {
		if got := kind.Short().Full(); got != kind {
			t.Errorf("%s is stored as %q and read as %s", kind, kind.Short(), got)
		}
	}
	if FirstReply.Short() != "" || Resolution.Short() != Resolution {
		t.Errorf("stored as %q and %q", FirstReply.Short(), Resolution.Short())
	}
}
