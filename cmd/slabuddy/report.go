package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/handlers/reportpage"
)

type reportCmd struct {
	Since     since    `help:"Tickets posted since then: so long ago, such as 30d or 12h, or since a date or time (UTC), such as 2026-01-01." default:"30d" placeholder:"30d"`
	From      wallTime `help:"Tickets posted at this time or later, in place of --since." placeholder:"TIME"`
	To        wallTime `help:"Tickets posted before this time; now, if left out." placeholder:"TIME"`
	Workspace string   `help:"Only this workspace's: T…" placeholder:"T…"`
	Channel   string   `help:"Only this channel's: C…" placeholder:"C…"`
	Policy    string   `help:"Only tickets of this policy." placeholder:"NAME"`
	HTML      string   `name:"html" help:"Write one HTML file with pictures, which needs no network." placeholder:"FILE" xor:"format"`
	JSON      bool     `name:"json" help:"For programs." xor:"format"`
}

// Help says what the flags do not.
func (reportCmd) Help() string {
	return "How the team did: promises kept, broken, withdrawn and still open, against the span before; how long customers waited; " +
		"when and why promises broke; who was reminded how often. A ticket that still waits past its deadline counts as broken. The bot may run meanwhile."
}

// query is what the flags ask for. Times without a zone are on the clock of the report's.
func (c reportCmd) query(now time.Time, zone *time.Location) (report.Query, error) {
	q := report.Query{
		From: c.From.in(zone, c.Since.before(now)).UTC(), To: c.To.in(zone, now).UTC(),
		Workspace: c.Workspace, Channel: c.Channel, Policy: c.Policy,
	}
	if !q.From.Before(q.To) {
		return q, fmt.Errorf("the report would end %s, before it begins %s: choose an earlier --from or --since, or a later --to",
			q.To.Format(time.RFC3339), q.From.Format(time.RFC3339))
	}
	return q, nil
}

func (c reportCmd) Run(in *invocation) error {
	app.TuneReview(in.getenv)
	configured, err := config.Load(in.configPath)
	if err != nil {
		return err
	}
	now, zone := rightNow(), cmp.Or(configured.Calendar.Location, time.UTC)
	q, err := c.query(now, zone)
	if err != nil {
		return err
	}
	s, err := openStore(in)
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := report.Make(in.ctx, newPatience(s, in.stderr, time.Now), q, app.NewPast(in.ctx, s, configured, now), now, zone)
	if err != nil {
		return fmt.Errorf("the report cannot be made: %w", err)
	}
	return finding{r, func(w io.Writer) error { return reportpage.Write(w, r) }, func(w io.Writer) { printReport(w, r) }}.in(in, c.JSON, c.HTML)
}

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
