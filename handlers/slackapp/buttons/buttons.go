// Package buttons acts on the buttons of reminders.
//
//	click ─▶ readable? a colleague's? ──no──▶ a kind word, to whoever clicked alone
//	              │ yes
//	              ├─ Snooze, I'm on it ──▶ Actions, durably ─▶ ack ─▶ the note, to them alone
//	              ├─ Why me? ────────────▶ Actions ─────────▶ ack ─▶ the note, to them alone
//	              └─ check again ────────▶ ack ─▶ Actions asks the help desk ─▶ the note
//
// What everybody is to see is not told here: a click that changes something owes a refresh of the
// reminder, which the queue delivers.
package buttons

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/message"
)

// Actions are what the buttons do. Each answers with a note, also where it changes nothing; an error
// means that nothing is known to have changed.
type Actions interface {
	Snooze(ctx context.Context, c escalation.Click, d time.Duration) (escalation.Note, error)
	Own(ctx context.Context, c escalation.Click) (escalation.Note, error)
	CheckAgain(ctx context.Context, c escalation.Click) (escalation.Note, error) // asks the help desk
	Why(ctx context.Context, c escalation.Click) (escalation.Note, error)
}

// Voice speaks to one person alone, at most once.
type Voice interface {
	Whisper(ctx context.Context, at escalation.Thread, user string, n escalation.Note) error
	WhisperText(ctx context.Context, at escalation.Thread, user, words string) error
}

// Buttons takes in clicks on reminders.
type Buttons struct {
	Actions Actions
	Voice   Voice
	Now     func() time.Time
	Logger  *slog.Logger
}

var _ slackapp.Interactor = (*Buttons)(nil)

const (
	forColleagues = "Thank you for wanting to help! Only members of this workspace can do that, so I changed nothing."
	unreadable    = "Sorry, I do not understand this button any more, so I changed nothing. Mention me in the thread instead, or say `help` there."
	cannotCheck   = "Sorry, I could not check just now, so nothing has changed. Please try again in a minute."
)

// Interact implements slackapp.Interactor.
func (b *Buttons) Interact(ctx context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	if len(i.Actions) == 0 {
		return slackapp.Answer{}, nil
	}
	at := escalation.Thread{Workspace: i.Workspace, Channel: i.Channel, TS: i.ThreadTS}
	if i.Foreign {
		return b.saying(at, i.User, forColleagues), nil
	}
	action := i.Actions[0]
	value := action.Value
	if action.ID == message.ActionSnoozeFor {
		value = action.Selected
	}
	pressed, err := message.ReadPressed(value)
	if err != nil || action.ID == message.ActionSnoozeFor && pressed.For == 0 {
		b.Logger.Info("a button's value cannot be read", "action", action.ID, "channel", i.Channel, "error", err)
		return b.saying(at, i.User, unreadable), nil
	}
	click := escalation.Click{
		Thread: at, Timeline: pressed.Timeline, Tier: pressed.Tier, Round: pressed.Round,
		User: i.User, Name: i.UserName, At: b.Now(),
	}
	return b.act(ctx, action.ID, click, pressed.For)
}

func (b *Buttons) act(ctx context.Context, action string, c escalation.Click, d time.Duration) (slackapp.Answer, error) {
	var note escalation.Note
	var err error
	switch action {
	case message.ActionSnooze, message.ActionSnoozeFor: // 0: the usual length
		note, err = b.Actions.Snooze(ctx, c, d)
	case message.ActionOwn:
		note, err = b.Actions.Own(ctx, c)
	case message.ActionWhy:
		note, err = b.Actions.Why(ctx, c)
	case message.ActionCheck:
		return slackapp.Answer{Later: func(ctx context.Context) error { return b.check(ctx, c) }}, nil
	default:
		return b.saying(c.Thread, c.User, unreadable), nil
	}
	if err != nil {
		return slackapp.Answer{}, fmt.Errorf("act on %s: %w", action, err)
	}
	return slackapp.Answer{Later: func(ctx context.Context) error {
		return b.Voice.Whisper(ctx, c.Thread, c.User, note)
	}}, nil
}

// check asks the help desk, which may take its time.
func (b *Buttons) check(ctx context.Context, c escalation.Click) error {
	note, err := b.Actions.CheckAgain(ctx, c)
	if err == nil {
		return b.Voice.Whisper(ctx, c.Thread, c.User, note)
	}
	b.Logger.Warn("a help desk could not be asked again", "timeline", c.Timeline, "channel", c.Channel, "error", err)
	return b.Voice.WhisperText(ctx, c.Thread, c.User, cannotCheck)
}

func (b *Buttons) saying(at escalation.Thread, user, words string) slackapp.Answer {
	return slackapp.Answer{Later: func(ctx context.Context) error {
		return b.Voice.WhisperText(ctx, at, user, words)
	}}
}
