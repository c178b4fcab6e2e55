package window

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/blockkit"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// look is who looks, and at what. It is in the page's address.
type look struct {
	user    string
	channel string // "" in the home tab
	thread  string // ts of a thread's parent; "": whichever was written in last
}

// atHome is in place of the channel's id in the address of the home tab.
const atHome = "home"

func (w *Window) lookOf(r *http.Request) look {
	q := r.URL.Query()
	l := look{user: q.Get("as"), channel: q.Get("in"), thread: q.Get("thread")}
	if !slices.Contains(w.Cast, l.user) {
		l.user = w.Cast[0]
	}
	if l.channel == atHome {
		l.channel, l.thread = "", ""
		return l
	}
	if !slices.ContainsFunc(w.Rooms, func(c Room) bool { return c.ID == l.channel }) {
		l.channel, l.thread = w.Rooms[0].ID, ""
	}
	return l
}

// url is the address of a look.
func (l look) url() string {
	return "/?" + url.Values{"as": {l.user}, "in": {cmp.Or(l.channel, atHome)}, "thread": {l.thread}}.Encode()
}

func (l look) at(channel, thread string) string {
	l.channel, l.thread = channel, thread
	return l.url()
}

// crowd is who is in the workspace.
type crowd struct {
	users    []slacktest.User
	groups   []slacktest.Group
	channels []slacktest.Channel
	names    map[string]string
}

func (w *Window) crowd() crowd {
	c := crowd{users: w.Slack.Users(), groups: w.Slack.Groups(), channels: w.Slack.Channels(), names: map[string]string{}}
	for _, u := range c.users {
		c.names[u.ID] = u.Name
	}
	for _, g := range c.groups {
		c.names[g.ID] = g.Handle
	}
	for _, ch := range c.channels {
		c.names[ch.ID] = ch.Name
	}
	return c
}

func (c crowd) name(id string) string { return cmp.Or(c.names[id], id) }

// reader reads for a person.
func (c crowd) reader(me string, now time.Time) *blockkit.Reader {
	r := &blockkit.Reader{Names: c.names, Me: me, Now: now}
	for _, g := range c.groups {
		if slices.Contains(g.Users, me) {
			r.Groups = append(r.Groups, g.ID)
		}
	}
	for _, ch := range c.channels {
		r.Channels = append(r.Channels, blockkit.Option{Value: ch.ID, Label: "#" + ch.Name})
	}
	for _, u := range c.users {
		if u.Bot == nil && !u.Deactivated {
			r.People = append(r.People, blockkit.Option{Value: u.ID, Label: u.Name})
		}
	}
	return r
}
