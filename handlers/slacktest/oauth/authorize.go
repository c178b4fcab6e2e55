// Package oauth is how a workspace comes to have an app (docs.slack.dev/authentication/installing-with-oauth): a page on
// which somebody allows it, and a code that the app exchanges, once and within ten minutes.
package oauth

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Request is what an app asks for at /oauth/v2/authorize.
type Request struct {
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

// Server serves /oauth/v2/authorize for one app.
type Server struct {
	ClientID, App string
	RedirectURLs  []string // where OAuth may lead back to, subpaths included; nil: anywhere
	NewID         func(prefix string) string
	Now           func() time.Time // codes age by it
	People        func() []Person  // who might install the app

	mu     sync.Mutex
	decide func(Request) Decision
	codes  map[string]*code
}

// Person is somebody who might install the app, and in which workspace.
type Person struct{ Team, TeamName, User, Name string }

// Grant is what an app gets for a code.
type Grant struct {
	Team, User string
	Scopes     []string
}

// code is what the app exchanges for a token.
type code struct {
	Grant
	redirectURI string // as it was given, or empty
	at          time.Time
	used        bool
}

const codeLife = 10 * time.Minute

// Exchange uses a code up, or says in Slack's words why not.
func (s *Server) Exchange(given, redirectURI string) (g Grant, refused string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.codes[given]
	switch {
	case got == nil || s.Now().Sub(got.at) > codeLife:
		return Grant{}, "invalid_code"
	case got.used:
		return Grant{}, "code_already_used"
	case got.redirectURI != redirectURI:
		return Grant{}, "bad_redirect_uri"
	}
	got.used = true
	return got.Grant, ""
}

// Decide lets decide answer for people whoever comes; nil, as at first, shows a page instead.
func (s *Server) Decide(decide func(Request) Decision) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decide = decide
}

// ServeHTTP shows the page, or takes what its form says.
func (s *Server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		s.serveDecision(rw, r)
		return
	}
	s.serveAuthorize(rw, r)
}

// asked reads and checks a request. What is wrong with it, Slack says to the person, never to the app.
func (s *Server) asked(form url.Values) (req Request, redirect string, problem string) {
	req = Request{
		ClientID: form.Get("client_id"), RedirectURI: form.Get("redirect_uri"), State: form.Get("state"), Team: form.Get("team"),
		Scopes: strings.FieldsFunc(form.Get("scope"), func(r rune) bool { return r == ',' || r == ' ' }),
	}
	redirect = req.RedirectURI
	if redirect == "" && len(s.RedirectURLs) > 0 {
		redirect = s.RedirectURLs[0]
	}
	switch {
	case req.ClientID != s.ClientID:
		return req, "", "Invalid client_id parameter"
	case len(req.Scopes) == 0:
		return req, "", "No scopes requested"
	case !s.mayReturnTo(redirect):
		return req, "", "redirect_uri did not match any configured URIs. Passed URI: " + req.RedirectURI
	}
	return req, redirect, ""
}

// mayReturnTo follows Slack's rule: the same address, or one below a configured one.
func (s *Server) mayReturnTo(redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil || u.Host == "" {
		return false
	}
	return s.RedirectURLs == nil || slices.ContainsFunc(s.RedirectURLs, func(allowed string) bool {
		rest, below := strings.CutPrefix(redirect, strings.TrimSuffix(allowed, "/"))
		return below && (rest == "" || rest[0] == '/' || rest[0] == '?')
	})
}

func (s *Server) serveAuthorize(rw http.ResponseWriter, r *http.Request) {
	req, redirect, problem := s.asked(r.URL.Query())
	if problem != "" {
		http.Error(rw, problem, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	decide := s.decide
	s.mu.Unlock()
	if decide != nil {
		s.decided(rw, r, req, redirect, decide(req))
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = authorizePage.Execute(rw, map[string]any{
		"App": s.App, "Scopes": req.Scopes, "Form": firsts(r.URL.Query()), "People": s.People(),
	})
}

// serveDecision takes what the page's form says.
func (s *Server) serveDecision(rw http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(rw, "That form cannot be read.", http.StatusBadRequest)
		return
	}
	req, redirect, problem := s.asked(r.PostForm)
	if problem != "" {
		http.Error(rw, problem, http.StatusBadRequest)
		return
	}
	team, user, _ := strings.Cut(r.PostForm.Get("who"), "/")
	s.decided(rw, r, req, redirect, Decision{Deny: r.PostForm.Get("decision") != "allow", Team: team, User: user})
}

// decided leads the browser back to the app.
func (s *Server) decided(rw http.ResponseWriter, r *http.Request, req Request, redirect string, d Decision) {
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
		issued, ok := s.issue(req, d)
		if !ok {
			http.Error(rw, "The simulated Slack has no such person in such a workspace: add them with AddWorkspace and AddUser.", http.StatusBadRequest)
			return
		}
		q.Set("code", issued)
	}
	to.RawQuery = q.Encode()
	http.Redirect(rw, r, to.String(), http.StatusFound)
}

func (s *Server) issue(req Request, d Decision) (issued string, ok bool) {
	people := s.People()
	at := slices.IndexFunc(people, func(p Person) bool {
		return (d.Team == "" || p.Team == d.Team) && (d.User == "" || p.User == d.User)
	})
	if at < 0 {
		return "", false
	}
	issued = s.NewID("1234567890.1234567890.")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.codes == nil {
		s.codes = map[string]*code{}
	}
	s.codes[issued] = &code{
		Grant: Grant{people[at].Team, people[at].User, req.Scopes}, redirectURI: req.RedirectURI, at: s.Now(),
	}
	return issued, true
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
{{end}}<label>As <select name="who">{{range .People}}<option value="{{.Team}}/{{.User}}">{{.Name}} in {{.TeamName}}</option>
{{end}}</select></label>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Cancel</button>
</form></html>
`))
