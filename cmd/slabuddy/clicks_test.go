package main_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// What people do with the mouse and see then: clicks, modals, and words for them alone.

// part runs a part of a test, in the same world as those before it.
func (w *world) part(name string, test func(t *testing.T)) {
	w.t.Helper()
	w.peek() // is closed with the world, and not with the part
	w.t.Run(name, func(t *testing.T) {
		whole := w.t
		w.t = t
		defer func() { w.t = whole }()
		test(t)
	})
}

// reads waits until something says all parts, and returns what it says.
func (w *world) reads(what string, text func() string, parts ...string) string {
	w.t.Helper()
	var said string
	missing := func(part string) bool { return !strings.Contains(said, part) }
	for latest := time.Now().Add(patience); ; {
		changed := w.slack.Changed()
		if said = text(); !slices.ContainsFunc(parts, missing) {
			return said
		}
		select {
		case <-changed:
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(latest) {
			w.t.Fatalf("%s does not say %q:\n%s", what, parts[slices.IndexFunc(parts, missing)], said)
		}
	}
}

// keepsQuiet says what a text should not say.
func keepsQuiet(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("it says %q:\n%s", part, text)
		}
	}
}

// visible is what people see of blocks, and the names of what they can press.
func visible(blocks json.RawMessage) string {
	var all any
	if json.Unmarshal(blocks, &all) != nil {
		return ""
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(all)
	return b.String()
}

// message is one that stands in a thread, as it stands now.
func (w *world) message(channel, thread, ts string) slacktest.Message {
	w.t.Helper()
	all := w.slack.Thread(channel, thread)
	i := slices.IndexFunc(all, func(m slacktest.Message) bool { return m.TS == ts })
	if i < 0 {
		w.t.Fatalf("there is no message %s in the thread", ts)
	}
	return all[i]
}

// shows waits until a post says all parts, in its text and in its blocks, and returns it as it is then.
func (w *world) shows(channel string, m slacktest.Message, parts ...string) slacktest.Message {
	w.t.Helper()
	w.reads("the text of the post", func() string { return w.message(channel, m.ThreadTS, m.TS).Text }, parts...)
	w.reads("the post", func() string { return visible(w.message(channel, m.ThreadTS, m.TS).Blocks) }, parts...)
	return w.message(channel, m.ThreadTS, m.TS)
}

// reminders waits until so many posts of the bot stand in a thread, and returns the last.
func (w *world) reminders(n int, channel, ts string) slacktest.Message {
	w.t.Helper()
	w.until(fmt.Sprintf("%d reminders", n), patience, func() bool { return len(w.replies(channel, ts)) >= n })
	return w.replies(channel, ts)[n-1]
}

// click presses a control of a message.
func (w *world) click(user, channel string, m slacktest.Message, action string, chosen ...string) slacktest.Ack {
	w.t.Helper()
	ack, err := w.slack.Click(user, channel, m.TS, action, chosen...)
	w.check(err)
	if !ack.OK() {
		w.t.Fatalf("%s: %s (%d)", action, ack.Failure, ack.Status)
	}
	return ack
}

// option is the value of what people see as label in a message's menus.
func (w *world) option(m slacktest.Message, label string) string {
	w.t.Helper()
	var blocks []struct {
		Elements []struct {
			Options []struct {
				Text  struct{ Text string }
				Value string
			}
		}
	}
	w.check(json.Unmarshal(m.Blocks, &blocks))
	for _, b := range blocks {
		for _, e := range b.Elements {
			for _, o := range e.Options {
				if o.Text.Text == label {
					return o.Value
				}
			}
		}
	}
	w.t.Fatalf("nothing offers %q: %s", label, m.Blocks)
	return ""
}

// whispered waits until the last word to somebody alone says all parts.
func (w *world) whispered(user string, parts ...string) string {
	w.t.Helper()
	return w.reads("the last word to "+user, func() string {
		all := w.slack.Ephemerals(user)
		if len(all) == 0 {
			return ""
		}
		return all[len(all)-1].Text
	}, parts...)
}

// types types a slash command, and returns what the program answers at once.
func (w *world) types(user, channel, line string) string {
	w.t.Helper()
	command, words, _ := strings.Cut(line, " ")
	before := len(w.slack.Ephemerals(user))
	ack, err := w.slack.Command(user, channel, command, words)
	w.check(err)
	if !ack.OK() {
		w.t.Fatalf("%s: %s (%d)", line, ack.Failure, ack.Status)
	}
	if after := w.slack.Ephemerals(user); len(ack.Body) > 0 && len(after) > before {
		return after[len(after)-1].Text
	}
	return ""
}

// modal waits until the modal before somebody says all parts, and returns it.
func (w *world) modal(user string, parts ...string) slacktest.View {
	w.t.Helper()
	top := func() slacktest.View {
		all := w.slack.Views(user)
		if len(all) == 0 {
			return slacktest.View{}
		}
		return all[len(all)-1]
	}
	w.reads("the modal", func() string { return visible(top().Blocks) }, parts...)
	return top()
}

// press presses something in a modal.
func (w *world) press(user string, v slacktest.View, c slacktest.Control) {
	w.t.Helper()
	ack, err := w.slack.Press(user, slacktest.Container{View: v.ID}, c)
	w.check(err)
	if !ack.OK() {
		w.t.Fatalf("%s: %s (%d)", c.Action, ack.Failure, ack.Status)
	}
}

// submit fills in a modal and submits it.
func (w *world) submit(user string, v slacktest.View, filled slacktest.Values) slacktest.Ack {
	w.t.Helper()
	ack, err := w.slack.Submit(user, v.ID, filled)
	w.check(err)
	if !ack.OK() {
		w.t.Fatalf("the modal was not taken: %s (%d)", ack.Failure, ack.Status)
	}
	return ack
}

// unchanged fails if a timeline is not what it was.
func (w *world) unchanged(before escalation.Timeline) {
	w.t.Helper()
	if after := w.timeline(before.Channel, before.TS); after.Version != before.Version {
		w.t.Errorf("the timeline was changed: %+v, before: %+v", after, before)
	}
}
