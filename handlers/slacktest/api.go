package slacktest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
)

// method is one of the Web API. It runs with the workspace locked.
type method struct {
	run      func(*Workspace, args) answer
	scopes   []string // any one will do; which one, may depend on the channel
	required []string
}

func methods() map[string]method {
	history := []string{"channels:history", "groups:history"}
	read := []string{"channels:read", "groups:read"}
	channel := []string{"channel"}
	return map[string]method{
		"auth.test":             {run: (*Workspace).authTest},
		"chat.postMessage":      {(*Workspace).chatPostMessage, []string{"chat:write"}, channel},
		"chat.update":           {(*Workspace).chatUpdate, []string{"chat:write"}, []string{"channel", "ts"}},
		"conversations.history": {(*Workspace).conversationsHistory, history, channel},
		"conversations.replies": {(*Workspace).conversationsReplies, history, []string{"channel", "ts"}},
		"conversations.info":    {(*Workspace).conversationsInfo, read, channel},
		"conversations.join":    {(*Workspace).conversationsJoin, []string{"channels:join"}, channel},
		"conversations.list":    {(*Workspace).conversationsList, read, nil},
		"users.info":            {(*Workspace).usersInfo, []string{"users:read"}, []string{"user"}},
		"users.lookupByEmail":   {(*Workspace).usersLookupByEmail, []string{"users:read.email"}, []string{"email"}},
		"usergroups.list":       {(*Workspace).usergroupsList, []string{"usergroups:read"}, nil},
		"usergroups.users.list": {(*Workspace).usergroupsUsersList, []string{"usergroups:read"}, []string{"usergroup"}},
	}
}

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

func (w *Workspace) serveAPI(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxUpload))
	if err != nil {
		return // the client went away in mid-sentence
	}
	x := &exchange{w: w, rw: rw, r: r, parsed: parse(r, body)}
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
	if x.parsed.token == "" {
		return okay(fail("not_authed"))
	}
	if x.parsed.token != w.opts.Token {
		return okay(fail("invalid_auth"))
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

func okay(body answer) result { return result{status: http.StatusOK, body: body} }

func (w *Workspace) granted(scope string) bool { return slices.Contains(w.opts.Scopes, scope) }

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
	if x.parsed.token == x.w.opts.Token {
		h.Set("X-OAuth-Scopes", strings.Join(x.w.opts.Scopes, ","))
		h.Set("X-Accepted-OAuth-Scopes", strings.Join(x.method.scopes, ","))
	}
	x.rw.WriteHeader(out.status)
	enc := json.NewEncoder(x.rw)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(out.body) // fails only if the client has gone, and then nobody is left to tell
}

func (w *Workspace) authTest(args) answer {
	return answer{
		"ok": true, "url": "https://" + w.opts.Team.Domain + ".slack.com/", "team": w.opts.Team.Name,
		"team_id": w.opts.Team.ID, "user": w.opts.App.Name, "user_id": w.opts.App.UserID,
		"bot_id": w.opts.App.BotID, "is_enterprise_install": false,
	}
}

// raw is v as JSON. v is made of maps, slices, strings and numbers, which always encode.
func raw(v any) json.RawMessage {
	b, _ := json.Marshal(v)
	return b
}
