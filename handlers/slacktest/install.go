package slacktest

import (
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/handlers/slacktest/oauth"
)

// An installation begins at /oauth/v2/authorize with a code, and ends by Uninstall or RevokeToken:
//
//	authorize ──Allow──▶ code, once, 10 min ──oauth.v2.access──▶ installed
//	                                             ▲                 │ Uninstall: account_inactive
//	                                             └── authorize ◀───┘ RevokeToken: token_revoked

// Decide lets decide answer for people whoever comes to /oauth/v2/authorize; nil, as at first,
// shows a page instead.
func (c *Cloud) Decide(decide func(oauth.Request) oauth.Decision) { c.oauth.Decide(decide) }

// Installing is a Decision for Decide: whoever comes installs the app in this workspace.
func (w *Workspace) Installing(user string) func(oauth.Request) oauth.Decision {
	return func(oauth.Request) oauth.Decision { return oauth.Decision{Team: w.opts.Team.ID, User: user} }
}

// installers are all who might install the app.
func (c *Cloud) installers() []oauth.Person {
	var list []oauth.Person
	for _, w := range c.Workspaces() {
		for _, u := range w.Users() {
			if t := w.opts.Team; u.Bot == nil && !u.Deactivated && u.Team == t.ID {
				list = append(list, oauth.Person{Team: t.ID, TeamName: t.Name, User: u.ID, Name: u.RealName})
			}
		}
	}
	return list
}

// oauthV2Access runs in the first workspace, whichever is being installed.
func (w *Workspace) oauthV2Access(a args) answer {
	switch grant := a.text("grant_type"); {
	case a.text("client_id") != w.opts.ClientID:
		return fail("invalid_client_id")
	case a.text("client_secret") != w.opts.ClientSecret:
		return fail("bad_client_secret")
	case grant != "" && grant != "authorization_code":
		return fail("invalid_grant_type")
	}
	got, refused := w.cloud.oauth.Exchange(a.text("code"), a.text("redirect_uri"))
	if refused != "" {
		return fail(refused)
	}
	into := w.cloud.workspace(got.Team)
	if into != w {
		into.mu.Lock() // the first workspace before any other: nobody locks two the other way round
		defer into.mu.Unlock()
	}
	return into.install(got)
}

// install gives the app its bot user and a token. Installed again, it keeps both and adds scopes.
func (w *Workspace) install(by oauth.Grant) answer {
	if w.opts.Token == "" {
		w.opts.Token, w.opts.Scopes = w.opts.NewID("xoxb-"+w.opts.Team.ID+"-"), nil
		app := w.opts.App
		w.apps[app.ID] = &app
		w.users[app.UserID] = &User{ID: app.UserID, Name: app.Name, RealName: app.Name, Team: w.opts.Team.ID, Bot: &app}
	}
	scopes := slices.Clone(w.opts.Scopes)
	for _, s := range by.Scopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	w.opts.Scopes = scopes
	w.changed()
	return answer{
		"ok": true, "app_id": w.opts.App.ID, "access_token": w.opts.Token, "token_type": "bot",
		"scope": strings.Join(scopes, ","), "bot_user_id": w.opts.App.UserID,
		"team": map[string]any{"id": w.opts.Team.ID, "name": w.opts.Team.Name}, "enterprise": w.enterpriseObject(),
		"authed_user": map[string]any{"id": by.User}, "is_enterprise_install": false,
	}
}

// Installed says whether the app is installed: it has a token that works.
func (w *Workspace) Installed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.opts.Token != ""
}

// Uninstall removes the app, as an admin does: it sends tokens_revoked and app_uninstalled, the
// token becomes account_inactive, the bot leaves all channels.
func (w *Workspace) Uninstall() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opts.Token == "" {
		return
	}
	w.revoke("account_inactive")
	w.send(Event{Type: "app_uninstalled"}, raw(map[string]any{"type": "app_uninstalled"}), false)
	bot := w.opts.App.UserID
	for _, c := range w.channels {
		c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == bot })
	}
	if u := w.users[bot]; u != nil {
		u.Deactivated = true
	}
	delete(w.apps, w.opts.App.ID)
	w.changed()
}

// RevokeToken takes the bot's token away (token_revoked) and sends tokens_revoked.
func (w *Workspace) RevokeToken() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opts.Token != "" {
		w.revoke("token_revoked")
		w.changed()
	}
}

func (w *Workspace) revoke(with string) {
	w.revoked[w.opts.Token] = with
	w.opts.Token = ""
	w.send(Event{Type: "tokens_revoked"}, raw(map[string]any{
		"type":   "tokens_revoked",
		"tokens": map[string]any{"oauth": []string{}, "bot": []string{w.opts.App.UserID}},
	}), false)
}
