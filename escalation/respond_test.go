package escalation_test

import (
	"fmt"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Rule 10: what each request does to each timeline, and what the bot answers.
func TestRespond(t *testing.T) {
	now := at(12)
	withoutDesk := func(f *Facts) { f.Settings.HasDesk = false }
	withDesk := func(*Facts) {}
	pending := enterprise(inStates(TierPosted))
	owed := enterprise(inStates(TierPosted, TierOwed), func(tl *Timeline) { tl.Tiers[1].Due = at(11) })
	nothing := enterprise(inStates(TierPosted, TierPosted, TierPosted, TierFailed))
	lastOwed := enterprise(inStates(TierPosted, TierPosted, TierPosted, TierOwed))
	answered := enterprise(inStates(TierPosted), closed(Answered))

	base := Note{User: "U0ANA", Snooze: 30 * time.Minute, MaxSnooze: 4 * time.Hour}
	note := func(kind NoteKind, edits ...func(*Note)) Note {
		n := base
		n.Kind = kind
		for _, e := range edits {
			e(&n)
		}
		return n
	}
	of := func(tl Timeline) func(*Note) { return func(n *Note) { n.Timeline = &tl } }
	length := func(d time.Duration) func(*Note) { return func(n *Note) { n.For = d } }
	canDone := func(n *Note) { n.CanDone = true }
	until := func(when time.Time) func(*Note) {
		return func(n *Note) {
			n.Until, n.Deadline, n.BeyondDeadline = when, at(50), when.After(at(50))
			n.Next = &Next{At: when, Notify: []string{"on-shift"}, Names: []string{"Ana Silva", "Bob Stone"}}
		}
	}
	next := func(when time.Time) func(*Note) {
		return func(n *Note) { until(when)(n); n.Until, n.Deadline = time.Time{}, time.Time{} }
	}
	snoozed := func(tl Timeline, d time.Duration) Change {
		moved, _ := Snooze(tl, d, now, nil)
		moved.SnoozedBy, moved.SnoozedAt = "U0ANA", now
		return Change{Timeline: &moved, Events: []Event{
			happened(EventSnoozed, now, Details{By: "U0ANA", For: d, Until: moved.SnoozedUntil}),
		}}
	}
	done := pending.Clone()
	for _, edit := range []func(*Timeline){asked(DeskAnswered, now), closedAs(Answered, now, "done by U0ANA"), answeredAt(now)} {
		edit(&done)
	}

	for _, tt := range []struct {
		name  string
		t     Timeline
		text  string
		facts func(*Facts)
		note  Note
		want  Change
	}{
		{"a snooze of the default length", pending, "", withDesk,
			note(NoteSnoozed, length(30*time.Minute), until(at(50))), snoozed(pending, 30*time.Minute)},
		{"of another length", pending, "2h", withDesk,
			note(NoteSnoozed, length(2*time.Hour), until(at(140))), snoozed(pending, 2*time.Hour)},
		{"cut at max_snooze, and said", pending, "5h", withDesk,
			note(NoteSnoozed, length(4*time.Hour), until(at(260)), func(n *Note) { n.Capped = true }), snoozed(pending, 4*time.Hour)},
		{"of max_snooze is not cut", pending, "4h", withDesk,
			note(NoteSnoozed, length(4*time.Hour), until(at(260))), snoozed(pending, 4*time.Hour)},
		{"while a reminder is owed: that one is next", owed, "", withDesk,
			note(NoteSnoozed, length(30*time.Minute), until(at(42))), snoozed(owed, 30*time.Minute)},
		{"with nothing pending only answers", nothing, "45m", withDesk,
			note(NoteNothing, length(45*time.Minute), of(nothing)), Change{}},
		{"of a closed timeline only answers", answered, "45m", withDesk, note(NoteClosed, of(answered)), Change{}},

		{"help moves nothing", pending, "help", withDesk, note(NoteHelp), Change{}},
		{"help without a desk tells of done", pending, "help", withoutDesk, note(NoteHelp, canDone), Change{}},
		{"help in a closed thread", answered, "help", withDesk, note(NoteHelp), Change{}},
		{"status moves nothing", pending, "status", withDesk, note(NoteStatus, of(pending), next(at(20))), Change{}},
		{"status of a closed timeline has nothing to come", answered, "status", withDesk, note(NoteStatus, of(answered)), Change{}},
		{"status while the last reminder is on its way", lastOwed, "status", withDesk,
			note(NoteStatus, of(lastOwed), func(n *Note) { n.Owed = 4 }), Change{}},
		{"status with nothing pending", nothing, "status", withDesk, note(NoteStatus, of(nothing)), Change{}},

		{"done without a desk closes", pending, "done", withoutDesk,
			note(NoteDone, canDone, of(done)),
			Change{Timeline: &done, Events: []Event{
				happened(EventDesk, now, Details{Desk: DeskAnswered, Cause: "done by U0ANA"}),
				happened(EventAnswered, now, Details{Cause: "done by U0ANA", ReplyAt: now}),
			}}},
		{"done with a desk is any other word", pending, "done", withDesk,
			note(NoteSnoozed, length(30*time.Minute), until(at(50))), snoozed(pending, 30*time.Minute)},
		{"done twice", answered, "done", withoutDesk,
			note(NoteClosed, canDone, of(answered), func(n *Note) { n.Asked = AskedDone }), Change{}},
		{"done of a closed timeline with a desk is any other word", answered, "done", withDesk, note(NoteClosed, of(answered)), Change{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(now)
			tt.facts(&f)
			before := tt.t.Clone()
			got, said := Respond(tt.t, byAna, ParseRequest(tt.text), f)
			equal(t, "note", said, tt.note)
			equal(t, "change", got, tt.want)
			equal(t, "the timeline passed in", tt.t, before)
		})
	}
}

func TestDoneClosesWhateverTheClocksSay(t *testing.T) {
	f := facts(at(-5)) // Slack's clock is five minutes ahead of ours
	f.Settings.HasDesk = false
	got, note := Respond(enterprise(), byAna, Request{Kind: RequestDone}, f)
	if got.Timeline == nil || got.Timeline.State != Answered || note.Kind != NoteDone {
		t.Errorf("%+v, %+v: want it closed", got, note)
	}
}

// A note travels as JSON; nothing may be lost on the way.
func TestNotesSurviveTheQueue(t *testing.T) {
	f := facts(at(12))
	for _, text := range []string{"", "9h", "help", "status"} {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			_, note := Respond(enterprise(inStates(TierPosted)), byAna, ParseRequest(text), f)
			job := NewPostJob("job-1", "k", Post{Thread: message().Thread, Note: &note}, at(12))
			equal(t, "note", *post(t, Change{Jobs: []queue.New{job}}).Note, note)
		})
	}
}
