package slackapp

import (
	"context"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// readGroups learns the handles of the user groups.
func (d *Directory) readGroups(ctx context.Context, workspace string) {
	const method = "usergroups.list"
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var groups map[string]string
	err := d.API.through(ctx, workspace, method, func(c *slack.Client) error {
		list, err := c.GetUserGroupsContext(ctx)
		groups = make(map[string]string, len(list))
		for _, g := range list {
			groups[lower(g.Handle)] = g.ID
		}
		return err
	})
	switch {
	case err == nil:
		d.over("groups")
		d.groupsAt = d.Now()
		d.learn(ctx, func(k *known) { k.Groups, k.Users = groups, d.stillWanted(k.Users) })
	case refused(err, "plan_upgrade_required"):
		d.groupsAt = d.Now()
		d.trouble("groups", "the workspace's plan has no user groups; let tiers notify people by alias or id")
	case refused(err, "missing_scope"):
		d.groupsAt = d.Now()
		d.trouble("groups", "user groups cannot be read; add the scope usergroups:read to the app and install it again")
	default:
		d.trouble("groups", "user groups cannot be read just now; going on with those known", "error", err)
	}
}

// stillWanted leaves out addresses of those who are no engineers any more.
func (d *Directory) stillWanted(users map[string]string) map[string]string {
	wanted := map[string]string{}
	for _, email := range d.Emails() {
		if id, found := users[lower(email)]; found {
			wanted[lower(email)] = id
		}
	}
	return wanted
}

// lookUp finds people by the e-mail addresses that are configured for them.
func (d *Directory) lookUp(ctx context.Context, workspace string) {
	for _, email := range d.Emails() {
		email = lower(email)
		_, found := d.UserByEmail(workspace, email)
		if found || d.Now().Sub(d.lookedFor[email]) < lookupEvery {
			continue
		}
		if !d.lookUpOne(ctx, workspace, email) {
			return
		}
	}
}

// lookUpOne says whether it is worth going on with others.
func (d *Directory) lookUpOne(ctx context.Context, workspace, email string) bool {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var id string
	err := d.API.through(ctx, workspace, "users.lookupByEmail", func(c *slack.Client) error {
		u, err := c.GetUserByEmailContext(ctx, email)
		if err == nil && !u.Deleted {
			id = u.ID
		}
		return err
	})
	switch {
	case err == nil && id != "":
		d.over("emails")
		d.over(email)
		d.learn(ctx, func(k *known) { k.Users = with(k.Users, email, id) })
	case err == nil, refused(err, "users_not_found"):
		d.lookedFor[email] = d.Now()
		d.trouble(email, "nobody in Slack has an engineer's e-mail address; set their slack id in the configuration", "email", email)
	case refused(err, "missing_scope"):
		d.lookedFor[email] = d.Now()
		d.trouble("emails", "people cannot be found by e-mail; add the scope users:read.email to the app and install it again, or set their slack ids in the configuration")
	case outcomeOf(err) == string(queue.KindLimited):
		return false // the rest comes a minute later
	default:
		d.trouble("emails", "people cannot be found by e-mail just now; trying again", "error", err)
		return false
	}
	return true
}
