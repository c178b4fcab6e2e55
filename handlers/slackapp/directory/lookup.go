package directory

import (
	"context"
	"errors"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// readGroups learns the handles of the user groups, and says whether it is known what they are.
func (d *Directory) readGroups(ctx context.Context, workspace string) bool {
	groups, err := d.API.Groups(ctx, workspace)
	switch {
	case err == nil:
		d.over("groups")
		d.groupsAt = d.Now()
		d.learn(ctx, func(k *known) { k.Groups, k.Users = groups, d.stillWanted(k.Users) })
	case errors.Is(err, client.ErrNoGroups):
		d.groupsAt = d.Now()
		d.learn(ctx, func(k *known) { k.Groups = map[string]string{} })
		d.trouble("groups", "the workspace's plan has no user groups; let tiers notify people by alias or id")
	case client.Refused(err, "missing_scope"):
		d.groupsAt = d.Now()
		d.trouble("groups", "user groups cannot be read; add the scope usergroups:read to the app and install it again")
	default:
		d.failing("groups", "user groups cannot be read just now; going on with those known", err)
		d.failed(ctx, err)
		return false
	}
	return true
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

// lookUp finds people by the e-mail addresses that are configured for them, and says whether all could be looked for.
func (d *Directory) lookUp(ctx context.Context, workspace string) bool {
	for _, email := range d.Emails() {
		email = lower(email)
		_, found := d.UserByEmail(workspace, email)
		if found || d.Now().Sub(d.lookedFor[email]) < lookupEvery {
			continue
		}
		if !d.lookUpOne(ctx, workspace, email) {
			return false
		}
	}
	return true
}

// lookUpOne says whether it is worth going on with others.
func (d *Directory) lookUpOne(ctx context.Context, workspace, email string) bool {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	found, err := d.API.PersonByEmail(ctx, workspace, email)
	switch {
	case err == nil && !found.Deleted:
		d.over("emails")
		d.over(email)
		d.learn(ctx, func(k *known) { k.Users = with(k.Users, email, found.ID) })
	case err == nil, client.Refused(err, "users_not_found"):
		d.lookedFor[email] = d.Now()
		d.trouble(email, "nobody in Slack has an engineer's e-mail address; set their slack id in the configuration", "email", email)
	case client.Refused(err, "missing_scope"):
		d.lookedFor[email] = d.Now()
		d.trouble("emails", "people cannot be found by e-mail; add the scope users:read.email to the app and install it again, or set their slack ids in the configuration")
	case client.Outcome(err) == string(queue.KindLimited):
		return false // the rest comes a little later
	default:
		d.failing("emails", "people cannot be found by e-mail just now; trying again", err)
		d.failed(ctx, err)
		return false
	}
	return true
}
