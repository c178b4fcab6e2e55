package slackapp

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
)

// Token is what Slack says of a bot token.
type Token struct {
	Identity
	Team    string   // the workspace's name
	Lacking []string // scopes that the bot needs and was not granted
	Joins   bool     // the bot may join public channels by itself
}

// ProbeToken asks whose token it is, and what it may do.
func (a *API) ProbeToken(ctx context.Context, workspace string) (t Token, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var header http.Header
	err = a.through(ctx, workspace, "auth.test", func(c *slack.Client) error {
		auth, err := c.AuthTestContext(ctx)
		if err == nil {
			t.Identity, t.Team, header = Identity{auth.TeamID, auth.UserID, auth.BotID}, auth.Team, auth.Header
		}
		return err
	})
	t.Lacking = lacking(header)
	for _, s := range SplitScopes(header.Get("X-OAuth-Scopes")) {
		t.Joins = t.Joins || s == scopeJoin
	}
	return t, err
}

// ChannelReport is what Slack says of a channel, and what its last messages are read as.
type ChannelReport struct {
	ID, Name   string
	Private    bool
	Archived   bool
	Member     bool // the bot is in it
	Messages   int  // read
	Tickets    []escalation.Message
	Unreadable []string // ts of messages that look like tickets and cannot be read
}

// ProbeChannel looks at a channel, and at its last messages, n at most, as tickets.
func (a *API) ProbeChannel(ctx context.Context, workspace, channel string, n int, r *Reader) (c ChannelReport, err error) {
	c.ID = channel
	ctx, cancel := context.WithTimeout(ctx, 2*callTimeout)
	defer cancel()
	err = a.through(ctx, workspace, "conversations.info", func(client *slack.Client) error {
		info, err := client.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
		if err == nil {
			c.Name, c.Private, c.Archived, c.Member = info.Name, info.IsPrivate, info.IsArchived, info.IsMember
		}
		return err
	})
	if err != nil || !c.Member {
		return c, err
	}
	got, err := a.messages(ctx, escalation.Thread{Workspace: workspace, Channel: channel}, methodHistory, "", "", "", strconv.Itoa(n))
	for _, m := range got.Messages {
		c.read(workspace, m.message, r)
	}
	return c, err
}

func (c *ChannelReport) read(workspace string, m message, r *Reader) {
	if !m.opens() {
		return
	}
	c.Messages++
	ticket, found := r.read(&m)
	at := escalation.Thread{Workspace: workspace, Channel: c.ID, TS: string(m.TS)}
	posted, err := escalation.TimeOf(at.TS)
	switch {
	case found == unreadable:
		c.Unreadable = append(c.Unreadable, at.TS)
	case found != noTicket && err == nil:
		c.Tickets = append(c.Tickets, escalation.Message{Thread: at, PostedAt: posted, Ticket: ticket})
	}
}

// ErrNoGroups says that the workspace's plan has no user groups.
var ErrNoGroups = errors.New("the workspace's plan has no user groups")

// ProbeGroups lists the handles of the user groups, in lower case and without their @.
func (a *API) ProbeGroups(ctx context.Context, workspace string) (handles map[string]bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	handles = map[string]bool{}
	err = a.through(ctx, workspace, "usergroups.list", func(c *slack.Client) error {
		groups, err := c.GetUserGroupsContext(ctx)
		for _, g := range groups {
			handles[lower(g.Handle)] = true
		}
		return err
	})
	if refused(err, "plan_upgrade_required") {
		err = ErrNoGroups
	}
	return handles, err
}

// ErrNobody says that there is no such account.
var ErrNobody = errors.New("there is no such account")

// ProbePerson finds somebody by their id, or else by their e-mail address.
func (a *API) ProbePerson(ctx context.Context, workspace, id, email string) (p Person, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if id != "" {
		p, err = a.Person(ctx, workspace, id)
	} else {
		err = a.through(ctx, workspace, "users.lookupByEmail", func(c *slack.Client) error {
			u, err := c.GetUserByEmailContext(ctx, email)
			if err == nil {
				p = Person{ID: u.ID, Name: u.RealName, Deleted: u.Deleted, Bot: u.IsBot}
			}
			return err
		})
	}
	if refused(err, "user_not_found") || refused(err, "users_not_found") {
		err = ErrNobody
	}
	return p, err
}
