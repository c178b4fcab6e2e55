// Package block builds what Slack shows beside reminders: answers that one person sees, modals, the
// home tab. It holds to the limits of Block Kit (docs.slack.dev/reference/block-kit/blocks), so that
// what is too long is cut where a reader can see it, and never refused as a whole.
package block

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// Limits of Slack's, in characters or blocks.
const (
	MaxSection = 3000
	MaxButton  = 75
	MaxOption  = 75
	MaxTitle   = 24   // of a view
	MaxPrivate = 3000 // private_metadata
	MaxValue   = 2000 // of a button
	InMessage  = 50
	InView     = 100

	maxHeading = 150
	maxSmall   = 2000
)

// Text is mrkdwn in which Slack looks for no names and addresses of its own: nothing pings but what is
// written as a mention. It is cut to most characters.
func Text(text string, most int) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: cut(text, most), Verbatim: true}
}

// Plain is plain text, which means nothing to Slack. It is cut to most characters.
func Plain(text string, most int) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: mrkdwn.Cut(text, most)}
}

// cut shortens mrkdwn after a whole line, if it can.
func cut(text string, most int) string {
	if mrkdwn.Len(text) <= most {
		return text
	}
	short := mrkdwn.CutMarkup(text, most-1)
	if i := strings.LastIndexByte(short, '\n'); i > 0 {
		return short[:i] + "\n…"
	}
	return short
}

// Section is a paragraph.
func Section(lines ...string) *slack.SectionBlock {
	return slack.NewSectionBlock(Text(strings.Join(lines, "\n"), MaxSection), nil, nil)
}

// SectionWith is a paragraph with a button or a menu beside it.
func SectionWith(e slack.BlockElement, lines ...string) *slack.SectionBlock {
	return slack.NewSectionBlock(Text(strings.Join(lines, "\n"), MaxSection), nil, slack.NewAccessory(e))
}

// Small is a line of small print.
func Small(text string) *slack.ContextBlock {
	return slack.NewContextBlock("", Text(text, maxSmall))
}

// Heading is a title above what belongs to it.
func Heading(text string) *slack.HeaderBlock {
	return slack.NewHeaderBlock(Plain(text, maxHeading))
}

// Rule is a line across the message, which divides what is above from what is below.
func Rule() *slack.DividerBlock { return slack.NewDividerBlock() }

// Button sends action with value when it is pressed.
func Button(action, value, words string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, mrkdwn.Cut(value, MaxValue), Plain(words, MaxButton))
}

// Row is a row of buttons and menus. Unlike slack.ActionBlock it is encoded in one pass: reminders come by
// the thousand.
type Row struct {
	Type     slack.MessageBlockType `json:"type"`
	BlockID  string                 `json:"block_id,omitempty"`
	Elements []slack.BlockElement   `json:"elements"`
}

// BlockType implements slack.Block.
func (r *Row) BlockType() slack.MessageBlockType { return r.Type }

// ID implements slack.Block.
func (r *Row) ID() string { return r.BlockID }

// Buttons are a row of them.
func Buttons(id string, es ...slack.BlockElement) *Row {
	return &Row{Type: slack.MBTAction, BlockID: id, Elements: es}
}

// Option is a choice of a menu.
func Option(value, words string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, Plain(words, MaxOption), nil)
}

// Menu is a choice of one among options, of which the one with the value chosen is chosen already.
func Menu(action, placeholder, chosen string, options ...*slack.OptionBlockObject) *slack.SelectBlockElement {
	m := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, Plain(placeholder, maxHeading), action, options...)
	for _, o := range options {
		if o.Value == chosen {
			m.InitialOption = o
		}
	}
	return m
}

// People is a choice of somebody of the workspace.
func People(action, placeholder string) *slack.SelectBlockElement {
	return slack.NewOptionsSelectBlockElement(slack.OptTypeUser, Plain(placeholder, maxHeading), action)
}

// Input is a question with a field for its answer. id is where an error of it belongs to.
func Input(id, label, hint string, optional bool, e slack.BlockElement) *slack.InputBlock {
	const most = 2000
	var h *slack.TextBlockObject
	if hint != "" {
		h = Plain(hint, most)
	}
	in := slack.NewInputBlock(id, Plain(label, most), h, e)
	in.Optional = optional
	return in
}

// Field is a field for text, with what is in it already.
func Field(action, placeholder, value string, most int) *slack.PlainTextInputBlockElement {
	var p *slack.TextBlockObject
	if placeholder != "" {
		p = Plain(placeholder, maxHeading)
	}
	f := slack.NewPlainTextInputBlockElement(p, action)
	f.InitialValue, f.MaxLength = mrkdwn.Cut(value, most), most
	return f
}

// Modal is a window with blocks in it. Without words for submit it has no such button.
func Modal(callback, title, submit, private string, blocks []slack.Block) slack.ModalViewRequest {
	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: private,
		Title: Plain(title, MaxTitle), Close: Plain("Close", MaxTitle),
		Blocks: slack.Blocks{BlockSet: fit(blocks, InView)},
	}
	if submit != "" {
		v.Submit, v.Close = Plain(submit, MaxTitle), Plain("Cancel", MaxTitle)
	}
	return v
}

// Home is somebody's home tab.
func Home(callback string, blocks []slack.Block) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, CallbackID: callback, Blocks: slack.Blocks{BlockSet: fit(blocks, InView)},
	}
}

// fit leaves out what is too much, and says so.
func fit(blocks []slack.Block, most int) []slack.Block {
	if len(blocks) <= most {
		return blocks
	}
	return append(blocks[:most-1:most-1], Small("There is more, and no room for it here."))
}
