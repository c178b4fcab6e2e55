package deliver

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

// The sample ticket, its timeline and its people.
var (
	at         = escalationtest.At
	closed     = escalationtest.Closed
	enterprise = escalationtest.Enterprise
	facts      = escalationtest.Facts
	inStates   = escalationtest.InStates
	message    = escalationtest.Message
	payload    = escalationtest.Payload
	reminding  = escalationtest.Reminding
	standing   = escalationtest.Standing
	value      = escalationtest.Value
)

type loader = escalationtest.Loader

func equal[T any](t *testing.T, what string, got, want T, opts ...cmp.Option) {
	t.Helper()
	escalationtest.Equal(t, what, got, want, opts...)
}
