package message

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// selfWriting is a block, or a part of one, that writes itself as JSON. Those of a reminder do:
// encoding/json took a tenth of the processor time that a reminder costs. Their tags say the same, and
// tests hold the two together.
type selfWriting interface {
	appendJSON(out []byte) []byte
}

// encodeBlocks is the JSON of blocks.
func encodeBlocks(blocks []slack.Block) ([]byte, error) {
	const usual = 3 << 10 // a reminder with its buttons takes 2 KiB
	out := append(make([]byte, 0, usual), '[')
	for i, b := range blocks {
		if i > 0 {
			out = append(out, ',')
		}
		if s, ok := b.(selfWriting); ok {
			out = s.appendJSON(out)
			continue
		}
		encoded, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("encode blocks: %w", err)
		}
		out = append(out, encoded...)
	}
	return append(out, ']'), nil
}

func (s section) appendJSON(out []byte) []byte {
	out = appendMember(out, `{"type":`, string(s.Type))
	out = s.Text.appendJSON(append(out, `,"text":`...))
	return append(out, '}')
}

func (p smallPrint) appendJSON(out []byte) []byte {
	out = appendMember(out, `{"type":`, string(p.Type))
	return append(appendList(append(out, `,"elements":`...), p.Elements), '}')
}

func (t markdownText) appendJSON(out []byte) []byte {
	out = appendMember(out, `{"type":`, t.Type)
	out = appendMember(out, `,"text":`, t.Text)
	if t.Verbatim {
		out = append(out, `,"verbatim":true`...)
	}
	return append(out, '}')
}

func (b buttonRow) appendJSON(out []byte) []byte {
	out = appendMember(out, `{"type":`, string(b.Type))
	return append(appendList(append(out, `,"elements":`...), b.Elements), '}')
}

func (b button) appendJSON(out []byte) []byte {
	out = appendMember(out, `{"type":`, b.Type)
	out = appendMember(out, `,"action_id":`, b.Action)
	out = b.Text.appendJSON(append(out, `,"text":`...))
	out = appendMember(out, `,"value":`, b.Value)
	out = appendMember(out, `,"accessibility_label":`, b.Label)
	return append(out, '}')
}

func (m menu) appendJSON(out []byte) []byte {
	out = appendMember(out, `{"type":`, m.Type)
	out = appendMember(out, `,"action_id":`, m.Action)
	out = m.Placeholder.appendJSON(append(out, `,"placeholder":`...))
	return append(appendList(append(out, `,"options":`...), m.Options), '}')
}

func (o option) appendJSON(out []byte) []byte {
	out = o.Text.appendJSON(append(out, `{"text":`...))
	return append(appendMember(out, `,"value":`, o.Value), '}')
}

func (t plainText) appendJSON(out []byte) []byte {
	out = appendMember(out, `{"type":`, t.Type)
	return append(appendMember(out, `,"text":`, t.Text), '}')
}

// appendMember writes key, which comes with all that stands around it, and a string.
func appendMember(out []byte, key, value string) []byte {
	return appendString(append(out, key...), value)
}

func appendList[T selfWriting](out []byte, parts []T) []byte {
	out = append(out, '[')
	for i, p := range parts {
		if i > 0 {
			out = append(out, ',')
		}
		out = p.appendJSON(out)
	}
	return append(out, ']')
}

// appendString writes s as a JSON string (RFC 8259, section 7). What is not UTF-8 becomes U+FFFD, as
// with encoding/json; unlike there, <, > and & stay as they are: nobody puts this into HTML.
func appendString(out []byte, s string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	done := 0 // so much of s is written
	for i := 0; i < len(s); {
		c, size := s[i], 1
		var instead string
		switch {
		case c == '"':
			instead = `\"`
		case c == '\\':
			instead = `\\`
		case c == '\n':
			instead = `\n`
		case c < ' ':
			instead = `\u00` + string([]byte{hex[c>>4], hex[c&15]})
		case c >= utf8.RuneSelf:
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
				instead = `\ufffd`
			}
		}
		if instead != "" {
			out = append(append(out, s[done:i]...), instead...)
			done = i + size
		}
		i += size
	}
	return append(append(out, s[done:]...), '"')
}
