package slacktest

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// window is the stretch of time a call asks for, both ends in microseconds.
type window struct {
	oldest, latest int64
	inclusive      bool
}

func readWindow(a args) (win window, refused answer) {
	win = window{oldest: -1, latest: 1<<63 - 1, inclusive: a.flag("inclusive")}
	if ts := a.text("oldest"); ts != "" {
		at, ok := parseTS(ts)
		if !ok {
			return win, fail("invalid_ts_oldest")
		}
		win.oldest = at
	}
	if ts := a.text("latest"); ts != "" && ts != "now" {
		at, ok := parseTS(ts)
		if !ok {
			return win, fail("invalid_ts_latest")
		}
		win.latest = at
	}
	return win, nil
}

func (win window) holds(r *record) bool {
	if r.at == win.oldest || r.at == win.latest {
		return win.inclusive
	}
	return r.at > win.oldest && r.at < win.latest
}

func (win window) of(list []*record) []*record {
	var inside []*record
	for _, r := range list {
		if win.holds(r) {
			inside = append(inside, r)
		}
	}
	return inside
}

// conversationsHistory answers with what the channel itself shows, the newest first.
func (w *Workspace) conversationsHistory(a args) answer {
	c, win, refused := w.readable(a)
	if refused != nil {
		return refused
	}
	limit, ok := a.number("limit", 100)
	if !ok {
		return refuse("invalid_arguments", "limit must be a number")
	}
	list := win.of(c.timeline)
	slices.Reverse(list)
	if cursor := a.text("cursor"); cursor != "" {
		next, ok := openTimeCursor(cursor)
		if !ok {
			return fail("invalid_cursor")
		}
		list = slices.DeleteFunc(list, func(r *record) bool { return r.at > next })
	}
	out := historyPage(list, clamp(limit, 999), a)
	out["pin_count"] = 0
	out["channel_actions_ts"] = nil
	out["channel_actions_count"] = 0
	return out
}

// conversationsReplies answers with a thread: in every batch its parent, then replies, the oldest
// first.
func (w *Workspace) conversationsReplies(a args) answer {
	c, win, refused := w.readable(a)
	if refused != nil {
		return refused
	}
	limit, ok := a.number("limit", 1000)
	if !ok {
		return refuse("invalid_arguments", "limit must be a number")
	}
	parent := c.parent(a.text("ts"))
	if parent == nil {
		return fail("thread_not_found")
	}
	list := win.of(parent.replies)
	if cursor := a.text("cursor"); cursor != "" {
		next, ok := openTimeCursor(cursor)
		if !ok {
			return fail("invalid_cursor")
		}
		list = slices.DeleteFunc(list, func(r *record) bool { return r.at < next })
	}
	out := historyPage(list, clamp(limit, 1000), a)
	replies, _ := out["messages"].([]Message)
	out["messages"] = slices.Concat(shown([]*record{parent}, a), replies)
	return out
}

// readable is the channel and the time that a call wants to read, if it may.
func (w *Workspace) readable(a args) (*channel, window, answer) {
	c, refused := w.conversation(a, "channels:history", "groups:history")
	if refused != nil {
		return nil, window{}, refused
	}
	if !w.botIn(c) {
		return nil, window{}, fail("not_in_channel")
	}
	win, refused := readWindow(a)
	return c, win, refused
}

// historyPage is the first batch of list. Its cursor names the first message that is left.
func historyPage(list []*record, limit int, a args) answer {
	out := answer{"ok": true, "has_more": len(list) > limit}
	if len(list) > limit {
		next := strconv.FormatInt(list[limit].at, 10)
		out["response_metadata"] = map[string]any{"next_cursor": makeCursor("next_ts:", next)}
		list = list[:limit]
	}
	out["messages"] = shown(list, a)
	return out
}

// shown are messages as the caller gets to see them: metadata only if asked for.
func shown(list []*record, a args) []Message {
	messages := views(list)
	if !a.flag("include_all_metadata") {
		for i := range messages {
			messages[i].Metadata = nil
		}
	}
	return messages
}

func clamp(limit, most int) int { return min(max(limit, 1), most) }

// Cursors are opaque to clients. Inside they are as Slack's examples: base64 of "next_ts:" and the
// ts without its dot, or of "team:" and a channel.

func makeCursor(prefix, next string) string {
	return base64.StdEncoding.EncodeToString([]byte(prefix + next))
}

func openCursor(cursor, prefix string) (next string, ok bool) {
	b, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(string(b), prefix)
}

func openTimeCursor(cursor string) (at int64, ok bool) {
	next, ok := openCursor(cursor, "next_ts:")
	if !ok {
		return 0, false
	}
	at, err := strconv.ParseInt(next, 10, 64)
	return at, err == nil
}
