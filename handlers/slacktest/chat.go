package slacktest

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/handlers/slacktest/blocks"
)

const (
	maxText        = 40_000 // characters of chat.postMessage; longer texts are cut
	maxUpdateText  = 4_000  // characters of chat.update; longer texts are refused
	maxMetadata    = 8_000  // bytes; Slack does not publish its figure
	maxAttachments = 100
)

func (w *Workspace) chatPostMessage(a args) answer {
	c := w.visible(a.text("channel"))
	if u := w.users[a.text("channel")]; u != nil {
		c = w.direct(u.ID)
	}
	switch {
	case c == nil:
		return fail("channel_not_found")
	case c.Archived:
		return fail("is_archived")
	case !w.botIn(c) && !w.granted("chat:write.public"):
		return fail("not_in_channel")
	}
	content, refused := readContent(a)
	if refused != nil {
		return refused
	}
	metadata, refused := readMetadata(a.text("metadata"))
	if refused != nil {
		return refused
	}
	m := Message{ThreadTS: a.text("thread_ts"), Metadata: metadata, Blocks: content.blocks, Attachments: content.attachments}
	if m.ThreadTS != "" && a.flag("reply_broadcast") {
		m.Subtype = "thread_broadcast"
	}
	if parent := c.parent(m.ThreadTS); parent != nil && parent.Subtype == "channel_join" {
		return fail("cannot_reply_to_message")
	}
	var cut bool
	m.Text, cut = shorten(a.text("text"))
	r := w.post(c, w.signedByApp(&w.opts.App, m))
	out := answer{"ok": true, "channel": c.ID, "ts": r.TS, "message": r.view()}
	if cut {
		out.warn("message_truncated", "Your message was truncated but still posted. The `text` field accepts up to 40,000 characters.")
	}
	return out
}

func shorten(text string) (short string, cut bool) {
	if utf8.RuneCountInString(text) <= maxText {
		return text, false
	}
	return string([]rune(text)[:maxText]), true
}

func (w *Workspace) chatUpdate(a args) answer {
	c := w.visible(a.text("channel"))
	if c == nil {
		return fail("channel_not_found")
	}
	r := c.all[a.text("ts")]
	switch {
	case r == nil:
		return fail("message_not_found")
	case r.BotID != w.opts.App.BotID:
		return fail("cant_update_message")
	case c.Archived:
		return fail("is_inactive")
	case utf8.RuneCountInString(a.text("text")) > maxUpdateText:
		return fail("msg_too_long")
	}
	content, refused := readContent(a)
	if refused != nil {
		return refused
	}
	metadata, refused := readMetadata(a.text("metadata"))
	if refused != nil {
		return refused
	}
	before := r.view()
	w.rewrite(c, r, a, content)
	if a.has("metadata") {
		r.Metadata = metadata
	}
	w.sayChanged(c, r, before, w.nextTS(c))
	return answer{"ok": true, "channel": c.ID, "ts": r.TS, "text": r.Text, "message": r.view()}
}

// rewrite replaces what the call names. Blocks survive only a call that names neither text nor
// blocks; metadata survives every call that does not name it, and an empty object removes it.
func (w *Workspace) rewrite(c *channel, r *record, a args, content content) {
	if a.has("text") || a.has("blocks") {
		r.Text, r.Blocks = a.text("text"), content.blocks
	}
	if a.has("attachments") {
		r.Attachments = content.attachments
	}
	if !a.has("blocks") { // a change of blocks is not marked as an edit
		r.Edited = &Edited{User: r.BotID, TS: w.nextTS(c)}
	}
}

// content is what a message consists of beside its text.
type content struct {
	blocks, attachments json.RawMessage
}

func readContent(a args) (content, answer) {
	var got content
	var refused answer
	if got.blocks, refused = readBlocks(a.text("blocks")); refused != nil {
		return got, refused
	}
	if got.attachments, refused = readAttachments(a.text("attachments")); refused != nil {
		return got, refused
	}
	if a.text("text") == "" && got.blocks == nil && got.attachments == nil {
		return got, fail("no_text")
	}
	return got, nil
}

func readBlocks(text string) (json.RawMessage, answer) {
	list, problems, err := blocks.Read(text)
	switch {
	case err != nil:
		return nil, fail("invalid_blocks_format")
	case problems != nil:
		refused := refuse("invalid_blocks", problems...)
		refused["errors"] = problems
		return nil, refused
	}
	return list, nil
}

func readAttachments(text string) (json.RawMessage, answer) {
	if text == "" {
		return nil, nil
	}
	var list []map[string]any
	if blocks.Decode(text, &list) != nil {
		return nil, refuse("invalid_attachments", "attachments must be a JSON array of objects")
	}
	if len(list) > maxAttachments {
		return nil, fail("too_many_attachments")
	}
	if len(list) == 0 {
		return nil, nil
	}
	for i, attachment := range list {
		attachment["id"] = i + 1
		if attachment["fallback"] == nil {
			attachment["fallback"] = "[no preview available]"
		}
	}
	return raw(list), nil
}

func readMetadata(text string) (*Metadata, answer) {
	if text == "" || text == "{}" {
		return nil, nil
	}
	if len(text) > maxMetadata {
		return nil, fail("metadata_too_large")
	}
	var values map[string]any
	if blocks.Decode(text, &values) != nil {
		return nil, fail("invalid_metadata_format")
	}
	kind, _ := values["event_type"].(string)
	payload, ok := values["event_payload"].(map[string]any)
	if kind == "" || !ok {
		return nil, fail("invalid_metadata_schema")
	}
	return &Metadata{EventType: kind, EventPayload: payload}, nil
}

// Ephemeral is a message that one user alone sees. Slack keeps it nowhere: it is in no history, and
// makes no event.
type Ephemeral struct {
	Message
	Channel, To string
}

// ephemeral is one that a user sees.
type ephemeral struct {
	Ephemeral
}

// Ephemerals are those that a user sees now, oldest first; "" is everybody's.
func (w *Workspace) Ephemerals(user string) []Ephemeral {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Ephemeral
	for _, e := range w.ephemerals {
		if user == "" || e.To == user {
			list = append(list, e.Ephemeral)
		}
	}
	return list
}

func (w *Workspace) chatPostEphemeral(a args) answer {
	c := w.visible(a.text("channel"))
	switch {
	case c == nil:
		return fail("channel_not_found")
	case c.Archived:
		return fail("is_archived")
	case !w.botIn(c):
		return fail("not_in_channel")
	case !c.has(a.text("user")):
		return fail("user_not_in_channel")
	}
	content, refused := readContent(a)
	if refused != nil {
		return refused
	}
	text, cut := shorten(a.text("text"))
	if cut {
		return fail("msg_too_long")
	}
	m := Message{Text: text, Blocks: content.blocks, Attachments: content.attachments, ThreadTS: a.text("thread_ts")}
	return answer{"ok": true, "message_ts": w.whisper(c, a.text("user"), m).TS}
}

// whisper shows m to one user. In a thread without replies, nobody gets to see it, and Slack says so
// to nobody.
func (w *Workspace) whisper(c *channel, to string, m Message) *ephemeral {
	m = w.signedByApp(&w.opts.App, m)
	m.Type, m.TS = "message", w.nextTS(c)
	e := &ephemeral{Ephemeral{Message: m, Channel: c.ID, To: to}}
	if m.ThreadTS != "" {
		parent := c.parent(m.ThreadTS)
		if parent == nil || len(parent.replies) == 0 {
			return e
		}
		e.ThreadTS = parent.TS
	}
	w.ephemerals = append(w.ephemerals, e)
	w.changed()
	return e
}

func (w *Workspace) dismiss(e *ephemeral) {
	w.ephemerals = slices.DeleteFunc(w.ephemerals, func(x *ephemeral) bool { return x == e })
	w.changed()
}
