package escalation

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Rule 5 weighs what the help desk tells by itself.
func TestTold(t *testing.T) {
	replied := func(when time.Time) DeskEvent {
		return DeskEvent{TicketID: "42", Kind: DeskReplied, At: when, Proof: true}
	}
	unproven := func(e DeskEvent) DeskEvent { e.Proof = false; return e }
	gone := DeskEvent{TicketID: "42", Kind: DeskClosed, At: at(9), Cause: "solved", Proof: true}
	for _, tt := range []struct {
		name     string
		t        Timeline
		event    DeskEvent
		state    TimelineState // "": nothing changes
		answered time.Time
		cause    string
	}{
		{"a reply closes with its own time", enterprise(), replied(at(9)), Answered, at(9), ""},
		{"a reply of the future counts from now", enterprise(), replied(at(99)), Answered, at(12), ""},
		{"a clock a minute behind", enterprise(), replied(at(-1)), Answered, at(-1), ""},
		{"an older reply answers something else", enterprise(), replied(at(-1).Add(-1)), "", time.Time{}, ""},
		{"closed without a reply", enterprise(), gone, Withdrawn, time.Time{}, "solved"},
		{"closed before its message came", enterprise(), DeskEvent{TicketID: "42", Kind: DeskClosed, At: at(-5), Proof: true}, "", time.Time{}, ""},
		{"something else", enterprise(), DeskEvent{TicketID: "42", Kind: DeskOther, At: at(9), Proof: true}, "", time.Time{}, ""},
		{"told again", enterprise(closed(Answered)), replied(at(9)), "", time.Time{}, ""},
		{"without proof it closes nothing", enterprise(), unproven(replied(at(9))), Open, time.Time{}, ""},
		{"nor is an older one worth asking about", enterprise(), unproven(replied(at(-5))), "", time.Time{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Facts{Now: at(12), Settings: settings(), NewID: counter("job")}
			c, _ := told(tt.t, tt.event, f)
			if tt.state == "" {
				equal(t, "change", c, Change{})
				return
			}
			equal(t, "state", c.Timeline.State, tt.state)
			equal(t, "answered", c.Timeline.AnsweredAt, tt.answered)
			equal(t, "cause", c.Timeline.Cause, tt.cause)
		})
	}
}

// An event that proves nothing has the ticket asked about before all others, and is no event of its own.
func TestToldWithoutProofAsksNext(t *testing.T) {
	event := DeskEvent{TicketID: "42", Kind: DeskReplied, At: at(9)}
	f := Facts{Now: at(12), Settings: settings()}
	c, verdict := told(enterprise(asked(DeskUnanswered, at(11))), event, f)
	equal(t, "verdict", verdict, VerdictNothing)
	equal(t, "history", c.Events, nil)
	if c.Timeline.AskedAt.After(at(-60)) {
		t.Errorf("asked about last at %s: others would come before", c.Timeline.AskedAt)
	}
	again, _ := told(*c.Timeline, event, f)
	equal(t, "told again", again, Change{})
}

// repliesStore holds what was told, and open timelines that go stale as often as it is told.
type repliesStore struct {
	open    []Timeline
	heard   []DeskEvent
	since   time.Time
	stale   int
	err     error
	changes []Change
}

func (s *repliesStore) HearDesk(_ context.Context, e DeskEvent, _ time.Time) error {
	s.heard = append(s.heard, e)
	return s.err
}

func (s *repliesStore) EarlyDesk(_ context.Context, _ string, since time.Time) ([]DeskEvent, error) {
	s.since = since
	return s.heard, nil
}

func (s *repliesStore) FindByTicket(context.Context, string) ([]Timeline, error) { return s.open, nil }

func (s *repliesStore) Save(_ context.Context, changes []Change) ([]Saved, error) {
	s.changes = append(s.changes, changes...)
	saved := make([]Saved, len(changes))
	for i := range changes {
		saved[i] = SavedOK
		if s.stale > 0 {
			s.stale--
			saved[i] = SavedStale
			continue
		}
		s.open[i] = *changes[i].Timeline
	}
	return saved, nil
}

func replies(s RepliesStore) *Replies {
	m, _ := metrics()
	return &Replies{Store: s, Settings: func(string) *Settings { return settings() }, Now: func() time.Time { return at(12) },
		NewID: counter("job"), Logger: quiet(), Metrics: m}
}

func TestHearClosesInEveryWorkspaceAndTriesAgainWhenStale(t *testing.T) {
	other := enterprise(func(tl *Timeline) { tl.ID, tl.Workspace = "tl-2", "T0OTHER" })
	s := &repliesStore{open: []Timeline{enterprise(), other}, stale: 1}
	if err := replies(s).Hear(t.Context(), DeskEvent{TicketID: "42", Kind: DeskReplied, At: at(11), Proof: true}); err != nil {
		t.Fatal(err)
	}
	for _, tl := range s.open {
		equal(t, tl.ID, tl.State, Answered)
	}
	equal(t, "kept", len(s.heard), 1)
}

// What has no time of its own is weighed by when it was heard.
func TestHearDatesWhatIsUndated(t *testing.T) {
	s := &repliesStore{open: []Timeline{enterprise()}}
	if err := replies(s).Hear(t.Context(), DeskEvent{TicketID: "42", Kind: DeskReplied, Proof: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "kept as", s.heard[0].At, at(12))
	equal(t, "answered", s.open[0].AnsweredAt, at(12))
}

func TestHearKeepsNothingThatSaysNothing(t *testing.T) {
	s := &repliesStore{open: []Timeline{enterprise()}}
	for _, e := range []DeskEvent{{TicketID: "42", Kind: DeskOther, Proof: true}, {Kind: DeskReplied, Proof: true}} {
		if err := replies(s).Hear(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "kept", len(s.heard), 0)
	equal(t, "changes", len(s.changes), 0)
}

func TestHearThatCannotBeKeptIsAnError(t *testing.T) {
	s := &repliesStore{open: []Timeline{enterprise()}, err: context.DeadlineExceeded}
	if err := replies(s).Hear(t.Context(), DeskEvent{TicketID: "42", Kind: DeskReplied, At: at(11), Proof: true}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v: the help desk would not tell again", err)
	}
	equal(t, "changes", len(s.changes), 0)
}

// What was told within the hour before its ticket's message is applied when the ticket is opened.
func TestHeardEarly(t *testing.T) {
	s := &repliesStore{open: []Timeline{enterprise()}, heard: []DeskEvent{{TicketID: "42", Kind: DeskReplied, At: at(-0.5), Proof: true}}}
	if err := replies(s).heardEarly(t.Context(), "42"); err != nil {
		t.Fatal(err)
	}
	equal(t, "since", s.since, at(-48))
	equal(t, "state", s.open[0].State, Answered)
}

func TestWhatTheHelpDeskTellsIsNothingToAWorkspaceThatItIsNotTheDeskOf(t *testing.T) {
	other := enterprise(func(tl *Timeline) { tl.ID, tl.Workspace = "tl-2", "T0OTHER" })
	s := &repliesStore{open: []Timeline{enterprise(), other}}
	r := replies(s)
	r.Settings = onlyIn(s.open[0].Workspace)
	if err := r.Hear(t.Context(), DeskEvent{TicketID: "42", Kind: DeskReplied, At: at(11), Proof: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "ours", s.open[0].State, Answered)
	equal(t, "theirs", s.open[1].State, Open)
}

// A desk whose clock, or whose unit, is wrong must not answer questions that are yet to be asked.
func TestWhatIsToldOfTheFutureIsOfNow(t *testing.T) {
	s := &repliesStore{}
	if err := replies(s).Hear(t.Context(), DeskEvent{TicketID: "42", Kind: DeskReplied, At: at(9999), Proof: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "kept with the time", s.heard[0].At, at(12))
}
