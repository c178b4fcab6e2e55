package intake

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

// repliesStore holds what was told, and open timelines that go stale as often as it is told.
type repliesStore struct {
	open    []escalation.Timeline
	solved  []escalation.Timeline
	heard   []desk.Event
	since   time.Time
	stale   int
	err     error
	changes []escalation.Change
}

func (s *repliesStore) HearDesk(_ context.Context, e desk.Event, _ time.Time) error {
	s.heard = append(s.heard, e)
	return s.err
}

func (s *repliesStore) EarlyDesk(_ context.Context, _, _ string, since time.Time) ([]desk.Event, error) {
	s.since = since
	return s.heard, nil
}

func (s *repliesStore) FindByTicket(_ context.Context, workspace, _ string) (found []escalation.Timeline, err error) {
	for _, tl := range s.open {
		if workspace == "" || tl.Workspace == workspace {
			found = append(found, tl)
		}
	}
	return found, nil
}

func (s *repliesStore) FindSolved(_ context.Context, _, _ string) ([]escalation.Timeline, error) {
	return s.solved, nil
}

func (s *repliesStore) Save(_ context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	s.changes = append(s.changes, changes...)
	saved := make([]escalation.Saved, len(changes))
	for i := range changes {
		saved[i] = escalation.SavedOK
		if s.stale > 0 {
			s.stale--
			saved[i] = escalation.SavedStale
			continue
		}
		at := slices.IndexFunc(s.open, func(tl escalation.Timeline) bool { return tl.ID == changes[i].Timeline.ID })
		s.open[at] = *changes[i].Timeline
	}
	return saved, nil
}

func replies(s RepliesStore) *Replies {
	d, _ := escalationtest.Deps(func() time.Time { return at(12) })
	return &Replies{Deps: d, Store: s}
}

func TestHearClosesInEveryWorkspaceAndTriesAgainWhenStale(t *testing.T) {
	other := enterprise(func(tl *escalation.Timeline) { tl.ID, tl.Workspace = "tl-2", "T0OTHER" })
	s := &repliesStore{open: []escalation.Timeline{enterprise(), other}, stale: 1}
	if err := replies(s).Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Replied, At: at(11), Proof: true}); err != nil {
		t.Fatal(err)
	}
	for _, tl := range s.open {
		equal(t, tl.ID, tl.State, escalation.Answered)
	}
	equal(t, "kept", len(s.heard), 1)
}

// What has no time of its own is weighed by when it was heard.
func TestHearDatesWhatIsUndated(t *testing.T) {
	s := &repliesStore{open: []escalation.Timeline{enterprise()}}
	if err := replies(s).Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Replied, Proof: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "kept as", s.heard[0].At, at(12))
	equal(t, "answered", s.open[0].AnsweredAt, at(12))
}

func TestHearKeepsNothingThatSaysNothing(t *testing.T) {
	s := &repliesStore{open: []escalation.Timeline{enterprise()}}
	if err := replies(s).Hear(t.Context(), desk.Event{Kind: desk.Replied, Proof: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "kept", len(s.heard), 0)
	equal(t, "changes", len(s.changes), 0)
}

// Rule 5: an event that does not say enough makes us ask.
func TestHearAsksAboutWhatDoesNotSayEnough(t *testing.T) {
	s := &repliesStore{open: []escalation.Timeline{enterprise()}}
	if err := replies(s).Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Other}); err != nil {
		t.Fatal(err)
	}
	equal(t, "kept", len(s.heard), 0)
	equal(t, "state", s.open[0].State, escalation.Open)
	if s.open[0].AskedAt.After(at(-60)) {
		t.Errorf("asked about last at %s: others would come before", s.open[0].AskedAt)
	}
}

func TestHearThatCannotBeKeptIsAnError(t *testing.T) {
	s := &repliesStore{open: []escalation.Timeline{enterprise()}, err: context.DeadlineExceeded}
	if err := replies(s).Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Replied, At: at(11), Proof: true}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v: the help desk would not tell again", err)
	}
	equal(t, "changes", len(s.changes), 0)
}

// What was told within the hour before its ticket's message is applied when the ticket is opened.
func TestHeardEarly(t *testing.T) {
	s := &repliesStore{open: []escalation.Timeline{enterprise()}, heard: []desk.Event{{TicketID: "42", Kind: desk.Replied, At: at(-0.5), Proof: true}}}
	if err := replies(s).heardEarly(t.Context(), enterprise().Workspace, "42"); err != nil {
		t.Fatal(err)
	}
	equal(t, "since", s.since, at(-48))
	equal(t, "state", s.open[0].State, escalation.Answered)
}

func TestWhatTheHelpDeskTellsIsNothingToAWorkspaceThatItIsNotTheDeskOf(t *testing.T) {
	other := enterprise(func(tl *escalation.Timeline) { tl.ID, tl.Workspace = "tl-2", "T0OTHER" })
	s := &repliesStore{open: []escalation.Timeline{enterprise(), other}}
	r := replies(s)
	r.Settings = onlyIn(s.open[0].Workspace)
	if err := r.Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Replied, At: at(11), Proof: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "ours", s.open[0].State, escalation.Answered)
	equal(t, "theirs", s.open[1].State, escalation.Open)
}

// A webhook is signed by the file's desk also where the file says that nobody is to be asked.
func TestWithoutADeskToAskAWebhookIsItsOwnWorkspacesAlone(t *testing.T) {
	other := enterprise(func(tl *escalation.Timeline) { tl.ID, tl.Workspace = "tl-2", "T0OTHER" })
	s := &repliesStore{open: []escalation.Timeline{enterprise(), other}}
	r := replies(s)
	r.Settings, r.Of = func(string) *escalation.Settings { return &escalation.Settings{} }, func() string { return s.open[0].Workspace }
	if err := r.Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Replied, At: at(11), Proof: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "kept as told by", s.heard[0].Workspace, s.open[0].Workspace)
	if err := r.heardEarly(t.Context(), "T0OTHER", "42"); err != nil {
		t.Fatal(err)
	}
	equal(t, "ours", s.open[0].State, escalation.Answered)
	equal(t, "theirs", s.open[1].State, escalation.Open)
}

// A desk whose clock, or whose unit, is wrong must not answer questions that are yet to be asked.
func TestWhatIsToldOfTheFutureIsOfNow(t *testing.T) {
	s := &repliesStore{}
	if err := replies(s).Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Replied, At: at(9999), Proof: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "kept with the time", s.heard[0].At, at(12))
}

// Rule 17: of a ticket that is solved nobody has to wait for the next look whether it came back.
func TestHearOpensASolvedTicketThatComesBack(t *testing.T) {
	solved := enterprise(func(tl *escalation.Timeline) {
		tl.State, tl.LookAt, tl.ExpiresAt = escalation.Answered, at(30), at(10_000)
		tl.Desk.Ticket.SolvedAt = at(5)
	})
	s := &repliesStore{solved: []escalation.Timeline{solved}}
	event := desk.Event{TicketID: "42", Kind: desk.Other, At: at(11), Facts: []desk.Fact{{Kind: desk.FactStatus, Value: "open", At: at(11)}}}
	if err := replies(&reopening{s}).Hear(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	equal(t, "changes", len(s.changes), 1)
	equal(t, "state", s.changes[0].Timeline.State, escalation.Open)
}

// reopening is a repliesStore that finds what it saves among the solved.
type reopening struct{ *repliesStore }

func (r *reopening) Save(_ context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	r.changes = append(r.changes, changes...)
	return []escalation.Saved{escalation.SavedOK}, nil
}
