package escalation_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

// moved is a timeline whose ticket's message is gone, with a reminder's thread in its place; "": none yet.
func moved(ts string) func(*escalation.Timeline) {
	return func(t *escalation.Timeline) { t.Gone, t.Moved = true, ts }
}

// Rule 1: where a timeline's next reminder goes, whatever is deleted.
func TestWhatADeletedMessageChanges(t *testing.T) {
	const reminder = "1772442610.000200"
	ticket := escalationtest.Message().Thread
	other, stands, none := ticket, ticket, ticket
	other.TS, stands.TS, none.TS = "1.000001", reminder, ""
	for _, tt := range []struct {
		name     string
		timeline escalation.Timeline
		deleted  escalation.Thread
		changes  bool
		next     escalation.Thread
	}{
		{"the ticket's message", escalationtest.Enterprise(), ticket, true, none},
		{"another message", escalationtest.Enterprise(), other, false, ticket},
		{"the ticket's message, told twice", escalationtest.Enterprise(moved("")), ticket, false, none},
		{"the ticket's message, told once the reminder stands", escalationtest.Enterprise(moved(reminder)), ticket, false, stands},
		{"the reminder in its place", escalationtest.Enterprise(moved(reminder)), stands, true, none},
		{"no message at all", escalationtest.Enterprise(moved("")), none, false, none},
		{"that of a timeline that is closed", escalationtest.Enterprise(escalationtest.Closed(escalation.Answered)), ticket, false, ticket},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := escalation.Deleted(tt.timeline, tt.deleted, escalationtest.At(5))
			escalationtest.Equal(t, "changed", c.Timeline != nil, tt.changes)
			next := tt.timeline
			if c.Timeline != nil {
				next = *c.Timeline
				escalationtest.Equal(t, "history", c.Events, []escalation.Event{{Timeline: "tl-1", At: escalationtest.At(5), Kind: escalation.EventGone,
					Details: escalation.Details{Cause: "the message was deleted", TS: tt.deleted.TS}}})
			}
			escalationtest.Equal(t, "its next post goes to", next.ThreadNow(), tt.next)
			escalationtest.Equal(t, "the ticket's message stays known", next.Thread, ticket)
		})
	}
}

// Rule 12: a reminder that landed outside its thread is posted, once, and its thread is the ticket's from then on.
func TestAReminderThatLandedOutsideItsThread(t *testing.T) {
	owed := escalationtest.Enterprise(escalationtest.InStates(escalation.TierOwed))
	owed.Tiers[0].Round = 1
	e := escalation.ReminderPosted{
		ReminderJob: escalation.ReminderJob{Timeline: "tl-1", Tier: 1, Round: 1}, Due: owed.Tiers[0].Due, At: escalationtest.At(10), TS: "1772442610.000200", Outside: true,
	}
	events, changed := e.Apply(&owed)
	var kinds []escalation.EventKind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	escalationtest.Equal(t, "history", kinds, []escalation.EventKind{escalation.EventGone, escalation.EventPosted})
	escalationtest.Equal(t, "tier", owed.Tiers[0].State, escalation.TierPosted)
	escalationtest.Equal(t, "changed, gone", [2]bool{changed, owed.Gone}, [2]bool{true, true})
	escalationtest.Equal(t, "its next post goes to", owed.ThreadNow().TS, e.TS)
}

// Rule 1: the buttons of the reminder that takes the message's place work, under it and in its thread.
func TestAClickInTheThreadThatTookTheMessagesPlaceIsTheTimelines(t *testing.T) {
	tl := escalationtest.Enterprise(escalationtest.InStates(escalation.TierPosted), moved("1772442610.000200"))
	tl.Tiers[0].Round = 1
	for ts, of := range map[string]bool{tl.TS: true, tl.Moved: true, "": true, "1.000001": false} {
		c := escalation.Click{Thread: tl.Thread, Timeline: tl.ID, Tier: 1, Round: 1, User: "U0ANA", At: escalationtest.At(11)}
		c.TS = ts
		escalationtest.Equal(t, "a click under "+ts, c.Of(tl), of)
	}
}
