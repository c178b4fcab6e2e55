package slacktest

import "slices"

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
