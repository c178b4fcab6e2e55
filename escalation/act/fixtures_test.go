package act

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

// The sample ticket, its timeline and its people.
var (
	anasShift  = escalationtest.AnasShift
	at         = escalationtest.At
	byAna      = escalationtest.ByAna
	clickBy    = escalationtest.ClickBy
	closed     = escalationtest.Closed
	enterprise = escalationtest.Enterprise
	facts      = escalationtest.Facts
	inStates   = escalationtest.InStates
	keysOf     = escalationtest.KeysOf
	reminding  = escalationtest.Reminding
	standing   = escalationtest.Standing
	toAna      = escalationtest.ToAna
	toBob      = escalationtest.ToBob
	toSupport  = escalationtest.ToSupport
)

type loader = escalationtest.Loader

func equal[T any](t *testing.T, what string, got, want T, opts ...cmp.Option) {
	t.Helper()
	escalationtest.Equal(t, what, got, want, opts...)
}
