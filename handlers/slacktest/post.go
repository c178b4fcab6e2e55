package slacktest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// PostAs posts m as a user (by user id) or an app (by app id, bot id or bot user) and returns its
// ts. m is taken as it is on the wire: its text escaped, its blocks and attachments however odd.
// m.ThreadTS makes it a reply, m.Subtype "thread_broadcast" one that is shown in the channel too.
// m.TS dates it; without one it is posted now.
func (w *Workspace) PostAs(author, channelID string, m Message) (ts string, err error) {
	err = w.inChannel(channelID, func(c *channel) error {
		if c.all[m.TS] != nil {
			return fmt.Errorf("channel %s already has a message with ts %s", channelID, m.TS)
		}
		if _, ok := parseTS(m.TS); m.TS != "" && !ok {
			return fmt.Errorf("%q is not a ts: use TS(time)", m.TS)
		}
		signed, err := w.signedBy(author, m)
		if err != nil {
			return err
		}
		ts = w.post(c, signed).TS
		return nil
	})
	return ts, err
}

// Mention posts "@bot text" as a user, in the thread of threadTS unless that is empty.
func (w *Workspace) Mention(user, channelID, threadTS, text string) (ts string, err error) {
	text = strings.TrimSpace("<@" + w.opts.App.UserID + "> " + text)
	return w.PostAs(user, channelID, Message{ThreadTS: threadTS, Text: text})
}

// Edit changes a message's text, as its author would.
func (w *Workspace) Edit(channelID, ts, text string) error {
	return w.onMessage(channelID, ts, func(c *channel, r *record) {
		before := r.view()
		r.Text = text
		if r.BotID == "" {
			r.Blocks = richText(text)
		}
		r.Edited = &Edited{User: r.author(), TS: w.nextTS(c)}
		w.sayChanged(c, r, before, r.Edited.TS)
		w.sayMentioned(c, r)
	})
}

// Unfurl adds the preview of a link to a message. Slack sends apps the event of an edit, though
// nobody edited.
func (w *Workspace) Unfurl(channelID, ts, link, title string) error {
	preview := raw([]map[string]any{{
		"id": 1, "from_url": link, "original_url": link, "title": title, "title_link": link,
		"fallback": title, "service_name": "example.com",
	}})
	return w.onMessage(channelID, ts, func(c *channel, r *record) {
		before := r.view()
		r.Attachments = preview
		w.sayChanged(c, r, before, w.nextTS(c))
	})
}

// Delete removes a message. One with replies leaves a tombstone that keeps its thread.
func (w *Workspace) Delete(channelID, ts string) error {
	return w.onMessage(channelID, ts, w.erase)
}

func (w *Workspace) erase(c *channel, r *record) {
	before := r.view()
	if len(r.replies) == 0 {
		c.remove(r)
		w.sayDeleted(c, before)
		return
	}
	r.Message = Message{
		Type: "message", Subtype: "tombstone", User: "USLACKBOT", Text: "This message was deleted.",
		TS: r.TS, ThreadTS: r.TS,
	}
	w.sayChanged(c, r, before, w.nextTS(c))
}

func (w *Workspace) onMessage(channelID, ts string, do func(*channel, *record)) error {
	return w.inChannel(channelID, func(c *channel) error {
		r := c.all[ts]
		if r == nil {
			return fmt.Errorf("channel %s has no message with ts %s", channelID, ts)
		}
		do(c, r)
		return nil
	})
}

// signedBy fills in what Slack adds about a message's author.
func (w *Workspace) signedBy(author string, m Message) (Message, error) {
	for _, a := range w.apps {
		if author == a.ID || author == a.BotID || author == a.UserID {
			return w.signedByApp(a, m), nil
		}
	}
	u := w.users[author]
	if u == nil {
		return Message{}, fmt.Errorf("the simulated workspace has no user or app %q: add it with AddUser or AddApp", author)
	}
	m.User, m.Team = u.ID, u.Team
	if u.Team != w.opts.Team.ID {
		m.UserTeam, m.SourceTeam = u.Team, u.Team
	}
	m.ClientMsgID = w.opts.NewID("c0ffee00-0000-4000-8000-0000")
	if m.Blocks == nil {
		m.Blocks = richText(m.Text)
	}
	return m, nil
}

func (w *Workspace) signedByApp(a *App, m Message) Message {
	m.BotID = a.BotID
	if a.Classic {
		setDefault(&m.Subtype, "bot_message")
		setDefault(&m.Username, a.Name)
		return m
	}
	m.User, m.AppID, m.Team = a.UserID, a.ID, w.opts.Team.ID
	m.BotProfile = &BotProfile{
		ID: a.BotID, Name: a.Name, Updated: 1502138686, AppID: a.ID, UserID: a.UserID, TeamID: w.opts.Team.ID,
		Icons: map[string]string{"image_36": "https://a.slack-edge.com/80588/img/plugins/app/bot_36.png"},
	}
	return m
}

// post puts m into the channel, and sends the events.
func (w *Workspace) post(c *channel, m Message) *record {
	m.Type = "message"
	if m.TS == "" {
		m.TS = w.nextTS(c)
	}
	parent := c.parent(m.ThreadTS)
	if parent == nil {
		m.ThreadTS = "" // Slack posts a reply to nothing to the channel itself, and says so nowhere
		if m.Subtype == "thread_broadcast" {
			m.Subtype = ""
		}
	} else {
		m.ThreadTS, m.ParentUserID = parent.TS, parent.User
	}
	at, _ := parseTS(m.TS)
	r := &record{Message: m, at: at}
	c.insert(r, parent)
	if r.Subtype == "thread_broadcast" {
		root := parent.view()
		r.Root = &root
	}
	w.sayPosted(c, r)
	return r
}

var mentionPattern = regexp.MustCompile(`<@([A-Z0-9]+)(?:\|[^>]*)?>`)

// richText is the block that Slack makes of what a person types: text, and the people mentioned.
func richText(text string) json.RawMessage {
	var parts []map[string]any
	add := func(s string) {
		if s != "" {
			parts = append(parts, map[string]any{"type": "text", "text": s})
		}
	}
	end := 0
	for _, at := range mentionPattern.FindAllStringSubmatchIndex(text, -1) {
		add(text[end:at[0]])
		parts = append(parts, map[string]any{"type": "user", "user_id": text[at[2]:at[3]]})
		end = at[1]
	}
	add(text[end:])
	if parts == nil {
		return nil
	}
	return raw([]map[string]any{{
		"type": "rich_text", "block_id": "b0",
		"elements": []map[string]any{{"type": "rich_text_section", "elements": parts}},
	}})
}

func mentions(text, user string) bool {
	return slices.ContainsFunc(mentionPattern.FindAllStringSubmatch(text, -1), func(m []string) bool {
		return m[1] == user
	})
}

// Thread is what is in the thread of ts: the parent, then its replies, oldest first, with
// metadata. It is empty if the parent is gone.
func (w *Workspace) Thread(channelID, ts string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[channelID]
	if c == nil {
		return nil
	}
	parent := c.parent(ts)
	if parent == nil {
		return nil
	}
	return views(slices.Concat([]*record{parent}, parent.replies))
}

// History is what the channel itself shows, oldest first, with metadata.
func (w *Workspace) History(channelID string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.channels[channelID]; c != nil {
		return views(c.timeline)
	}
	return nil
}
