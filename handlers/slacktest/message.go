package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a message as Slack writes it. Blocks and attachments stay raw, so that they can be as
// odd as other people's are.
type Message struct {
	Type         string          `json:"type"`
	Subtype      string          `json:"subtype,omitempty"`
	ClientMsgID  string          `json:"client_msg_id,omitempty"`
	User         string          `json:"user,omitempty"`
	Username     string          `json:"username,omitempty"`
	BotID        string          `json:"bot_id,omitempty"`
	AppID        string          `json:"app_id,omitempty"`
	BotProfile   *BotProfile     `json:"bot_profile,omitempty"`
	Team         string          `json:"team,omitempty"`
	UserTeam     string          `json:"user_team,omitempty"`
	SourceTeam   string          `json:"source_team,omitempty"`
	Text         string          `json:"text"`
	Blocks       json.RawMessage `json:"blocks,omitempty"`
	Attachments  json.RawMessage `json:"attachments,omitempty"`
	Metadata     *Metadata       `json:"metadata,omitempty"`
	TS           string          `json:"ts"`
	ThreadTS     string          `json:"thread_ts,omitempty"`
	ParentUserID string          `json:"parent_user_id,omitempty"`
	Root         *Message        `json:"root,omitempty"` // thread_broadcast: the thread's parent
	Edited       *Edited         `json:"edited,omitempty"`

	// Of a message that has replies:
	ReplyCount      int      `json:"reply_count,omitempty"`
	ReplyUsersCount int      `json:"reply_users_count,omitempty"`
	ReplyUsers      []string `json:"reply_users,omitempty"` // five at most
	LatestReply     string   `json:"latest_reply,omitempty"`
}

// BotProfile says which app posted a message.
type BotProfile struct {
	ID      string            `json:"id"`
	Deleted bool              `json:"deleted"`
	Name    string            `json:"name"`
	Updated int64             `json:"updated"`
	AppID   string            `json:"app_id"`
	UserID  string            `json:"user_id"`
	Icons   map[string]string `json:"icons"`
	TeamID  string            `json:"team_id"`
}

// Metadata is what an app attaches to a message for apps to read.
type Metadata struct {
	EventType    string         `json:"event_type"`
	EventPayload map[string]any `json:"event_payload"`
}

// Edited says who last changed a message, and when.
type Edited struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// record is a message in a channel.
type record struct {
	Message
	at      int64 // TS in microseconds
	replies []*record
}

// view is the message as others see it now.
func (r *record) view() Message {
	m := r.Message
	if len(r.replies) == 0 {
		return m
	}
	m.ThreadTS = m.TS
	m.ReplyCount = len(r.replies)
	m.LatestReply = r.replies[len(r.replies)-1].TS
	var authors []string
	for _, reply := range r.replies {
		if who := reply.author(); !slices.Contains(authors, who) {
			authors = append(authors, who)
		}
	}
	m.ReplyUsersCount = len(authors)
	m.ReplyUsers = authors[:min(len(authors), 5)]
	return m
}

func (m Message) author() string {
	if m.User != "" {
		return m.User
	}
	return m.BotID
}

func views(records []*record) []Message {
	list := make([]Message, 0, len(records))
	for _, r := range records {
		list = append(list, r.view())
	}
	return list
}

// parent is the message at the head of the thread that ts belongs to; nil if there is none.
func (c *channel) parent(ts string) *record {
	r := c.all[ts]
	if r != nil && r.ThreadTS != "" && r.ThreadTS != r.TS {
		return c.all[r.ThreadTS]
	}
	return r
}

func (c *channel) insert(r *record, parent *record) {
	c.all[r.TS] = r
	if parent != nil {
		parent.replies = inOrder(parent.replies, r)
	}
	if parent == nil || r.Subtype == "thread_broadcast" {
		c.timeline = inOrder(c.timeline, r)
	}
}

func (c *channel) remove(r *record) {
	same := func(x *record) bool { return x == r }
	if parent := c.parent(r.TS); parent != nil {
		parent.replies = slices.DeleteFunc(parent.replies, same)
	}
	c.timeline = slices.DeleteFunc(c.timeline, same)
	delete(c.all, r.TS)
}

func inOrder(list []*record, r *record) []*record {
	at, _ := slices.BinarySearchFunc(list, r.at, func(x *record, at int64) int {
		return int(min(max(x.at-at, -1), 1))
	})
	return slices.Insert(list, at, r)
}

// TS is the ts that a message posted at t would have: seconds, a dot, and six digits.
func TS(t time.Time) string { return formatTS(t.UnixMicro()) }

func formatTS(micros int64) string {
	return fmt.Sprintf("%d.%06d", micros/1_000_000, micros%1_000_000)
}

// parseTS reads a ts exactly. A float would lose the last digits, which make messages differ.
func parseTS(ts string) (micros int64, ok bool) {
	whole, fraction, _ := strings.Cut(ts, ".")
	if len(fraction) > 6 {
		return 0, false
	}
	seconds, err := strconv.ParseUint(whole, 10, 40)
	if err != nil {
		return 0, false
	}
	fraction += strings.Repeat("0", 6-len(fraction))
	rest, err := strconv.ParseUint(fraction, 10, 32)
	if err != nil {
		return 0, false
	}
	return int64(seconds)*1_000_000 + int64(rest), true
}

// nextTS is unique in the workspace and never runs backwards, even if the clock does.
func (w *Workspace) nextTS(c *channel) string {
	at := max(w.opts.Now().UnixMicro(), w.lastTS+1)
	for c.all[formatTS(at)] != nil {
		at++
	}
	w.lastTS = at
	return formatTS(at)
}
