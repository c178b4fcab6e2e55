package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// Mentions answers people who mention the bot (rule 10).
type Mentions struct {
	escalation.Deps
	Store MentionsStore
}

// MentionsStore is what Mentions needs of the database.
type MentionsStore interface {
	Hear(ctx context.Context, m escalation.Mention, at time.Time) (actedOn bool, err error)
	FindByThread(ctx context.Context, at escalation.Thread) (escalation.Timeline, bool, error)
	escalation.Saver
}

// Hear takes in a mention. It is kept before its timeline is looked for: whichever of the two is
// stored last sees the other, so none is lost between them.
func (m *Mentions) Hear(ctx context.Context, mention escalation.Mention) error {
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
func (m *Mentions) Answer(ctx context.Context, mention escalation.Mention) error {
	return m.Update(ctx, m.Store, mention.User, func() ([]escalation.Change, error) {
		change, err := m.respond(ctx, mention)
		if err != nil {
			return nil, err
		}
		return []escalation.Change{change}, nil
	})
}

// respond works out the answer to a mention from what is stored now.
func (m *Mentions) respond(ctx context.Context, mention escalation.Mention) (escalation.Change, error) {
	if mention.ThreadTS != "" {
		t, found, err := m.Store.FindByThread(ctx, escalation.Thread{Workspace: mention.Workspace, Channel: mention.Channel, TS: mention.ThreadTS})
		if err != nil {
			return escalation.Change{}, fmt.Errorf("find the thread's timeline: %w", err)
		}
		if found {
			c, note := escalation.Respond(t, mention, escalation.ParseRequest(mention.Text), m.Facts(mention.Workspace))
			c.Mention = &mention.MentionKey
			return m.owing(c, "answer", mention, note), nil
		}
	}
	note := escalation.Note{Kind: escalation.NoteUntracked, User: mention.User, Snooze: m.Settings(mention.Workspace).Snooze}
	// In a thread the mention is not used up: its ticket's message may be late. The job's key keeps
	// the explanation to one.
	var c escalation.Change
	if mention.ThreadTS == "" {
		c.Mention = &mention.MentionKey
	}
	return m.owing(c, "untracked", mention, note), nil
}

// owing adds the job that posts note in the mention's thread.
func (m *Mentions) owing(c escalation.Change, kind string, mention escalation.Mention, note escalation.Note) escalation.Change {
	at := escalation.Thread{Workspace: mention.Workspace, Channel: mention.Channel, TS: mention.ThreadTS}
	if at.TS == "" {
		at.TS = mention.TS
	}
	key := fmt.Sprintf("%s/%s/%s/%s", kind, mention.Workspace, mention.Channel, mention.TS)
	c.Jobs = append(c.Jobs, escalation.NewPostJob(m.NewID(), key, escalation.Post{Thread: at, Note: &note}, m.Now()))
	return c
}
