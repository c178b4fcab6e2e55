package slackapp

import (
	"regexp"
	"strings"
)

// flat is a message as plain lines, which the patterns of tickets.fields are matched against. What
// is most surely meant as data comes first: fields of attachments and blocks as "title: value"
// lines, then titles and texts, then what is only shown where the rest cannot be.
type flat struct {
	text  string
	links []link
}

// link is a web address in a message and the words it hangs on.
type link struct{ url, label string }

func flatten(m *Message) flat {
	var f flattener
	for i := range m.Attachments {
		f.attachment(&m.Attachments[i])
	}
	f.blocks(m.Blocks)
	f.line(&f.prose, string(m.Text))
	text := f.fields.String() + f.prose.String() + f.last.String()
	return flat{text[:min(len(text), maxFlat)], f.links}
}

// maxFlat is how much of a message is searched, in bytes. A ticket's facts stand at its head.
const maxFlat = 32 << 10

type flattener struct {
	fields, prose, last strings.Builder
	links               []link
}

func (f *flattener) attachment(a *attachment) {
	if a.Quoted {
		return // it is somebody else's message, told again
	}
	for _, field := range a.Fields {
		f.field(string(field.Title), string(field.Value))
	}
	f.link(string(a.TitleLink), string(a.Title))
	f.line(&f.prose, string(a.Title))
	f.line(&f.prose, string(a.Pretext))
	f.line(&f.prose, string(a.Text))
	f.blocks(a.Blocks)
	f.line(&f.last, string(a.Fallback))
}

func (f *flattener) blocks(bs []block) {
	for i := range bs {
		f.block(&bs[i])
	}
}

func (f *flattener) block(b *block) {
	f.link(string(b.URL), string(b.Text))
	switch b.Type {
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
		f.line(&f.prose, richText(b.Elements))
		for _, e := range b.Elements {
			f.link(string(e.URL), string(e.Text))
		}
		return
	}
	f.line(&f.prose, string(b.Title))
	f.line(&f.prose, string(b.Text))
	for _, field := range b.Fields {
		f.sectionField(string(field.Text))
	}
	f.blocks(b.Elements)
	if b.Accessory != nil {
		f.block(b.Accessory)
	}
}

// richText writes the pieces of a line of rich text one after the other, bold ones as mrkdwn has
// them.
func richText(pieces []block) string {
	var b strings.Builder
	for _, p := range pieces {
		s := string(p.Text)
		switch {
		case p.UserID != "":
			s = "@" + string(p.UserID)
		case s == "":
			s = string(p.URL)
		}
		if p.Style.Bold && strings.TrimSpace(s) != "" {
			s = "*" + s + "*"
		}
		b.WriteString(s)
	}
	return b.String()
}

// field writes a titled value on one line.
func (f *flattener) field(title, value string) {
	title = strings.TrimRight(oneLine(f.plain(title)), " :")
	value = oneLine(f.plain(value))
	if title != "" {
		value = title + ": " + value
	}
	f.fields.WriteString(value + "\n")
}

// sectionField writes a field of a section block, whose title is its first line if it has more.
func (f *flattener) sectionField(s string) {
	if title, value, titled := strings.Cut(strings.TrimSpace(s), "\n"); titled {
		f.field(strings.Trim(title, "*_: "), value)
		return
	}
	f.field("", s)
}

// line writes lines of text. A label that has a line of its own, "*Ticket ID*" or "Ticket ID:", is
// put before the line below it.
func (f *flattener) line(to *strings.Builder, s string) {
	if s == "" {
		return
	}
	s = f.plain(s)
	to.WriteString(ownLine.ReplaceAllString(s, "$1$2: $3"))
	to.WriteByte('\n')
}

// ownLine is a label on a line of its own with the line below, which must not be a label again.
var ownLine = regexp.MustCompile(`(?m)^[ \t]*(?:\*([^*\n]{1,40}?):?\*:?|([A-Za-z][A-Za-z _-]{0,38}):)[ \t]*\n[ \t]*([^*\s:][^:\n]*)$`)

func (f *flattener) link(url, label string) {
	if strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		f.links = append(f.links, link{url, label})
	}
}

// plain takes the mrkdwn escapes out of s: <https://…|#42> is #42, &amp; is &.
func (f *flattener) plain(s string) string {
	if !strings.ContainsAny(s, "<&\r") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<")
		b.WriteString(before)
		inside, after, closed := strings.Cut(rest, ">")
		if !found {
			break
		}
		if !closed || strings.Contains(inside, "\n") {
			b.WriteByte('<')
			s = rest
			continue
		}
		b.WriteString(f.escape(inside))
		s = after
	}
	return unescape.Replace(b.String())
}

// escape is what is shown of the inside of <…>.
func (f *flattener) escape(inside string) string {
	target, label, labelled := strings.Cut(inside, "|")
	f.link(unescape.Replace(target), label)
	switch {
	case labelled:
		return label
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:]
	}
	return target
}

var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "\r\n", "\n", "\r", "\n")

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
