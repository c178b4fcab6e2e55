package window

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/blockkit"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// messageView is a message, as it is shown.
type messageView struct {
	ID      string // in the page
	Author  personView
	App     bool
	At      string
	Edited  bool
	Only    bool // visible to its reader only
	Quiet   bool // somebody joined
	Body    template.HTML
	Replies string
	Thread  string // its thread's address, if it can have one
	Open    bool   // that thread is the one beside
	Ticket  *ticketView
}

type channelView struct {
	ID, Name, About string
	Messages        []messageView
	Hint            string
}

func (s *scene) channelView() channelView {
	v := channelView{ID: s.look.channel, Name: s.people.name(s.look.channel)}
	for _, room := range s.w.Rooms {
		if room.ID == v.ID {
			v.About = room.About
		}
	}
	open := s.thread()
	posts := s.withWhispers(s.w.Slack.History(v.ID), func(e slacktest.Ephemeral) bool { return e.ThreadTS == "" })
	for _, p := range posts[max(0, len(posts)-lastPosts):] {
		m := s.message(p)
		if !p.whisper && p.Subtype != "channel_join" {
			m.Thread, m.Open = s.look.at(v.ID, p.TS), p.TS == open
			if t, ok := s.w.Play.Ticket(v.ID, p.TS); ok {
				m.Ticket = ticketOf(t)
			}
		}
		v.Messages = append(v.Messages, m)
	}
	return v
}

// shown is a message, and whether one person alone sees it.
type shown struct {
	slacktest.Message
	whisper bool
}

// withWhispers puts among messages what only the reader sees, by time.
func (s *scene) withWhispers(messages []slacktest.Message, here func(slacktest.Ephemeral) bool) []shown {
	var all []shown
	for _, m := range messages {
		all = append(all, shown{m, false})
	}
	for _, e := range s.w.Slack.Ephemerals(s.look.user) {
		if e.Channel == s.look.channel && here(e) {
			all = append(all, shown{e.Message, true})
		}
	}
	slices.SortStableFunc(all, func(a, b shown) int { return cmp.Compare(a.TS, b.TS) })
	return all
}

func (s *scene) message(m shown) messageView {
	id := cmp.Or(m.User, m.BotID)
	name := cmp.Or(m.Username, s.people.names[id], id)
	v := messageView{
		ID: "m" + strings.ReplaceAll(m.TS, ".", "-"), Author: person(id, name), App: m.BotID != "",
		Edited: m.Edited != nil, Only: m.whisper, Quiet: m.Subtype == "channel_join", Body: s.body(m.Message),
	}
	if v.App {
		v.Author.Tone, v.Author.Own = tones, m.BotID == s.w.Slack.Options().App.BotID // the apps' own colour
	}
	if at, err := escalation.TimeOf(m.TS); err == nil {
		v.At = at.Format(timeOfDay)
	}
	switch m.ReplyCount {
	case 0:
	case 1:
		v.Replies = "1 reply"
	default:
		v.Replies = strconv.Itoa(m.ReplyCount) + " replies"
	}
	return v
}

// body is what a message says: its blocks, or without them its text, and what is attached.
func (s *scene) body(m slacktest.Message) template.HTML {
	at := blockkit.Container{Channel: s.look.channel, TS: m.TS}
	body := s.keep(s.w.blocks.Blocks(s.reader, m.Blocks, at))
	if strings.TrimSpace(string(body)) == "" {
		body = template.HTML(`<div class="block words">`) + s.reader.Text(m.Text) + `</div>`
	}
	return body + s.keep(s.w.blocks.Attachments(s.reader, m.Attachments, at))
}

// thread is the ts of the thread's parent that is beside the channel: the one asked for, or otherwise whichever
// was written in last, so that a newcomer sees what goes on without a click.
func (s *scene) thread() string {
	if s.look.thread != "" {
		return s.look.thread
	}
	latest, at := "", ""
	for _, m := range s.w.Slack.History(s.look.channel) {
		if m.LatestReply > at {
			latest, at = m.TS, m.LatestReply
		}
	}
	return latest
}

type threadView struct {
	Channel, ChannelName, TS string
	Following                bool // it is the latest, whichever that is
	FollowURL                string
	Messages                 []messageView
	Ticket                   *ticketView
	Empty                    string // why there is nothing
}

func (s *scene) threadView() threadView {
	v := threadView{
		Channel: s.look.channel, ChannelName: s.people.name(s.look.channel), TS: s.thread(),
		Following: s.look.thread == "", FollowURL: s.look.at(s.look.channel, ""),
	}
	messages := s.w.Slack.Thread(v.Channel, v.TS)
	if len(messages) == 0 {
		v.Empty = "Once SLA Buddy reminds somebody, or anybody replies, the thread appears here."
		return v
	}
	for _, p := range s.withWhispers(messages, func(e slacktest.Ephemeral) bool { return e.ThreadTS == v.TS }) {
		m := s.message(p)
		m.ID, m.Replies = "t"+m.ID, ""
		v.Messages = append(v.Messages, m)
	}
	if t, ok := s.w.Play.Ticket(v.Channel, v.TS); ok {
		v.Ticket = ticketOf(t)
	}
	return v
}
