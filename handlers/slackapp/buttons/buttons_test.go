package buttons_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
)

var (
	now     = time.Unix(1_800_000_000, 0)
	errGone = errors.New("database gone")
)

// actions keep what they are asked for.
type actions struct {
	did []string
	err error
}

func (a *actions) do(what string, c escalation.Click) (escalation.Note, error) {
	if c.At != now || c.User != "U0ANA" || c.Name != "ana" || c.Workspace != "T0" || c.Channel != "C0ENT" || c.TS != "1.0" {
		what = fmt.Sprintf("%s by %+v", what, c)
	}
	a.did = append(a.did, fmt.Sprintf("%s %s/%d/%d", what, c.Timeline, c.Tier, c.Round))
	return escalation.Note{Kind: escalation.NoteKind(what)}, a.err
}

func (a *actions) Snooze(_ context.Context, c escalation.Click, d time.Duration) (escalation.Note, error) {
	return a.do("snooze "+d.String(), c)
}
func (a *actions) Unsnooze(_ context.Context, c escalation.Click) (escalation.Note, error) {
	return a.do("unsnooze", c)
}
func (a *actions) Own(_ context.Context, c escalation.Click) (escalation.Note, error) {
	return a.do("own", c)
}
func (a *actions) CheckAgain(_ context.Context, c escalation.Click) (escalation.Note, error) {
	return a.do("check", c)
}
func (a *actions) Assign(_ context.Context, c escalation.Click, whom string) (escalation.Note, error) {
	return a.do("assign to "+whom, c)
}
func (a *actions) AssignElsewhere(_ context.Context, c escalation.Click, whom string) (escalation.Note, error) {
	return a.do("assign elsewhere to "+whom, c)
}
func (a *actions) Why(_ context.Context, c escalation.Click) (escalation.Note, error) {
	return a.do("why", c)
}

// voice keeps what it says.
type voice struct {
	said []string
	err  error
}

func (v *voice) Whisper(_ context.Context, at escalation.Thread, user string, n escalation.Note) error {
	v.said = append(v.said, fmt.Sprintf("%s in %s: %s", user, at.TS, n.Kind))
	return v.err
}

func (v *voice) WhisperText(_ context.Context, at escalation.Thread, user, _ string) error {
	v.said = append(v.said, fmt.Sprintf("%s in %s: words", user, at.TS))
	return v.err
}

// colleagues are all but the guest; of one it cannot be said.
type colleagues struct{}

func (colleagues) Colleague(_ context.Context, workspace, user string) (bool, error) {
	if user == "U0UNSURE" {
		return false, errGone
	}
	return workspace == "T0" && user != "U0GUEST", nil
}

func clickOn(action, value, selected string) slackapp.Interaction {
	return slackapp.Interaction{
		Type: "block_actions", Workspace: "T0", User: "U0ANA", UserName: "ana", Channel: "C0ENT", MessageTS: "2.0", ThreadTS: "1.0",
		Actions: []slackapp.Action{{ID: action, Value: value, Selected: selected}},
	}
}

func TestButtonsDoWhatTheySay(t *testing.T) {
	for name, c := range map[string]struct {
		click slackapp.Interaction
		first []string // done before the acknowledgement
		later []string // and after it
	}{
		"snooze":            {clickOn(buttons.ActionSnooze, "tl/2/3", ""), []string{"snooze 0s tl/2/3"}, nil},
		"snooze for":        {clickOn(buttons.ActionSnoozeFor, "", "tl/2/3/1h"), []string{"snooze 1h0m0s tl/2/3"}, nil},
		"I'm on it":         {clickOn(buttons.ActionOwn, "tl/2/3", ""), []string{"own tl/2/3"}, nil},
		"why me":            {clickOn(buttons.ActionWhy, "tl/2/3", ""), []string{"why tl/2/3"}, nil},
		"check, as it asks": {clickOn(buttons.ActionCheck, "tl/2/3", ""), nil, []string{"check tl/2/3"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, v := &actions{}, &voice{}
			answer := interact(t, a, v, c.click)
			if diff := cmp.Diff(c.first, a.did); diff != "" || len(v.said) > 0 || answer.Body != nil {
				t.Errorf("before the acknowledgement (-want +got):\n%s%q", diff, v.said)
			}
			a.did = nil
			if err := answer.Later(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.later, a.did); diff != "" {
				t.Errorf("after it (-want +got):\n%s", diff)
			}
			if len(v.said) != 1 {
				t.Errorf("said %q, want one answer", v.said)
			}
		})
	}
}

func interact(t *testing.T, a *actions, v *voice, i slackapp.Interaction) slackapp.Answer {
	t.Helper()
	b := &buttons.Buttons{Actions: a, Colleagues: colleagues{}, Voice: v, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)}
	answer, err := b.Interact(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestWhatCountsForNothingGetsAKindWordAndChangesNothing(t *testing.T) {
	foreign := clickOn(buttons.ActionOwn, "tl/2/3", "")
	foreign.Foreign = true
	guest, unsure := clickOn(buttons.ActionOwn, "tl/2/3", ""), clickOn(buttons.ActionCheck, "tl/2/3", "")
	guest.User, unsure.User = "U0GUEST", "U0UNSURE"
	for name, i := range map[string]slackapp.Interaction{
		"somebody from outside":    foreign,
		"a guest":                  guest,
		"nobody knows who":         unsure,
		"no value":                 clickOn(buttons.ActionOwn, "", ""),
		"a garbled value":          clickOn(buttons.ActionSnooze, "tl/x/3", ""),
		"a menu without a length":  clickOn(buttons.ActionSnoozeFor, "", "tl/2/3"),
		"a menu, nothing selected": clickOn(buttons.ActionSnoozeFor, "tl/2/3", ""),
		"another button":           clickOn("slabuddy_other", "tl/2/3", ""),
	} {
		a, v := &actions{}, &voice{}
		if err := interact(t, a, v, i).Later(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(a.did) > 0 || len(v.said) != 1 || v.said[0] != i.User+" in 1.0: words" {
			t.Errorf("%s: did %q, said %q", name, a.did, v.said)
		}
	}
}

func TestAClickThatIsNotStoredIsNotAcknowledged(t *testing.T) {
	b := &buttons.Buttons{Actions: &actions{err: errGone}, Colleagues: colleagues{}, Voice: &voice{}, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
	for _, action := range []string{buttons.ActionSnooze, buttons.ActionOwn, buttons.ActionWhy} {
		if _, err := b.Interact(t.Context(), clickOn(action, "tl/2/3", "")); !errors.Is(err, errGone) {
			t.Errorf("%s: %v", action, err)
		}
	}
}

// The acknowledgement has gone by then: it is told in words.
func TestACheckThatFailsIsTold(t *testing.T) {
	v := &voice{}
	if err := interact(t, &actions{err: errGone}, v, clickOn(buttons.ActionCheck, "tl/2/3", "")).Later(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"U0ANA in 1.0: words"}, v.said); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}

// Slack may have shown it all the same.
func TestAnAnswerOfUnknownOutcomeIsNotGivenTwice(t *testing.T) {
	v := &voice{err: errors.New("cut")}
	for _, i := range []slackapp.Interaction{clickOn(buttons.ActionOwn, "tl/2/3", ""), clickOn(buttons.ActionCheck, "tl/2/3", ""), clickOn(buttons.ActionOwn, "", "")} {
		v.said = nil
		if err := interact(t, &actions{}, v, i).Later(t.Context()); err == nil || len(v.said) != 1 {
			t.Errorf("%v, said %q", err, v.said)
		}
	}
}

func TestAClickOnNothingIsNothing(t *testing.T) {
	if answer := interact(t, &actions{}, &voice{}, slackapp.Interaction{Type: "block_actions"}); answer.Later != nil || answer.Body != nil {
		t.Errorf("answered %+v", answer)
	}
}
