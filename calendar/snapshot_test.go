package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// Rule 16: the roster is kept whenever it changed, and only then.
func TestASnapshotChangesWithTheRoster(t *testing.T) {
	now := at(t, "2026-03-10 12:00")
	of := func(when time.Time, events ...calendar.Event) calendar.Snapshot {
		return schedule(matching(), now, events...).At(when, time.Hour).Snapshot()
	}
	shift, embedding := event(t, "Ana on-shift"), event(t, "Embedded: Auth - Bob")
	before := of(now, shift, embedding)
	for name, test := range map[string]struct {
		after   calendar.Snapshot
		changed bool
	}{
		"later, by the same events": {of(now.Add(10*time.Minute), shift, embedding), false},
		"by another event":          {of(now, event(t, "On-call: Ana"), embedding), false},
		"somebody came":             {of(now, shift, embedding, event(t, "Carla")), true},
		"somebody went":             {of(now, embedding), true},
		"somebody is away":          {of(now, shift, embedding, event(t, "Carla sick")), true},
		"on another product":        {of(now, shift, event(t, "Embedded: Edge Functions - Bob")), true},
		"nothing is known any more": {of(now.Add(2*time.Hour), shift, embedding), true},
	} {
		if changed := !before.Equal(test.after); changed != test.changed {
			t.Errorf("%s: changed is %t: %+v", name, changed, test.after)
		}
	}
	if of(now).Equal(of(now.Add(2 * time.Hour))) {
		t.Error("nobody on shift is not the same as a roster that is unknown")
	}
	text, err := json.Marshal(before)
	if want := `{"known":true,"on_shift":["Ana Silva","Bob Lee"],"embedded":{"Bob Lee":["Auth"]}}`; err != nil || string(text) != want {
		t.Errorf("stored as %s, %v", text, err)
	}
	var again calendar.Snapshot
	if err := json.Unmarshal(text, &again); err != nil || !again.Equal(before) {
		t.Errorf("read back: %+v, %v", again, err)
	}
}
