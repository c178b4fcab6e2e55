package flow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

func TestWhoIsMeantByANewOwner(t *testing.T) {
	d, _ := escalationtest.Deps(func() time.Time { return escalationtest.At(12) })
	d.Colleague = func(_ context.Context, _, user string) (bool, error) {
		if user == "U0UNSURE" {
			return false, errors.New("Slack is slow")
		}
		return user != "U0GUS", nil
	}
	for said, want := range map[string]escalation.NewOwner{
		"me": {User: "U0ANA"}, "Myself": {User: "U0ANA"}, "U0ANA": {User: "U0ANA"}, "U0BOB": {User: "U0BOB"}, "@bob stone": {User: "U0BOB", Name: "Bob Stone"},
		"U0GUS": {User: "U0GUS", Refused: escalation.RefusedStranger}, "U0UNSURE": {User: "U0UNSURE", Refused: escalation.RefusedUnsure}, "nobody": {Name: "nobody", Refused: escalation.RefusedWhom}, "": {Refused: escalation.RefusedWhom},
	} {
		escalationtest.Equal(t, said, d.NewOwner(t.Context(), "T0ACME", "U0ANA", said), want)
	}
}
