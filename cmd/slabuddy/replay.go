package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

type replayCmd struct {
	With  string `required:"" help:"The configuration file whose policies to try." placeholder:"FILE"`
	Since since  `help:"Tickets posted since then: so long ago, such as 90d or 12h, or since a date or time (UTC), such as 2026-01-01." default:"90d" placeholder:"90d"`
	JSON  bool   `name:"json" help:"For programs."`
}

// Help says what the flags do not.
func (replayCmd) Help() string {
	return "The stored tickets run through the policies of another configuration file, by what decides live: how many promises would have been kept, " +
		"how many reminders posted, by night too, and which tickets would have come to another end. Nothing is changed. What nobody can know is said at the end."
}

func (c replayCmd) Run(in *invocation) error {
	app.TuneMemory(in.getenv)
	with, err := config.Load(c.With)
	if err != nil {
		return err
	}
	s, err := openStore(in)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := upToDate(in.ctx, s); err != nil {
		return err
	}
	now, zone := rightNow(), cmp.Or(with.Calendar.Location, time.UTC)
	past := app.NewPast(in.ctx, s, with, now)
	result, err := replay.Make(in.ctx, s, c.Since.before(now), func(ctx context.Context, workspace string) (replay.Rules, error) {
		return past.Rules(ctx, workspace)
	}, now, zone)
	if err != nil {
		return fmt.Errorf("the replay cannot be made: %w", err)
	}
	if c.JSON {
		return printJSON(in, result)
	}
	out := bufio.NewWriter(in.stdout)
	tellReplay(out, result)
	return out.Flush()
}

// tellReplay writes a result for a terminal.
func tellReplay(w io.Writer, r replay.Result) {
	row := func(of string, before, after int) []string {
		return []string{of, strconv.Itoa(before), strconv.Itoa(after)}
	}
	fmt.Fprintf(w, "Tickets posted since %s, as it was and as it would have been\n", r.From.Format(time.RFC1123))
	table(w, "Promises and reminders", [][]string{
		{"", "was", "would be"},
		row("kept", r.Before.Kept, r.After.Kept), row("breached", r.Before.Breached, r.After.Breached),
		row("withdrawn", r.Before.Withdrawn, r.After.Withdrawn), row("open", r.Before.Open, r.After.Open),
		row("reminders", r.Before.Reminders, r.After.Reminders), row("by night", r.Before.Night, r.After.Night),
	})
	rows := [][]string{{"who", "reminders were", "would be", "by night were", "would be"}}
	for _, p := range bothSides(r) {
		rows = append(rows, []string{
			mrkdwn.Printable(p.called), strconv.Itoa(p.was.Reminders), strconv.Itoa(p.would.Reminders), strconv.Itoa(p.was.Night), strconv.Itoa(p.would.Night),
		})
	}
	table(w, "Who is reminded", rows)
	rows = [][]string{{"ticket", "clock", "was", "would be", "policy"}}
	for _, c := range r.Changed[:min(len(r.Changed), mostTold)] {
		rows = append(rows, []string{
			mrkdwn.Printable(c.Ticket), string(c.Clock), cmp.Or(string(c.Before), "–"), cmp.Or(string(c.After), "–"), mrkdwn.Printable(c.NewPolicy),
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

// pair is somebody, as it was and as it would be.
type pair struct {
	called     string
	was, would replay.Person
}

// bothSides puts people of both sides together, in the order of before, and then those who are new.
func bothSides(r replay.Result) (all []pair) {
	at := map[[2]string]int{}
	for _, p := range r.Before.People {
		at[[2]string{p.Workspace, p.ID}] = len(all)
		all = append(all, pair{called: cmp.Or(p.Name, p.ID), was: p})
	}
	for _, p := range r.After.People {
		i, met := at[[2]string{p.Workspace, p.ID}]
		if !met {
			i, all = len(all), append(all, pair{called: cmp.Or(p.Name, p.ID)})
		}
		all[i].would = p
	}
	return all
}
