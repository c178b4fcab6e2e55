package slacktest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// answer is the body of a Web API response.
type answer map[string]any

func fail(code string) answer { return answer{"ok": false, "error": code} }

// refuse is fail with the reasons that Slack gives to developers.
func refuse(code string, reasons ...string) answer {
	out := fail(code)
	for _, reason := range reasons {
		out.message("[ERROR] " + reason)
	}
	return out
}

func (a answer) metadata() map[string]any {
	m, ok := a["response_metadata"].(map[string]any)
	if !ok {
		m = map[string]any{}
		a["response_metadata"] = m
	}
	return m
}

func (a answer) message(text string) {
	m := a.metadata()
	list, _ := m["messages"].([]string)
	m["messages"] = append(list, text)
}

// warn adds a warning, explained to developers unless message is empty.
func (a answer) warn(code, message string) {
	m := a.metadata()
	list, _ := m["warnings"].([]string)
	list = append(list, code)
	m["warnings"] = list
	a["warning"] = strings.Join(list, ",")
	if message != "" {
		a.message("[WARN] " + message)
	}
}

// exchange is one call under way.
type exchange struct {
	w       *Workspace
	rw      http.ResponseWriter
	r       *http.Request
	call    *Call
	parsed  parsed
	method  method
	known   bool
	outcome *result // set once the call took effect
}

// result is what the call came to, before any fault has its way with the response.
type result struct {
	status int
	header http.Header
	body   answer
}

func (w *Workspace) serveAPI(rw http.ResponseWriter, r *http.Request, p parsed) {
	x := &exchange{w: w, rw: rw, r: r, parsed: p}
	name := r.PathValue("method")
	x.method, x.known = w.methods[name]
	x.call = w.logCall(name, x.parsed.args)
	defer w.endCall(x.call)
	if effect, struck := w.strike(x.call); struck {
		effect.apply(x)
		return
	}
	x.reply(x.accept())
}

// accept lets the call take effect, once.
func (x *exchange) accept() result {
	if x.outcome == nil {
		x.w.mu.Lock()
		defer x.w.mu.Unlock()
		out := x.w.execute(x)
		for _, warning := range x.parsed.warnings {
			out.body.warn(warning, "")
		}
		x.call.took(out)
		x.outcome = &out
		x.w.changed()
	}
	return *x.outcome
}

// execute checks a call in Slack's order and runs it.
func (w *Workspace) execute(x *exchange) result {
	m := x.method
	if !x.known {
		return okay(answer{"ok": false, "error": "unknown_method", "req_method": x.call.Method})
	}
	if x.parsed.err != "" {
		return okay(fail(x.parsed.err))
	}
	if code := w.unfit(m.token, x.parsed.token); code != "" {
		return okay(fail(code))
	}
	if wait := w.limited(x.call); wait > 0 {
		return tooMany(wait)
	}
	if len(m.scopes) > 0 && !slices.ContainsFunc(m.scopes, w.granted) {
		return okay(w.missingScope(m.scopes...))
	}
	var missing []string
	for _, name := range m.required {
		if x.parsed.args[name] == "" {
			missing = append(missing, "missing required field: "+name)
		}
	}
	if missing != nil {
		return okay(refuse("invalid_arguments", missing...))
	}
	return okay(m.run(w, x.parsed.args))
}

// unfit is what is wrong with a call's token, if anything is.
func (w *Workspace) unfit(kind tokenKind, token string) (code string) {
	if kind == noToken {
		return ""
	}
	if token == "" {
		return "not_authed"
	}
	if revoked := w.revoked[token]; revoked != "" {
		return revoked
	}
	fits := map[string]tokenKind{w.opts.Token: botToken, w.opts.AppToken: appToken}
	switch had, known := fits[token]; {
	case !known:
		return "invalid_auth"
	case had != kind:
		return "not_allowed_token_type"
	}
	return ""
}

func okay(body answer) result { return result{status: http.StatusOK, body: body} }

// granted says whether the app is installed with a scope.
func (w *Workspace) granted(scope string) bool {
	return w.opts.Token != "" && slices.Contains(w.opts.Scopes, scope)
}

func (w *Workspace) missingScope(needed ...string) answer {
	out := fail("missing_scope")
	out["needed"] = strings.Join(needed, ",")
	out["provided"] = strings.Join(w.opts.Scopes, ",")
	return out
}

// conversation is the channel of a call that needs one scope for a public, another for a private
// channel.
func (w *Workspace) conversation(a args, public, private string) (*channel, answer) {
	c := w.visible(a.text("channel"))
	if c == nil {
		return nil, fail("channel_not_found")
	}
	scope := public
	if c.Private {
		scope = private
	}
	if !w.granted(scope) {
		return nil, w.missingScope(scope)
	}
	return c, nil
}

// reply sends an answer.
func (x *exchange) reply(out result) {
	h := x.rw.Header()
	for name, values := range out.header {
		h[name] = values
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-Slack-Req-Id", x.w.opts.NewID("req"))
	if o := x.w.Options(); x.parsed.token != "" && x.parsed.token == o.Token {
		h.Set("X-OAuth-Scopes", strings.Join(o.Scopes, ","))
		h.Set("X-Accepted-OAuth-Scopes", strings.Join(x.method.scopes, ","))
	}
	x.rw.WriteHeader(out.status)
	enc := json.NewEncoder(x.rw)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(out.body) // fails only if the client has gone, and then nobody is left to answer
}

func (w *Workspace) authTest(args) answer {
	who := answer{
		"ok": true, "url": "https://" + w.opts.Team.Domain + ".slack.com/", "team": w.opts.Team.Name,
		"team_id": w.opts.Team.ID, "user": w.opts.App.Name, "user_id": w.opts.App.UserID,
		"bot_id": w.opts.App.BotID, "is_enterprise_install": false,
	}
	if w.opts.Team.Enterprise != "" {
		who["enterprise_id"] = w.opts.Team.Enterprise
	}
	return who
}

// raw is v as JSON. v is made of maps, slices, strings and numbers, which always encode.
func raw(v any) json.RawMessage {
	b, _ := json.Marshal(v)
	return b
}

// method is one of the Web API. It runs with the workspace locked.
type method struct {
	run      func(*Workspace, args) answer
	scopes   []string // any one will do; which one, may depend on the channel
	required []string
	token    tokenKind
}

// tokenKind is the kind of token that a method takes.
type tokenKind int

const (
	botToken tokenKind = iota // xoxb-…, of one workspace
	appToken                  // xapp-…, of the app itself
	noToken                   // it proves who calls by other means
)

func methods() map[string]method {
	chat, user := []string{"chat:write"}, []string{"users:read"}
	history := []string{"channels:history", "groups:history"}
	read := []string{"channels:read", "groups:read"}
	groups := []string{"usergroups:read"}
	bot := func(run func(*Workspace, args) answer, scopes []string, required ...string) method {
		return method{run: run, scopes: scopes, required: required}
	}
	return map[string]method{
		"apps.connections.open": {run: (*Workspace).appsConnectionsOpen, token: appToken},
		"auth.test":             bot((*Workspace).authTest, nil),
		"bots.info":             bot((*Workspace).botsInfo, user),
		"chat.getPermalink":     bot((*Workspace).chatGetPermalink, nil, "channel", "message_ts"),
		"chat.postEphemeral":    bot((*Workspace).chatPostEphemeral, chat, "channel", "user"),
		"chat.postMessage":      bot((*Workspace).chatPostMessage, chat, "channel"),
		"chat.update":           bot((*Workspace).chatUpdate, chat, "channel", "ts"),
		"conversations.history": bot((*Workspace).conversationsHistory, history, "channel"),
		"conversations.info":    bot((*Workspace).conversationsInfo, read, "channel"),
		"conversations.join":    bot((*Workspace).conversationsJoin, []string{"channels:join"}, "channel"),
		"conversations.list":    bot((*Workspace).conversationsList, read),
		"conversations.members": bot((*Workspace).conversationsMembers, read, "channel"),
		"conversations.replies": bot((*Workspace).conversationsReplies, history, "channel", "ts"),
		"oauth.v2.access":       {run: (*Workspace).oauthV2Access, token: noToken},
		"team.info":             bot((*Workspace).teamInfo, []string{"team:read"}),
		"usergroups.list":       bot((*Workspace).usergroupsList, groups),
		"usergroups.users.list": bot((*Workspace).usergroupsUsersList, groups, "usergroup"),
		"users.conversations":   bot((*Workspace).usersConversations, read),
		"users.info":            bot((*Workspace).usersInfo, user, "user"),
		"users.list":            bot((*Workspace).usersList, user),
		"users.lookupByEmail":   bot((*Workspace).usersLookupByEmail, []string{"users:read.email"}, "email"),
		"views.open":            bot((*Workspace).viewsOpen, nil, "view"),
		"views.publish":         bot((*Workspace).viewsPublish, nil, "user_id", "view"),
		"views.push":            bot((*Workspace).viewsPush, nil, "view"),
		"views.update":          bot((*Workspace).viewsUpdate, nil, "view"),
	}
}
