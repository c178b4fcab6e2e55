package escalation

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// Mentions answers people who mention the bot (rule 10).
type Mentions struct {
	Store     MentionsStore
	Roster    func(workspace string) calendar.Roster
	Directory Directory
	Settings  func(workspace string) *Settings
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

// Answer acts on a mention that is kept, once. If its timeline keeps changing meanwhile, Slack
// delivers it again.
func (m *Mentions) Answer(ctx context.Context, mention Mention) error {
	for range patience {
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
			tellOf(m.Logger, change, mention.User)
			return nil
		case SavedRepeats:
			return nil
		}
	}
	return errContended
}

// respond works out the answer to a mention from what is stored now.
func (m *Mentions) respond(ctx context.Context, mention Mention) (Change, error) {
	if mention.ThreadTS != "" {
		t, found, err := m.Store.FindByThread(ctx, Thread{mention.Workspace, mention.Channel, mention.ThreadTS})
		if err != nil {
			return Change{}, fmt.Errorf("find the thread's timeline: %w", err)
		}
		if found {
			c, note := Respond(t, mention, ParseRequest(mention.Text), m.facts(mention.Workspace))
			c.Mention = &mention.MentionKey
			return m.owing(c, "answer", mention, note), nil
		}
	}
	note := Note{Kind: NoteUntracked, User: mention.User, Snooze: m.Settings(mention.Workspace).Snooze}
	// In a thread the mention is not used up: its ticket's message may be late. The job's key keeps
	// the explanation to one.
	var c Change
	if mention.ThreadTS == "" {
		c.Mention = &mention.MentionKey
	}
	return m.owing(c, "untracked", mention, note), nil
}

func (m *Mentions) facts(workspace string) Facts {
	return Facts{Now: m.Now(), Roster: m.Roster(workspace), Directory: m.Directory, Settings: m.Settings(workspace), NewID: m.NewID}
}

// owing adds the job that posts note in the mention's thread.
func (m *Mentions) owing(c Change, kind string, mention Mention, note Note) Change {
	at := Thread{mention.Workspace, mention.Channel, mention.ThreadTS}
	if at.TS == "" {
		at.TS = mention.TS
	}
	key := fmt.Sprintf("%s/%s/%s/%s", kind, mention.Workspace, mention.Channel, mention.TS)
	c.Jobs = append(c.Jobs, NewPostJob(m.NewID(), key, Post{Thread: at, Note: &note}, m.Now()))
	return c
}
