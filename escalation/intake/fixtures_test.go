package intake

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

// The sample ticket, its timeline and its people.
var (
	at         = escalationtest.At
	byAna      = escalationtest.ByAna
	enterprise = escalationtest.Enterprise
	onlyIn     = escalationtest.OnlyIn
	post       = escalationtest.Post
)

func equal[T any](t *testing.T, what string, got, want T, opts ...cmp.Option) {
	t.Helper()
	escalationtest.Equal(t, what, got, want, opts...)
}
