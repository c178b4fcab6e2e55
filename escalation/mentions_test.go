package escalation

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

var byAna = Mention{
	MentionKey: MentionKey{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: "1772442300.000900"},
	ThreadTS:   "1772442000.000100", User: "U0ANA", Text: "<@U0BOT>",
}

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
		moved, _ := Snooze(tl, d, now)
		moved.SnoozedBy, moved.SnoozedAt = "U0ANA", now
		return Change{Timeline: &moved, Events: []Event{
			happened(EventSnoozed, now, Details{By: "U0ANA", For: d, Until: moved.SnoozedUntil}),
		}}
	}
	done := pending.clone()
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
			before := tt.t.clone()
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

// mentionsStore holds one timeline, which goes stale as often as it is told.
type mentionsStore struct {
	timeline Timeline
	found    bool
	stale    int
	actedOn  bool // the mention was acted on before
	repeats  bool // the mention was acted on by somebody else, just now
	saved    []Change
}

func (s *mentionsStore) Hear(context.Context, Mention, time.Time) (bool, error) {
	return s.actedOn, nil
}

func (s *mentionsStore) FindByThread(context.Context, Thread) (Timeline, bool, error) {
	return s.timeline, s.found, nil
}

func (s *mentionsStore) Save(_ context.Context, changes []Change) ([]Saved, error) {
	s.saved = append(s.saved, changes...)
	if s.stale > 0 {
		s.stale--
		s.timeline.Version++
		return []Saved{SavedStale}, nil
	}
	if s.repeats {
		return []Saved{SavedRepeats}, nil
	}
	return []Saved{SavedOK}, nil
}

func mentions(s MentionsStore) *Mentions {
	m, _ := metrics()
	return &Mentions{Store: s, Roster: func(string) calendar.Roster { return shift() }, Directory: directory{}, Settings: func(string) *Settings { return settings() },
		Now: func() time.Time { return at(5) }, NewID: counter("job"), Logger: quiet(), Metrics: m}
}

func TestAnswerIsWorkedOutAnewWhenTheTimelineChanged(t *testing.T) {
	s := &mentionsStore{timeline: enterprise(), found: true, stale: 2}
	if err := mentions(s).Hear(t.Context(), byAna); err != nil {
		t.Fatal(err)
	}
	var versions []int64
	for _, c := range s.saved {
		versions = append(versions, c.Timeline.Version)
	}
	equal(t, "versions answered from", versions, []int64{0, 1, 2})
}

func TestMentionThatWasActedOnIsNotAnsweredAgain(t *testing.T) {
	s := &mentionsStore{timeline: enterprise(), found: true, actedOn: true}
	if err := mentions(s).Hear(t.Context(), byAna); err != nil {
		t.Fatal(err)
	}
	equal(t, "answers", len(s.saved), 0)
}

// The other delivery of a mention was quicker: that is no error, or Slack would deliver it for ever.
func TestMentionThatSomebodyElseActedOnIsDoneWith(t *testing.T) {
	s := &mentionsStore{timeline: enterprise(), found: true, repeats: true}
	if err := mentions(s).Hear(t.Context(), byAna); err != nil {
		t.Fatal(err)
	}
	equal(t, "tries", len(s.saved), 1)
}

func TestAnswerThatIsAlwaysOutrunIsAnErrorSoThatSlackDeliversAgain(t *testing.T) {
	s := &mentionsStore{timeline: enterprise(), found: true, stale: 1000}
	if err := mentions(s).Hear(t.Context(), byAna); !errors.Is(err, errContended) {
		t.Errorf("error %v, want %v", err, errContended)
	}
}

// Each answer is one job, in the thread of the mention, with a key of its own.
func TestAnswersAreOwedToTheMentionsThread(t *testing.T) {
	topLevel := byAna
	topLevel.ThreadTS = ""
	for _, tt := range []struct {
		name    string
		mention Mention
		found   bool
		key     string
		thread  string
		note    NoteKind
		usedUp  bool
	}{
		{"in a tracked thread", byAna, true, "answer/T0ACME/C0ENTERPRISE/1772442300.000900", byAna.ThreadTS, NoteSnoozed, true},
		{"in another thread, whose ticket may be late", byAna, false, "untracked/T0ACME/C0ENTERPRISE/1772442300.000900", byAna.ThreadTS, NoteUntracked, false},
		{"outside a thread", topLevel, false, "untracked/T0ACME/C0ENTERPRISE/1772442300.000900", byAna.TS, NoteUntracked, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &mentionsStore{timeline: enterprise(), found: tt.found}
			if err := mentions(s).Hear(t.Context(), tt.mention); err != nil {
				t.Fatal(err)
			}
			c := s.saved[0]
			p := post(t, c)
			equal(t, "job", []string{c.Jobs[0].Key, c.Jobs[0].Queue}, []string{tt.key, QueueSlack})
			equal(t, "thread", p.Thread, Thread{"T0ACME", "C0ENTERPRISE", tt.thread})
			equal(t, "note", p.Note.Kind, tt.note)
			var usedUp *MentionKey
			if tt.usedUp {
				usedUp = &tt.mention.MentionKey
			}
			equal(t, "mention", c.Mention, usedUp)
		})
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
