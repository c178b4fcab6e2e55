package act

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// Actions does what people ask for with the buttons of a reminder. Each method answers with a note, even if there is
// nothing to do: the timeline was closed meanwhile, the reminder was purged, it was a double click. An error means that
// the database could not do it. Then the click may be tried again: within three seconds it counts only once, even if
// the first one had counted.
type Actions struct {
	flow.Deps
	Store ActionsStore
	// Reads says whether somebody may read a channel (rule 29). It asks Slack. If Slack does not say, they may not.
	Reads func(ctx context.Context, workspace, user, channel string) bool

	asking asking
}

// ActionsStore is what Actions needs of the database.
type ActionsStore interface {
	Load(ctx context.Context, ids []string) ([]escalation.Timeline, error)
	// Happened returns the events of a kind in the history of timelines.
	Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error)
	// TakeTurn shuts the gate key until now+every if it is open, and says when it opens next if not.
	TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error)
	flow.Saver
}

// Snooze postpones what is pending by d, as a mention does (rule 10); 0 is the default length.
func (a *Actions) Snooze(ctx context.Context, c escalation.Click, d time.Duration) (escalation.Note, error) {
	return a.act(ctx, c, func(t escalation.Timeline, f escalation.Facts) (escalation.Change, escalation.Note) {
		return escalation.SnoozeByClick(t, c, d, f)
	})
}

// Unsnooze gives what is pending its own times again (rule 10).
func (a *Actions) Unsnooze(ctx context.Context, c escalation.Click) (escalation.Note, error) {
	return a.act(ctx, c, func(t escalation.Timeline, f escalation.Facts) (escalation.Change, escalation.Note) {
		return escalation.Unsnooze(t, c, f)
	})
}

// Own makes who clicked the owner, and postpones what is pending by the default length. The next tier mentions only
// them, unless their shift has ended by then.
func (a *Actions) Own(ctx context.Context, c escalation.Click) (escalation.Note, error) {
	return a.act(ctx, c, func(t escalation.Timeline, f escalation.Facts) (escalation.Change, escalation.Note) {
		return escalation.Own(t, c, f)
	})
}

// Assign gives the ticket to somebody else, or to who clicked without a snooze (rule 23). whom is a Slack user id, an
// engineer's name, or "me". It asks Slack who that is.
func (a *Actions) Assign(ctx context.Context, c escalation.Click, whom string) (escalation.Note, error) {
	to := a.NewOwner(ctx, c.Workspace, c.User, whom)
	return a.act(ctx, c, func(t escalation.Timeline, f escalation.Facts) (escalation.Change, escalation.Note) {
		return escalation.AssignByClick(t, c, to, f)
	})
}

// AssignElsewhere is Assign from outside the ticket's thread, for a timeline in the click's workspace. A click in
// another channel counts only if the person may read the ticket's channel.
func (a *Actions) AssignElsewhere(ctx context.Context, c escalation.Click, whom string) (escalation.Note, error) {
	ts, err := a.Store.Load(ctx, []string{c.Timeline})
	if err != nil {
		return escalation.Note{}, fmt.Errorf("read the timeline that is handed over: %w", err)
	}
	if len(ts) == 0 || ts[0].Workspace != c.Workspace {
		return gone(c), nil
	}
	why := a.NewOwner(ctx, c.Workspace, "", c.User).Refused
	if channel := ts[0].Channel; why == "" && c.Channel != channel && !a.Reads(ctx, c.Workspace, c.User, channel) {
		why = escalation.RefusedUnread
	}
	if why != "" {
		return escalation.Note{Kind: escalation.NoteNotAssigned, User: c.User, Refused: why}, nil
	}
	c.Thread = ts[0].Thread
	return a.Assign(ctx, c, whom)
}

// CheckAgain asks the help desk about this one ticket, and closes the timeline if it has been answered. If the budget
// allows no question now, the poller asks about the ticket next.
func (a *Actions) CheckAgain(ctx context.Context, c escalation.Click) (escalation.Note, error) {
	t, found, err := a.find(ctx, c)
	switch {
	case err != nil:
		return escalation.Note{}, err
	case !found:
		return gone(c), nil
	case t.State != escalation.Open:
		_, note := escalation.CheckAgain(t, c.User, a.Facts(t.Workspace))
		return note, nil
	}
	answer, asked, err := a.ask(ctx, t)
	if err != nil {
		return escalation.Note{}, err
	}
	return a.act(ctx, c, func(t escalation.Timeline, f escalation.Facts) (escalation.Change, escalation.Note) {
		if !asked {
			return escalation.CheckLater(t, c.User, f)
		}
		f.Answer = answer
		return escalation.CheckAgain(t, c.User, f)
	})
}

// Why explains the reminder that was clicked to the person who clicked it.
func (a *Actions) Why(ctx context.Context, c escalation.Click) (escalation.Note, error) {
	t, found, err := a.find(ctx, c)
	if err != nil {
		return escalation.Note{}, err
	}
	if !found {
		return gone(c), nil
	}
	decided, err := a.Store.Happened(ctx, []string{t.ID}, escalation.EventDue)
	if err != nil {
		return escalation.Note{}, fmt.Errorf("read the reminder: %w", err)
	}
	if r := escalation.ReminderOf(decided, t.ID, escalation.Posting{Tier: c.Tier, Round: c.Round}); r != nil {
		return escalation.Explain(t, *r, c.User, a.Facts(t.Workspace)), nil
	}
	return gone(c), nil
}

// act works out a change from what is stored now, and saves it.
func (a *Actions) act(ctx context.Context, c escalation.Click, work func(escalation.Timeline, escalation.Facts) (escalation.Change, escalation.Note)) (escalation.Note, error) {
	var note escalation.Note
	_, err := a.Update(ctx, a.Store, c.User, func() ([]escalation.Change, error) {
		t, found, err := a.find(ctx, c)
		if err != nil {
			return nil, err
		}
		if !found {
			note = gone(c)
			return nil, nil
		}
		var change escalation.Change
		if change, note = work(t, a.Facts(t.Workspace)); change.Timeline == nil {
			return nil, nil
		}
		if c.Again {
			note = escalation.Twice(c, a.Facts(t.Workspace))
			return nil, nil
		}
		return []escalation.Change{change}, nil
	})
	if err != nil {
		return escalation.Note{}, err
	}
	return note, nil
}

// find reads the timeline that a click is about. A click that does not fit it (another place, a tier or
// round that it never had) finds nothing.
func (a *Actions) find(ctx context.Context, c escalation.Click) (t escalation.Timeline, found bool, err error) {
	ts, err := a.Store.Load(ctx, []string{c.Timeline})
	if err != nil {
		return escalation.Timeline{}, false, fmt.Errorf("read the click's timeline: %w", err)
	}
	if len(ts) == 0 || !c.Of(ts[0]) {
		return escalation.Timeline{}, false, nil
	}
	return ts[0], true, nil
}

func gone(c escalation.Click) escalation.Note {
	return escalation.Note{Kind: escalation.NoteGone, User: c.User}
}
