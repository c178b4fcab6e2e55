package slacktest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// usersList is everybody who is or was in the workspace: bots, the deactivated, and Slack's own bot,
// which Slack does not count among the bots.
func (w *Workspace) usersList(a args) answer {
	limit, ok := a.number("limit", 0)
	if !ok || limit < 0 {
		return refuse("invalid_arguments", "invalid limit")
	}
	users := append(w.sortedUsers(), &User{ID: "USLACKBOT", Name: "slackbot", RealName: "Slackbot", Team: w.opts.Team.ID})
	from := 0
	if cursor := a.text("cursor"); cursor != "" {
		next, ok := openCursor(cursor, "user:")
		from = slices.IndexFunc(users, func(u *User) bool { return u.ID == next })
		if !ok || from < 0 {
			return fail("invalid_cursor")
		}
	}
	users = users[from:]
	next := ""
	if limit > 0 && len(users) > limit {
		users, next = users[:limit], makeCursor("user:", users[limit].ID)
	}
	members := []map[string]any{}
	for _, u := range users {
		members = append(members, w.userObject(u))
	}
	return answer{
		"ok": true, "members": members, "cache_ts": w.opts.Now().Unix(),
		"response_metadata": map[string]any{"next_cursor": next},
	}
}

func (w *Workspace) sortedUsers() []*User {
	return slices.SortedFunc(maps.Values(w.users), func(x, y *User) int { return cmp.Compare(x.ID, y.ID) })
}

func (w *Workspace) teamInfo(a args) answer {
	if other := a.text("team"); other != "" && other != w.opts.Team.ID {
		return fail("team_not_found")
	}
	t := w.opts.Team
	return answer{"ok": true, "team": map[string]any{
		"id": t.ID, "name": t.Name, "domain": t.Domain, "email_domain": "", "url": w.siteURL(), "is_verified": false,
		"icon": map[string]any{"image_default": true}, "avatar_base_url": "https://ca.slack-edge.com/",
	}}
}

// siteURL is where people would find the workspace, with a slash at its end.
func (w *Workspace) siteURL() string { return "https://" + w.opts.Team.Domain + ".slack.com/" }

func (w *Workspace) botsInfo(a args) answer {
	for _, app := range w.apps {
		if app.BotID == a.text("bot") {
			return answer{"ok": true, "bot": map[string]any{
				"id": app.BotID, "deleted": false, "name": app.Name, "updated": 1502138686, "app_id": app.ID,
				"user_id": app.UserID, "icons": map[string]any{},
			}}
		}
	}
	return fail("bot_not_found")
}

func (w *Workspace) chatGetPermalink(a args) answer {
	c := w.visible(a.text("channel"))
	if c == nil {
		return fail("channel_not_found")
	}
	r := c.all[a.text("message_ts")]
	if r == nil {
		return fail("message_not_found")
	}
	link := fmt.Sprintf("%sarchives/%s/p%s", w.siteURL(), c.ID, strings.ReplaceAll(r.TS, ".", ""))
	if r.ThreadTS != "" && r.ThreadTS != r.TS {
		link += fmt.Sprintf("?thread_ts=%s&cid=%s", r.ThreadTS, c.ID)
	}
	return answer{"ok": true, "channel": c.ID, "permalink": link}
}

// Channels are all of the workspace, in the order of their ids.
func (w *Workspace) Channels() []Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Channel
	for _, id := range slices.Sorted(maps.Keys(w.channels)) {
		c := w.channels[id].Channel
		c.Members = slices.Clone(c.Members)
		list = append(list, c)
	}
	return list
}

// Users are all of the workspace, bots and the deactivated included, in the order of their ids.
func (w *Workspace) Users() []User {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []User
	for _, u := range w.sortedUsers() {
		list = append(list, *u)
	}
	return list
}

// Groups are all user groups, in the order in which they were added.
func (w *Workspace) Groups() []Group {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Group
	for _, g := range w.groups {
		copied := *g
		copied.Users = slices.Clone(g.Users)
		list = append(list, copied)
	}
	return list
}
