package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/handlers/reportpage"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
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

// mostTold is how many breaches are listed on a terminal: HTML and JSON list more.
const mostTold = 20

// printReport prints a report for a terminal.
func printReport(w io.Writer, r report.Report) {
	const form = "Mon 2 Jan 2006 15:04"
	zone := zoneOf(r)
	fmt.Fprintf(w, "%s\n\n%s posted from %s to %s (%s)\n", r.Sentence(), mrkdwn.Plural(r.Whole().All(), "ticket"), r.From.In(zone).Format(form), r.To.In(zone).Format(form), r.Zone)
	printTallies(w, r)
	printWaits(w, r)
	printBreaches(w, r, zone)
	printPeople(w, r)
	printBot(w, r, zone)
	for _, limit := range r.Limits {
		fmt.Fprintf(w, "\nNote: %s", limit)
	}
	if len(r.Limits) > 0 {
		fmt.Fprintln(w)
	}
}

// zoneOf is the report's zone; UTC where this machine does not know it.
func zoneOf(r report.Report) *time.Location {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// table writes rows under a title; none, and nothing at all, if there are no rows.
func table(w io.Writer, title string, rows [][]string) {
	if len(rows) < 2 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, "  "+strings.Join(row, "\t"))
	}
	t.Flush()
}

func printTallies(w io.Writer, r report.Report) {
	before := map[[2]string]report.Counts{}
	for _, t := range r.Before {
		before[[2]string{string(t.Clock), t.Policy}] = t.Counts
	}
	rows := [][]string{{"clock", "policy", "kept", "breached", "withdrawn", "open", "in time", "before"}}
	for _, t := range r.Clocks {
		policy := t.Policy
		if policy == "" {
			policy = "all"
		}
		rows = append(rows, []string{
			t.Clock.Words(), plain.Line(policy), fmt.Sprint(t.Kept), fmt.Sprint(t.Breached), fmt.Sprint(t.Withdrawn), fmt.Sprint(t.Open),
			inTime(t.Counts), inTime(before[[2]string{string(t.Clock), t.Policy}]),
		})
	}
	table(w, "Promises", rows)
	rows = [][]string{{"week of", "clock", "kept", "breached", "withdrawn", "open", "in time"}}
	for _, t := range r.Weeks {
		rows = append(rows, []string{t.Week, t.Clock.Words(), fmt.Sprint(t.Kept), fmt.Sprint(t.Breached), fmt.Sprint(t.Withdrawn), fmt.Sprint(t.Open), inTime(t.Counts)})
	}
	table(w, "By week", rows)
	rows = [][]string{{"priority", "clock", "kept", "breached", "withdrawn", "open", "in time"}}
	for _, t := range r.Priorities {
		rows = append(rows, []string{plain.Line(t.Priority), t.Clock.Words(), fmt.Sprint(t.Kept), fmt.Sprint(t.Breached), fmt.Sprint(t.Withdrawn), fmt.Sprint(t.Open), inTime(t.Counts)})
	}
	table(w, "By priority", rows)
}

func inTime(c report.Counts) string {
	if percent, ok := c.Attainment(); ok {
		return report.Percent(percent)
	}
	return "–"
}

func printWaits(w io.Writer, r report.Report) {
	if r.FirstReply.Real.Count == 0 {
		return
	}
	row := func(of string, now, before report.Latency) []string {
		was := []string{"–", "–"}
		if before.Count > 0 {
			was = []string{report.Length(before.Median), report.Length(before.P90)}
		}
		return append([]string{of, report.Length(now.Median), report.Length(now.P90)}, was...)
	}
	table(w, fmt.Sprintf("First reply, of %s", mrkdwn.Plural(r.FirstReply.Real.Count, "answered ticket")), [][]string{
		{"", "median", "90 of 100 within", "median before", "90 of 100 before"},
		row("real time", r.FirstReply.Real, r.FirstReplyBefore.Real), row("working time", r.FirstReply.Working, r.FirstReplyBefore.Working),
	})
}

func printBreaches(w io.Writer, r report.Report, zone *time.Location) {
	rows := [][]string{{"cause", "breaches"}}
	for _, c := range r.Causes {
		rows = append(rows, []string{string(c.Cause), fmt.Sprint(c.Count)})
	}
	table(w, "Why promises broke", rows)
	rows = [][]string{{"broken at", "ticket", "promise", "why", "late by", "customer", "subject"}}
	for _, b := range r.Breaches[:min(len(r.Breaches), mostTold)] {
		rows = append(rows, []string{
			b.At.In(zone).Format("Mon 2 Jan 15:04"), plain.Line(b.Ticket.ID), b.Clock.Words(), plain.Line(b.Because()), b.Late(),
			mrkdwn.Cut(plain.Line(b.Ticket.Customer), 24), mrkdwn.Cut(plain.Line(b.Ticket.Subject), 48),
		})
	}
	title := "Breaches, the latest first"
	if more := len(r.Breaches) + r.Unlisted - mostTold; more > 0 {
		title += fmt.Sprintf(" (and %d more: --html lists them)", more)
	}
	table(w, title, rows)
}

func printPeople(w io.Writer, r report.Report) {
	rows := [][]string{{"who", "reminders", "by night", "hours of shift", "an hour"}}
	for _, p := range r.People {
		shift, each := "–", "–"
		if p.ShiftHours > 0 {
			shift, each = fmt.Sprintf("%.0f", p.ShiftHours), fmt.Sprintf("%.2f", p.PerShiftHour())
		}
		rows = append(rows, []string{plain.Line(p.Called()), fmt.Sprint(p.Reminders), fmt.Sprint(p.Night), shift, each})
	}
	fmt.Fprintf(w, "\nReminders: %d posted, %d of them by night; spared: %d because a higher tier spoke for them, %d because the ticket was answered or withdrawn first\n",
		r.Reminders.Posted, r.Reminders.Night, r.Reminders.Superseded, r.Reminders.Unneeded)
	table(w, "Who was reminded", rows)
	for _, said := range r.Coverage() {
		fmt.Fprintf(w, "\n%s\n", said)
	}
}

func printBot(w io.Writer, r report.Report, zone *time.Location) {
	b := r.Bot
	fmt.Fprintf(w, "\nThe bot itself: half of its reminders within %s of their time, 99 of 100 within %s, the latest %s; %d late by a minute or more, %d failed, %d posted without a word from the help desk\n",
		report.Length(b.P50), report.Length(b.P99), report.Length(b.Most), b.Late, b.Failed, b.Silent)
	for _, s := range b.Blind {
		fmt.Fprintf(w, "  blind %s to %s: %s (%s)\n", s.From.In(zone).Format("Mon 2 Jan 15:04"), s.To.In(zone).Format("15:04"),
			mrkdwn.Plural(s.Tickets, "ticket"), plain.Line(strings.Join(s.Some, ", ")))
	}
}
