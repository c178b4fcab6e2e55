package ticket

import "strings"

func (v *viewer) blocks(f *flow, bs []block, depth int) {
	for i := range bs {
		v.block(f, &bs[i], depth)
	}
}

// block takes in a block of whatever kind. One that nobody here knows is read as far as it is made of
// the usual pieces.
func (v *viewer) block(f *flow, b *block, depth int) {
	if b == nil || depth > maxDepth {
		return
	}
	depth++
	switch b.Type {
	case "button", "workflow_button":
		f.button(v.take(string(b.Text)), string(b.URL))
	case "rich_text":
		for i := range b.Elements {
			v.rich(f, &b.Elements[i], "", depth)
		}
		f.close()
	case "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted":
		v.rich(f, b, "", depth)
	case "table", "data_table":
		v.head(f.part, string(b.Caption), "")
		v.table(f, b)
	case "markdown":
		v.lines(f, string(b.Text), true)
	case "header":
		words, found := shown(inOneLine(v.take(string(b.Text))), false)
		f.heading(words, found)
		f.made("header")
	case "context":
		for i := range b.Elements {
			if b.Elements[i].Type != "image" {
				v.block(&flow{part: f.part, footer: true}, &b.Elements[i], depth)
			}
		}
	case "card", "container":
		v.plain(&flow{part: v.part(string(b.Type))}, b, depth)
	default:
		v.plain(f, b, depth)
	}
}

// plain takes in a block piece by piece, from its top to its bottom.
func (v *viewer) plain(f *flow, b *block, depth int) {
	v.head(f.part, string(b.Title), string(b.TitleURL))
	v.block(f, b.RichTitle, depth)
	f.by(v.take(string(b.AuthorName)), "")
	for _, text := range []string{string(b.Subtitle), string(b.Text), string(b.Body), string(b.Description), string(b.Label)} {
		v.text(f, text)
	}
	for i := range b.Fields {
		v.sectionField(f, string(b.Fields[i].Text))
	}
	v.blocks(f, b.Elements, depth)
	v.blocks(f, b.ChildBlocks, depth)
	v.blocks(f, b.Tasks, depth)
	for _, inside := range []*block{b.Details, b.Output, b.Accessory, b.Element} {
		v.block(f, inside, depth)
	}
	if len(b.Rows) > 0 && depth < maxDepth/2 { // each reading of rows goes over all that is in them
		v.blocks(f, b.items(), depth)
	}
	v.text(&flow{part: f.part, footer: true}, string(b.Subtext))
	v.blocks(f, b.Actions, depth)
	for i := range b.Options {
		f.button(v.take(string(b.Options[i].Text)), string(b.Options[i].URL))
	}
	if b.Type == "image" {
		v.text(f, string(b.AltText))
	}
}

// sectionField takes in a field of a section: its title is its first line, or what is before a colon.
func (v *viewer) sectionField(f *flow, s string) {
	s = strings.TrimSpace(s)
	first, value, more := strings.Cut(s, "\n")
	if l, ok := label(first); ok && !more {
		f.field(titleOf(first, l), v.take(l.rest))
		return
	} else if n, _ := titled(first); more && (n != nameOther || ok && strings.Trim(l.rest, decoration) == "") {
		f.field(first, v.take(value))
		return
	}
	v.text(&flow{part: f.part}, s)
}

// titleOf is the label of a line without what comes after it.
func titleOf(line string, l labelled) string {
	s, _ := behindBullet(line[:len(line)-len(l.rest)])
	return strings.Trim(s, decoration+":：=-–—")
}

// rich takes in a piece of rich text that makes lines of its own.
func (v *viewer) rich(f *flow, b *block, bullet string, depth int) {
	if depth > maxDepth {
		return
	}
	switch b.Type {
	case "rich_text_list":
		for i := range b.Elements {
			v.rich(f, &b.Elements[i], "• ", depth+1)
		}
		return
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
	default:
		v.block(f, b, depth+1)
		return
	}
	f.made("text")
	quoted := b.Type != "rich_text_section"
	words, found := inline(b.Elements)
	for line := range strings.Lines(v.take(words)) {
		line, more := shown(strings.TrimSpace(line), true)
		var here []address
		for _, a := range append(more, found...) {
			if a.label == "" || strings.Contains(line, a.label) {
				here = append(here, a)
			}
		}
		f.line(bullet+line, here, quoted)
	}
}

// inline writes the pieces of a line of rich text one after the other, bold ones with their marks.
func inline(pieces []block) (string, []address) {
	var b strings.Builder
	var found []address
	for _, p := range pieces {
		s := string(p.Text)
		switch {
		case p.UserID != "":
			s = "@" + string(p.UserID)
		case p.Type == "emoji" && p.Name != "":
			s = ":" + string(p.Name) + ":"
		case s == "":
			s = string(p.URL)
		}
		if isWeb(string(p.URL)) {
			found = append(found, address{url: string(p.URL), label: string(p.Text)})
		}
		if p.Style.Bold && strings.TrimSpace(s) != "" {
			s = "*" + s + "*"
		}
		b.WriteString(s)
	}
	return b.String(), found
}
