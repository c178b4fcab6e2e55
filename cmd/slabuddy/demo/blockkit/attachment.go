package blockkit

import (
	"encoding/json"
	"html/template"
	"strings"
)

// attachment is what its template shows.
type attachment struct {
	Pretext template.HTML
	Title   template.HTML
	Text    template.HTML
	Fields  []field
	Footer  template.HTML
	Tone    string // danger, good, warning: Slack's own names for a colour; otherwise empty
	Blocks  template.HTML
}

type field struct {
	Title string
	HTML  template.HTML
}

// Attachments are a message's legacy attachments as HTML
// (docs.slack.dev/messaging/formatting-message-text#attachments).
func (rd *Renderer) Attachments(r *Reader, raw json.RawMessage, at Container) (template.HTML, error) {
	var shown []attachment
	for _, o := range objects(raw) {
		a := attachment{Pretext: r.Text(o.str("pretext")), Text: r.Text(o.str("text")), Footer: r.Text(o.str("footer")), Tone: tone(o.str("color"))}
		if title := o.str("title"); title != "" {
			a.Title = template.HTML(link(o.str("title_link"), template.HTMLEscapeString(title)))
		}
		for _, f := range o.list("fields") {
			if f.str("value") != o.str("title") { // said already
				a.Fields = append(a.Fields, field{f.str("title"), r.Text(f.str("value"))})
			}
		}
		if blocks, err := json.Marshal(o["blocks"]); err == nil && o["blocks"] != nil {
			var err error
			if a.Blocks, err = rd.Blocks(r, blocks, at); err != nil {
				return "", err
			}
		}
		shown = append(shown, a)
	}
	return rd.render("attachments", shown)
}

// tone is the class of a colour: the page knows no colours of others.
func tone(color string) string {
	switch strings.ToLower(strings.TrimPrefix(color, "#")) {
	case "danger", "d00000", "e01e5a":
		return "danger"
	case "good", "36a64f", "2eb67d":
		return "good"
	case "warning", "ecb22e":
		return "warning"
	}
	return ""
}
