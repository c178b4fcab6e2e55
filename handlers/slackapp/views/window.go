// Package views holds the modals in which a channel with its policy and hours, the support team, the changes of shift
// and the week's report are set up.
//
//	command ──▶ may they? known ─▶ modal ──────────────┐
//	              └── not known ─▶ "One moment" ─▶ ask ─┴─▶ buttons: the modal drawn again (views.update)
//	                                                        submit: wrong ─▶ errors beside their fields
//	                                                                right ─▶ Book.Change ─▶ what is in force now
//
// What a modal was opened with is in its private_metadata, which only Slack hands back: the version that a change
// is made from. The right is not kept there: Slack is asked for it at each change, so that an admin who is one no
// more changes nothing through a modal that is still open.
package views

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// Book knows what is set up, and changes it. *setup.Book is one.
type Book interface {
	View(workspace string) *setup.View
	Change(ctx context.Context, e setup.Edit) (setup.Setting, error)
	Undo(ctx context.Context, e setup.Edit, to int64) (setup.Setting, error)
	History(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error)
}

// Slack is what opens windows. *client.API is one.
type Slack interface {
	OpenView(ctx context.Context, workspace, trigger string, v slack.ModalViewRequest) (id, hash string, err error)
	UpdateView(ctx context.Context, workspace, id, hash string, v slack.ModalViewRequest) (now string, err error)
	PostPrivately(ctx context.Context, workspace, channel, user, text string, blocks []slack.Block) error
}

// People know who may set up, and whose account is in use. *people.People is one.
type People interface {
	MayNow(workspace, user string) (may, known bool)
	May(ctx context.Context, workspace, user string) (bool, error)
	MayStill(ctx context.Context, workspace, user string) (bool, error)
	Recall(workspace, user string) (client.Person, bool)
	Who(ctx context.Context, workspace, user string) (client.Person, error)
}

// Readers know which channels somebody may read. *readers.Readers is one.
type Readers interface {
	MayRead(ctx context.Context, workspace, user string, channels []string) map[string]bool
}

// window is what the modals have in common.
type window struct {
	slack  Slack
	people People
	now    func() time.Time
	log    *slog.Logger
}

// refused says why somebody may not set up now, whatever they could when their modal was opened; "" if they may.
func (w *window) refused(ctx context.Context, i slackapp.Interaction) string {
	may, err := w.people.MayStill(ctx, i.Workspace, i.User)
	switch {
	case err != nil:
		w.log.Warn("a modal does not count, as nobody knows what its user may", "workspace", i.Workspace, "error", err)
		return sorry
	case !may:
		return noRight
	}
	return ""
}

// askedWithin is how long Slack is asked for one submission, in all: it waits three seconds for the answer.
const askedWithin = 2 * time.Second

// refusedIn is refused, also for a channel, if there is one, that somebody does not read: what a modal was opened
// for, they may have left since.
func (w *window) refusedIn(ctx context.Context, i slackapp.Interaction, channel string, readers Readers) string {
	ctx, cancel := context.WithTimeout(ctx, askedWithin)
	defer cancel()
	if words := w.refused(ctx, i); words != "" {
		return words
	}
	if channel != "" && !readers.MayRead(ctx, i.Workspace, i.User, []string{channel})[channel] {
		return unseen
	}
	return ""
}

// openTimeout leaves a slow Slack the time to open a window of which it knows already.
const openTimeout = 5 * time.Second

const (
	tooSlow = "Slack took too long, and the window could not be opened. Please type the command once more."
	noRight = "Only admins of this workspace, and those named as admins in my configuration, may set me up. Please ask one of them; `/sla help` says what everybody can do."
	sorry   = "Sorry, I could not do that just now, so nothing has changed. Please try again in a minute."
	unseen  = "I cannot see that you are in this channel, so nothing has changed. If it is private, invite me first, and then try again."
	odd     = "This window is none that I opened. Please close it, and type the command once more; nothing has changed."
)

// draw makes the modal for somebody who has the right.
type draw func(ctx context.Context) (slack.ModalViewRequest, error)

// open answers a command that opens a modal. Where it must be asked first whether its sender has the
// right, another is opened meanwhile: the trigger is good for three seconds only.
func (w *window) open(cmd slackapp.Command, opened func(ctx context.Context, id, hash string), d draw) slackapp.Answer {
	may, known := w.people.MayNow(cmd.Workspace, cmd.User)
	if known && !may {
		return slackapp.Answer{Body: block.Say(noRight).Body()}
	}
	return slackapp.Answer{Later: func(ctx context.Context) error {
		first := notice("One moment, please…")
		if may {
			view, err := d(ctx)
			if err != nil {
				return errors.Join(err, w.whisper(ctx, cmd, sorry))
			}
			first = view
		}
		id, hash, err := w.openFirst(ctx, cmd, first)
		switch {
		case errors.Is(err, client.ErrExpired), errors.Is(err, context.DeadlineExceeded):
			return w.whisper(ctx, cmd, tooSlow)
		case err != nil:
			return errors.Join(err, w.whisper(ctx, cmd, sorry))
		}
		if !may {
			return w.admit(ctx, cmd, id, hash, opened, d)
		}
		if opened != nil {
			opened(ctx, id, hash)
		}
		return nil
	}}
}

// openFirst does not wait for long: a trigger that is older than three seconds opens nothing.
func (w *window) openFirst(ctx context.Context, cmd slackapp.Command, v slack.ModalViewRequest) (id, hash string, err error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	return w.slack.OpenView(ctx, cmd.Workspace, cmd.TriggerID, v)
}

// admit asks whether somebody has the right, and puts what they asked for into the window that is open.
func (w *window) admit(ctx context.Context, cmd slackapp.Command, id, hash string, opened func(context.Context, string, string), d draw) error {
	view := notice(noRight)
	may, err := w.people.May(ctx, cmd.Workspace, cmd.User)
	if may && err == nil {
		view, err = d(ctx)
	}
	if err != nil {
		w.log.Warn("a window could not be filled", "command", cmd.Name, "error", err)
		view, may = notice(sorry), false
	}
	hash, err = w.slack.UpdateView(ctx, cmd.Workspace, id, hash, view)
	if err == nil && may && opened != nil {
		opened(ctx, id, hash)
	}
	return err
}

func (w *window) whisper(ctx context.Context, cmd slackapp.Command, words string) error {
	return w.slack.PostPrivately(ctx, cmd.Workspace, cmd.Channel, cmd.User, words, nil)
}

// redraw puts another content into a modal in which somebody has clicked. If they have gone on since,
// what they see now stays.
func (w *window) redraw(i slackapp.Interaction, d func(ctx context.Context) (slack.ModalViewRequest, error)) slackapp.Answer {
	return slackapp.Answer{Later: func(ctx context.Context) error {
		view, err := d(ctx)
		if err != nil {
			return fmt.Errorf("draw a window again: %w", err) // it stays as it is, with what was typed
		}
		_, err = w.slack.UpdateView(ctx, i.Workspace, i.View.ID, i.View.Hash, view)
		return err
	}}
}

// odd answers what no modal of ours could send.
func (w *window) odd(i slackapp.Interaction) slackapp.Answer {
	w.log.Warn("a modal came back with an id that is none", "workspace", i.Workspace, "user", i.User, "view", i.View.CallbackID)
	return w.redraw(i, func(context.Context) (slack.ModalViewRequest, error) { return notice(odd), nil })
}

// callbackNotice is the modal that only says something.
const callbackNotice = "slabuddy_setup_notice"

func notice(lines ...string) slack.ModalViewRequest {
	return block.Modal(callbackNotice, "SLA Buddy", "", "", []slack.Block{block.Section(lines...)})
}

// show answers a submission with another content of its modal.
func show(v slack.ModalViewRequest) slackapp.Answer {
	return slackapp.Answer{Body: slack.NewUpdateViewSubmissionResponse(&v)}
}

// wrong answers a submission with what is wrong, beside its fields.
func wrong(byBlock map[string]string) slackapp.Answer {
	return slackapp.Answer{Body: slack.NewErrorsViewSubmissionResponse(byBlock)}
}

// pack writes what a modal is to remember.
func pack(v any) string {
	data, err := json.Marshal(v)
	if err != nil || len(data) > block.MaxPrivate {
		return ""
	}
	return string(data)
}

// unpack reads it. What cannot be read is zero.
func unpack[T any](private string) (v T) {
	_ = json.Unmarshal([]byte(private), &v)
	return v
}

// text is what was typed into a field; its block_id and action_id are the same but for the block's
// generation.
func text(v slackapp.View, id, action string) string { return v.Values[id][action].Text }

// chosen is what was chosen in a field.
func chosen(v slackapp.View, id, action string) []string { return v.Values[id][action].Selected }

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
