package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/handlers/reportpage"
)

type replayCmd struct {
	With  string `required:"" help:"The configuration file whose policies to try." placeholder:"FILE"`
	Since since  `help:"Tickets posted since then: so long ago, such as 90d or 12h, or since a date or time (UTC), such as 2026-01-01." default:"90d" placeholder:"90d"`
	HTML  string `name:"html" help:"Write one HTML file, which needs no network." placeholder:"FILE" xor:"format"`
	JSON  bool   `name:"json" help:"For programs." xor:"format"`
}

// Help says what the flags do not.
func (replayCmd) Help() string {
	return "The stored tickets run through the policies of another configuration file, by what decides live: how many promises would have been kept, " +
		"how many reminders posted, by night too, and which tickets would have come to another end. Nothing is changed. What nobody can know is said at the end."
}

func (c replayCmd) Run(in *invocation) error {
	app.TuneReview(in.getenv)
	with, err := config.Load(c.With)
	if err != nil {
		return err
	}
	s, err := openStore(in)
	if err != nil {
		return err
	}
	defer s.Close()
	now, zone := rightNow(), cmp.Or(with.Calendar.Location, time.UTC)
	from := c.Since.before(now)
	if !from.Before(now) {
		return fmt.Errorf("the replay would begin %s, which is still to come: choose an earlier --since", from.UTC().Format(time.RFC3339))
	}
	past := app.NewPast(in.ctx, s, with, now)
	result, err := replay.Make(in.ctx, newPatience(s, in.stderr, time.Now), replay.Query{From: from, With: filepath.Base(c.With)}, func(ctx context.Context, workspace string) (replay.Conditions, error) {
		return past.Conditions(ctx, workspace)
	}, now, zone)
	if err != nil {
		return fmt.Errorf("the replay cannot be made: %w", err)
	}
	return finding{result, func(w io.Writer) error { return reportpage.WriteReplay(w, result) }, func(w io.Writer) { printReplay(w, result) }}.in(in, c.JSON, c.HTML)
}

// printReplay prints a result for a terminal.
func printReplay(w io.Writer, r replay.Result) {
	row := func(of string, before, after int) []string {
		return []string{of, strconv.Itoa(before), strconv.Itoa(after)}
	}
	fmt.Fprintf(w, "%s\n\nTickets posted since %s, as it was and as it would have been under %s\n", r.Sentence(), r.From.Format(time.RFC1123), plain.Line(r.With))
	table(w, "Promises and reminders", [][]string{
		{"", "was", "would be"},
		row("kept", r.Before.Kept, r.After.Kept), row("breached", r.Before.Breached, r.After.Breached),
		row("withdrawn", r.Before.Withdrawn, r.After.Withdrawn), row("open", r.Before.Open, r.After.Open),
		row("reminders", r.Before.Reminders, r.After.Reminders), row("by night", r.Before.Night, r.After.Night),
	})
	rows := [][]string{{"who", "reminders were", "would be", "by night were", "would be"}}
	for _, p := range r.Both() {
		rows = append(rows, []string{
			plain.Line(p.Called), strconv.Itoa(p.Was.Reminders), strconv.Itoa(p.Would.Reminders), strconv.Itoa(p.Was.Night), strconv.Itoa(p.Would.Night),
		})
	}
	table(w, "Who is reminded", rows)
	rows = [][]string{{"ticket", "clock", "was", "would be", "policy"}}
	for _, c := range r.Changed[:min(len(r.Changed), mostTold)] {
		rows = append(rows, []string{
			plain.Line(c.Ticket), string(c.Clock), cmp.Or(string(c.Before), "–"), cmp.Or(string(c.After), "–"), plain.Line(c.NewPolicy),
		})
	}
	title := "Tickets that come to another end"
	if more := len(r.Changed) + r.Unlisted - mostTold; more > 0 {
		title += fmt.Sprintf(" (and %d more: --json lists them)", more)
	}
	table(w, title, rows)
	fmt.Fprintln(w)
	for _, limit := range r.Limits {
		fmt.Fprintf(w, "Note: %s\n", limit)
	}
}
