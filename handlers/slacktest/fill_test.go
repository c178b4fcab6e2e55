package slacktest_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestWhatIsFilledInGoesAlongWithAPress(t *testing.T) {
	w, _ := interactive(t, slacktest.Options{})
	id := opened(t, w)
	ok(t, w.Fill(ana, id, slacktest.Values{"after": {"25m"}}))
	if got := w.Views(ana)[0].State.Values["after"]["after_text"]["value"]; got != "25m" {
		t.Errorf("the field holds %v, want 25m", got)
	}
	if w.Fill(ana, "V0GONE", nil) == nil || w.Fill(ana, id, slacktest.Values{"after": {"longer than 5"}}) == nil {
		t.Error("a modal that is not there, or a text that cannot be typed, is filled in")
	}
}
