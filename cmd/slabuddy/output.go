package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation/review"
)

// finding is what a command found out, in each form that people ask for.
type finding struct {
	json any
	html func(io.Writer) error
	text func(io.Writer)
}

// in shows it as JSON, in a file, or on the terminal.
func (s finding) in(in *invocation, asJSON bool, file string) error {
	switch {
	case asJSON:
		return printJSON(in, s.json)
	case file != "":
		return writeFile(file, s.html)
	}
	out := bufio.NewWriter(in.stdout)
	s.text(out)
	return out.Flush()
}

// writeFile writes a file as a whole, or leaves what is there. It names customers: nobody else may read it.
func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".slabuddy-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err := errors.Join(write(file), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

func printJSON(in *invocation, v any) error {
	e := json.NewEncoder(in.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// counted is a number with its noun: 1 job, 2 jobs.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

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

// saidEvery is how often a long reading says how far it has come: a hundred thousand tickets take less.
const saidEvery = 10 * time.Second

// patience is a store whose readings, where there is much to read, say how far they have come.
type patience struct {
	review.Store
	to   io.Writer
	now  func() time.Time
	last time.Time // when something was said, or it began
	read int
}

func newPatience(s review.Store, to io.Writer, now func() time.Time) *patience {
	return &patience{Store: s, to: to, now: now, last: now()}
}

// Records implements review.Store. A review reads one page after the other.
func (p *patience) Records(ctx context.Context, workspace string, since time.Time, after string, n int) ([]review.Record, error) {
	records, err := p.Store.Records(ctx, workspace, since, after, n)
	p.read += len(records)
	if now := p.now(); now.Sub(p.last) >= saidEvery {
		p.last = now
		fmt.Fprintf(p.to, "slabuddy: still reading: %d tickets so far\n", p.read)
	}
	return records, err
}
