package message

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func encoded(t *testing.T, s *said) string {
	t.Helper()
	data, err := json.Marshal(s.blocks)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// shown are the words of a reminder's buttons.
func shown(t *testing.T, r *escalation.Reminder) (words []string) {
	t.Helper()
	s, err := render("job-1", escalation.Post{Timeline: "tl-1", Round: 1, Reminder: r}, noon)
	if err != nil {
		t.Fatal(err)
	}
	row := s.blocks[len(s.blocks)-1].(*block.Row)
	for _, e := range row.Elements {
		switch e := e.(type) {
		case *slack.ButtonBlockElement:
			words = append(words, e.Text.Text)
		case *slack.SelectBlockElement:
			var options []string
			for _, o := range e.Options {
				options = append(options, o.Text.Text)
			}
			words = append(words, e.Placeholder.Text+" "+strings.Join(options, ", "))
		}
	}
	return words
}

func TestWhatAReminderOffers(t *testing.T) {
	but := func(change func(*escalation.Reminder)) *escalation.Reminder {
		r := firstTier()
		change(r)
		return r
	}
	all := "Snooze for… 15 minutes, 30 minutes, 1 hour, 2 hours, 4 hours"
	for name, c := range map[string]struct {
		r    *escalation.Reminder
		want []string
	}{
		"a first tier": {firstTier(), []string{"Snooze 30 min", all, "I'm on it", "I replied, check again", "Why me?"}},
		"cut at the longest": {but(func(r *escalation.Reminder) { r.MaxSnooze = 90 * time.Minute }),
			[]string{"Snooze 30 min", "Snooze for… 15 minutes, 30 minutes, 1 hour, 1 h 30 min", "I'm on it", "I replied, check again", "Why me?"}},
		"another snooze": {but(func(r *escalation.Reminder) { r.Snooze = 2 * time.Hour }),
			[]string{"Snooze 2 h", all, "I'm on it", "I replied, check again", "Why me?"}},
		"nothing left to snooze": {but(func(r *escalation.Reminder) { r.Next = nil }),
			[]string{"I'm on it", "I replied, check again", "Why me?"}},
		"no help desk": {but(func(r *escalation.Reminder) { r.Desk = escalation.DeskNone }),
			[]string{"Snooze 30 min", all, "I'm on it", "Why me?"}},
	} {
		if diff := cmp.Diff(c.want, shown(t, c.r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Screen readers and notifications get the text, which is complete without the buttons.
func TestButtonsAreNoPartOfTheText(t *testing.T) {
	s, err := render("job-1", escalation.Post{Timeline: "tl-1", Reminder: firstTier()}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(renderReminder(firstTier()).text(), s.text()); diff != "" {
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
	s, _ := render("job-1", escalation.Post{Timeline: timeline, Round: 1000, Reminder: r}, noon)
	for _, e := range s.blocks[len(s.blocks)-1].(*block.Row).Elements {
		if b, ok := e.(*slack.ButtonBlockElement); ok && len([]rune(b.AccessibilityLabel)) > 75 {
			t.Errorf("a label of %d characters: %s", len([]rune(b.AccessibilityLabel)), b.AccessibilityLabel)
		}
		if m, ok := e.(*slack.SelectBlockElement); ok && len(m.Options[0].Value) > 150 {
			t.Errorf("a value of %d characters", len(m.Options[0].Value))
		}
	}
}

func TestWhatAButtonSaysIsReadBack(t *testing.T) {
	ref := reminderRef{"0198c0de-0000-7000-8000-000000000001", 2, 3}
	for value, want := range map[string]Pressed{
		ref.String():         {ref.timeline, 2, 3, 0},
		ref.String() + "/1h": {ref.timeline, 2, 3, time.Hour},
		newMenu("x", ref.String(), "", lengths(0)).Options[0].Value: {ref.timeline, 2, 3, 15 * time.Minute},
	} {
		if got, err := ReadPressed(value); err != nil || got != want {
			t.Errorf("ReadPressed(%q) = %+v, %v", value, got, err)
		}
	}
	for _, value := range []string{"", "/", "//", "tl", "tl/1", "tl/1/x", "tl/x/1", "tl/0/1", "tl/1/-1", "/1/1", "tl/1/1/1", "tl/1/1/-1h", "tl/1/1/1h/1h", "tl/99999999999999999999/1"} {
		if got, err := ReadPressed(value); err == nil {
			t.Errorf("ReadPressed(%q) = %+v, %v, want an error", value, got, err)
		}
	}
}
