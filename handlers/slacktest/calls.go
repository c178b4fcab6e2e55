package slacktest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Call is one call of the Web API, as it arrived. Its token is not kept, nor is a client secret.
type Call struct {
	Method string
	Args   map[string]string // blocks, attachments and metadata as JSON
	At     time.Time

	Done     bool   // an answer was sent, or nobody was left to hear it
	Accepted bool   // it took effect: Slack itself refused nothing, and lost nothing before
	Error    string // Slack's own refusal: "channel_not_found", "ratelimited", …
	Fault    string // the fault that struck, if one did
}

func (c *Call) took(out result) {
	c.Accepted = out.body["ok"] == true
	c.Error, _ = out.body["error"].(string)
}

// Calls are the calls of the named methods, or all if none is named, in the order of arrival.
func (w *Workspace) Calls(methods ...string) []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Call
	for _, c := range w.calls {
		if len(methods) == 0 || slices.Contains(methods, c.Method) {
			list = append(list, *c)
		}
	}
	return list
}

func (w *Workspace) logCall(name string, a args) *Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &Call{Method: name, Args: maps.Clone(a), At: w.opts.Now()}
	if _, given := c.Args["client_secret"]; given {
		c.Args["client_secret"] = "…"
	}
	w.calls = append(w.calls, c)
	w.changed()
	return c
}

func (w *Workspace) endCall(c *Call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Done = true
	w.changed()
}

// referenceJSON is distilled from Slack's own machine-readable method pages; see the package doc.
//
//go:embed testdata/methods.json
var referenceJSON []byte

// reference is Slack's published word on the methods that we use.
type reference struct {
	General []string             `json:"general"` // errors that any method may answer
	Seen    map[string][]string  `json:"seen"`    // errors that Slack answers, though it documents them elsewhere
	Methods map[string]published `json:"methods"`
}

// published is what the reference says of one method. The token is left out of its arguments.
type published struct {
	Scopes   []string   `json:"scopes"` // of bots; any one may do
	Required []string   `json:"required"`
	Optional []string   `json:"optional"`
	OneOf    [][]string `json:"one_of"` // at least one of each list is needed
	Errors   []string   `json:"errors"`
}

func readReference() (reference, error) {
	var r reference
	if err := json.Unmarshal(referenceJSON, &r); err != nil {
		return r, fmt.Errorf("reading the reference of Slack's methods: %w", err)
	}
	return r, nil
}

// answers says whether the reference knows an error of a method.
func (r reference) answers(method, code string) bool {
	return slices.Contains(r.General, code) || slices.Contains(r.Seen[method], code) ||
		slices.Contains(r.Methods[method].Errors, code)
}

// Violations are the ways in which calls depart from Slack's published reference: a method that it
// does not have, an argument that it does not know, a required one that is missing. Each is said once.
func Violations(calls []Call) []string {
	r, err := readReference()
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for _, c := range calls {
		for _, v := range r.violations(c) {
			if v = c.Method + " " + v; !slices.Contains(found, v) {
				found = append(found, v)
			}
		}
	}
	return found
}

func (r reference) violations(c Call) []string {
	m, known := r.Methods[c.Method]
	if !known {
		return []string{"is not in the reference"}
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(c.Args)) {
		if !slices.Contains(m.Required, name) && !slices.Contains(m.Optional, name) {
			found = append(found, "has no argument "+name)
		}
	}
	for _, name := range m.Required {
		if c.Args[name] == "" {
			found = append(found, "lacks the argument "+name)
		}
	}
	for _, names := range m.OneOf {
		if !slices.ContainsFunc(names, func(name string) bool { return c.Args[name] != "" }) {
			found = append(found, "lacks one of the arguments "+strings.Join(names, ", "))
		}
	}
	return found
}
