package intake

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/saying"
)

// Mentions answers people who mention the bot (rule 10).
type Mentions struct {
	flow.Deps
	Store MentionsStore
}

// MentionsStore is what Mentions needs of the database.
type MentionsStore interface {
	Hear(ctx context.Context, m escalation.Mention, at time.Time) (actedOn bool, err error)
	ListByThread(ctx context.Context, at escalation.Thread) ([]escalation.Timeline, error)
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
	flow.Saver
}

// Hear takes in a mention. It is stored before its timeline is looked for. So whichever of the two is stored last finds
// the other, and none is lost.
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

// Answer acts on a stored mention, once. In the thread of a message with several tickets it is meant for each of them.
// If a timeline keeps changing meanwhile, Answer fails, and Slack delivers the mention again.
func (m *Mentions) Answer(ctx context.Context, mention escalation.Mention) error {
	var all []escalation.Timeline
	if mention.ThreadTS != "" {
		var err error
		if all, err = m.Store.ListByThread(ctx, place(mention)); err != nil {
			return fmt.Errorf("find the thread's timelines: %w", err)
		}
	}
	if len(all) == 0 {
		_, err := m.Update(ctx, m.Store, mention.User, func() ([]escalation.Change, error) {
			return []escalation.Change{m.untracked(mention)}, nil
		})
		return err
	}
	// The change of the first ticket marks the mention as acted on. A replica that finds it marked already leaves the
	// other tickets alone, too. So after a crash in between a ticket may keep a reminder too many, but none is snoozed
	// twice.
	for i := range all {
		saved, err := m.Update(ctx, m.Store, mention.User, func() ([]escalation.Change, error) { return m.respond(ctx, mention, all[i].ID, i == 0) })
		if err != nil || slices.Contains(saved, escalation.SavedRepeats) {
			return err
		}
	}
	return nil
}

// respond works out what a mention does to one timeline of its thread, from what is stored now.
func (m *Mentions) respond(ctx context.Context, mention escalation.Mention, id string, first bool) ([]escalation.Change, error) {
	all, err := m.Store.ListByThread(ctx, place(mention))
	if err != nil {
		return nil, fmt.Errorf("find the thread's timelines: %w", err)
	}
	i := slices.IndexFunc(all, func(t escalation.Timeline) bool { return t.ID == id })
	if i < 0 {
		return nil, nil // retention has removed it
	}
	f := m.Facts(mention.Workspace)
	request := saying.Read(mention.Text, f.Now.In(f.ZoneOf(mention.User, all[i])))
	if request.Kind == escalation.RequestAssign {
		request.NewOwner = m.NewOwner(ctx, mention.Workspace, mention.User, request.Whom)
	}
	c, note := escalation.Respond(all[i], mention, request, f)
	kind := "answer"
	if first {
		c.Mention = &mention.MentionKey
	} else {
		kind += "/" + id
	}
	c, err = m.answerIn(ctx, m.owing(c, kind, mention, id, note), id, place(mention), note)
	return []escalation.Change{c}, err
}

// place is the thread that a mention is in.
func place(mention escalation.Mention) escalation.Thread {
	return escalation.Thread{Workspace: mention.Workspace, Channel: mention.Channel, TS: mention.ThreadTS}
}

// untracked explains to somebody who mentions the bot elsewhere what they can do. In a thread the mention is not marked
// as acted on: the ticket's message may be late. The job's key makes sure that there is one explanation.
func (m *Mentions) untracked(mention escalation.Mention) escalation.Change {
	note := escalation.Note{Kind: escalation.NoteUntracked, User: mention.User, Snooze: m.Settings(mention.Workspace).Snooze}
	var c escalation.Change
	if mention.ThreadTS == "" {
		c.Mention = &mention.MentionKey
	}
	return m.owing(c, "untracked", mention, "", note)
}

// owing adds the job that posts note in the mention's thread. timeline is the one that it is about; "" if there
// is none.
func (m *Mentions) owing(c escalation.Change, kind string, mention escalation.Mention, timeline string, note escalation.Note) escalation.Change {
	at := place(mention)
	if at.TS == "" {
		at.TS = mention.TS
	}
	key := fmt.Sprintf("%s/%s/%s/%s", kind, mention.Workspace, mention.Channel, mention.TS)
	c.Jobs = append(c.Jobs, escalation.NewPostJob(m.NewID(), key, escalation.Post{Thread: at, Timeline: timeline, Note: &note}, m.Now()))
	return c
}
