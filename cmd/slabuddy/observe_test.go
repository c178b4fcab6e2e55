package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/store"
)

// What tests look at: threads, the database, the operator's pages, and what commands say.

// peek is the database as it is, opened beside the program.
func (w *world) peek() store.Store {
	w.t.Helper()
	if w.db == nil {
		db, err := store.Open(w.t.Context(), w.database, store.Options{})
		w.check(err)
		w.db = db
		w.t.Cleanup(db.Close)
	}
	return w.db
}

// find is the timeline that a message opened, if it did.
func (w *world) find(channel, ts string) (escalation.Timeline, bool) {
	w.t.Helper()
	at := escalation.Thread{Workspace: w.slack.Options().Team.ID, Channel: channel, TS: ts}
	t, found, err := w.peek().FindByThread(w.t.Context(), at)
	w.check(err)
	return t, found
}

// timeline is the one that a message must have opened.
func (w *world) timeline(channel, ts string) escalation.Timeline {
	w.t.Helper()
	t, found := w.find(channel, ts)
	if !found {
		w.t.Fatalf("the message %s in %s opened no timeline", ts, channel)
	}
	return t
}

// history is what happened to a timeline, oldest first.
func (w *world) history(t escalation.Timeline) []escalation.Event {
	w.t.Helper()
	events, err := w.peek().History(w.t.Context(), t.ID)
	w.check(err)
	return events
}

// happened are the events of one kind.
func (w *world) happened(t escalation.Timeline, kind escalation.EventKind) []escalation.Event {
	w.t.Helper()
	return slices.DeleteFunc(w.history(t), func(e escalation.Event) bool { return e.Kind != kind })
}

// jobs are those in a state; "" is any.
func (w *world) jobs(state queue.State) []queue.Job {
	w.t.Helper()
	jobs, err := w.peek().Jobs(w.t.Context(), queue.Filter{State: state})
	w.check(err)
	return jobs
}

// delivered waits until Slack has got rid of all its events.
func (w *world) delivered() {
	w.t.Helper()
	w.until("all events delivered", patience, func() bool { return w.slack.Undelivered() == 0 })
}

// told waits until Slack has got rid of all its events, and all that they gave rise to is posted.
func (w *world) told() {
	w.t.Helper()
	w.delivered()
	w.settled(w.database)
}

// reminder waits for the bot's first post in a thread.
func (w *world) reminder(channel, ts string) slacktest.Message {
	w.t.Helper()
	w.until("a reminder", patience, func() bool { return len(w.replies(channel, ts)) > 0 })
	return w.replies(channel, ts)[0]
}

var ping = regexp.MustCompile(`<(?:@|!subteam\^|!)([A-Z0-9]+|here|channel|everyone)[|>]`)

// pinged are those whom a post mentions so that Slack notifies them, in its text or its blocks.
func pinged(m slacktest.Message) []string {
	var (
		blocks any
		all    strings.Builder
		ids    []string
	)
	_ = json.Unmarshal(m.Blocks, &blocks)
	e := json.NewEncoder(&all)
	e.SetEscapeHTML(false)
	_ = e.Encode([]any{m.Text, blocks})
	for _, found := range ping.FindAllStringSubmatch(all.String(), -1) {
		ids = append(ids, found[1])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// expect says what is missing from a text.
func expect(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// page is one of the operator's pages.
func (c *child) page(path string) (status int, body string) {
	c.w.t.Helper()
	r, err := http.Get("http://" + c.admin + path)
	c.w.check(err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	c.w.check(err)
	return r.StatusCode, string(b)
}

// says waits until the process has logged a text.
func (c *child) says(text string) {
	c.w.t.Helper()
	c.w.until("the log says "+text, patience, func() bool { return strings.Contains(c.logged(), text) })
}

// outcome is what came of a command.
type outcome struct {
	code           int
	stdout, stderr string
}

// run runs a command to its end.
func (w *world) run(args ...string) outcome {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	var stdout, stderr bytes.Buffer
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = w.env, w.dir, &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	if strings.Contains(stderr.String(), "DATA RACE") {
		w.t.Errorf("a data race in slabuddy %s:\n%s", strings.Join(args, " "), &stderr)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}
