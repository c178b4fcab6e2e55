package buttons_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
)

// Rule 22: a button for all acts on each ticket in turn; one that a stranger presses on none.
func TestAButtonForAllActsOnEachTicket(t *testing.T) {
	foreign := clickOn(buttons.ActionOwnAll, "a/1/1 b/1/1", "")
	foreign.Foreign = true
	var many []string
	for i := range escalation.MaxDigest + 1 {
		many = append(many, fmt.Sprintf("tl%d/1/1", i))
	}
	for name, tt := range map[string]struct {
		click slackapp.Interaction
		did   []string
	}{
		"I'm on all":           {clickOn(buttons.ActionOwnAll, "a/1/1 b/2/1", ""), []string{"own a/1/1", "own b/2/1"}},
		"snooze all":           {clickOn(buttons.ActionSnoozeAll, "a/1/1 b/2/1", ""), []string{"snooze 0s a/1/1", "snooze 0s b/2/1"}},
		"one in a table's row": {clickOn(buttons.ActionOwn+"#3", "a/1/1", ""), []string{"own a/1/1"}},
		"a stranger":           {foreign, nil},
		"not readable":         {clickOn(buttons.ActionOwnAll, "a/1/1 b", ""), nil},
		"more than a digest":   {clickOn(buttons.ActionOwnAll, strings.Join(many, " "), ""), nil},
	} {
		t.Run(name, func(t *testing.T) {
			a, v := &actions{}, &voice{}
			b := &buttons.Buttons{Actions: a, Colleagues: colleagues{}, Voice: v, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)}
			answer, err := b.Interact(t.Context(), tt.click)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := fmt.Sprint(a.did), fmt.Sprint(tt.did); got != want {
				t.Errorf("did %s, want %s", got, want)
			}
			if err := answer.Later(t.Context()); err != nil || len(v.said) != 1 {
				t.Errorf("said %v, %v", v.said, err)
			}
		})
	}
}

func TestAllTicketsOfADigestFitIntoOneButton(t *testing.T) {
	var refs []buttons.Ref
	for range escalation.MaxDigest {
		refs = append(refs, buttons.Ref{Timeline: "00000000-0000-7000-8000-000000000001", Tier: 8, Round: 100})
	}
	row := buttons.ForAll(refs, 30*time.Minute)
	if got := len(fmt.Sprintf("%+v", row.Elements[0])); got < len(refs)*len(refs[0].String()) {
		t.Errorf("%d characters for %d tickets", got, len(refs))
	}
}
