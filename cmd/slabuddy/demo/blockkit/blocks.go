package blockkit

import (
	"embed"
	"encoding/json"
	"html/template"
	"strings"
)

//go:embed blocks.html
var files embed.FS

// Container is what holds blocks: a message, a modal or a home view.
type Container struct {
	Channel, TS string // of a message
	View        string // id of a modal or a home view
	Modal       bool
	Values      map[string]map[string]map[string]any // what is filled in, by block_id and action_id
	Errors      map[string]string                    // what was refused, by block_id
}

// Renderer makes HTML of what Slack shows.
type Renderer struct{ blocks *template.Template }

// NewRenderer returns one, or why its templates cannot be used.
func NewRenderer() (*Renderer, error) {
	t, err := template.ParseFS(files, "blocks.html")
	if err != nil {
		return nil, err
	}
	return &Renderer{t}, nil
}

// block is what the template of a block shows.
type block struct {
	Type, ID  string
	Title     string // header; alternative text of an image
	HTML      template.HTML
	Fields    []template.HTML
	Parts     []template.HTML // context
	Accessory *control
	Controls  []control
	Hint      string
	Error     string
	Optional  bool
	Rows      [][]cell // of a data table; the first is its header
	Chart     *chart   // of a data visualization
}

// Blocks are the blocks of a message or a view as HTML.
func (rd *Renderer) Blocks(r *Reader, raw json.RawMessage, at Container) (template.HTML, error) {
	var shown []block
	for _, o := range objects(raw) {
		if b, ok := r.block(o, at); ok {
			shown = append(shown, b)
		}
	}
	return rd.render("blocks", shown)
}

func (rd *Renderer) render(name string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := rd.blocks.ExecuteTemplate(&b, name, data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// block reads one; not ok if it is of a kind that is not simulated.
func (r *Reader) block(o object, at Container) (b block, ok bool) {
	b = block{Type: o.str("type"), ID: o.str("block_id")}
	switch b.Type {
	case "section":
		b.HTML = r.text(o.in("text"))
		for _, f := range o.list("fields") {
			b.Fields = append(b.Fields, r.text(f))
		}
		if a := o.in("accessory"); a != nil {
			b.Accessory = r.control(a, b.ID, at)
		}
	case "header":
		b.Title = o.in("text").str("text")
	case "image":
		b.Title = o.str("alt_text")
		b.HTML = r.text(o.in("title"))
	case "context":
		for _, e := range o.list("elements") {
			if e.str("type") == "image" {
				continue
			}
			b.Parts = append(b.Parts, r.text(e))
		}
	case "actions":
		for _, e := range o.list("elements") {
			if c := r.control(e, b.ID, at); c != nil {
				b.Controls = append(b.Controls, *c)
			}
		}
	case "input":
		b.Title, b.Hint, b.Optional = o.in("label").str("text"), o.in("hint").str("text"), o.yes("optional")
		b.Error = at.Errors[b.ID]
		if b.Accessory = r.control(o.in("element"), b.ID, at); b.Accessory != nil {
			b.Accessory.asInput(b, o.yes("dispatch_action"))
		}
	case "rich_text":
		b.HTML = r.rich(o)
	case "data_table":
		b.Title = o.str("caption")
		b.Rows = r.rows(o, at)
	case "data_visualization":
		b.Title = o.str("title")
		b.Chart = chartOf(o.in("chart"))
		return b, b.Chart != nil
	case "divider":
	default:
		return b, false
	}
	return b, true
}

// text is a text object, of either kind.
func (r *Reader) text(o object) template.HTML {
	s := o.str("text")
	if o.str("type") == "mrkdwn" {
		return r.Text(s)
	}
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(named(s)), "\n", "<br>"))
}

// named shows the emoji that plain text names.
func named(s string) string {
	if !strings.Contains(s, ":") {
		return s
	}
	for name, shown := range emoji {
		s = strings.ReplaceAll(s, ":"+name+":", shown)
	}
	return s
}
