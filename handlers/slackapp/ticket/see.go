package ticket

import (
	"strings"

	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// What of a message is read, at most. A ticket's facts are at its head.
const (
	maxText  = 64 << 10 // bytes
	maxDepth = 12       // blocks within blocks
	maxParts = 100
)

// viewer takes a message apart into what a reader sees.
type viewer struct {
	parts []*part
	room  int // bytes that are still read
}

// see are the parts of a message, the message's own first.
func see(m *Message) []*part {
	v := &viewer{room: maxText}
	var blocks []block
	_ = tolerant.Decode(m.Blocks, &blocks) // what is no list of blocks has none
	var attachments []attachment
	_ = tolerant.Decode(m.Attachments, &attachments)

	top := v.part("message")
	f := &flow{part: top, announces: true}
	if len(blocks) == 0 {
		v.text(f, string(m.Text))
	}
	v.blocks(f, blocks, 0)
	if len(blocks) > 0 { // then nobody is shown the text, but in a notification
		v.text(&flow{part: top, preview: true}, string(m.Text))
	}
	for i := range attachments {
		if a := &attachments[i]; !a.told() {
			v.attachment(a)
		}
	}
	return v.parts
}

func (v *viewer) part(kind string) *part {
	p := &part{shape: kind + ": "}
	if len(v.parts) < maxParts {
		v.parts = append(v.parts, p)
	}
	return p
}

// take is as much of s as there is room for.
func (v *viewer) take(s string) string {
	s = s[:min(len(s), v.room)]
	v.room -= len(s)
	return s
}

func (v *viewer) attachment(a *attachment) {
	p := v.part("attachment")
	v.text(&flow{part: p, announces: true}, string(a.Pretext))
	p.by(v.take(string(a.AuthorName)), string(a.AuthorLink))
	v.head(p, string(a.Title), string(a.TitleLink))
	v.text(&flow{part: p}, string(a.Text))
	for _, field := range a.Fields {
		if strings.TrimSpace(string(field.Title)) == "" {
			v.text(&flow{part: p}, string(field.Value))
			continue
		}
		p.field(v.take(string(field.Title)), v.take(string(field.Value)))
	}
	v.blocks(&flow{part: p}, a.Blocks, 0)
	for _, action := range a.Actions {
		p.button(v.take(string(action.Text)), string(action.URL))
	}
	v.text(&flow{part: p, footer: true}, string(a.Footer))
	if len(a.Blocks) == 0 && len(p.pieces) == 0 {
		v.text(&flow{part: p, preview: true}, string(a.Fallback))
	}
}

// text takes in text of several lines in Slack's markup.
func (v *viewer) text(f *flow, s string) { v.lines(f, s, false) }

// lines takes in text of several lines. In Markdown there may be tables.
func (v *viewer) lines(f *flow, s string, markdown bool) {
	s = v.take(s)
	if s == "" {
		return
	}
	f.made("text")
	fenced := false
	var table [][]cell
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if row, ok := markdownRow(line); ok && markdown && !fenced {
			table = append(table, row)
			continue
		}
		v.textTable(f, table)
		table = nil
		if strings.HasPrefix(line, "```") {
			fenced = !fenced && strings.Count(line, "```") == 1
			line = strings.Trim(line, "`")
		}
		words, found := shown(line, false)
		f.line(words, found, fenced)
	}
	v.textTable(f, table)
	f.close()
}

// head takes in a title and where it leads.
func (v *viewer) head(p *part, s, url string) {
	words, found := shown(inOneLine(v.take(s)), false)
	if isWeb(url) {
		found = append(found, address{url: url, label: words, sure: true})
	}
	if words == "" {
		p.link(ofLine, found...)
		return
	}
	p.made("title")
	p.head(words, found...)
}

// by takes in who a message is by: a customer as a rule.
func (p *part) by(author, url string) {
	words, _ := shown(inOneLine(author), false)
	if words == "" {
		return
	}
	p.author = words
	p.keep(words, ofDoubt, nil)
	if isWeb(url) {
		p.link(ofLine, address{url: url, label: words})
	}
}

// button takes in a button and where it leads.
func (p *part) button(s, url string) {
	words, _ := shown(inOneLine(s), false)
	title := p.title
	p.head(words)
	p.title = title
	if isWeb(url) {
		p.made("button")
		p.link(ofLine, address{url: url, label: words, sure: true})
	}
}

// inOneLine is s with its line breaks and wide gaps as single spaces. What does not break stays: it may
// stand in a number.
func inOneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }), " ")
}
