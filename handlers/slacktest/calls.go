package slacktest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"
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

// Limit is how often a method may be called. Calls beyond it get 429 with Retry-After.
type Limit struct {
	Method     string
	Every      time.Duration // one call each
	Burst      int           // so many at once; 0 is 1
	PerChannel bool          // each channel has a limit of its own
}

// SlackLimits are the published limits: one message a second per channel, the tiers of the others,
// with a burst of a tenth of a minute's calls.
func SlackLimits() []Limit {
	limits := []Limit{{Method: "chat.postMessage", Every: time.Second, Burst: 1, PerChannel: true}}
	for perMinute, methods := range map[int][]string{
		20: {"conversations.list", "usergroups.list", "usergroups.users.list", "users.list"},
		50: {
			"chat.update", "conversations.history", "conversations.replies", "conversations.info", "conversations.join",
			"users.conversations", "users.lookupByEmail", "bots.info", "team.info", "apps.connections.open",
		},
		100: {
			"users.info", "conversations.members", "chat.postEphemeral", "views.open", "views.update", "views.push", "views.publish",
		},
	} {
		for _, m := range methods {
			limits = append(limits, Limit{Method: m, Every: time.Minute / time.Duration(perMinute), Burst: perMinute / 10})
		}
	}
	return limits
}

type limiter struct {
	Limit
	buckets map[string]*rate.Limiter // by channel, or one under ""
}

// SetLimits replaces the limits. A new workspace has none.
func (w *Workspace) SetLimits(limits ...Limit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limits = nil
	for _, l := range limits {
		w.limits = append(w.limits, &limiter{Limit: l, buckets: map[string]*rate.Limiter{}})
	}
}

// limited is how long a call would have to wait; 0 lets it pass.
func (w *Workspace) limited(c *Call) time.Duration {
	for _, l := range w.limits {
		if l.Method == c.Method {
			if wait := l.take(c.Args["channel"], w.opts.Now()); wait > 0 {
				return wait
			}
		}
	}
	return 0
}

func (l *limiter) take(channel string, now time.Time) (wait time.Duration) {
	if !l.PerChannel {
		channel = ""
	}
	b := l.buckets[channel]
	if b == nil {
		b = rate.NewLimiter(rate.Every(l.Every), max(l.Burst, 1))
		l.buckets[channel] = b
	}
	r := b.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now) // a refused call uses nothing up
	}
	return wait
}
