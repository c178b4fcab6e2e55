package slacktest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Ticket is what a help desk says of a ticket. What is empty, the desk leaves out.
type Ticket struct {
	ID, Priority, Type, Customer, Subject, Link string
}

// Shape is a way in which help desks post tickets.
type Shape struct {
	Name    string
	Message func(Ticket) Message
}

// Shapes are all the ways below.
func Shapes() []Shape {
	return []Shape{
		{"attachment fields", FieldsTicket},
		{"attachment fields with numbers", NumbersTicket},
		{"attachment text", AttachmentTextTicket},
		{"section text", SectionTicket},
		{"section fields", SectionFieldsTicket},
		{"rich text", RichTextTicket},
		{"plain text", PlainTicket},
	}
}

// FieldsTicket is the classic shape: no text, one attachment, a field for each fact.
func FieldsTicket(t Ticket) Message {
	return Message{Attachments: raw([]map[string]any{t.attachment(func(v string) any { return v })})}
}

// NumbersTicket is FieldsTicket with numbers where strings belong, as the id and the value of a
// field.
func NumbersTicket(t Ticket) Message {
	a := t.attachment(func(v string) any {
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
		return v
	})
	a["id"], a["ts"] = "one", 1700000000.5
	return Message{Attachments: raw([]map[string]any{a})}
}

// AttachmentTextTicket has the facts as lines in an attachment's text.
func AttachmentTextTicket(t Ticket) Message {
	return Message{
		Text: "New ticket",
		Attachments: raw([]map[string]any{{
			"id": 1, "color": "36a64f", "fallback": t.Subject, "text": t.lines(), "mrkdwn_in": []string{"text"},
		}}),
	}
}

// SectionTicket is the shape of current apps: blocks, with the facts as lines of a section, and a
// button to the ticket.
func SectionTicket(t Ticket) Message {
	blocks := []map[string]any{
		{"type": "header", "block_id": "h", "text": map[string]any{"type": "plain_text", "text": "New ticket", "emoji": true}},
		section("s", t.lines()),
	}
	return Message{Text: "New ticket", Blocks: raw(append(blocks, t.button()...))}
}

// SectionFieldsTicket has a section with a field for each fact.
func SectionFieldsTicket(t Ticket) Message {
	var fields []map[string]any
	for _, f := range t.facts() {
		fields = append(fields, map[string]any{"type": "mrkdwn", "text": "*" + f.name + "*\n" + f.value})
	}
	return Message{Blocks: raw([]map[string]any{{"type": "section", "block_id": "f", "fields": fields}})}
}

// RichTextTicket has a bold name and a plain value on each line of a rich text.
func RichTextTicket(t Ticket) Message {
	var parts []map[string]any
	for _, f := range t.facts() {
		parts = append(parts,
			map[string]any{"type": "text", "text": f.name, "style": map[string]any{"bold": true}},
			map[string]any{"type": "text", "text": ": " + f.value + "\n"})
	}
	return Message{Blocks: raw([]map[string]any{{
		"type": "rich_text", "block_id": "r",
		"elements": []map[string]any{{"type": "rich_text_section", "elements": parts}},
	}})}
}

// PlainTicket has the facts as lines of its text.
func PlainTicket(t Ticket) Message { return Message{Text: t.lines()} }

// OddMessage is one that nobody's client library reads, from some other app in the channel.
func OddMessage() Message {
	return Message{Text: "Deploy finished", Attachments: OddAttachments(), Blocks: OddBlocks()}
}

// OddAttachments break the documented types: an id that is a word, numbers for strings, a float
// for a size, an unknown action.
func OddAttachments() json.RawMessage {
	return json.RawMessage(`[{"id":"one","text":12,"image_bytes":12.0,"fallback":null,
		"fields":[{"title":"Build","value":42,"short":"true"}],"actions":[{"type":"teleport","id":7}]}]`)
}

// OddBlocks have elements that no reference knows.
func OddBlocks() json.RawMessage {
	return json.RawMessage(`[{"type":"actions","block_id":"x","elements":[{"type":"hologram","depth":3}]},
		{"type":"mood_ring","colour":["green",1]},{"type":"section","text":"not an object"}]`)
}

type fact struct{ name, value string }

// facts are what the desk says, in the words it uses.
func (t Ticket) facts() []fact {
	var list []fact
	for _, f := range []fact{
		{"Ticket ID", t.ID}, {"Ticket Priority", t.Priority}, {"Type", t.Type},
		{"Customer", t.Customer}, {"Subject", t.Subject},
	} {
		if f.value != "" {
			list = append(list, f)
		}
	}
	return list
}

func (t Ticket) lines() string {
	var b strings.Builder
	for _, f := range t.facts() {
		fmt.Fprintf(&b, "*%s*: %s\n", f.name, f.value)
	}
	if t.Link != "" {
		fmt.Fprintf(&b, "<%s|Open in the help desk>\n", t.Link)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (t Ticket) attachment(value func(string) any) map[string]any {
	fields := []map[string]any{}
	for _, f := range t.facts() {
		fields = append(fields, map[string]any{"title": f.name, "value": value(f.value), "short": true})
	}
	a := map[string]any{"id": 1, "color": "d00000", "fallback": "New ticket", "fields": fields}
	if t.Subject != "" {
		a["title"] = t.Subject
	}
	if t.Link != "" {
		a["title_link"] = t.Link
	}
	return a
}

func (t Ticket) button() []map[string]any {
	if t.Link == "" {
		return nil
	}
	return []map[string]any{{"type": "actions", "block_id": "a", "elements": []map[string]any{{
		"type": "button", "action_id": "open", "url": t.Link,
		"text": map[string]any{"type": "plain_text", "text": "Open", "emoji": true},
	}}}}
}

func section(id, text string) map[string]any {
	return map[string]any{"type": "section", "block_id": id, "text": map[string]any{"type": "mrkdwn", "text": text}}
}
