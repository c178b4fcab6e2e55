package escalation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

// The sample ticket, its timeline and its people.
var (
	ana        = escalationtest.Ana
	anasShift  = escalationtest.AnasShift
	at         = escalationtest.At
	bob        = escalationtest.Bob
	byAna      = escalationtest.ByAna
	clickBy    = escalationtest.ClickBy
	closed     = escalationtest.Closed
	counter    = escalationtest.Counter
	enterprise = escalationtest.Enterprise
	facts      = escalationtest.Facts
	inStates   = escalationtest.InStates
	keysOf     = escalationtest.KeysOf
	message    = escalationtest.Message
	ownedBy    = escalationtest.OwnedBy
	payload    = escalationtest.Payload
	post       = escalationtest.Post
	posted0    = escalationtest.Posted0
	reminding  = escalationtest.Reminding
	settings   = escalationtest.Settings
	shift      = escalationtest.Shift
	standing   = escalationtest.Standing
	toAna      = escalationtest.ToAna
	toBob      = escalationtest.ToBob
	toHead     = escalationtest.ToHead
	toSupport  = escalationtest.ToSupport
	toUser     = escalationtest.ToUser
)

type directory = escalationtest.Directory

func equal[T any](t *testing.T, what string, got, want T, opts ...cmp.Option) {
	t.Helper()
	escalationtest.Equal(t, what, got, want, opts...)
}
