package client

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// Channel is what Slack says of a channel.
type Channel struct {
	ID, Name string
	Private  bool
	Archived bool
	Member   bool // the bot is in it
}

// Channel asks about a channel.
func (a *API) Channel(ctx context.Context, workspace, channel string) (c Channel, err error) {
	ctx, cancel := context.WithTimeout(ctx, asksWithin)
	defer cancel()
	err = a.through(ctx, workspace, "conversations.info", func(client *slack.Client) error {
		info, err := client.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
		if err == nil {
			c = Channel{ID: channel, Name: info.Name, Private: info.IsPrivate, Archived: info.IsArchived, Member: info.IsMember}
		}
		return err
	})
	return c, err
}

// mostPages bounds what is read of the channels that one person is in.
const mostPages = 5

// MemberOf are the channels that somebody is in: of private ones, those that the bot is in too. Of somebody who is
// in thousands they are the first (docs.slack.dev/reference/methods/users.conversations).
func (a *API) MemberOf(ctx context.Context, workspace, user string) (channels []string, err error) {
	f := url.Values{"user": {user}, "types": {"public_channel,private_channel"}, "limit": {"999"}}
	for range mostPages {
		var got struct {
			Reply
			Channels []struct{ ID tolerant.Text }
			Metadata struct {
				Next tolerant.Text `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		if err := a.Call(ctx, workspace, "users.conversations", f, &got); err != nil {
			return nil, err
		}
		for _, c := range got.Channels {
			channels = append(channels, string(c.ID))
		}
		if got.Metadata.Next == "" {
			break
		}
		f.Set("cursor", string(got.Metadata.Next))
	}
	return channels, nil
}

// Join lets the bot into a public channel. Private ones it cannot enter by itself.
func (a *API) Join(ctx context.Context, workspace, channel string) error {
	return a.through(ctx, workspace, "conversations.join", func(c *slack.Client) error {
		_, _, _, err := c.JoinConversationContext(ctx, channel)
		return err
	})
}

// ErrNoGroups says that the workspace's plan has no user groups.
var ErrNoGroups = errors.New("the workspace's plan has no user groups")

// Groups are the user groups: their handles, in lower case and without their @, with their ids.
func (a *API) Groups(ctx context.Context, workspace string) (ids map[string]string, err error) {
	ctx, cancel := context.WithTimeout(ctx, asksWithin)
	defer cancel()
	const method = "usergroups.list"
	var got struct {
		Reply
		UserGroups []struct{ ID, Handle tolerant.Text } // nil if there is no list at all
	}
	err = a.Call(ctx, workspace, method, nil, &got)
	if err == nil && got.UserGroups == nil {
		err = Failure(queue.KindRetry, method, errors.New("the answer holds no list of user groups"))
	}
	ids = make(map[string]string, len(got.UserGroups))
	for _, g := range got.UserGroups {
		handle := strings.ToLower(strings.TrimSpace(string(g.Handle)))
		ids[cmp.Or(handle, string(g.ID))] = string(g.ID)
	}
	if Refused(err, "plan_upgrade_required") {
		err = ErrNoGroups
	}
	return ids, err
}
