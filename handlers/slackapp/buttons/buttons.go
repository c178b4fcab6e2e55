// Package buttons is the buttons of reminders: which ones there are, and what a click does. A button is one
// row of the table in table.go; reminders show what the row says, clicks are routed by it.
//
//	click ─▶ a colleague's? readable? ──no──▶ a kind word, to whoever clicked alone
//	              │ yes
//	              ├─ the row acts at once ──▶ Actions, durably ─▶ ack ─▶ the note, to them alone
//	              └─ the row asks the desk ─▶ ack ─▶ Actions ──────────▶ the note, to them alone
//
// What everybody is to see is not said here: a click that changes something owes a refresh of the
// reminder, which the queue delivers.
package buttons

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// Actions are what the buttons do. Each answers with a note, also where it changes nothing; an error
// means that nothing is known to have changed.
type Actions interface {
	Snooze(ctx context.Context, c escalation.Click, d time.Duration) (escalation.Note, error)
	Unsnooze(ctx context.Context, c escalation.Click) (escalation.Note, error)
	Own(ctx context.Context, c escalation.Click) (escalation.Note, error)
	CheckAgain(ctx context.Context, c escalation.Click) (escalation.Note, error)          // asks the help desk
	Assign(ctx context.Context, c escalation.Click, whom string) (escalation.Note, error) // asks Slack who that is
	// AssignElsewhere does so from outside the ticket's thread: of a timeline of the click's workspace.
	AssignElsewhere(ctx context.Context, c escalation.Click, whom string) (escalation.Note, error)
	Why(ctx context.Context, c escalation.Click) (escalation.Note, error)
}

// Voice speaks to one person alone, at most once.
type Voice interface {
	Whisper(ctx context.Context, at escalation.Thread, user string, n escalation.Note) error
	WhisperText(ctx context.Context, at escalation.Thread, user, words string) error
}

// Colleagues know who may act. *people.People is one.
type Colleagues interface {
	Colleague(ctx context.Context, workspace, user string) (bool, error)
}

// Buttons takes in clicks on reminders.
type Buttons struct {
	Actions    Actions
	Colleagues Colleagues
	Voice      Voice
	Now        func() time.Time
	Logger     *slog.Logger
}

var _ slackapp.Interactor = (*Buttons)(nil)

const (
	forColleagues = "Thank you for wanting to help! Only full members of this workspace can do that, so I changed nothing."
	cannotTell    = "Sorry, I could not ask Slack just now whether you may do that, so I changed nothing. Please try again in a minute."
	unreadable    = "Sorry, I do not understand this button any more, so I changed nothing. Mention me in the thread instead, or say `help` there."
	cannotDo      = "Sorry, I could not do that just now, so nothing has changed. Please try again in a minute."
)

// Interact implements slackapp.Interactor.
func (b *Buttons) Interact(ctx context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	if len(i.Actions) == 0 {
		return slackapp.Answer{}, nil
	}
	at := escalation.Thread{Workspace: i.Workspace, Channel: i.Channel, TS: i.ThreadTS}
	if words := b.refused(ctx, i); words != "" {
		return b.saying(at, i.User, words), nil
	}
	action := i.Actions[0]
	if isForAll(action.ID) {
		return b.forAll(ctx, i, at)
	}
	button, known := find(action.ID)
	pressed, err := button.read(action)
	if !known || err != nil || button.menu && pressed.length == 0 || button.whom && pressed.user == "" {
		b.Logger.Info("a button cannot be read", "action", action.ID, "channel", i.Channel, "error", err)
		return b.saying(at, i.User, unreadable), nil
	}
	click := escalation.Click{
		Thread: at, Timeline: pressed.Timeline, Tier: pressed.Tier, Round: pressed.Round,
		User: i.User, Name: i.UserName, At: b.Now(), Again: i.Again,
	}
	if button.asks {
		return slackapp.Answer{Later: func(ctx context.Context) error { return b.ask(ctx, button, click, pressed) }}, nil
	}
	note, err := button.act(ctx, b.Actions, click, pressed)
	if err != nil {
		return slackapp.Answer{}, fmt.Errorf("act on %s: %w", button.id, err)
	}
	return slackapp.Answer{Later: func(ctx context.Context) error { return b.Voice.Whisper(ctx, at, i.User, note) }}, nil
}

// refused says why somebody may not act; "" if they may.
func (b *Buttons) refused(ctx context.Context, i slackapp.Interaction) string {
	if i.Foreign {
		return forColleagues
	}
	colleague, err := b.Colleagues.Colleague(ctx, i.Workspace, i.User)
	switch {
	case err != nil:
		b.Logger.Warn("a click does not count, as nobody knows whose it is", "workspace", i.Workspace, "channel", i.Channel, "error", err)
		return cannotTell
	case !colleague:
		return forColleagues
	}
	return ""
}

// ask asks the help desk, or Slack, which may take their time.
func (b *Buttons) ask(ctx context.Context, button button, c escalation.Click, chosen pressed) error {
	note, err := button.act(ctx, b.Actions, c, chosen)
	if err == nil {
		return b.Voice.Whisper(ctx, c.Thread, c.User, note)
	}
	b.Logger.Warn("a click that asks somebody came to nothing", "action", button.id, "timeline", c.Timeline, "channel", c.Channel, "error", err)
	return b.Voice.WhisperText(ctx, c.Thread, c.User, cannotDo)
}

func (b *Buttons) saying(at escalation.Thread, user, words string) slackapp.Answer {
	return slackapp.Answer{Later: func(ctx context.Context) error {
		return b.Voice.WhisperText(ctx, at, user, words)
	}}
}
