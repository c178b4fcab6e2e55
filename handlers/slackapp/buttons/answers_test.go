package buttons

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// shelf is a database of one timeline and the job of its reminder.
type shelf struct {
	escalationtest.Loader
	busy bool
}

func (s *shelf) Save(_ context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	return slices.Repeat([]escalation.Saved{escalation.SavedOK}, len(changes)), nil
}

func (s *shelf) TakeTurn(_ context.Context, _ string, now time.Time, _ time.Duration) (ok bool, next time.Time, err error) {
	return !s.busy, now.Add(time.Minute), nil
}

// silentDesk does not answer.
type silentDesk struct{}

func (silentDesk) Ask(context.Context, []desk.Question) (map[string]desk.Answer, error) {
	return nil, errors.New("away")
}

// situation is what a click may meet.
type situation struct {
	change func(*escalation.Timeline)
	desk   desk.HelpDesk
	deps   func(*flow.Deps)
	purged bool // the timeline and the job are gone
	again  bool // the very same click came before
	busy   bool // the desk is asked as often as it may be
}

func situations() map[string]situation {
	says := func(a desk.Answer) desk.HelpDesk { return escalationtest.Saying(a) }
	now := escalationtest.At(11)
	owner := func(user string) func(*escalation.Timeline) {
		return escalationtest.OwnedBy(escalation.Owner{User: user, Name: user, Since: now.Add(-time.Minute)})
	}
	bobIsAway := func(d *flow.Deps) {
		d.Roster = func(string) calendar.Roster {
			return calendar.Roster{AsOf: now, Away: []calendar.Engineer{escalationtest.Bob}}
		}
	}
	return map[string]situation{
		"a colleague is away":     {deps: bobIsAway},
		"just reminded":           {},
		"answered":                {desk: says(desk.Answer{Status: desk.Answered, RepliedAt: now})},
		"the desk is away":        {desk: silentDesk{}},
		"the desk is asked a lot": {busy: true},
		"sent again":              {again: true, desk: says(desk.Answer{Status: desk.Answered, RepliedAt: now})},
		"sent again while snoozed": {again: true, change: func(t *escalation.Timeline) {
			t.SnoozedUntil = now.Add(time.Hour)
			for i := range t.Tiers {
				t.Tiers[i].Due = t.Tiers[i].Due.Add(time.Hour)
			}
		}},
		"there is no desk":       {desk: says(desk.Answer{Status: desk.None})},
		"closed":                 {change: escalationtest.Closed(escalation.Answered)},
		"purged":                 {purged: true},
		"all tiers are posted":   {change: escalationtest.InStates(escalation.TierPosted, escalation.TierPosted, escalation.TierPosted, escalation.TierPosted)},
		"snoozed just before":    {change: func(t *escalation.Timeline) { t.SnoozedBy, t.SnoozedAt = "U0ANA", now }},
		"snoozed so just before": {change: func(t *escalation.Timeline) { t.SnoozedBy, t.SnoozedAt, t.SnoozedFor = "U0ANA", now, time.Hour }},
		"put off as far as may be": {change: func(t *escalation.Timeline) {
			for i := range t.Tiers {
				t.Tiers[i].Due = now.Add(4 * time.Hour)
			}
		}},
		"theirs":          {change: owner("U0ANA")},
		"somebody else's": {change: owner("U0BOB")},
	}
}

// Whatever a click meets, it is answered as its button's row says, and every answer of the row is met.
func TestEveryButtonAnswersAsItsRowSays(t *testing.T) {
	for _, b := range table {
		t.Run(b.id, func(t *testing.T) {
			met := map[escalation.NoteKind]bool{}
			for name, s := range situations() {
				for _, user := range []string{"U0ANA", "U0BOB"} {
					note, err := b.act(t.Context(), actionsIn(t, s), clicked(s), pressed{length: time.Hour, user: user})
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					met[note.Kind] = true
				}
			}
			want := slices.Sorted(slices.Values(b.answers))
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(met))); diff != "" {
				t.Errorf("answers (-the row +met):\n%s", diff)
			}
		})
	}
}

func clicked(s situation) escalation.Click {
	c := escalationtest.ClickBy("U0ANA", "ana", escalationtest.At(11))
	c.Again = s.again
	return c
}

func actionsIn(t *testing.T, s situation) *act.Actions {
	t.Helper()
	job, timeline := escalationtest.Reminding(t)
	deps, _ := escalationtest.Deps(func() time.Time { return escalationtest.At(11) })
	if s.desk != nil {
		deps.Desk = s.desk
	}
	if s.deps != nil {
		s.deps(&deps)
	}
	if s.change != nil {
		s.change(&timeline)
	}
	store := &shelf{busy: s.busy}
	if !s.purged {
		store.Timelines, store.History = []escalation.Timeline{timeline}, []escalation.Event{escalationtest.Decided(t, job)}
	}
	return &act.Actions{Deps: deps, Store: store}
}

// Route, the menu and the acknowledgement go by the table, so that a row is all that a button takes.
func TestRowsAreWhole(t *testing.T) {
	ids := map[string]bool{}
	for _, b := range table {
		if b.id == "" || ids[b.id] || b.words == nil || b.act == nil || len(b.answers) == 0 || b.aloud == nil && !b.menu && !b.whom {
			t.Errorf("the row of %q is not whole, or stands twice", b.id)
		}
		ids[b.id] = true
	}
}
