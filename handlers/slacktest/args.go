package slacktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// args are a call's arguments, whatever content type they came in.
type args map[string]string

func (a args) text(name string) string { return a[name] }

func (a args) has(name string) bool { _, ok := a[name]; return ok }

func (a args) flag(name string) bool {
	switch strings.ToLower(a[name]) {
	case "1", "true":
		return true
	}
	return false
}

func (a args) number(name string, missing int) (n int, ok bool) {
	if a[name] == "" {
		return missing, true
	}
	n, err := strconv.Atoi(a[name])
	return n, err == nil
}

// parsed is a request as the Web API reads it.
type parsed struct {
	args     args
	token    string
	warnings []string
	err      string // Slack's word for a body it cannot read
}

const maxUpload = 1 << 20

// parse reads the arguments from the query and the body. The token comes as a bearer header or as
// a form value; in a JSON body it counts for nothing.
func parse(r *http.Request, body []byte) parsed {
	p := parsed{args: args{}}
	contentType := r.Header.Get("Content-Type")
	kind, params, _ := mime.ParseMediaType(contentType)
	switch {
	case len(body) == 0: // whatever it says it is: slack-go calls apps.connections.open with no JSON at all
		p.err = p.readForm(r, nil)
	case contentType == "":
		p.err = "missing_post_type"
	case kind == "application/json":
		if params["charset"] == "" {
			p.warnings = append(p.warnings, "missing_charset")
		}
		p.err = p.readJSON(body)
	case kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data":
		if params["charset"] != "" {
			p.warnings = append(p.warnings, "superfluous_charset")
		}
		p.err = p.readForm(r, body)
	default:
		p.err = "invalid_post_type"
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		p.token = bearer
	} else if kind != "application/json" {
		p.token = p.args["token"]
	}
	delete(p.args, "token")
	if id, secret, ok := r.BasicAuth(); ok { // an app's own credentials, for oauth.v2.access
		p.args["client_id"], p.args["client_secret"] = id, secret
	}
	return p
}

func (p *parsed) readForm(r *http.Request, body []byte) (problem string) {
	r.Body = readCloser{bytes.NewReader(body)}
	if r.ParseForm() != nil {
		return "invalid_form_data"
	}
	if err := r.ParseMultipartForm(maxUpload); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "invalid_form_data"
	}
	for name, values := range r.Form {
		p.args[name] = values[0]
	}
	return ""
}

func (p *parsed) readJSON(body []byte) (problem string) {
	var values any
	if err := json.Unmarshal(body, &values); err != nil {
		return "invalid_json"
	}
	if _, ok := values.(map[string]any); !ok {
		return "json_not_object"
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return "invalid_json"
	}
	for name, value := range members {
		var s string
		if json.Unmarshal(value, &s) != nil {
			s = string(value) // numbers, booleans, and the JSON of blocks, attachments and metadata
		}
		if s != "null" {
			p.args[name] = s
		}
	}
	return ""
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }
