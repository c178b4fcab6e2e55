package act

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// pausesStore holds the open timelines of a channel; each save fails to take the first so many.
type pausesStore struct {
	open  []escalation.Timeline
	stale int
	asked escalation.OpenQuery
	err   error
}

func (s *pausesStore) ListOpen(_ context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error) {
	s.asked = q
	return s.open, s.err
}

func (s *pausesStore) Save(_ context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	saved := make([]escalation.Saved, len(changes))
	for i, c := range changes {
		saved[i] = escalation.SavedStale
		if s.stale > 0 {
			s.stale--
			continue
		}
		saved[i] = escalation.SavedOK
		for j := range s.open {
			if s.open[j].ID == c.Timeline.ID {
				s.open[j] = *c.Timeline
			}
		}
	}
	return saved, nil
}

func pauses(s OpenStore) *Pauses {
	d, _ := escalationtest.Deps(func() time.Time { return at(5) })
	return &Pauses{Deps: d, Store: s}
}

func TestPausesStampEveryOpenTimelineOfTheChannel(t *testing.T) {
	second := enterprise(func(tl *escalation.Timeline) { tl.ID = "tl-2" })
	s := &pausesStore{open: []escalation.Timeline{enterprise(), second}, stale: 1}
	p := pauses(s)
	if err := p.Pause(t.Context(), "T0ACME", "C0ENTERPRISE", "U0HANA", at(60)); err != nil {
		t.Fatal(err)
	}
	equal(t, "asked", s.asked, escalation.OpenQuery{Workspace: "T0ACME", Channel: "C0ENTERPRISE", By: escalation.ByNext, Limit: 10_000})
	for _, tl := range s.open {
		equal(t, "next of "+tl.ID, tl.NextAt(), at(50)) // the deadline
		equal(t, "paused", tl.PausedUntil, at(60))
	}
	if err := p.Resume(t.Context(), "T0ACME", "C0ENTERPRISE", "U0HANA"); err != nil {
		t.Fatal(err)
	}
	for _, tl := range s.open {
		equal(t, "next of "+tl.ID, tl.NextAt(), at(10))
	}
}

func TestPausesThatCannotBeSavedSaySo(t *testing.T) {
	for _, s := range []*pausesStore{{err: context.DeadlineExceeded}, {open: []escalation.Timeline{enterprise()}, stale: 1000}} {
		p := pauses(s)
		if err := p.Pause(t.Context(), "T0ACME", "C0ENTERPRISE", "U0HANA", at(60)); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, flow.ErrContended) {
			t.Errorf("%v, want an error", err)
		}
	}
}
