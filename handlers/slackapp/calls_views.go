package slackapp

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
)

// OpenView opens a modal for whoever the trigger was given to, within its three seconds, and returns
// the view's id and hash. ErrExpired says that it came too late, or that the trigger was used.
func (a *API) OpenView(ctx context.Context, workspace, trigger string, v slack.ModalViewRequest) (id, hash string, err error) {
	err = a.through(ctx, workspace, "views.open", func(c *slack.Client) error {
		opened, err := c.OpenViewContext(ctx, trigger, v)
		if err == nil {
			id, hash = opened.View.ID, opened.View.Hash
		}
		return err
	})
	if refused(err, "expired_trigger_id") || refused(err, "exchanged_trigger_id") {
		err = fmt.Errorf("%w: %w", ErrExpired, err)
	}
	return id, hash, err
}

// ErrExpired says that a modal can no longer be opened for want of a fresh trigger.
var ErrExpired = errors.New("the moment to open the window has passed")

// UpdateView replaces a modal that is open. The hash, if any, is that of the view as it was seen: with
// another one Slack refuses, so that of two clicks at once only one counts. The new hash is returned.
func (a *API) UpdateView(ctx context.Context, workspace, id, hash string, v slack.ModalViewRequest) (now string, err error) {
	err = a.through(ctx, workspace, "views.update", func(c *slack.Client) error {
		updated, err := c.UpdateViewContext(ctx, v, "", hash, id)
		if err == nil {
			now = updated.View.Hash
		}
		return err
	})
	return now, err
}

// PublishHome shows somebody's home tab.
func (a *API) PublishHome(ctx context.Context, workspace, user string, v slack.HomeTabViewRequest) error {
	return a.through(ctx, workspace, "views.publish", func(c *slack.Client) error {
		_, err := c.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: v})
		return err
	})
}

// Person is what Slack says of somebody (docs.slack.dev/reference/methods/users.info).
type Person struct {
	ID      string
	Name    string // in full, where they gave it
	Email   string // "" where it may not be read
	Zone    string // such as Europe/Lisbon
	Admin   bool   // of the workspace, owners included
	Deleted bool   // the account was deactivated
	Bot     bool
}

// Person asks who somebody is.
func (a *API) Person(ctx context.Context, workspace, user string) (p Person, err error) {
	err = a.through(ctx, workspace, "users.info", func(c *slack.Client) error {
		u, err := c.GetUserInfoContext(ctx, user)
		if err != nil {
			return err
		}
		p = Person{
			ID: u.ID, Name: u.RealName, Email: u.Profile.Email, Zone: u.TZ,
			Admin: u.IsAdmin || u.IsOwner || u.IsPrimaryOwner, Deleted: u.Deleted, Bot: u.IsBot,
		}
		if p.Name == "" {
			p.Name = u.Profile.DisplayName
		}
		return nil
	})
	return p, err
}

// Tell says something to one person alone: in the channel where they asked, or, where the bot or they
// themselves are not in it, in the bot's direct messages to them.
func (a *API) Tell(ctx context.Context, workspace, channel, user, text string, blocks []slack.Block) error {
	err := a.PostEphemeral(ctx, workspace, channel, "", user, text, blocks)
	for _, code := range []string{"not_in_channel", "user_not_in_channel", "channel_not_found"} {
		if refused(err, code) {
			return a.through(ctx, workspace, escalation.MethodPost, func(c *slack.Client) error {
				_, _, err := c.PostMessageContext(ctx, user, slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...))
				return err
			})
		}
	}
	return err
}
