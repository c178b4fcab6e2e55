package intake

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// mentionsStore holds one timeline, which goes stale as often as it is told.
type mentionsStore struct {
	timeline escalation.Timeline
	found    bool
	stale    int
	actedOn  bool // the mention was acted on before
	repeats  bool // the mention was acted on by somebody else, just now
	saved    []escalation.Change
}

func (s *mentionsStore) Hear(context.Context, escalation.Mention, time.Time) (bool, error) {
	return s.actedOn, nil
}

func (s *mentionsStore) ListByThread(context.Context, escalation.Thread) ([]escalation.Timeline, error) {
	if !s.found {
		return nil, nil
	}
	return []escalation.Timeline{s.timeline}, nil
}

func (s *mentionsStore) JobsByKey(context.Context, []string) ([]queue.Job, error) { return nil, nil }

func (s *mentionsStore) Save(_ context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	s.saved = append(s.saved, changes...)
	if s.stale > 0 {
		s.stale--
		s.timeline.Version++
		return []escalation.Saved{escalation.SavedStale}, nil
	}
	if s.repeats {
		return []escalation.Saved{escalation.SavedRepeats}, nil
	}
	return []escalation.Saved{escalation.SavedOK}, nil
}

func mentions(s MentionsStore) *Mentions {
	d, _ := escalationtest.Deps(func() time.Time { return at(5) })
	return &Mentions{Deps: d, Store: s}
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
	if err := mentions(s).Hear(t.Context(), byAna); !errors.Is(err, flow.ErrContended) {
		t.Errorf("error %v, want %v", err, flow.ErrContended)
	}
}

// Each answer is one job, in the thread of the mention, with a key of its own.
func TestAnswersAreOwedToTheMentionsThread(t *testing.T) {
	topLevel := byAna
	topLevel.ThreadTS = ""
	for _, tt := range []struct {
		name    string
		mention escalation.Mention
		found   bool
		key     string
		thread  string
		note    escalation.NoteKind
		usedUp  bool
	}{
		{"in a tracked thread", byAna, true, "answers/tl-1/1772442310/1", byAna.ThreadTS, escalation.NoteSnoozed, true},
		{"in another thread, whose ticket may be late", byAna, false, "untracked/T0ACME/C0ENTERPRISE/1772442300.000900", byAna.ThreadTS, escalation.NoteUntracked, false},
		{"outside a thread", topLevel, false, "untracked/T0ACME/C0ENTERPRISE/1772442300.000900", byAna.TS, escalation.NoteUntracked, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &mentionsStore{timeline: enterprise(), found: tt.found}
			if err := mentions(s).Hear(t.Context(), tt.mention); err != nil {
				t.Fatal(err)
			}
			c := s.saved[0]
			p := post(t, c)
			equal(t, "job", []string{c.Jobs[0].Key, c.Jobs[0].Queue}, []string{tt.key, escalation.QueueSlack})
			equal(t, "thread", p.Thread, escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: tt.thread})
			equal(t, "note", p.Note.Kind, tt.note)
			var usedUp *escalation.MentionKey
			if tt.usedUp {
				usedUp = &tt.mention.MentionKey
			}
			equal(t, "mention", c.Mention, usedUp)
		})
	}
}
