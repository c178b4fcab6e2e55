package buttons_test

import (
	"context"
	"sync"
	"testing"

	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
)

// surfaces keep what they get, and answer what they are told to.
type surfaces struct {
	mu     sync.Mutex
	got    []any
	answer slackapp.Answer
	err    error
	panics bool
}

func (s *surfaces) take(what any) (slackapp.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.panics {
		panic("oh no")
	}
	s.got = append(s.got, what)
	return s.answer, s.err
}

func (s *surfaces) Interact(_ context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	return s.take(i.Type)
}

func (s *surfaces) Command(_ context.Context, c slackapp.Command) (slackapp.Answer, error) {
	return s.take(c.Name)
}

func (s *surfaces) OpenHome(_ context.Context, h slackapp.HomeOpened) (slackapp.Answer, error) {
	return s.take(h)
}

func TestRemindersButtonsGoTheirOwnWay(t *testing.T) {
	click := func(action string) slackapp.Interaction {
		return slackapp.Interaction{Type: "block_actions", Actions: []slackapp.Action{{ID: action}}}
	}
	for name, c := range map[string]struct {
		i         slackapp.Interaction
		reminders bool
	}{
		"snooze":             {click(buttons.ActionSnooze), true},
		"snooze for":         {click(buttons.ActionSnoozeFor), true},
		"own":                {click(buttons.ActionOwn), true},
		"check":              {click(buttons.ActionCheck), true},
		"why":                {click(buttons.ActionWhy), true},
		"of a modal":         {click("slabuddy_setup_add"), false},
		"of the home tab":    {click("slabuddy_home_who"), false},
		"a submission":       {slackapp.Interaction{Type: "view_submission", Actions: []slackapp.Action{{ID: buttons.ActionOwn}}}, false},
		"a click on nothing": {slackapp.Interaction{Type: "block_actions"}, false},
	} {
		var reminders, elsewhere surfaces
		r := buttons.Route{Reminders: &reminders, Elsewhere: &elsewhere}
		if _, err := r.Interact(t.Context(), c.i); err != nil {
			t.Error(err)
		}
		if (len(reminders.got) == 1) != c.reminders || (len(elsewhere.got) == 1) == c.reminders {
			t.Errorf("%s: the reminders got %v, elsewhere %v", name, reminders.got, elsewhere.got)
		}
		if answer, err := (buttons.Route{}).Interact(t.Context(), c.i); answer.Body != nil || answer.Later != nil || err != nil {
			t.Errorf("%s, with nobody there: %+v, %v", name, answer, err)
		}
	}
	var elsewhere surfaces
	for _, r := range []buttons.Route{{}, {Elsewhere: &elsewhere}} {
		if _, err := r.Command(t.Context(), slackapp.Command{Name: "/sla"}); err != nil {
			t.Error(err)
		}
		if _, err := r.OpenHome(t.Context(), slackapp.HomeOpened{}); err != nil {
			t.Error(err)
		}
	}
	if len(elsewhere.got) != 2 {
		t.Errorf("elsewhere got %v", elsewhere.got)
	}
}
