package client

import (
	"cmp"
	"context"
	"errors"

	"github.com/slack-go/slack"
)

// Person is what Slack says of somebody (docs.slack.dev/reference/methods/users.info).
type Person struct {
	ID      string
	Name    string // in full, where they gave it
	Called  string // what colleagues call them
	Email   string // "" where it may not be read
	Zone    string // such as Europe/Lisbon
	Admin   bool   // of the workspace, owners included
	Deleted bool   // the account was deactivated
	Guest   bool   // of one channel, or of several
	Foreign bool   // of another workspace, and of no Enterprise Grid organisation
	// Elsewhere is the Enterprise Grid organisation of somebody from another workspace: ours, or another.
	Elsewhere string
	Bot       bool
}

// Person asks who somebody is.
func (a *API) Person(ctx context.Context, workspace, user string) (p Person, err error) {
	ctx, cancel := context.WithTimeout(ctx, asksWithin)
	defer cancel()
	err = a.through(ctx, workspace, "users.info", func(c *slack.Client) error {
		u, err := c.GetUserInfoContext(ctx, user)
		if err == nil {
			p = personOf(workspace, u)
		}
		return err
	})
	return p, err
}

// PersonByEmail finds somebody by their e-mail address.
func (a *API) PersonByEmail(ctx context.Context, workspace, email string) (p Person, err error) {
	ctx, cancel := context.WithTimeout(ctx, asksWithin)
	defer cancel()
	err = a.through(ctx, workspace, "users.lookupByEmail", func(c *slack.Client) error {
		u, err := c.GetUserByEmailContext(ctx, email)
		if err == nil {
			p = personOf(workspace, u)
		}
		return err
	})
	return p, err
}

func personOf(workspace string, u *slack.User) Person {
	away := workspace != "" && u.TeamID != "" && u.TeamID != workspace
	p := Person{
		ID: u.ID, Name: cmp.Or(u.RealName, u.Profile.DisplayName),
		Called: cmp.Or(u.Profile.DisplayName, u.Profile.RealName, u.RealName, u.Name),
		Email:  u.Profile.Email, Zone: u.TZ,
		Admin: u.IsAdmin || u.IsOwner || u.IsPrimaryOwner, Deleted: u.Deleted, Bot: u.IsBot,
		Guest: u.IsRestricted || u.IsUltraRestricted, Foreign: u.IsStranger || away && u.Enterprise.EnterpriseID == "",
	}
	if away {
		p.Elsewhere = u.Enterprise.EnterpriseID
	}
	return p
}

// Colleague says that somebody is a full member: no guest, nobody from outside, no bot, and not gone.
func (p Person) Colleague() bool { return !p.Guest && !p.Foreign && !p.Bot && !p.Deleted }

// ErrNobody says that there is no such account.
var ErrNobody = errors.New("there is no such account")

// FindPerson finds somebody by their id, or without one by their e-mail address.
func (a *API) FindPerson(ctx context.Context, workspace, id, email string) (p Person, err error) {
	if id != "" {
		p, err = a.Person(ctx, workspace, id)
	} else {
		p, err = a.PersonByEmail(ctx, workspace, email)
	}
	if Refused(err, "user_not_found") || Refused(err, "users_not_found") {
		err = ErrNobody
	}
	return p, err
}
