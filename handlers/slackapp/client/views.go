package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// shownView is as much of a view as is needed to replace it. The library gives up an answer over one block
// that it does not know.
type shownView struct {
	Reply
	View struct{ ID, Hash tolerant.Text }
}

// view calls one of the methods of views, which answer with the view as it is shown.
func (a *API) view(ctx context.Context, workspace, method string, f url.Values, v any) (shown shownView, err error) {
	data, err := json.Marshal(v)
	if err != nil {
		return shown, fmt.Errorf("encode a view: %w", err)
	}
	f.Set("view", string(data))
	err = a.Call(ctx, workspace, method, f, &shown)
	return shown, err
}

// OpenView opens a modal for whoever the trigger was given to, within its three seconds, and returns
// the view's id and hash. ErrExpired says that it came too late, or that the trigger was used.
func (a *API) OpenView(ctx context.Context, workspace, trigger string, v slack.ModalViewRequest) (id, hash string, err error) {
	shown, err := a.view(ctx, workspace, "views.open", url.Values{"trigger_id": {trigger}}, v)
	if Refused(err, "expired_trigger_id") || Refused(err, "exchanged_trigger_id") {
		err = fmt.Errorf("%w: %w", ErrExpired, err)
	}
	return string(shown.View.ID), string(shown.View.Hash), err
}

// ErrExpired says that a modal can no longer be opened, because its trigger is too old or was used.
var ErrExpired = errors.New("the moment to open the window has passed")

// UpdateView replaces a modal that is open. The hash, if any, is that of the view as it was seen: with
// another one Slack refuses, so that of two clicks at once only one counts. The new hash is returned.
func (a *API) UpdateView(ctx context.Context, workspace, id, hash string, v slack.ModalViewRequest) (now string, err error) {
	f := url.Values{"view_id": {id}}
	if hash != "" {
		f.Set("hash", hash)
	}
	shown, err := a.view(ctx, workspace, "views.update", f, v)
	return string(shown.View.Hash), err
}

// PublishHome shows somebody's home tab.
func (a *API) PublishHome(ctx context.Context, workspace, user string, v slack.HomeTabViewRequest) error {
	_, err := a.view(ctx, workspace, "views.publish", url.Values{"user_id": {user}}, v)
	return err
}
