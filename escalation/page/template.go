package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/template"
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
	source := reference.ReplaceAllStringFunc(p.text, func(ref string) string {
		if name, ok := referred(ref); ok {
			return `{{ref "` + name + `"}}`
		}
		return ref[1:]
	})
	return template.New("template").Option("missingkey=error").Funcs(template.FuncMap{
		"ref": secrets.value, "json": asJSON, "lower": strings.ToLower, "upper": strings.ToUpper,
	}).Parse(source)
}

// asJSON writes any value as JSON, strings with their quotes.
func asJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write as JSON: %w", err)
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
