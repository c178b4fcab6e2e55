package block

import (
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Answer is a message that only the person sees who asked for it.
type Answer struct {
	texts  []string
	blocks []slack.Block
}

// Say is an answer of one paragraph.
func Say(lines ...string) *Answer { return new(Answer).Say(lines...) }

// Say adds a paragraph, or as many as its lines need; empty lines count for nothing.
func (a *Answer) Say(lines ...string) *Answer {
	var section []string
	size := 0
	for _, line := range lines {
		n := utf8.RuneCountInString(line) + 1
		if n == 1 {
			continue
		}
		if size+n > MaxSection && size > 0 {
			a.add(Section(section...), strings.Join(section, "\n"))
			section, size = nil, 0
		}
		section, size = append(section, line), size+n
	}
	if size > 0 {
		a.add(Section(section...), strings.Join(section, "\n"))
	}
	return a
}

// Small adds a line of small print.
func (a *Answer) Small(text string) *Answer { return a.add(Small(text), text) }

func (a *Answer) add(b slack.Block, text string) *Answer {
	a.blocks, a.texts = append(a.blocks, b), append(a.texts, text)
	return a
}

// Text is the answer without blocks, for notifications and screen readers.
func (a *Answer) Text() string { return strings.Join(a.texts, "\n") }

// Blocks are the answer as people see it.
func (a *Answer) Blocks() []slack.Block { return fit(a.blocks, InMessage) }

// Ephemeral is the body that answers a slash command
// (docs.slack.dev/interactivity/implementing-slash-commands, "Message responses").
type Ephemeral struct {
	ResponseType string        `json:"response_type"`
	Text         string        `json:"text"`
	Blocks       []slack.Block `json:"blocks"`
}

// Body is the answer as the body of a response.
func (a *Answer) Body() Ephemeral { return Ephemeral{"ephemeral", a.Text(), a.Blocks()} }
