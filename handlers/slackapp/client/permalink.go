package client

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Permalink asks Slack for the address of a message; see escalation.Permalinks. It needs no scope
// (https://docs.slack.dev/reference/methods/chat.getPermalink). To put the address together from the
// workspace's own would save the call, but Slack does not document how it is made.
func (a *API) Permalink(ctx context.Context, workspace, channel, ts string) (string, error) {
	const method = "chat.getPermalink"
	var link string
	err := a.through(ctx, workspace, method, func(c *slack.Client) (err error) {
		link, err = c.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
		return err
	})
	if err == nil && link == "" {
		err = Failure(queue.KindRetry, method, errors.New("the answer holds no address"))
	}
	return link, err
}
