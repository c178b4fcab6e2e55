package page

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"text/template/parse"
)

// ErrTooLong is returned where a text outgrows what is sent.
var ErrTooLong = errors.New("is longer than 256 KiB")

// fill makes the text that is sent.
func (p part) fill(templates bool, facts any, secrets *resolver) (string, error) {
	if !templates {
		return secrets.fill(p.text)
	}
	tmpl, err := p.parse(secrets)
	if err != nil {
		return "", err
	}
	var w limited
	if err := tmpl.Execute(&w, facts); err != nil {
		return "", err
	}
	return w.String(), nil
}

// parse turns references into calls of a function, so that they count in the template alone: what the
// template puts in of a ticket is never looked through for them.
func (p part) parse(secrets *resolver) (*template.Template, error) {
	if len(p.text) > maxBody {
		return nil, ErrTooLong
	}
	source := reference.ReplaceAllStringFunc(p.text, func(ref string) string {
		if name, ok := referred(ref); ok {
			return `{{ref "` + name + `"}}`
		}
		return ref[1:]
	})
	tmpl, err := template.New("template").Option("missingkey=error").Funcs(template.FuncMap{
		"ref": secrets.value, "json": asJSON, "lower": strings.ToLower, "upper": strings.ToUpper, "printf": printf,
	}).Parse(source)
	if err != nil {
		return nil, err
	}
	return tmpl, ends(tmpl)
}

// errLoops is returned for a template that could run for ever.
var errLoops = errors.New("range, define, template and block are not for templates of calls; write fields, {{if}}, {{with}} and {{json …}}")

// ends says that what the template does is bounded by its length. A stored call is filled in by the bot
// itself, and may be of anybody's making who can write to the database.
func ends(tmpl *template.Template) error {
	if len(tmpl.Templates()) > 1 {
		return errLoops
	}
	if tmpl.Tree == nil {
		return nil
	}
	return walk(tmpl.Root)
}

func walk(n parse.Node) error {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, child := range n.Nodes {
			if err := walk(child); err != nil {
				return err
			}
		}
	case *parse.IfNode:
		return cmp.Or(walk(n.List), walk(n.ElseList))
	case *parse.WithNode:
		return cmp.Or(walk(n.List), walk(n.ElseList))
	case *parse.RangeNode, *parse.TemplateNode:
		return errLoops
	}
	return nil
}

// padded is a verb of fmt with a width that no field of a call has.
var padded = regexp.MustCompile(`%[^a-zA-Z%]*(?:\*|\d{4})`)

func printf(format string, args ...any) (string, error) {
	if padded.MatchString(format) {
		return "", errors.New("printf takes no width over 999")
	}
	return fmt.Sprintf(format, args...), nil
}

// asJSON writes any value as JSON, strings with their quotes.
func asJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write as JSON: %w", err)
	}
	if b.Len() > maxBody { // JSON within JSON grows by its depth
		return "", ErrTooLong
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// limited is a writer that refuses to grow without end.
type limited struct{ strings.Builder }

func (w *limited) Write(p []byte) (int, error) {
	if w.Len()+len(p) > maxBody {
		return 0, ErrTooLong
	}
	return w.Builder.Write(p)
}
