// Package desks has the shapes in which help desks post tickets in Slack, and the oddest that apps
// post.
package desks

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Ticket is what a help desk says of a ticket. What is empty, the desk leaves out.
type Ticket struct {
	ID, Priority, Type, Customer, Subject, Link string
}

// Shape is a way in which help desks post tickets.
type Shape struct {
	Name    string
	Message func(Ticket) slacktest.Message
}

// Shapes are all the ways below.
func Shapes() []Shape {
	return []Shape{
		{"attachment fields", Fields},
		{"attachment fields with numbers", Numbers},
		{"attachment text", AttachmentText},
		{"section text", Section},
		{"section fields", SectionFields},
		{"rich text", RichText},
		{"plain text", Plain},
	}
}

// Fields is the classic shape: no text, one attachment, a field for each fact.
func Fields(t Ticket) slacktest.Message {
	return slacktest.Message{Attachments: raw([]map[string]any{t.attachment(func(v string) any { return v })})}
}

// Numbers is Fields with numbers where strings belong, as the id and the value of a
// field.
func Numbers(t Ticket) slacktest.Message {
	a := t.attachment(func(v string) any {
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
		return v
	})
	a["id"], a["ts"] = "one", 1700000000.5
	return slacktest.Message{Attachments: raw([]map[string]any{a})}
}

// AttachmentText has the facts as lines in an attachment's text.
func AttachmentText(t Ticket) slacktest.Message {
	return slacktest.Message{
		Text: "New ticket",
		Attachments: raw([]map[string]any{{
			"id": 1, "color": "36a64f", "fallback": t.Subject, "text": t.lines(), "mrkdwn_in": []string{"text"},
		}}),
	}
}

// Section is the shape of current apps: blocks, with the facts as lines of a section, and a
// button to the ticket.
func Section(t Ticket) slacktest.Message {
	blocks := []map[string]any{
		{"type": "header", "block_id": "h", "text": map[string]any{"type": "plain_text", "text": "New ticket", "emoji": true}},
		section("s", t.lines()),
	}
	return slacktest.Message{Text: "New ticket", Blocks: raw(append(blocks, t.button()...))}
}

// SectionFields has a section with a field for each fact.
func SectionFields(t Ticket) slacktest.Message {
	var fields []map[string]any
	for _, f := range t.facts() {
		fields = append(fields, map[string]any{"type": "mrkdwn", "text": "*" + f.name + "*\n" + f.value})
	}
	return slacktest.Message{Blocks: raw([]map[string]any{{"type": "section", "block_id": "f", "fields": fields}})}
}

// RichText has a bold name and a plain value on each line of a rich text.
func RichText(t Ticket) slacktest.Message {
	var parts []map[string]any
	for _, f := range t.facts() {
		parts = append(parts,
			map[string]any{"type": "text", "text": f.name, "style": map[string]any{"bold": true}},
			map[string]any{"type": "text", "text": ": " + f.value + "\n"})
	}
	return slacktest.Message{Blocks: raw([]map[string]any{{
		"type": "rich_text", "block_id": "r",
		"elements": []map[string]any{{"type": "rich_text_section", "elements": parts}},
	}})}
}

// Plain has the facts as lines of its text.
func Plain(t Ticket) slacktest.Message { return slacktest.Message{Text: t.lines()} }

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

// raw is v as JSON. v is made of maps, slices, strings and numbers, which always encode.
func raw(v any) json.RawMessage {
	b, _ := json.Marshal(v)
	return b
}
