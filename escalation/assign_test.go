package escalation_test

import (
	"slices"
	"testing"

	"github.com/slabuddy/slabuddy/calendar"
	. "github.com/slabuddy/slabuddy/escalation"
)

// Rule 23: a ticket that is handed over has another owner; nothing is postponed, and nobody is told of it twice.
func TestAssign(t *testing.T) {
	now := at(12)
	bobs := Owner{User: "U0BOB", Name: "Bob Stone", Since: now}
	anas := Owner{User: "U0ANA", Name: "Ana Silva", Since: at(11), Until: at(90)}
	onShift := func(names ...string) Facts {
		f := facts(now)
		f.Roster = calendar.Roster{AsOf: now}
		for _, e := range f.Settings.Engineers {
			if slices.Contains(names, e.Name) {
				f.Roster.OnShift = append(f.Roster.OnShift, e)
			}
		}
		return f
	}
	away := onShift("Ana Silva")
	away.Roster.Away = []calendar.Engineer{{Name: "Bob Stone", Slack: "U0BOB"}}
	both := onShift("Ana Silva", "Bob Stone")
	toBob := Heir{User: "U0BOB"}
	for _, tt := range []struct {
		name    string
		t       Timeline
		to      Heir
		f       Facts
		kind    NoteKind
		refused Refusal
		owner   Owner
	}{
		{"to a colleague on shift", enterprise(ownedBy(anas)), toBob, both, NoteAssigned, "", bobs},
		{"to somebody who has no shifts", enterprise(), Heir{User: "U0EVE", Name: "eve"}, both, NoteAssigned, "", Owner{User: "U0EVE", Name: "eve", Since: now}},
		{"without a calendar", enterprise(), toBob, facts(now), NoteAssigned, "", bobs},
		{"to oneself, off shift", enterprise(), Heir{User: "U0ANA"}, onShift("Bob Stone"), NoteAssigned, "", Owner{User: "U0ANA", Name: "Ana Silva", Since: now}},
		{"to whoever has it", enterprise(ownedBy(bobs)), toBob, both, NoteAlreadyTheirs, "", bobs},
		{"to somebody away", enterprise(), toBob, away, NoteNotAssigned, RefusedAway, Owner{}},
		{"to somebody off shift", enterprise(), toBob, onShift("Ana Silva"), NoteNotAssigned, RefusedOff, Owner{}},
		{"to a guest", enterprise(), Heir{User: "U0GUS", Refused: RefusedStranger}, both, NoteNotAssigned, RefusedStranger, Owner{}},
		{"to nobody", enterprise(), Heir{Refused: RefusedWhom}, both, NoteNotAssigned, RefusedWhom, Owner{}},
		{"of a ticket that is answered", enterprise(closed(Answered)), toBob, both, NoteClosed, "", Owner{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, note := Assign(tt.t, clickBy("U0ANA", "ana", now), tt.to, tt.f)
			equal(t, "kind", note.Kind, tt.kind)
			equal(t, "refused", note.Refused, tt.refused)
			if tt.kind != NoteAssigned {
				equal(t, "change", c, Change{})
				return
			}
			want := tt.t.Clone()
			want.Owner = tt.owner
			equal(t, "timeline, of which nothing is put off", *c.Timeline, want)
			equal(t, "history", c.Events, []Event{{Timeline: "tl-1", At: now, Kind: EventOwned, Details: Details{By: tt.owner.User, From: "U0ANA"}}})
		})
	}
}

// By a button the answer is for its presser alone, so the new owner is told in the thread, by a job of its own.
func TestWhoeverIsGivenATicketByAButtonIsToldOnce(t *testing.T) {
	f := facts(at(12))
	c, note := AssignByClick(enterprise(), clickBy("U0ANA", "ana", at(12)), Heir{User: "U0BOB"}, f)
	equal(t, "to whoever pressed it", note.Kind, NoteHandedOver)
	equal(t, "jobs", keysOf(c), []string{"assigned/tl-1/0"})
	c, note = AssignByClick(enterprise(), clickBy("U0ANA", "ana", at(12)), Heir{User: "U0ANA"}, f)
	equal(t, "to oneself", note.Kind, NoteAssigned)
	equal(t, "jobs", len(c.Jobs), 0)
}

// Rule 23: whoever had the ticket is told, in its thread, when somebody else takes it; whoever took it is answered.
func TestWhoeverHadATicketIsToldWhenItIsTaken(t *testing.T) {
	bobs := Owner{User: "U0BOB", Name: "Bob Stone", Since: at(11)}
	f := facts(at(12))
	c, note := AssignByClick(enterprise(ownedBy(bobs)), clickBy("U0ANA", "ana", at(12)), Heir{User: "U0ANA"}, f)
	equal(t, "to whoever took it", note.Kind, NoteAssigned)
	equal(t, "jobs", keysOf(c), []string{"assigned/tl-1/0"})
	told := post(t, c)
	equal(t, "told", told.Note.Kind, NoteRelieved)
	equal(t, "who had it", told.Note.Previous, &bobs)
	equal(t, "who has it", told.Note.Owner.User, "U0ANA")

	over := bobs
	over.Until = at(12)
	c, _ = AssignByClick(enterprise(ownedBy(over)), clickBy("U0ANA", "ana", at(12)), Heir{User: "U0ANA"}, f)
	equal(t, "whose shift is over, who has it no more", len(c.Jobs), 0)
}
