package slacktest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Channel is a public or private channel.
type Channel struct {
	ID, Name  string
	Private   bool
	Archived  bool
	ExtShared bool     // shared with another workspace by Slack Connect
	Members   []string // user ids
	NoBot     bool     // the app under test is not a member; by default it is, if installed
}

type channel struct {
	Channel
	all      map[string]*record // by ts
	timeline []*record          // what the channel itself shows, oldest first
}

// AddChannel adds a channel and returns it with everything filled in.
func (w *Workspace) AddChannel(c Channel) Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.ID == "" {
		c.ID = w.opts.NewID("C")
	}
	setDefault(&c.Name, strings.ToLower(c.ID))
	c.Members = slices.Clone(c.Members)
	if !c.NoBot && w.opts.Token != "" {
		c.Members = append(c.Members, w.opts.App.UserID)
	}
	w.channels[c.ID] = &channel{Channel: c, all: map[string]*record{}}
	w.changed()
	return c
}

// direct is the conversation of the app's bot and a user, which a post to the user's id makes.
func (w *Workspace) direct(user string) *channel {
	id := "D" + strings.TrimLeft(user, "UW")
	if w.channels[id] == nil {
		w.channels[id] = &channel{Channel: Channel{ID: id, Private: true, Members: []string{user, w.opts.App.UserID}}, all: map[string]*record{}}
	}
	return w.channels[id]
}

// Direct are the messages that the app has posted to somebody directly, oldest first.
func (w *Workspace) Direct(user string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return views(w.direct(user).timeline)
}

// Archive closes a channel for good.
func (w *Workspace) Archive(id string) error {
	return w.inChannel(id, func(c *channel) error {
		c.Archived = true
		return nil
	})
}

// Join makes a user (the app's bot user, say) a member, with the message that Slack posts then.
func (w *Workspace) Join(user, id string) error {
	return w.inChannel(id, func(c *channel) error {
		w.join(c, user)
		return nil
	})
}

// Leave ends a membership, silently.
func (w *Workspace) Leave(user, id string) error {
	return w.inChannel(id, func(c *channel) error {
		c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == user })
		return nil
	})
}

// inChannel runs do with the channel, locked.
func (w *Workspace) inChannel(id string, do func(*channel) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[id]
	if c == nil {
		return fmt.Errorf("the simulated workspace has no channel %q: add it with AddChannel", id)
	}
	defer w.changed()
	return do(c)
}

func (w *Workspace) join(c *channel, user string) {
	if c.has(user) {
		return
	}
	c.Members = append(c.Members, user)
	w.post(c, Message{
		Subtype: "channel_join",
		User:    user,
		Text:    fmt.Sprintf("<@%s> has joined the channel", user),
	})
}

func (c *channel) has(user string) bool { return slices.Contains(c.Members, user) }

func (w *Workspace) botIn(c *channel) bool { return c.has(w.opts.App.UserID) }

// kind is the channel_type of events.
func (c *channel) kind() string {
	if c.Private {
		return "group"
	}
	return "channel"
}

// visible is the channel that a call names, as far as the app may know of it.
func (w *Workspace) visible(id string) *channel {
	c := w.channels[id]
	if c == nil || (c.Private && !w.botIn(c)) {
		return nil
	}
	return c
}

func (w *Workspace) conversationsInfo(a args) answer {
	c, refused := w.conversation(a, "channels:read", "groups:read")
	if refused != nil {
		return refused
	}
	o := w.channelObject(c)
	if a.flag("include_num_members") {
		o["num_members"] = len(c.Members)
	}
	return answer{"ok": true, "channel": o}
}

func (w *Workspace) conversationsJoin(a args) answer {
	c := w.visible(a.text("channel"))
	switch {
	case c == nil:
		return fail("channel_not_found")
	case c.Private:
		return fail("method_not_supported_for_channel_type")
	case c.Archived:
		return fail("is_archived")
	}
	out := answer{"ok": true}
	if w.botIn(c) {
		out.warn("already_in_channel", "")
	}
	w.join(c, w.opts.App.UserID)
	out["channel"] = w.channelObject(c)
	return out
}

func (w *Workspace) conversationsList(a args) answer {
	return w.listChannels(a, func(*channel) bool { return true })
}

// usersConversations lists the channels that somebody is in: of private ones, those that the app is in too.
func (w *Workspace) usersConversations(a args) answer {
	user := cmp.Or(a.text("user"), w.opts.App.UserID)
	if w.users[user] == nil && user != w.opts.App.UserID {
		return fail("user_not_found")
	}
	return w.listChannels(a, func(c *channel) bool { return c.has(user) })
}

func (w *Workspace) listChannels(a args, of func(*channel) bool) answer {
	public, private, ok := channelTypes(a.text("types"))
	if !ok {
		return fail("invalid_types")
	}
	if private && !w.granted("groups:read") {
		return w.missingScope("groups:read")
	}
	if public && !w.granted("channels:read") {
		return w.missingScope("channels:read")
	}
	limit, ok := a.number("limit", 100)
	if !ok || limit < 1 || limit > 999 {
		return fail("invalid_limit")
	}
	var found []*channel
	for _, c := range w.channels {
		wanted := (c.Private && private) || (!c.Private && public)
		if wanted && of(c) && !strings.HasPrefix(c.ID, "D") && w.visible(c.ID) != nil && !(c.Archived && a.flag("exclude_archived")) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(x, y *channel) int { return cmp.Compare(x.ID, y.ID) })
	return w.channelPage(found, a.text("cursor"), limit)
}

func (w *Workspace) channelPage(found []*channel, cursor string, limit int) answer {
	from := ""
	if cursor != "" {
		var ok bool
		if from, ok = openCursor(cursor, "team:"); !ok {
			return fail("invalid_cursor")
		}
	}
	list, next := []map[string]any{}, ""
	for _, c := range found {
		if c.ID < from {
			continue
		}
		if len(list) == limit {
			next = makeCursor("team:", c.ID)
			break
		}
		o := w.channelObject(c)
		o["num_members"] = len(c.Members)
		list = append(list, o)
	}
	// The last batch of this list carries an empty cursor, that of a thread none at all.
	return answer{"ok": true, "channels": list, "response_metadata": map[string]any{"next_cursor": next}}
}

// conversationsMembers lists who is in a channel, in the order of their joining.
func (w *Workspace) conversationsMembers(a args) answer {
	c, refused := w.conversation(a, "channels:read", "groups:read")
	if refused != nil {
		return refused
	}
	limit, ok := a.number("limit", 100)
	if !ok || limit < 1 || limit > 999 {
		return fail("invalid_limit")
	}
	from := 0
	if cursor := a.text("cursor"); cursor != "" {
		next, ok := openCursor(cursor, "user:")
		if from = slices.Index(c.Members, next); !ok || from < 0 {
			return fail("invalid_cursor")
		}
	}
	list, next := c.Members[from:], ""
	if len(list) > limit {
		list, next = list[:limit], makeCursor("user:", list[limit])
	}
	return answer{"ok": true, "members": append([]string{}, list...), "response_metadata": map[string]any{"next_cursor": next}}
}

func channelTypes(list string) (public, private, ok bool) {
	if list == "" {
		return true, false, true
	}
	for _, t := range strings.Split(list, ",") {
		switch strings.TrimSpace(t) {
		case "public_channel":
			public = true
		case "private_channel":
			private = true
		case "im", "mpim": // known, and there are none
		default:
			return false, false, false
		}
	}
	return public, private, true
}

func (w *Workspace) channelObject(c *channel) map[string]any {
	nothing := map[string]any{"value": "", "creator": "", "last_set": 0}
	return map[string]any{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "is_channel": !c.Private, "is_group": c.Private,
		"is_im": false, "is_mpim": false, "is_private": c.Private, "is_archived": c.Archived, "is_general": false,
		"is_member": w.botIn(c), "is_shared": c.ExtShared, "is_ext_shared": c.ExtShared, "is_org_shared": false,
		"is_pending_ext_shared": false, "pending_shared": []string{}, "previous_names": []string{},
		"shared_team_ids": []string{w.opts.Team.ID}, "context_team_id": w.opts.Team.ID,
		"created": 1449252889, "creator": "USLACKBOT", "unlinked": 0, "topic": nothing, "purpose": nothing,
	}
}
