package escalation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Actions does what people ask for with the buttons of a reminder. Each answers with a note, also
// where there is nothing to do: a timeline closed meanwhile, a reminder purged, a double click. An
// error means that the database could not do it, and that the click may be tried again: tried again
// within three seconds, a click that had counted after all counts once.
type Actions struct {
	Store     ActionsStore
	Desk      HelpDesk
	Roster    func(workspace string) calendar.Roster
	Directory Directory
	Settings  func(workspace string) *Settings
	Now       func() time.Time
	NewID     func() string
	Logger    *slog.Logger
	Metrics   *Metrics
}

// ActionsStore is what Actions needs of the database.
type ActionsStore interface {
	Load(ctx context.Context, ids []string) ([]Timeline, error)
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
	Save(ctx context.Context, changes []Change) ([]Saved, error)
}

// patience is how often a change is worked out anew because its timeline changed meanwhile.
const patience = 10

// errContended is returned when a timeline kept changing under what somebody asked for.
var errContended = errors.New("the timeline kept changing meanwhile; please try again")

// Snooze postpones what is pending by d, as a mention does (rule 10); 0 is the default length.
func (a *Actions) Snooze(ctx context.Context, c Click, d time.Duration) (Note, error) {
	return a.act(ctx, c, func(t Timeline, f Facts) (Change, Note) { return snoozeByClick(t, c, d, f) })
}

// Own names the presser as the one who is on it, and postpones what is pending by the default length.
// They alone are mentioned at the next tier, unless their shift has ended by then.
func (a *Actions) Own(ctx context.Context, c Click) (Note, error) {
	return a.act(ctx, c, func(t Timeline, f Facts) (Change, Note) { return own(t, c, f) })
}

// CheckAgain asks the help desk about this one ticket, within five seconds, and closes the timeline if
// it has been answered.
func (a *Actions) CheckAgain(ctx context.Context, c Click) (Note, error) {
	t, found, err := a.find(ctx, c)
	switch {
	case err != nil:
		return Note{}, err
	case !found:
		return gone(c), nil
	case t.State != Open:
		_, note := checked(t, c.User, a.facts(t.Workspace))
		return note, nil
	}
	answer, err := askAbout(ctx, a.Desk, t, a.Settings(t.Workspace))
	if err != nil {
		a.Logger.Warn("the help desk did not answer", "ticket", t.Ticket.ID, "error", err)
	}
	if err := ctx.Err(); err != nil {
		return Note{}, fmt.Errorf("ask the help desk: %w", err)
	}
	return a.act(ctx, c, func(t Timeline, f Facts) (Change, Note) {
		f.Answer = answer
		return checked(t, c.User, f)
	})
}

// Why explains the reminder that was clicked to whoever clicked it.
func (a *Actions) Why(ctx context.Context, c Click) (Note, error) {
	t, found, err := a.find(ctx, c)
	if err != nil {
		return Note{}, err
	}
	if !found {
		return gone(c), nil
	}
	jobs, err := a.Store.JobsByKey(ctx, []string{reminderKey(t.ID, c.Tier, c.Round)})
	if err != nil {
		return Note{}, fmt.Errorf("read the reminder's job: %w", err)
	}
	for _, j := range jobs {
		if r := reminderOf(j); r != nil {
			return why(t, *r, c.User, a.facts(t.Workspace)), nil
		}
	}
	return gone(c), nil
}

// act works out a change from what is stored now, and saves it.
func (a *Actions) act(ctx context.Context, c Click, work func(Timeline, Facts) (Change, Note)) (Note, error) {
	for range patience {
		t, found, err := a.find(ctx, c)
		if err != nil {
			return Note{}, err
		}
		if !found {
			return gone(c), nil
		}
		change, note := work(t, a.facts(t.Workspace))
		if change.Timeline == nil {
			return note, nil
		}
		saved, err := a.Store.Save(ctx, []Change{change})
		if err != nil {
			return Note{}, fmt.Errorf("save what was asked for: %w", err)
		}
		if saved[0] == SavedOK {
			a.Metrics.saved(change)
			tellOf(a.Logger, change, c.User)
			return note, nil
		}
	}
	return Note{}, errContended
}

// find reads the timeline that a click is about. A click that does not fit it (another place, a tier or
// round that it never had) finds nothing.
func (a *Actions) find(ctx context.Context, c Click) (t Timeline, found bool, err error) {
	ts, err := a.Store.Load(ctx, []string{c.Timeline})
	if err != nil {
		return Timeline{}, false, fmt.Errorf("read the click's timeline: %w", err)
	}
	if len(ts) == 0 || !c.of(ts[0]) {
		return Timeline{}, false, nil
	}
	return ts[0], true, nil
}

func (a *Actions) facts(workspace string) Facts {
	return Facts{Now: a.Now(), Roster: a.Roster(workspace), Directory: a.Directory, Settings: a.Settings(workspace), NewID: a.NewID}
}

func gone(c Click) Note { return Note{Kind: NoteGone, User: c.User} }

// about is a note about a timeline as it stands.
func about(kind NoteKind, t Timeline, user string, f Facts) Note {
	n := noteFor(user, f)
	n.Kind, n.Timeline = kind, &t
	return n
}

// closedBefore is the note to somebody who asked for something when all was over.
func closedBefore(what Asked, t Timeline, user string, f Facts) Note {
	n := about(NoteClosed, t, user, f)
	n.Asked = what
	return n
}

// tellOf logs what somebody did to a timeline, once it is committed.
func tellOf(logger *slog.Logger, c Change, user string) {
	if c.Timeline == nil {
		return
	}
	for _, e := range c.Events {
		logger.Info("timeline "+string(e.Kind), "timeline", c.Timeline.ID, "ticket", c.Timeline.Ticket.ID,
			"channel", c.Timeline.Channel, "by", user, "for", e.For.String())
	}
}
