package slackapp

import "testing"

func TestRemindersButtonsGoTheirOwnWay(t *testing.T) {
	click := func(action string) Interaction {
		return Interaction{Type: "block_actions", Actions: []Action{{ID: action}}}
	}
	for name, c := range map[string]struct {
		i         Interaction
		reminders bool
	}{
		"snooze":             {click(ActionSnooze), true},
		"snooze for":         {click(ActionSnoozeFor), true},
		"own":                {click(ActionOwn), true},
		"check":              {click(ActionCheck), true},
		"why":                {click(ActionWhy), true},
		"of a modal":         {click("slabuddy_setup_add"), false},
		"of the home tab":    {click("slabuddy_home_who"), false},
		"a submission":       {Interaction{Type: "view_submission", Actions: []Action{{ID: ActionOwn}}}, false},
		"a click on nothing": {Interaction{Type: "block_actions"}, false},
	} {
		var reminders, elsewhere surfaces
		r := Route{Reminders: &reminders, Elsewhere: &elsewhere}
		if _, err := r.Interact(t.Context(), c.i); err != nil {
			t.Error(err)
		}
		if (len(reminders.got) == 1) != c.reminders || (len(elsewhere.got) == 1) == c.reminders {
			t.Errorf("%s: the reminders got %v, elsewhere %v", name, reminders.got, elsewhere.got)
		}
		if answer, err := (Route{}).Interact(t.Context(), c.i); answer.Body != nil || answer.Later != nil || err != nil {
			t.Errorf("%s, with nobody there: %+v, %v", name, answer, err)
		}
	}
	var elsewhere surfaces
	for _, r := range []Route{{}, {Elsewhere: &elsewhere}} {
		if _, err := r.Command(t.Context(), Command{Name: "/sla"}); err != nil {
			t.Error(err)
		}
		if _, err := r.OpenHome(t.Context(), HomeOpened{}); err != nil {
			t.Error(err)
		}
	}
	if len(elsewhere.got) != 2 {
		t.Errorf("elsewhere got %v", elsewhere.got)
	}
}
