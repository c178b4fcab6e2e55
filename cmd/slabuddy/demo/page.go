package demo

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Marks are in a text where its style changes. They are of Unicode's private use area, so that
// nothing that anybody writes looks like one.
const (
	markBold  = "\ue000"
	markPing  = "\ue001"
	markAside = "\ue002"
	markGood  = "\ue003"
	markBad   = "\ue004"
	markPlain = "\ue005"
)

// gutter is the width of the column that holds the times.
const gutter = len("Mon 09:00  ")

// page writes text for people: lines that fit, with colours if they are welcome.
type page struct {
	out   io.Writer
	width int
	style *strings.Replacer
	err   error // the first that writing met; nothing is written after it
}

func newPage(out io.Writer, width int, colour bool) *page {
	style := strings.NewReplacer(markBold, "", markPing, "", markAside, "", markGood, "", markBad, "", markPlain, "")
	if colour {
		style = strings.NewReplacer(markBold, "\x1b[1m", markPing, "\x1b[1;36m", markAside, "\x1b[2m",
			markGood, "\x1b[32m", markBad, "\x1b[1;31m", markPlain, "\x1b[0m")
	}
	return &page{out: out, width: max(width, 40), style: style}
}

// item writes a wrapped line whose later parts are below its text, not below what leads it.
func (p *page) item(lead, text string) {
	for _, part := range wrap(text, p.width-visible(lead)) {
		p.line("%s", strings.TrimRight(lead+part, " "))
		lead = strings.Repeat(" ", visible(lead))
	}
}

// line writes one line as it is.
func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, p.style.Replace(fmt.Sprintf(format, args...)))
	}
}

// text writes lines, wrapped, to the right of the gutter; label is in it beside the first.
func (p *page) text(label, text string) {
	for _, line := range strings.Split(text, "\n") {
		p.item(fmt.Sprintf("%-*s", gutter, label), line)
		label = ""
	}
}

// wrap breaks a line at spaces so that no part is wider than width, unless a single word is. Later
// parts of a quotation or of an item of a list are below its first.
func wrap(line string, width int) []string {
	hang := ""
	switch first, _, _ := strings.Cut(strings.TrimPrefix(line, markAside), " "); first {
	case "│":
		hang = "│ "
	case "•", "→", "—":
		hang = "  "
	}
	var parts []string
	part := ""
	for _, word := range strings.Split(line, " ") {
		switch {
		case part == "" && len(parts) == 0:
			part = word
		case visible(part)+1+visible(word) <= width:
			part += " " + word
		default:
			parts = append(parts, part)
			part = hang + word
		}
	}
	return append(parts, part)
}

// visible is how many columns a text takes, without its marks.
func visible(s string) int {
	n := utf8.RuneCountInString(s)
	for _, mark := range []string{markBold, markPing, markAside, markGood, markBad, markPlain} {
		n -= strings.Count(s, mark)
	}
	return n
}
