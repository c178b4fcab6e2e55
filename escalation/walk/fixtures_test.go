package walk

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
	message    = escalationtest.Message
	metrics    = escalationtest.Metrics
	onlyIn     = escalationtest.OnlyIn
	post       = escalationtest.Post
	value      = escalationtest.Value
)

func equal[T any](t *testing.T, what string, got, want T, opts ...cmp.Option) {
	t.Helper()
	escalationtest.Equal(t, what, got, want, opts...)
}
