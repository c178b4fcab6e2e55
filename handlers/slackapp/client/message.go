package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// PostEphemeral shows a message to one user alone, in a channel or in a thread of it, until they
// reload. blocks may be nil. It is called once for each message: Slack neither finds such a message
// again nor promises to show it, so an unknown outcome stays unknown.
func (a *API) PostEphemeral(ctx context.Context, workspace, channel, threadTS, user, text string, blocks []slack.Block) error {
	f := url.Values{"channel": {channel}, "user": {user}, "text": {text}}
	if threadTS != "" {
		f.Set("thread_ts", threadTS)
	}
	if len(blocks) > 0 {
		encoded, err := json.Marshal(blocks)
		if err != nil {
			return fmt.Errorf("encode blocks: %w", err)
		}
		f.Set("blocks", string(encoded))
	}
	return a.Call(ctx, workspace, "chat.postEphemeral", f, &Reply{})
}

// PostPrivately posts what one person alone sees: in the channel where they asked, or, where the bot or they
// themselves are not in it, in the bot's direct messages to them.
func (a *API) PostPrivately(ctx context.Context, workspace, channel, user, text string, blocks []slack.Block) error {
	err := a.PostEphemeral(ctx, workspace, channel, "", user, text, blocks)
	for _, code := range []string{"not_in_channel", "user_not_in_channel", "channel_not_found"} {
		if Refused(err, code) {
			return a.PostDirectly(ctx, workspace, user, text, blocks)
		}
	}
	return err
}

// PostDirectly posts in the bot's direct messages to somebody. It is called once for each message: the bot may not
// read there, so an unknown outcome stays unknown.
func (a *API) PostDirectly(ctx context.Context, workspace, user, text string, blocks []slack.Block) error {
	return a.through(ctx, workspace, gate.MethodPost, func(c *slack.Client) error {
		_, _, err := c.PostMessageContext(ctx, user, slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...))
		return err
	})
}

// Permalink asks Slack for the address of a message; see deliver.Permalinks. It needs no scope
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
