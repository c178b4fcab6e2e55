package escalation_test

import (
	"slices"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
)

// onShift has the calendar tell until when Ana is on shift.
func onShift(f Facts) Facts {
	f.Roster.Shifts = map[string]calendar.Shift{"Ana Silva": anasShift}
	return f
}

// "I'm on it" names an owner and postpones like a mention; it disarms nothing.
func TestOwn(t *testing.T) {
	now := at(12)
	anas := Owner{User: "U0ANA", Name: "Ana Silva", Since: now, Until: at(90)}
	bobs := Owner{User: "U0BOB", Name: "Bob Stone", Since: at(11)}
	ended := func(o Owner) Owner { o.Until = at(12); return o }
	since := func(o Owner, s time.Time) Owner { o.Since = s; return o }
	waits := []func(*Timeline){inStates(TierPosted), standing(1)}
	with := func(o Owner) Timeline { return enterprise(append(waits, ownedBy(o))...) }

	for _, tt := range []struct {
		name     string
		t        Timeline
		kind     NoteKind
		owner    Owner
		previous *Owner
		moved    time.Duration
	}{
		{"names an owner, until the end of their shift", enterprise(waits...), NoteOwned, anas, nil, 30 * time.Minute},
		{"a second time changes nothing", with(since(anas, at(11))), NoteAlreadyYours, since(anas, at(11)), nil, 0},
		{"another person takes over", with(bobs), NoteTookOver, anas, &bobs, 30 * time.Minute},
		{"nor whose shift is over", with(ended(bobs)), NoteOwned, anas, nil, 30 * time.Minute},
		{"with nothing pending there is an owner all the same", enterprise(inStates(TierPosted, TierPosted, TierPosted, TierPosted), standing(4)), NoteOwned, anas, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := tt.t.Clone()
			c, note := Own(tt.t, clickBy("U0ANA", "ana", now), onShift(facts(now)))
			equal(t, "the timeline passed in", tt.t, before)
			equal(t, "kind", note.Kind, tt.kind)
			equal(t, "owner", note.Owner, &tt.owner)
			equal(t, "previous", note.Previous, tt.previous)
			equal(t, "moved", note.For, tt.moved)
			if tt.kind == NoteAlreadyYours {
				equal(t, "change", c, Change{})
				return
			}
			want, _ := Snooze(tt.t, Wait{For: tt.moved}, now, nil)
			want.Owner = tt.owner
			equal(t, "timeline", *c.Timeline, want)
			details := Details{By: "U0ANA", For: tt.moved, Until: note.Until}
			equal(t, "history", c.Events, []Event{{Timeline: "tl-1", At: now, Kind: EventOwned, Details: details}})
			jobs := []string{keysOf(c)[0]} // that brings the reminder up to date
			if tt.previous != nil {
				jobs = append(jobs, "assigned/tl-1/0")
				told := post(t, Change{Jobs: c.Jobs[1:]})
				equal(t, "who is told", told.Note.Previous, tt.previous)
				equal(t, "of what", told.Note.Kind, NoteRelieved)
			}
			equal(t, "jobs", keysOf(c), jobs)
		})
	}
}

// Rules 22 and 23: said of many tickets at once, it leaves what a colleague is on, and takes the rest.
func TestOwnOfAllLeavesWhatAColleagueIsOn(t *testing.T) {
	bobs := Owner{User: "U0BOB", Name: "Bob Stone", Since: at(11)}
	all := clickBy("U0ANA", "ana", at(12))
	all.Bulk = true
	c, note := Own(enterprise(inStates(TierPosted), standing(1), ownedBy(bobs)), all, facts(at(12)))
	equal(t, "change", c, Change{})
	equal(t, "note", note.Kind, NoteAlreadyTheirs)
	_, note = Own(enterprise(inStates(TierPosted), standing(1)), all, facts(at(12)))
	equal(t, "of nobody's", note.Kind, NoteOwned)
}

func TestOwnOfAClosedTimelineOnlyAnswers(t *testing.T) {
	c, note := Own(enterprise(inStates(TierPosted), closed(Answered)), clickBy("U0ANA", "ana", at(12)), facts(at(12)))
	equal(t, "change", c, Change{})
	equal(t, "note", note.Kind, NoteClosed)
	equal(t, "of", note.Asked, AskedOwn)
}

// Who is not on the calendar, or not configured at all, may be on it too.
func TestOwnerIsKnownByTheNameTheConfigurationGives(t *testing.T) {
	for _, tt := range []struct {
		name, user string
		want       Owner
	}{
		{"by Slack id, on shift", "U0ANA", Owner{User: "U0ANA", Name: "Ana Silva", Since: at(12), Until: at(90)}},
		{"by Slack id, off shift", "U0BOB", Owner{User: "U0BOB", Name: "Bob Stone", Since: at(12)}},
		{"by e-mail", "U0CLEO", Owner{User: "U0CLEO", Name: "Cleo Marsh", Since: at(12)}},
		{"somebody else, by the name in Slack", "U0EVE", Owner{User: "U0EVE", Name: "eve", Since: at(12)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := Own(enterprise(), clickBy(tt.user, "eve", at(12)), onShift(facts(at(12))))
			equal(t, "owner", c.Timeline.Owner, tt.want)
		})
	}
}

func TestOwnerOn(t *testing.T) {
	for _, tt := range []struct {
		name  string
		owner Owner
		want  bool
	}{
		{"nobody", Owner{}, false},
		{"on shift", Owner{User: "U0ANA", Until: at(21)}, true},
		{"the shift is over", Owner{User: "U0ANA", Until: at(20)}, false},
		{"no shift is known", Owner{User: "U0ANA"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) { equal(t, "on it", tt.owner.On(at(20)), tt.want) })
	}
}

// Rule 23: the owner alone is mentioned until their shift is over.
func TestReminderOfAnOwner(t *testing.T) {
	toAnaOnShift := toAna
	toAnaOnShift.Shift = &anasShift
	ana := Owner{User: "U0ANA", Name: "Ana Silva", Since: at(12)}
	for _, tt := range []struct {
		name    string
		t       Timeline
		now     time.Time
		owner   bool
		mention []circle.Recipient
		next    Next
	}{
		{"alone, in place of the circle", enterprise(inStates(TierPosted), ownedBy(ana)), at(20), true, []circle.Recipient{toAnaOnShift},
			Next{At: at(35), Names: []string{"Ana Silva"}, Owner: true}},
		{"also of what is covered", enterprise(inStates(TierPosted), ownedBy(ana)), at(36), true, []circle.Recipient{toAnaOnShift},
			Next{At: at(50), Names: []string{"Ana Silva"}, Owner: true}},
		{"at every tier", enterprise(inStates(TierPosted, TierPosted), ownedBy(ana)), at(35), true, []circle.Recipient{toAnaOnShift},
			Next{At: at(50), Names: []string{"Ana Silva"}, Owner: true}},
		{"not after their shift", enterprise(inStates(TierPosted, TierPosted), ownedBy(Owner{User: "U0ANA", Until: at(35)})), at(35), false, []circle.Recipient{toSupport},
			Next{At: at(50), Notify: []string{"@head-of-success"}, Names: []string{"@head-of-success"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Decide(tt.t, onShift(facts(tt.now)))
			r := post(t, c).Reminder
			equal(t, "owner", r.Owner, tt.owner)
			equal(t, "mention", r.Mention, tt.mention)
			equal(t, "gaps", r.Gaps, nil)
			equal(t, "next", *r.Next, tt.next)
		})
	}
}

// An owner who has gone meanwhile is not pinged, least of all alone: the circle is.
func TestOwnerWhoHasGoneLeavesTheReminderToTheCircle(t *testing.T) {
	onIt := Owner{User: "U0ANA", Name: "Ana Silva", Since: at(12)}
	until := onIt
	until.Until = at(90)
	noCalendar := calendar.Roster{}
	for _, tt := range []struct {
		name    string
		owner   Owner
		roster  calendar.Roster
		mention []circle.Recipient
	}{
		{"away", onIt, calendar.Roster{AsOf: at(20), OnShift: []calendar.Engineer{bob}, Away: []calendar.Engineer{ana}}, []circle.Recipient{toBob}},
		{"their shift handed on", until, calendar.Roster{AsOf: at(20), OnShift: []calendar.Engineer{bob}}, []circle.Recipient{toBob}},
		{"never on shift, and said so all the same", onIt, calendar.Roster{AsOf: at(20), OnShift: []calendar.Engineer{bob}}, []circle.Recipient{toAna}},
		{"nobody knows, the calendar being gone", until, noCalendar, []circle.Recipient{toAna}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(at(20))
			f.Roster = tt.roster
			tl := enterprise(inStates(TierPosted), ownedBy(tt.owner))
			_, note := Respond(tl, byAna, Request{Kind: RequestStatus}, f)
			c := Decide(tl, f)
			r := post(t, c).Reminder
			equal(t, "mention", r.Mention, tt.mention)
			equal(t, "as the owner", r.Owner, tt.mention[0].ID == "U0ANA")
			equal(t, "told so before", note.Next.Owner, r.Owner)
		})
	}
}

// Until their shift is over, the owner is who is next.
func TestNextIsTheOwnerAlone(t *testing.T) {
	ana := Owner{User: "U0ANA", Name: "Ana Silva", Since: at(12), Until: at(40)}
	_, note := Respond(enterprise(inStates(TierPosted), ownedBy(ana)), byAna, Request{Kind: RequestStatus}, facts(at(12)))
	equal(t, "next", note.Next, &Next{At: at(20), Names: []string{"Ana Silva"}, Owner: true})
	_, note = Respond(enterprise(inStates(TierPosted), ownedBy(ana)), byAna, Request{Kind: RequestSnooze}, facts(at(12)))
	equal(t, "next after their shift", note.Next, &Next{At: at(50), Notify: []string{"on-shift"}, Names: []string{"Ana Silva", "Bob Stone"}})
}

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
	toBob := NewOwner{User: "U0BOB"}
	for _, tt := range []struct {
		name    string
		t       Timeline
		to      NewOwner
		f       Facts
		kind    NoteKind
		refused Refusal
		owner   Owner
	}{
		{"to a colleague on shift", enterprise(ownedBy(anas)), toBob, both, NoteAssigned, "", bobs},
		{"to somebody who has no shifts", enterprise(), NewOwner{User: "U0EVE", Name: "eve"}, both, NoteAssigned, "", Owner{User: "U0EVE", Name: "eve", Since: now}},
		{"without a calendar", enterprise(), toBob, facts(now), NoteAssigned, "", bobs},
		{"to oneself, off shift", enterprise(), NewOwner{User: "U0ANA"}, onShift("Bob Stone"), NoteAssigned, "", Owner{User: "U0ANA", Name: "Ana Silva", Since: now}},
		{"to whoever has it", enterprise(ownedBy(bobs)), toBob, both, NoteAlreadyTheirs, "", bobs},
		{"to somebody away", enterprise(), toBob, away, NoteNotAssigned, RefusedAway, Owner{}},
		{"to somebody off shift", enterprise(), toBob, onShift("Ana Silva"), NoteNotAssigned, RefusedOff, Owner{}},
		{"to a guest", enterprise(), NewOwner{User: "U0GUS", Refused: RefusedStranger}, both, NoteNotAssigned, RefusedStranger, Owner{}},
		{"to nobody", enterprise(), NewOwner{Refused: RefusedWhom}, both, NoteNotAssigned, RefusedWhom, Owner{}},
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
	c, note := AssignByClick(enterprise(), clickBy("U0ANA", "ana", at(12)), NewOwner{User: "U0BOB"}, f)
	equal(t, "to whoever pressed it", note.Kind, NoteHandedOver)
	equal(t, "jobs", keysOf(c), []string{"assigned/tl-1/0"})
	c, note = AssignByClick(enterprise(), clickBy("U0ANA", "ana", at(12)), NewOwner{User: "U0ANA"}, f)
	equal(t, "to oneself", note.Kind, NoteAssigned)
	equal(t, "jobs", len(c.Jobs), 0)
}

// Rule 23: whoever had the ticket is told, in its thread, when somebody else takes it; whoever took it is answered.
func TestWhoeverHadATicketIsToldWhenItIsTaken(t *testing.T) {
	bobs := Owner{User: "U0BOB", Name: "Bob Stone", Since: at(11)}
	f := facts(at(12))
	c, note := AssignByClick(enterprise(ownedBy(bobs)), clickBy("U0ANA", "ana", at(12)), NewOwner{User: "U0ANA"}, f)
	equal(t, "to whoever took it", note.Kind, NoteAssigned)
	equal(t, "jobs", keysOf(c), []string{"assigned/tl-1/0"})
	told := post(t, c)
	equal(t, "told", told.Note.Kind, NoteRelieved)
	equal(t, "who had it", told.Note.Previous, &bobs)
	equal(t, "who has it", told.Note.Owner.User, "U0ANA")

	over := bobs
	over.Until = at(12)
	c, _ = AssignByClick(enterprise(ownedBy(over)), clickBy("U0ANA", "ana", at(12)), NewOwner{User: "U0ANA"}, f)
	equal(t, "whose shift is over, who has it no more", len(c.Jobs), 0)
}
