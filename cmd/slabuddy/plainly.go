package main

import (
	"bytes"
	"io"
	"unicode"
	"unicode/utf8"
)

// plainly writes to w without what steers a terminal: jobs, calendars and Slack say what others wrote (rule 29). What
// is written at once holds whole characters.
func plainly(w io.Writer) io.Writer { return plainWriter{w} }

type plainWriter struct{ to io.Writer }

func (w plainWriter) Write(p []byte) (int, error) {
	shown := bytes.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return utf8.RuneError
		}
		return r
	}, p)
	if _, err := w.to.Write(shown); err != nil {
		return 0, err
	}
	return len(p), nil
}
