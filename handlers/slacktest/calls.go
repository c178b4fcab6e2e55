package slacktest

import (
	"maps"
	"slices"
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
