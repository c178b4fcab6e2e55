package act

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/hours"
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

// Rule 20: closed days that change move the tickets that count in those hours, and no reload of the file moves another.
func TestClosedDaysMoveNoTicketOfOtherHours(t *testing.T) {
	elsewhen := hours.Definition{Zone: time.UTC}
	elsewhen.Week[at(0).AddDate(0, 0, 1).Weekday()] = []hours.Window{{From: 9 * 60, To: 17 * 60}}
	tomorrow, err := hours.New(elsewhen)
	if err != nil {
		t.Fatal(err)
	}
	countsIn := func(id, name string) escalation.Timeline {
		return enterprise(func(tl *escalation.Timeline) { tl.ID, tl.Hours = id, name })
	}
	s := &pausesStore{open: []escalation.Timeline{countsIn("tl-1", "berlin"), countsIn("tl-2", "tokyo")}}
	d := Days{Deps: pauses(s).Deps, Store: s}
	settings := d.Settings("T0ACME")
	settings.Hours = map[string]*hours.Hours{"berlin": tomorrow, "tokyo": tomorrow}
	d.Settings = func(string) *escalation.Settings { return settings }
	if err := d.Changed(t.Context(), "T0ACME", func(name string) bool { return name == "berlin" }); err != nil {
		t.Fatal(err)
	}
	equal(t, "asked", s.asked, escalation.OpenQuery{Workspace: "T0ACME", By: escalation.ByDeadline, Limit: 10_000})
	equal(t, "next of the one", s.open[0].NextAt().After(at(60)), true)
	equal(t, "next of the other", s.open[1].NextAt(), at(10))
}
