package blockkit

import (
	"html/template"
	"strings"
)

// rich is a rich_text block: what people type, Slack keeps as one.
func (r *Reader) rich(o object) template.HTML {
	var b strings.Builder
	for _, e := range o.list("elements") {
		r.richPart(&b, e)
	}
	return template.HTML(b.String()) // all of it was escaped where it was written
}

func (r *Reader) richPart(b *strings.Builder, o object) {
	open, end := "", ""
	switch o.str("type") {
	case "rich_text_quote":
		open, end = "<blockquote>", "</blockquote>"
	case "rich_text_preformatted":
		open, end = "<pre>", "</pre>"
	case "rich_text_list":
		open, end = "<ul>", "</ul>"
	}
	b.WriteString(open)
	for _, e := range o.list("elements") {
		if strings.HasPrefix(e.str("type"), "rich_text_") {
			b.WriteString("<li>")
			r.richPart(b, e)
			b.WriteString("</li>")
			continue
		}
		b.WriteString(r.richWord(e))
	}
	b.WriteString(end)
}

func (r *Reader) richWord(o object) string {
	switch o.str("type") {
	case "text":
		return styled(o.in("style"), strings.ReplaceAll(template.HTMLEscapeString(o.str("text")), "\n", "<br>"))
	case "link":
		words := o.str("text")
		if words == "" {
			words = o.str("url")
		}
		return styled(o.in("style"), link(o.str("url"), template.HTMLEscapeString(words)))
	case "user":
		return r.mention("@", o.str("user_id"), "")
	case "usergroup":
		return r.mention("@", o.str("usergroup_id"), "")
	case "channel":
		return r.mention("#", o.str("channel_id"), "")
	case "broadcast":
		return span("mention me", "@"+o.str("range"))
	case "date":
		words, ok := InWords(o.str("timestamp")+"^"+o.str("format"), r.Now)
		if !ok {
			words = o.str("fallback")
		}
		return styled(o.in("style"), template.HTMLEscapeString(words))
	case "emoji":
		return template.HTMLEscapeString(named(":" + o.str("name") + ":"))
	}
	return ""
}

func styled(style object, words string) string {
	for _, s := range []struct{ name, tag string }{{"bold", "b"}, {"italic", "i"}, {"strike", "s"}, {"code", "code"}} {
		if style.yes(s.name) {
			words = "<" + s.tag + ">" + words + "</" + s.tag + ">"
		}
	}
	return words
}
