package slacktest

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// AuthorizeRequest is what an app asks for at /oauth/v2/authorize.
type AuthorizeRequest struct {
	ClientID    string
	Scopes      []string
	RedirectURI string
	State       string
	Team        string // the workspace that the app suggests, if any
}

// Decision is what a person does with the request: refuses it, or installs the app in a workspace.
type Decision struct {
	Deny       bool
	Team, User string // default: the first workspace, and the first user in it
}

// Decide lets decide answer for people whoever comes to /oauth/v2/authorize; nil, as at first,
// shows a page instead.
func (c *Cloud) Decide(decide func(AuthorizeRequest) Decision) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.decide = decide
}

// Installing is a Decision for Decide: whoever comes installs the app in this workspace.
func (w *Workspace) Installing(user string) func(AuthorizeRequest) Decision {
	return func(AuthorizeRequest) Decision { return Decision{Team: w.opts.Team.ID, User: user} }
}

func joinScopes(scopes []string) string { return strings.Join(scopes, ",") }

// asked reads and checks a request. What is wrong with it, Slack says to the person, never to the app.
func (c *Cloud) asked(form url.Values) (req AuthorizeRequest, redirect string, problem string) {
	req = AuthorizeRequest{
		ClientID: form.Get("client_id"), RedirectURI: form.Get("redirect_uri"), State: form.Get("state"), Team: form.Get("team"),
		Scopes: strings.FieldsFunc(form.Get("scope"), func(r rune) bool { return r == ',' || r == ' ' }),
	}
	redirect = req.RedirectURI
	if redirect == "" && len(c.opts.RedirectURLs) > 0 {
		redirect = c.opts.RedirectURLs[0]
	}
	switch {
	case req.ClientID != c.opts.ClientID:
		return req, "", "Invalid client_id parameter"
	case len(req.Scopes) == 0:
		return req, "", "No scopes requested"
	case !c.mayReturnTo(redirect):
		return req, "", "redirect_uri did not match any configured URIs. Passed URI: " + req.RedirectURI
	}
	return req, redirect, ""
}

// mayReturnTo follows Slack's rule: the same address, or one below a configured one.
func (c *Cloud) mayReturnTo(redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil || u.Host == "" {
		return false
	}
	return c.opts.RedirectURLs == nil || slices.ContainsFunc(c.opts.RedirectURLs, func(allowed string) bool {
		rest, below := strings.CutPrefix(redirect, strings.TrimSuffix(allowed, "/"))
		return below && (rest == "" || rest[0] == '/' || rest[0] == '?')
	})
}

func (c *Cloud) serveAuthorize(rw http.ResponseWriter, r *http.Request) {
	req, redirect, problem := c.asked(r.URL.Query())
	if problem != "" {
		http.Error(rw, problem, http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	decide := c.decide
	c.mu.Unlock()
	if decide != nil {
		c.decided(rw, r, req, redirect, decide(req))
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = authorizePage.Execute(rw, map[string]any{
		"App": c.opts.App.Name, "Scopes": req.Scopes, "Form": firsts(r.URL.Query()), "Teams": c.choices(),
	})
}

// serveDecision takes what the page's form says.
func (c *Cloud) serveDecision(rw http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(rw, "That form cannot be read.", http.StatusBadRequest)
		return
	}
	req, redirect, problem := c.asked(r.PostForm)
	if problem != "" {
		http.Error(rw, problem, http.StatusBadRequest)
		return
	}
	team, user, _ := strings.Cut(r.PostForm.Get("who"), "/")
	c.decided(rw, r, req, redirect, Decision{Deny: r.PostForm.Get("decision") != "allow", Team: team, User: user})
}

// decided leads the browser back to the app.
func (c *Cloud) decided(rw http.ResponseWriter, r *http.Request, req AuthorizeRequest, redirect string, d Decision) {
	to, err := url.Parse(redirect)
	if err != nil {
		http.Error(rw, "redirect_uri is not an address", http.StatusBadRequest)
		return
	}
	q := to.Query()
	q.Set("state", req.State)
	if d.Deny {
		q.Set("error", "access_denied")
	} else {
		issued, ok := c.issue(req, d)
		if !ok {
			http.Error(rw, "The simulated Slack has no such person in such a workspace: add them with AddWorkspace and AddUser.", http.StatusBadRequest)
			return
		}
		q.Set("code", issued)
	}
	to.RawQuery = q.Encode()
	http.Redirect(rw, r, to.String(), http.StatusFound)
}

func (c *Cloud) issue(req AuthorizeRequest, d Decision) (issued string, ok bool) {
	choices := c.choices()
	at := slices.IndexFunc(choices, func(x choice) bool {
		return (d.Team == "" || x.Team.ID == d.Team) && (d.User == "" || x.User.ID == d.User)
	})
	if at < 0 {
		return "", false
	}
	issued = c.opts.NewID("1234567890.1234567890.")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.codes[issued] = &code{
		team: choices[at].Team.ID, user: choices[at].User.ID, scopes: req.Scopes, redirectURI: req.RedirectURI, at: c.opts.Wall(),
	}
	return issued, true
}

// choice is somebody who might install the app.
type choice struct {
	Team Team
	User User
}

func (c *Cloud) choices() []choice {
	var list []choice
	for _, w := range c.Workspaces() {
		for _, u := range w.Users() {
			if u.Bot == nil && !u.Deactivated && u.Team == w.opts.Team.ID {
				list = append(list, choice{w.opts.Team, u})
			}
		}
	}
	return list
}

func firsts(form url.Values) map[string]string {
	out := map[string]string{}
	for name, values := range form {
		out[name] = values[0]
	}
	return out
}

var authorizePage = template.Must(template.New("authorize").Parse(`<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Install {{.App}}</title>
<h1>{{.App}} wants to join a workspace</h1>
<p>It asks for: {{range $i, $s := .Scopes}}{{if $i}}, {{end}}{{$s}}{{end}}</p>
<form method="post">
{{range $name, $value := .Form}}<input type="hidden" name="{{$name}}" value="{{$value}}">
{{end}}<label>As <select name="who">{{range .Teams}}<option value="{{.Team.ID}}/{{.User.ID}}">{{.User.RealName}} in {{.Team.Name}}</option>
{{end}}</select></label>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Cancel</button>
</form></html>
`))
