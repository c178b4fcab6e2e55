package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"
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
	if Refused(err, "expired_trigger_id") || Refused(err, "exchanged_trigger_id") {
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
