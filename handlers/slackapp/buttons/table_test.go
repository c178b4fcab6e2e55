package buttons

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// shown are the words of a reminder's buttons.
func shown(r *escalation.Reminder) (words []string) {
	for _, e := range Row(Ref{Timeline: "tl-1", Tier: r.Tier, Round: 1}, r, State{Pending: r.Next != nil}).Elements {
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

func firstTier() *escalation.Reminder {
	return &escalation.Reminder{
		Ticket: escalation.Ticket{ID: "42"}, Tier: 1, Tiers: 4, Desk: desk.Unanswered, Next: &escalation.Next{}, Snooze: 30 * time.Minute,
	}
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
		"a first tier": {firstTier(), []string{"I'm on it", "Snooze 30 min", all, "I replied, check again", "Why me?"}},
		"cut at the longest": {but(func(r *escalation.Reminder) { r.MaxSnooze = 90 * time.Minute }),
			[]string{"I'm on it", "Snooze 30 min", "Snooze for… 15 minutes, 30 minutes, 1 hour, 1 h 30 min", "I replied, check again", "Why me?"}},
		"another snooze": {but(func(r *escalation.Reminder) { r.Snooze = 2 * time.Hour }),
			[]string{"I'm on it", "Snooze 2 h", all, "I replied, check again", "Why me?"}},
		"nothing left to snooze": {but(func(r *escalation.Reminder) { r.Next = nil }),
			[]string{"I'm on it", "I replied, check again", "Why me?"}},
		"no help desk": {but(func(r *escalation.Reminder) { r.Desk = desk.None }),
			[]string{"I'm on it", "Snooze 30 min", all, "Why me?"}},
	} {
		if diff := cmp.Diff(c.want, shown(c.r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Rule 10: a snooze is undone with a button, on the reminder as on the note.
func TestASnoozedReminderOffersToUndoIt(t *testing.T) {
	has := func(s State) (undo bool) {
		for _, e := range Row(Ref{Timeline: "tl-1", Tier: 1, Round: 1}, firstTier(), s).Elements {
			b, isButton := e.(*slack.ButtonBlockElement)
			undo = undo || isButton && b.ActionID == ActionUnsnooze
		}
		return undo
	}
	if !has(State{Pending: true, Snoozed: true}) || has(State{Pending: true}) || has(State{Snoozed: true}) {
		t.Error("to undo a snooze is offered where something is snoozed, and nowhere else")
	}
	b := Undo("tl-1").Elements[0].(*slack.ButtonBlockElement)
	if b.ActionID != ActionUnsnooze || b.Value != "tl-1/0/0" || b.Text.Text != "Unsnooze" {
		t.Errorf("the note's button is %+v", b)
	}
}

// Rule 23: whoever is on it can hand over, from a menu of people, which has no value but its block's name.
func TestAReminderThatSomebodyIsOnOffersToHandOver(t *testing.T) {
	ref := Ref{Timeline: "tl-1", Tier: 1, Round: 2}
	row := Row(ref, firstTier(), State{Pending: true, Owned: true})
	var menu *slack.SelectBlockElement
	for _, e := range row.Elements {
		if m, ok := e.(*slack.SelectBlockElement); ok && m.ActionID == ActionHandOver {
			menu = m
		}
	}
	if menu == nil || menu.Type != slack.OptTypeUser {
		t.Fatalf("there is no menu of people among %+v", row.Elements)
	}
	handOver, _ := find(ActionHandOver)
	p, err := handOver.read(slackapp.Action{ID: ActionHandOver, Block: row.BlockID, Selected: "U0BOB"})
	if err != nil || p != (pressed{Ref: ref, user: "U0BOB"}) {
		t.Errorf("read back as %+v, %v", p, err)
	}
	if nobodys := Row(ref, firstTier(), State{Pending: true}); nobodys.BlockID != "" || len(nobodys.Elements) != len(row.Elements)-1 {
		t.Errorf("where nobody is on it there is something to hand over: %+v", nobodys)
	}
}

func TestWhatAButtonSaysIsReadBack(t *testing.T) {
	ref := Ref{"0198c0de-0000-7000-8000-000000000001", 2, 3}
	menu := Row(ref, firstTier(), State{Pending: true}).Elements[2].(*slack.SelectBlockElement)
	for value, want := range map[string]pressed{
		ref.String():          {ref, 0, ""},
		ref.String() + "/1h":  {ref, time.Hour, ""},
		menu.Options[0].Value: {ref, 15 * time.Minute, ""},
		"tl-1/0/0":            {Ref{Timeline: "tl-1"}, 0, ""}, // of a note
	} {
		if got, err := readPressed(value); err != nil || got != want {
			t.Errorf("readPressed(%q) = %+v, %v", value, got, err)
		}
	}
	for _, value := range []string{"", "/", "//", "tl", "tl/1", "tl/1/x", "tl/x/1", "tl/-1/1", "tl/1/-1", "/1/1", "tl/1/1/1", "tl/1/1/-1h", "tl/1/1/1h/1h", "tl/99999999999999999999/1"} {
		if got, err := readPressed(value); err == nil {
			t.Errorf("readPressed(%q) = %+v, %v, want an error", value, got, err)
		}
	}
}
