// Package blocks knows the blocks of messages and views (docs.slack.dev/reference/block-kit): what Slack refuses of
// them, and what people can press, choose and type in them.
package blocks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const mostInMessage = 50

// Read checks the blocks of a message as Slack does, and gives those a block_id that have none. A text that is no list
// of blocks is an error.
func Read(text string) (blocks json.RawMessage, problems []string, err error) {
	if text == "" {
		return nil, nil, nil
	}
	var list []map[string]any
	if err := Decode(text, &list); err != nil || len(list) == 0 {
		return nil, nil, err
	}
	c := check{root: "/blocks", most: mostInMessage}
	c.blocks(list)
	if c.problems != nil {
		return nil, c.problems, nil
	}
	return named(list), nil, nil
}

// named is a list of blocks in which those have an id that had none.
func named(list []map[string]any) json.RawMessage {
	for i, block := range list {
		if block["block_id"] == nil {
			block["block_id"] = fmt.Sprintf("b%d", i)
		}
	}
	encoded, _ := json.Marshal(list) // it was decoded from JSON
	return encoded
}

// Decode keeps numbers as they were written.
func Decode(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}

// check collects what is wrong, in Slack's words: a reason and the JSON pointer to it.
type check struct {
	root     string // where the blocks are
	most     int    // so many may be there
	view     string // modal or home; empty in a message
	problems []string

	tableText int // characters in the tables so far
}

func (c *check) problem(at, reason string) {
	c.problems = append(c.problems, fmt.Sprintf("%s [json-pointer:%s]", reason, at))
}

func (c *check) blocks(list []map[string]any) {
	if len(list) > c.most {
		c.problem(c.root, fmt.Sprintf("no more than %d items allowed", c.most))
	}
	var ids []string
	for i, block := range list {
		at := fmt.Sprintf("%s/%d", c.root, i)
		if id, ok := block["block_id"].(string); ok {
			if slices.Contains(ids, id) {
				c.problem(at+"/block_id", "block_id already exists")
			}
			ids = append(ids, id)
			c.length(at+"/block_id", id, 255)
		}
		c.block(at, block)
	}
}

// block checks the limits of one block. Kinds that nobody here posts are known, and not looked into.
func (c *check) block(at string, block map[string]any) {
	switch kind := block["type"]; kind {
	case "section":
		c.section(at, block)
	case "header":
		c.text(at+"/text", block["text"], 150, "plain_text")
	case "context":
		c.elements(at, block, 10, func(at string, e map[string]any) {
			if e["type"] != "image" {
				c.text(at, e, 3000, "plain_text", "mrkdwn")
			}
		})
	case "actions":
		c.elements(at, block, 25, func(at string, e map[string]any) { c.element(at, e, inActions) })
	case "image":
		c.require(at, block, "alt_text")
	case "rich_text":
		c.require(at, block, "elements")
	case "input":
		c.inputBlock(at, block)
	case "data_visualization":
		c.chart(at, block)
	case "data_table":
		c.table(at, block)
	case "divider", "markdown", "table", "video", "file", "context_actions", "call", "contact_card":
	default:
		c.problem(at+"/type", fmt.Sprintf("unsupported type: %v", kind))
	}
}

func (c *check) section(at string, block map[string]any) {
	fields, hasFields := block["fields"].([]any)
	if block["text"] == nil && !hasFields {
		c.problem(at, "missing required field: text")
	}
	if block["text"] != nil {
		c.text(at+"/text", block["text"], 3000, "plain_text", "mrkdwn")
	}
	if len(fields) > 10 {
		c.problem(at+"/fields", "no more than 10 items allowed")
	}
	for i, field := range fields {
		c.text(fmt.Sprintf("%s/fields/%d", at, i), field, 2000, "plain_text", "mrkdwn")
	}
	if accessory, ok := block["accessory"].(map[string]any); ok {
		c.element(at+"/accessory", accessory, inSection)
	}
}

func (c *check) elements(at string, block map[string]any, limit int, each func(string, map[string]any)) {
	list, _ := block["elements"].([]any)
	if len(list) == 0 {
		c.problem(at+"/elements", "missing required field: elements")
	}
	if len(list) > limit {
		c.problem(at+"/elements", fmt.Sprintf("no more than %d items allowed", limit))
	}
	for i, e := range list {
		object, _ := e.(map[string]any)
		each(fmt.Sprintf("%s/elements/%d", at, i), object)
	}
}

// text checks a text object.
func (c *check) text(at string, v any, limit int, kinds ...string) {
	object, _ := v.(map[string]any)
	if kind, _ := object["type"].(string); !slices.Contains(kinds, kind) {
		c.problem(at+"/type", fmt.Sprintf("must be one of: %s", strings.Join(kinds, ", ")))
	}
	s, _ := object["text"].(string)
	if s == "" {
		c.problem(at+"/text", "must be more than 0 characters")
	}
	c.length(at+"/text", s, limit)
}

func (c *check) length(at, s string, limit int) {
	if utf8.RuneCountInString(s) > limit {
		c.problem(at, fmt.Sprintf("must be less than %d characters", limit+1))
	}
}

func (c *check) require(at string, block map[string]any, field string) {
	if block[field] == nil {
		c.problem(at, "missing required field: "+field)
	}
}
