package ticket

import (
	"encoding/json"
	"slices"

	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// Message is what is read of a Slack message. Attachments and blocks are taken apart only when the
// message is read as a ticket.
type Message struct {
	Subtype     tolerant.Text
	TS          tolerant.Text
	ThreadTS    tolerant.Text `json:"thread_ts"`
	BotID       tolerant.Text `json:"bot_id"`
	AppID       tolerant.Text `json:"app_id"`
	Text        tolerant.Text
	Attachments json.RawMessage
	Blocks      json.RawMessage
}

// attachment is a message's secondary content.
type attachment struct {
	AuthorName tolerant.Text `json:"author_name"`
	AuthorLink tolerant.Text `json:"author_link"`
	Title      tolerant.Text
	TitleLink  tolerant.Text `json:"title_link"`
	Pretext    tolerant.Text
	Text       tolerant.Text
	Fallback   tolerant.Text
	Footer     tolerant.Text
	Fields     []attachmentField
	Actions    []attachmentAction
	Blocks     []block

	// What Slack adds to a message that shares another one, or that holds a link to it.
	FromURL      tolerant.Text `json:"from_url"`
	IsShare      bool          `json:"is_share"`
	IsUnfurl     bool          `json:"is_msg_unfurl"`
	IsReply      bool          `json:"is_reply_unfurl"`
	IsThreadRoot bool          `json:"is_thread_root_unfurl"`
	IsAppUnfurl  bool          `json:"is_app_unfurl"`
}

// told says that the attachment is a message told again, or the preview of a page: somebody else's words.
func (a *attachment) told() bool {
	return a.IsShare || a.IsUnfurl || a.IsReply || a.IsThreadRoot || a.IsAppUnfurl || a.FromURL != ""
}

type attachmentField struct {
	Title tolerant.Text
	Value tolerant.Text
}

type attachmentAction struct {
	Text tolerant.Text
	URL  tolerant.Text
}

// block is a layout block, a block element, a text object or a piece of rich text: all that nests
// in blocks is read alike, known or not.
type block struct {
	Type        tolerant.Text
	Text        tolerant.Prose
	Title       tolerant.Prose
	RichTitle   *block `json:"rich_text_title"`
	Subtitle    tolerant.Prose
	Body        tolerant.Prose
	Subtext     tolerant.Prose
	Description tolerant.Prose
	Caption     tolerant.Prose
	Label       tolerant.Prose
	AuthorName  tolerant.Text `json:"author_name"`
	URL         tolerant.Text
	TitleURL    tolerant.Text `json:"title_url"`
	UserID      tolerant.Text `json:"user_id"`
	Name        tolerant.Text // of an emoji
	Value       tolerant.Text // of a number's cell
	Style       style
	Fields      []block
	Elements    []block
	Accessory   *block
	Actions     []block
	Options     []block
	AltText     tolerant.Text `json:"alt_text"`
	ChildBlocks []block       `json:"child_blocks"`
	Tasks       []block
	Details     *block
	Output      *block
	Element     *block
	Rows        json.RawMessage // of cells in a table, of items in a layout
}

type style struct{ Bold bool }

// rows are a table's.
func (b *block) rows() [][]block {
	var rows [][]block
	_ = tolerant.Decode(b.Rows, &rows) // what is no table has none
	return rows
}

// items are the blocks of a layout.
func (b *block) items() []block {
	var rows []struct{ Items []struct{ Block block } }
	_ = tolerant.Decode(b.Rows, &rows) // what is no layout has none
	var all []block
	for _, r := range rows {
		for _, i := range r.Items {
			all = append(all, i.Block)
		}
	}
	return all
}

// From says whose posts are read. The zero value reads those of apps and workflows.
type From struct {
	Anyone bool
	Bots   []string // only these, by their bot ids (B…) or app ids (A…)
}

func (f From) allows(m *Message) bool {
	switch {
	case f.Anyone:
		return true
	case len(f.Bots) > 0:
		return slices.Contains(f.Bots, string(m.BotID)) || slices.Contains(f.Bots, string(m.AppID))
	}
	return m.BotID != "" || m.AppID != "" || m.Subtype == "bot_message"
}

// Opens says that a message is of the kind that may open a timeline (rule 1): a new one at the top level of
// its channel.
func (m *Message) Opens() bool {
	switch m.Subtype {
	case "", "bot_message", "file_share":
		return m.ThreadTS == "" || m.ThreadTS == m.TS
	}
	return false
}

// Shares says that a message passes another one on.
func (m *Message) Shares() bool {
	var attachments []attachment
	_ = tolerant.Decode(m.Attachments, &attachments) // what is no list of attachments has none
	return slices.ContainsFunc(attachments, func(a attachment) bool { return a.told() })
}
