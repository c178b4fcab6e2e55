package client

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"
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
	ids = map[string]string{}
	err = a.through(ctx, workspace, "usergroups.list", func(c *slack.Client) error {
		groups, err := c.GetUserGroupsContext(ctx)
		for _, g := range groups {
			ids[strings.ToLower(strings.TrimSpace(g.Handle))] = g.ID
		}
		return err
	})
	if Refused(err, "plan_upgrade_required") {
		err = ErrNoGroups
	}
	return ids, err
}
