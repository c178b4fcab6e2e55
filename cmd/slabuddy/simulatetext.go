package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

const timeShown = "Mon 2 Jan 15:04:05 MST"

func printSimulated(w io.Writer, s simulated) {
	tickets := s.Tickets
	if len(tickets) == 0 {
		tickets = []simulatedTicket{{s.Ticket, s.started}}
	}
	if len(tickets) > 1 {
		fmt.Fprintf(w, "This message carries %d tickets.\n\n", len(tickets))
	}
	for i, t := range tickets {
		if i > 0 {
			fmt.Fprintln(w)
		}
		printTicket(w, s, t)
	}
	if s.Opens {
		fmt.Fprintln(w, "\nNothing was posted, and Slack was not asked: slabuddy check --live says whether groups and people are there.\nA tier is skipped once an agent has replied.")
	}
}

func printTicket(w io.Writer, s simulated, t simulatedTicket) {
	if !t.Opens {
		what := "This message"
		if len(s.Tickets) > 1 {
			what = "Ticket " + t.ID
		}
		fmt.Fprintf(w, "%s opens nothing: %s.\n", what, t.Why)
		if t.ID != "" {
			fmt.Fprintf(w, "  %-9s %s\n", "Ticket", t.ID)
			printFields(w, t.Ticket)
		}
		return
	}
	fmt.Fprintf(w, "Ticket %s in %s, posted %s\n", t.ID, s.Channel, s.PostedAt.In(t.zone).Format(timeShown))
	printFields(w, t.Ticket)
	fmt.Fprintf(w, "Policy %s, deadline %s\n", t.Policy, t.Deadline.In(t.zone).Format(timeShown))
	if t.Hours != "" && t.Hours != policy.AroundTheClock {
		fmt.Fprintf(w, "  counted in %s (%s)\n", t.Hours, t.zone)
	}
	for _, run := range t.Clocks {
		printRun(w, run, t.zone)
	}
}

// printRun prints a clock: its deadline, how that is counted, and its tiers.
func printRun(w io.Writer, run plannedRun, zone *time.Location) {
	within := config.FormatWorkTime(time.Duration(run.Within) * time.Second)
	switch {
	case run.Deadline.IsZero():
		fmt.Fprintf(w, "\nThe next reply, within %s of what the customer writes after the first one\n", within)
	case run.Clock != policy.FirstReply:
		fmt.Fprintf(w, "\nThe %s within %s, deadline %s\n", run.Clock.Words(), within, run.Deadline.In(zone).Format(timeShown))
	}
	if run.Sum != "" {
		fmt.Fprintf(w, "  %s\n", run.Sum)
	}
	if len(run.Pause) > 0 {
		var words []string
		for _, s := range run.Pause {
			words = append(words, string(s))
		}
		fmt.Fprintf(w, "  waits while the ticket is %s\n", strings.Join(words, " or "))
	}
	for _, p := range run.Tiers {
		printTier(w, p, len(run.Tiers), zone)
	}
}

func printTier(w io.Writer, p plannedTier, of int, zone *time.Location) {
	when := p.At.In(zone).Format(timeShown)
	before, after := config.FormatWorkTime(time.Duration(p.Before)*time.Second), config.FormatWorkTime(time.Duration(p.After)*time.Second)
	switch {
	case p.At.IsZero() && p.Before > 0:
		when = before + " before its deadline"
	case p.At.IsZero():
		when = after + " after that"
	case p.Before > 0:
		when += ", " + before + " before the deadline"
	}
	fmt.Fprintf(w, "\nTier %d of %d, %s: %s\n", p.Tier, of, when, strings.Join(policy.Tier{Notify: p.Notify, Page: p.Page}.Words(), ", "))
	if len(p.Notify) > 0 && !p.At.IsZero() {
		fmt.Fprintf(w, "  pings %s\n", pinged(p.Mention))
	}
	if p.Page != "" {
		fmt.Fprintf(w, "  pages %s\n", p.Page)
	}
	for _, g := range p.Gaps {
		fmt.Fprintf(w, "  %s\n", gapLine(g))
	}
	if p.Message != "" {
		fmt.Fprintf(w, "  says %q\n", p.Message)
	}
}

// printFields says what was read of a ticket, what was not read included: that shows a pattern that misses.
func printFields(w io.Writer, t escalation.Ticket) {
	for _, f := range []struct{ name, value string }{
		{"Subject", t.Subject}, {"Customer", t.Customer}, {"Priority", t.Priority}, {"Type", t.Type}, {"Link", t.Link},
	} {
		fmt.Fprintf(w, "  %-9s %s\n", f.name, cmp.Or(f.value, "-"))
	}
}

func pinged(rs []circle.Recipient) string {
	if len(rs) == 0 {
		return "nobody"
	}
	var names []string
	for _, r := range rs {
		switch r.Kind {
		case circle.ToHere:
			names = append(names, "everybody active in the channel")
		case circle.ToChannel:
			names = append(names, "everybody in the channel")
		default:
			names = append(names, strings.TrimSpace(r.Name+" "+r.ID))
		}
	}
	return strings.Join(names, ", ")
}

func gapLine(g circle.Gap) string {
	why := map[circle.GapReason]string{
		circle.GapNobody:    "nobody is in it then",
		circle.GapNoRoster:  "the calendar is not configured, or not known for that time",
		circle.GapNoProduct: "the ticket's type names no product",

		circle.GapNoAssignee: "the help desk has named nobody yet",
	}[g.Reason]
	switch {
	case g.Here:
		return fmt.Sprintf("%s is empty: %s; the last resort takes its place", g.Circle, why)
	case g.GaveTo == 0:
		return fmt.Sprintf("%s is empty: %s", g.Circle, why)
	}
	return fmt.Sprintf("%s is empty: %s; tier %d's circle takes its place", g.Circle, why, g.GaveTo)
}
