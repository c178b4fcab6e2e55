package slacktest

import (
	"slices"
	"time"
)

// An installation begins at /oauth/v2/authorize (see authorize.go) with a code, and ends by Uninstall
// or RevokeToken:
//
//	authorize ──Allow──▶ code, once, 10 min ──oauth.v2.access──▶ installed
//	                                             ▲                 │ Uninstall: account_inactive
//	                                             └── authorize ◀───┘ RevokeToken: token_revoked

// code is what the app exchanges for a token.
type code struct {
	team, user  string
	scopes      []string
	redirectURI string // as it was given, or empty
	at          time.Time
	used        bool
}

const codeLife = 10 * time.Minute

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
	got, refused := w.cloud.exchange(a.text("code"), a.text("redirect_uri"))
	if refused != nil {
		return refused
	}
	into := w.cloud.workspace(got.team)
	if into != w {
		into.mu.Lock() // the first workspace before any other: nobody locks two the other way round
		defer into.mu.Unlock()
	}
	return into.install(got)
}

// exchange uses a code up.
func (c *Cloud) exchange(given, redirectURI string) (code, answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	got := c.codes[given]
	switch {
	case got == nil || c.opts.Wall().Sub(got.at) > codeLife:
		return code{}, fail("invalid_code")
	case got.used:
		return code{}, fail("code_already_used")
	case got.redirectURI != redirectURI:
		return code{}, fail("bad_redirect_uri")
	}
	got.used = true
	return *got, nil
}

// install gives the app its bot user and a token. Installed again, it keeps both and adds scopes.
func (w *Workspace) install(by code) answer {
	if w.opts.Token == "" {
		w.opts.Token, w.opts.Scopes = w.opts.NewID("xoxb-"+w.opts.Team.ID+"-"), nil
		app := w.opts.App
		w.apps[app.ID] = &app
		w.users[app.UserID] = &User{ID: app.UserID, Name: app.Name, RealName: app.Name, Team: w.opts.Team.ID, Bot: &app}
	}
	scopes := slices.Clone(w.opts.Scopes)
	for _, s := range by.scopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	w.opts.Scopes = scopes
	w.changed()
	return answer{
		"ok": true, "app_id": w.opts.App.ID, "access_token": w.opts.Token, "token_type": "bot",
		"scope": joinScopes(scopes), "bot_user_id": w.opts.App.UserID,
		"team": map[string]any{"id": w.opts.Team.ID, "name": w.opts.Team.Name}, "enterprise": w.enterpriseObject(),
		"authed_user": map[string]any{"id": by.user}, "is_enterprise_install": false,
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
