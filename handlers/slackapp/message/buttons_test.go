package message

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Screen readers and notifications get the text, which is complete without the buttons.
func TestButtonsAreNoPartOfTheText(t *testing.T) {
	s, err := render("job-1", escalation.Post{Timeline: "tl-1", Reminder: firstTier()}, people, noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(renderReminder(firstTier(), people).text(), s.text()); diff != "" {
		t.Errorf("text without and with buttons:\n%s", diff)
	}
}

func TestSlackTakesTheButtons(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	r := enormous()
	r.Mention = nil
	timeline := strings.Repeat("0", 36)
	if _, err := b.Post(t.Context(), "job-1", escalation.Post{Thread: b.thread, Timeline: timeline, Round: 1000, Reminder: r}); err != nil {
		t.Fatal(err)
	}
	s, _ := render("job-1", escalation.Post{Timeline: timeline, Round: 1000, Reminder: r}, people, noon)
	for _, e := range s.blocks[len(s.blocks)-1].(*block.Row).Elements {
		if b, ok := e.(*slack.ButtonBlockElement); ok && len([]rune(b.AccessibilityLabel)) > 75 {
			t.Errorf("a label of %d characters: %s", len([]rune(b.AccessibilityLabel)), b.AccessibilityLabel)
		}
		if m, ok := e.(*slack.SelectBlockElement); ok && len(m.Options[0].Value) > 150 {
			t.Errorf("a value of %d characters", len(m.Options[0].Value))
		}
	}
}
