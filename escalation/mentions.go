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

// Mentions answers people who mention the bot (rule 10).
type Mentions struct {
	Store     MentionsStore
	Roster    func() calendar.Roster
	Directory Directory
	Settings  func() *Settings
	Now       func() time.Time
	NewID     func() string
	Logger    *slog.Logger
	Metrics   *Metrics
}

// MentionsStore is what Mentions needs of the database.
type MentionsStore interface {
	Hear(ctx context.Context, m Mention, at time.Time) (actedOn bool, err error)
	FindByThread(ctx context.Context, at Thread) (Timeline, bool, error)
	Save(ctx context.Context, changes []Change) ([]Saved, error)
}

// Hear takes in a mention. It is kept before its timeline is looked for: whichever of the two is
// stored last sees the other, so none is lost between them.
func (m *Mentions) Hear(ctx context.Context, mention Mention) error {
	actedOn, err := m.Store.Hear(ctx, mention, m.Now())
	if err != nil {
		return fmt.Errorf("keep mention: %w", err)
	}
	if actedOn {
		return nil
	}
	return m.Answer(ctx, mention)
}

// errContended is returned when a timeline kept changing under an answer; Slack delivers again.
var errContended = errors.New("the timeline kept changing while a mention was answered")

// Answer acts on a mention that is kept, once.
func (m *Mentions) Answer(ctx context.Context, mention Mention) error {
	for range 10 {
		change, err := m.respond(ctx, mention)
		if err != nil {
			return err
		}
		saved, err := m.Store.Save(ctx, []Change{change})
		if err != nil {
			return fmt.Errorf("save answer to mention: %w", err)
		}
		switch saved[0] {
		case SavedOK:
			m.Metrics.saved(change)
			m.log(mention, change)
			return nil
		case SavedRepeats:
			return nil
		}
	}
	return errContended
}

func (m *Mentions) log(mention Mention, c Change) {
	if c.Timeline == nil {
		return
	}
	for _, e := range c.Events {
		m.Logger.Info("timeline "+string(e.Kind), "timeline", c.Timeline.ID, "ticket", c.Timeline.Ticket.ID,
			"channel", mention.Channel, "by", mention.User, "for", e.For.String())
	}
}

// respond works out the answer to a mention from what is stored now.
func (m *Mentions) respond(ctx context.Context, mention Mention) (Change, error) {
	if mention.ThreadTS != "" {
		t, found, err := m.Store.FindByThread(ctx, Thread{mention.Workspace, mention.Channel, mention.ThreadTS})
		if err != nil {
			return Change{}, fmt.Errorf("find the thread's timeline: %w", err)
		}
		if found {
			c, note := Respond(t, mention, ParseRequest(mention.Text), m.facts())
			c.Mention = &mention.MentionKey
			return m.owing(c, "answer", mention, note), nil
		}
	}
	note := Note{Kind: NoteUntracked, User: mention.User, Snooze: m.Settings().Snooze}
	// In a thread the mention is not used up: its ticket's message may be late. The job's key keeps
	// the explanation to one.
	var c Change
	if mention.ThreadTS == "" {
		c.Mention = &mention.MentionKey
	}
	return m.owing(c, "untracked", mention, note), nil
}

func (m *Mentions) facts() Facts {
	return Facts{Now: m.Now(), Roster: m.Roster(), Directory: m.Directory, Settings: m.Settings(), NewID: m.NewID}
}

// owing adds the job that posts note in the mention's thread.
func (m *Mentions) owing(c Change, kind string, mention Mention, note Note) Change {
	at := Thread{mention.Workspace, mention.Channel, mention.ThreadTS}
	if at.TS == "" {
		at.TS = mention.TS
	}
	key := fmt.Sprintf("%s/%s/%s/%s", kind, mention.Workspace, mention.Channel, mention.TS)
	c.Jobs = []queue.New{NewPostJob(m.NewID(), key, Post{Thread: at, Note: &note}, m.Now())}
	return c
}

// Respond is what a request does to a timeline, and the note that answers it. It is pure.
func Respond(t Timeline, by Mention, r Request, f Facts) (Change, Note) {
	note := Note{User: by.User, Snooze: f.Settings.Snooze, MaxSnooze: f.Settings.MaxSnooze, CanDone: !f.Settings.HasDesk}
	switch {
	case r.Kind == RequestHelp:
		note.Kind = NoteHelp
		return Change{}, note
	case r.Kind == RequestStatus:
		note.Kind, note.Timeline = NoteStatus, &t
		if t.State == Open {
			note.Next = nextTier(t.Tiers, -1, f.Now, f.around(t))
		}
		return Change{}, note
	case t.State != Open:
		note.Kind, note.Timeline = NoteClosed, &t
		return Change{}, note
	case r.Kind == RequestDone && !f.Settings.HasDesk:
		f.Answer = Answer{Status: DeskAnswered, Cause: "done by " + by.User}
		c, _ := Decide(t, f)
		note.Kind, note.Timeline = NoteDone, c.Timeline
		return c, note
	}
	return snooze(t, by, r, f, note)
}

func snooze(t Timeline, by Mention, r Request, f Facts, note Note) (Change, Note) {
	note.For = r.For
	if note.For == 0 {
		note.For = f.Settings.Snooze
	}
	if note.For > f.Settings.MaxSnooze {
		note.For, note.Capped = f.Settings.MaxSnooze, true
	}
	snoozed, moved := Snooze(t, note.For, f.Now)
	if !moved {
		note.Kind, note.Timeline = NoteNothing, &t
		return Change{}, note
	}
	note.Kind, note.Until = NoteSnoozed, snoozed.SnoozedUntil
	note.Next = nextSnoozed(snoozed, f)
	return Change{Timeline: &snoozed, Events: []Event{{
		Timeline: t.ID, At: f.Now, Kind: EventSnoozed,
		Details: Details{By: by.User, For: note.For, Until: snoozed.SnoozedUntil},
	}}}, note
}

// nextSnoozed counts an owed tier as pending: its job will find it snoozed.
func nextSnoozed(t Timeline, f Facts) *Next {
	t = t.clone()
	if i := t.owed(); i >= 0 {
		t.Tiers[i].State = TierPending
	}
	return nextTier(t.Tiers, -1, f.Now, f.around(t))
}

func (f Facts) around(t Timeline) surroundings {
	return surroundings{t.Workspace, t.Ticket, f.Roster, f.Directory, f.Settings}
}
