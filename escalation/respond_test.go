package escalation_test

import (
	"fmt"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/saying"
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
	capped := func(n *Note) { n.Capped = true }
	toHead := func(n *Note) {
		n.Next.Notify, n.Next.Names = []string{"@head-of-success"}, []string{"@head-of-success"}
	}
	next := func(when time.Time) func(*Note) {
		return func(n *Note) { until(when)(n); n.Until, n.Deadline = time.Time{}, time.Time{} }
	}
	snoozed := func(tl Timeline, asked, d time.Duration) Change {
		moved, _ := Snooze(tl, Wait{For: d, Most: 4 * time.Hour}, now, nil)
		moved.SnoozedBy, moved.SnoozedAt, moved.SnoozedFor = "U0ANA", now, asked
		return Change{Timeline: &moved, Events: []Event{
			happened(EventSnoozed, now, Details{By: "U0ANA", For: d, Until: moved.SnoozedUntil}),
		}}
	}
	done := pending.Clone()
	for _, edit := range []func(*Timeline){asked(desk.Answered, now), closedAs(Answered, now, "done by U0ANA"), answeredAt(now)} {
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
			note(NoteSnoozed, length(30*time.Minute), until(at(50))), snoozed(pending, 0, 30*time.Minute)},
		{"of another length", pending, "2h", withDesk,
			note(NoteSnoozed, length(2*time.Hour), until(at(140))), snoozed(pending, 2*time.Hour, 2*time.Hour)},
		{"cut at max_snooze, and said", pending, "5h", withDesk,
			note(NoteSnoozed, length(232*time.Minute), until(at(252)), toHead, capped), snoozed(pending, 5*time.Hour, 232*time.Minute)},
		{"until a time", pending, "until 10:00", withDesk,
			note(NoteSnoozed, length(40*time.Minute), until(at(60)), func(n *Note) { n.Zone = "UTC" }), snoozed(pending, 0, 40*time.Minute)},
		{"until a time before the next reminder", pending, "until 9:15", withDesk,
			note(NoteLongest, until(at(20)), func(n *Note) { n.Zone, n.BeyondDeadline = "UTC", false }), Change{}},
		{"other words", pending, "looking into it", withDesk,
			note(NoteSnoozed, length(30*time.Minute), until(at(50)), func(n *Note) { n.Guessed = true }), snoozed(pending, 0, 30*time.Minute)},
		{"while a reminder is owed: that one is next", owed, "", withDesk,
			note(NoteSnoozed, length(30*time.Minute), until(at(42))), snoozed(owed, 0, 30*time.Minute)},
		{"with nothing pending only answers", nothing, "45m", withDesk,
			note(NoteNothing, of(nothing)), Change{}},
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
				happened(EventDesk, now, Details{Desk: desk.Answered, Cause: "done by U0ANA"}),
				happened(EventAnswered, now, Details{Cause: "done by U0ANA", ReplyAt: now}),
			}}},
		{"done with a desk says what ends it", pending, "done", withDesk, note(NoteStop, of(pending)), Change{}},
		{"stop says what ends it", pending, "stop", withDesk, note(NoteStop, of(pending)), Change{}},
		{"stop without a desk, too", pending, "stop", withoutDesk, note(NoteStop, canDone, of(pending)), Change{}},
		{"stop of a closed timeline", answered, "stop", withDesk, note(NoteClosed, of(answered), func(n *Note) { n.Asked = AskedStop }), Change{}},
		{"a question is answered with help", pending, "who is next?", withDesk, note(NoteHelp), Change{}},
		{"done twice", answered, "done", withoutDesk,
			note(NoteClosed, canDone, of(answered), func(n *Note) { n.Asked = AskedDone }), Change{}},
		{"done of a closed timeline with a desk", answered, "done", withDesk, note(NoteClosed, of(answered), func(n *Note) { n.Asked = AskedDone }), Change{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(now)
			tt.facts(&f)
			before := tt.t.Clone()
			got, said := Respond(tt.t, byAna, saying.Read(tt.text, posted0), f)
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
			_, note := Respond(enterprise(inStates(TierPosted)), byAna, saying.Read(text, posted0), f)
			job := NewPostJob("job-1", "k", Post{Thread: message().Thread, Note: &note}, at(12))
			equal(t, "note", *post(t, Change{Jobs: []queue.New{job}}).Note, note)
		})
	}
}
