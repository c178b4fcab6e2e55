package slacktest

import (
	"fmt"
	"slices"
	"strings"
)

// User is somebody who can post.
type User struct {
	ID, Name, RealName, Email string
	Team                      string // somebody of another workspace, by Slack Connect or of the same organisation; empty: ours
	Enterprise                string // the Enterprise Grid organisation of that workspace; empty: that of ours, if they are of ours
	Admin, Owner              bool
	Guest                     bool // of several channels
	SingleChannel             bool // a guest of one channel
	Deactivated               bool
	Bot                       *App // the app whose bot user this is
}

// Group is a user group.
type Group struct {
	ID, Handle, Name string
	Users            []string
	Disabled         bool
}

// AddUser adds somebody to the workspace and returns them with everything filled in.
func (w *Workspace) AddUser(u User) User {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u.ID == "" {
		u.ID = w.opts.NewID("U")
	}
	setDefault(&u.Name, strings.ToLower(u.ID))
	setDefault(&u.RealName, u.Name)
	setDefault(&u.Team, w.opts.Team.ID)
	if u.Team == w.opts.Team.ID {
		u.Enterprise = w.opts.Team.Enterprise
	}
	w.users[u.ID] = &u
	w.changed()
	return u
}

// AddApp installs another app, such as a help desk's, and returns it with everything filled in.
func (w *Workspace) AddApp(a App) App {
	if a.ID == "" {
		a.ID = w.opts.NewID("A")
	}
	if a.BotID == "" {
		a.BotID = w.opts.NewID("B")
	}
	if a.UserID == "" {
		a.UserID = w.opts.NewID("U")
	}
	setDefault(&a.Name, strings.ToLower(a.ID))
	w.AddUser(User{ID: a.UserID, Name: a.Name, Bot: &a})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.apps[a.ID] = &a
	return a
}

// Deactivate takes somebody's account away. They stay a member of groups and author of messages.
func (w *Workspace) Deactivate(user string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.users[user]
	if u == nil {
		return fmt.Errorf("the simulated workspace has no user %q: add it with AddUser", user)
	}
	u.Deactivated = true
	w.changed()
	return nil
}

// AddGroup adds a user group and returns it with everything filled in.
func (w *Workspace) AddGroup(g Group) Group {
	w.mu.Lock()
	defer w.mu.Unlock()
	if g.ID == "" {
		g.ID = w.opts.NewID("S")
	}
	setDefault(&g.Handle, strings.ToLower(g.ID))
	setDefault(&g.Name, g.Handle)
	w.groups = append(w.groups, &g)
	w.changed()
	return g
}

func (w *Workspace) usersInfo(a args) answer {
	u := w.users[a.text("user")]
	if u == nil {
		return fail("user_not_found")
	}
	return answer{"ok": true, "user": w.userObject(u)}
}

func (w *Workspace) usersLookupByEmail(a args) answer {
	for _, u := range w.users {
		if u.Email != "" && strings.EqualFold(u.Email, a.text("email")) && !u.Deactivated {
			return answer{"ok": true, "user": w.userObject(u)}
		}
	}
	return fail("users_not_found")
}

func (w *Workspace) userObject(u *User) map[string]any {
	profile := map[string]any{
		"real_name": u.RealName, "real_name_normalized": u.RealName,
		"display_name": u.Name, "display_name_normalized": u.Name,
		"status_text": "", "status_emoji": "", "team": u.Team,
	}
	// The address is part of the profile only for those who may read addresses.
	if u.Email != "" && w.granted("users:read.email") {
		profile["email"] = u.Email
	}
	if u.Bot != nil {
		profile["api_app_id"] = u.Bot.ID
		profile["bot_id"] = u.Bot.BotID
	}
	o := map[string]any{
		"id": u.ID, "team_id": u.Team, "name": u.Name, "real_name": u.RealName, "deleted": u.Deactivated,
		"tz": "Europe/Lisbon", "tz_label": "Western European Time", "tz_offset": 0, "profile": profile,
		"is_admin": u.Admin || u.Owner, "is_owner": u.Owner, "is_primary_owner": false, "is_restricted": u.Guest || u.SingleChannel,
		"is_ultra_restricted": u.SingleChannel, "is_bot": u.Bot != nil, "is_app_user": false, "updated": 1502138686,
	}
	if u.Enterprise != "" {
		o["enterprise_user"] = map[string]any{
			"id": u.ID, "enterprise_id": u.Enterprise, "enterprise_name": u.Enterprise,
			"is_admin": false, "is_owner": false, "is_primary_owner": false, "teams": []string{u.Team},
		}
	}
	if w.isForeign(u) {
		o["is_stranger"] = !w.meets(u)
	}
	return o
}

// isForeign says that somebody is of another workspace, and not of the same organisation.
func (w *Workspace) isForeign(u *User) bool {
	return u.Team != w.opts.Team.ID && (u.Enterprise == "" || u.Enterprise != w.opts.Team.Enterprise)
}

// meets says that the app sees somebody from outside in a shared channel. Whom it does not see is a stranger to it
// (docs.slack.dev/reference/objects/user-object); whom it does see is not, and is from outside all the same.
func (w *Workspace) meets(u *User) bool {
	for _, c := range w.channels {
		if c.ExtShared && w.botIn(c) && slices.Contains(c.Members, u.ID) {
			return true
		}
	}
	return false
}

// enterprise is an organisation's id as Slack writes it: null where there is none.
func enterprise(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// enterpriseObject is the workspace's organisation with its name; null where there is none.
func (w *Workspace) enterpriseObject() any {
	if w.opts.Team.Enterprise == "" {
		return nil
	}
	return map[string]any{"id": w.opts.Team.Enterprise, "name": w.opts.Team.Enterprise}
}

func (w *Workspace) usergroupsList(a args) answer {
	list := []map[string]any{}
	for _, g := range w.groups {
		if !g.Disabled || a.flag("include_disabled") {
			list = append(list, w.groupObject(g, a))
		}
	}
	return answer{"ok": true, "usergroups": list}
}

func (w *Workspace) groupObject(g *Group, a args) map[string]any {
	o := map[string]any{
		"id": g.ID, "team_id": w.opts.Team.ID, "is_usergroup": true, "is_subteam": true, "name": g.Name,
		"description": "", "handle": g.Handle, "is_external": false, "date_create": 1446598059,
		"date_update": 1446670362, "date_delete": 0, "auto_type": nil, "auto_provision": false,
		"created_by": "USLACKBOT", "updated_by": "USLACKBOT", "deleted_by": nil,
		"prefs": map[string]any{"channels": []string{}, "groups": []string{}},
	}
	if g.Disabled {
		o["date_delete"] = 1446748865
	}
	if a.flag("include_users") {
		o["users"] = append([]string{}, g.Users...)
	}
	if a.flag("include_count") {
		o["user_count"] = len(g.Users)
	}
	return o
}

func (w *Workspace) usergroupsUsersList(a args) answer {
	for _, g := range w.groups {
		if g.ID == a.text("usergroup") && (!g.Disabled || a.flag("include_disabled")) {
			return answer{"ok": true, "users": append([]string{}, g.Users...)}
		}
	}
	return fail("no_such_subteam")
}
