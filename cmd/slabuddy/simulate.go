package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

type simulateCmd struct {
	Message string `required:"" help:"A Slack message as JSON: the message itself, an event, or the whole request. - reads standard input." placeholder:"FILE"`
	Channel string `help:"The channel it is posted in, if the message does not say." placeholder:"C…"`
	At      moment `help:"As if it were posted at this time, such as 2026-01-02T09:00:00Z, not at its own." placeholder:"TIME"`
	JSON    bool   `help:"For programs."`
}

// moment is a time on the command line.
type moment struct{ time.Time }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *moment) UnmarshalText(text []byte) (err error) {
	if m.Time, err = time.Parse(time.RFC3339, string(text)); err != nil {
		return fmt.Errorf("%q is no time; write it as 2026-01-02T09:00:00Z, or with a zone as 2026-01-02T09:00:00+01:00", text)
	}
	return nil
}

// simulated is what a message would start: what its ticket would. Of a message with several, the first is
// told like that of any other, and all of them in a list.
type simulated struct {
	Ticket   escalation.Ticket `json:"ticket"`
	Channel  string            `json:"channel"`
	PostedAt time.Time         `json:"posted_at"`
	started
	Tickets []simulatedTicket `json:"tickets,omitempty"`
}

// simulatedTicket is what one ticket of several would start.
type simulatedTicket struct {
	escalation.Ticket
	started
}

// started is what a ticket starts, or why it starts nothing.
type started struct {
	Policy   string        `json:"policy,omitempty"`
	Opens    bool          `json:"opens"`
	Why      string        `json:"why,omitempty"` // why not
	Deadline time.Time     `json:"deadline,omitzero"`
	Tiers    []plannedTier `json:"tiers,omitempty"`
}

// plannedTier is what one tier would do.
type plannedTier struct {
	Tier    int                    `json:"tier"`
	At      time.Time              `json:"at"`
	Notify  []string               `json:"notify"`
	Mention []escalation.Recipient `json:"mention"`
	Gaps    []escalation.Gap       `json:"gaps,omitempty"`
	Message string                 `json:"message,omitempty"`
	Page    string                 `json:"page,omitempty"`
}

func (cmd simulateCmd) Run(in *invocation) error {
	c, err := config.Load(in.configPath)
	if err != nil {
		return err
	}
	env, err := config.ReadEnv(in.getenv, nil)
	if err != nil {
		return err
	}
	sample, err := cmd.read(c, env)
	if err != nil {
		return err
	}
	result := simulate(in, c, env, sample)
	if cmd.JSON {
		return printJSON(in, result)
	}
	tell(in.stdout, result)
	return nil
}

// read reads the message and its ticket.
func (cmd simulateCmd) read(c *config.Config, env config.Env) (slackapp.Sample, error) {
	var data []byte
	var err error
	if cmd.Message == "-" {
		data, err = io.ReadAll(os.Stdin)
	} else {
		data, err = os.ReadFile(cmd.Message)
	}
	if err != nil {
		return slackapp.Sample{}, fmt.Errorf("read the message: %w", err)
	}
	m, err := slackapp.ReadSample(data, app.Reader(c, env))
	if err != nil {
		return m, err
	}
	if cmd.Channel != "" {
		m.Channel = cmd.Channel
	}
	if !cmd.At.IsZero() {
		m.PostedAt = cmd.At.UTC()
	}
	switch {
	case m.Channel == "":
		return m, errors.New("the message does not say its channel: name it with --channel C…")
	case m.PostedAt.IsZero():
		return m, errors.New("the message has no ts: say with --at when it is posted, such as --at 2026-01-02T09:00:00Z")
	}
	return m, nil
}

// simulate says what the message would start.
func simulate(in *invocation, c *config.Config, env config.Env, m slackapp.Sample) simulated {
	result := simulated{Channel: m.Channel, PostedAt: m.PostedAt, started: started{Why: m.Nothing}}
	for _, t := range m.Tickets {
		one := simulatedTicket{t, start(in, c, env, escalation.Message{Thread: m.Thread, PostedAt: m.PostedAt, Ticket: t})}
		result.Tickets = append(result.Tickets, one)
	}
	if len(result.Tickets) > 0 {
		result.Ticket, result.started = result.Tickets[0].Ticket, result.Tickets[0].started
	}
	if len(result.Tickets) == 1 {
		result.Tickets = nil
	}
	for _, t := range result.Tickets {
		result.Opens = result.Opens || t.Opens
	}
	return result
}

// start says what one ticket would start.
func start(in *invocation, c *config.Config, env config.Env, m escalation.Message) (s started) {
	policy, why := escalation.Opens(m, &c.Settings)
	if why != "" {
		return started{Why: why}
	}
	t := escalation.Begin("simulated", m, policy, &c.Settings, m.PostedAt)
	roster, err := rosterAt(in.ctx, c, env, m.PostedAt)
	if err != nil {
		fmt.Fprintf(in.stderr, "The calendar could not be read, so the circles that it answers for are empty: %v\n", err)
	}
	s = started{Opens: true, Policy: policy.Name, Deadline: t.FirstReply().Deadline}
	for _, p := range escalation.Plan(t, roster, groupsOf(policy), &c.Settings) {
		s.Tiers = append(s.Tiers, plannedTier{p.Tier, p.At, p.Notify, withoutStandIns(p.Mention), p.Gaps, p.Message, p.Page})
	}
	return s
}

// taken is the directory of a workspace that is not asked: the user groups in it are taken to exist, and so is
// everybody with an e-mail address. Handle and address stand in for the ids, which only Slack knows.
type taken map[string]bool

// groupsOf are the handles that the policy names. Engineers among them are found before a group is looked for.
func groupsOf(policy escalation.Policy) taken {
	groups := taken{}
	for _, tier := range policy.Tiers {
		for _, word := range tier.Notify {
			if handle, is := strings.CutPrefix(word, "@"); is {
				groups[handle] = true
			}
		}
	}
	return groups
}

func (g taken) Group(_, handle string) (id string, ok bool) { return "@" + handle, g[handle] }

func (taken) UserByEmail(_, email string) (id string, ok bool) { return email, true }

// withoutStandIns takes out the ids that are none.
func withoutStandIns(rs []escalation.Recipient) []escalation.Recipient {
	shown := append([]escalation.Recipient{}, rs...)
	for i := range shown {
		if strings.Contains(shown[i].ID, "@") {
			shown[i].ID = ""
		}
	}
	return shown
}

// rosterAt reads the calendar as far as one reading goes.
func rosterAt(ctx context.Context, c *config.Config, env config.Env, at time.Time) (func(time.Time) calendar.Roster, error) {
	nobody := func(t time.Time) calendar.Roster { return calendar.Roster{At: t} }
	source, err := app.CalendarSource(ctx, c, env, slog.New(slog.DiscardHandler))
	if err != nil || source == nil {
		return nobody, err
	}
	reading, err := calendar.Read(ctx, source, c.Calendar.Rules, at)
	if err != nil {
		return nobody, err
	}
	schedule := c.Calendar.Rules.Schedule(reading)
	return func(t time.Time) calendar.Roster { return schedule.At(t, c.Calendar.StaleAfter) }, nil
}

const timeShown = "Mon 2 Jan 15:04:05 MST"

func tell(w io.Writer, s simulated) {
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
		tellTicket(w, s, t)
	}
	if s.Opens {
		fmt.Fprintln(w, "\nNothing was posted, and Slack was not asked: slabuddy check --live says whether groups and people are there.\nA tier is skipped once an agent has replied.")
	}
}

func tellTicket(w io.Writer, s simulated, t simulatedTicket) {
	if !t.Opens {
		what := "This message"
		if len(s.Tickets) > 1 {
			what = "Ticket " + t.ID
		}
		fmt.Fprintf(w, "%s opens nothing: %s.\n", what, t.Why)
		if t.ID != "" {
			fmt.Fprintf(w, "  %-9s %s\n", "Ticket", t.ID)
			tellFields(w, t.Ticket)
		}
		return
	}
	fmt.Fprintf(w, "Ticket %s in %s, posted %s\n", t.ID, s.Channel, s.PostedAt.Format(timeShown))
	tellFields(w, t.Ticket)
	fmt.Fprintf(w, "Policy %s, deadline %s\n", t.Policy, t.Deadline.Format(timeShown))
	for _, p := range t.Tiers {
		fmt.Fprintf(w, "\nTier %d of %d, %s: %s\n", p.Tier, len(t.Tiers), p.At.Format(timeShown), strings.Join(escalation.Tier{Notify: p.Notify, Page: p.Page}.Words(), ", "))
		if len(p.Notify) > 0 {
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
}

// tellFields says what was read of a ticket, what was not read included: that shows a pattern that misses.
func tellFields(w io.Writer, t escalation.Ticket) {
	for _, f := range []struct{ name, value string }{
		{"Subject", t.Subject}, {"Customer", t.Customer}, {"Priority", t.Priority}, {"Type", t.Type}, {"Link", t.Link},
	} {
		fmt.Fprintf(w, "  %-9s %s\n", f.name, cmp.Or(f.value, "-"))
	}
}

func pinged(rs []escalation.Recipient) string {
	if len(rs) == 0 {
		return "nobody"
	}
	var names []string
	for _, r := range rs {
		switch r.Kind {
		case escalation.ToHere:
			names = append(names, "everybody active in the channel")
		case escalation.ToChannel:
			names = append(names, "everybody in the channel")
		default:
			names = append(names, strings.TrimSpace(r.Name+" "+r.ID))
		}
	}
	return strings.Join(names, ", ")
}

func gapLine(g escalation.Gap) string {
	why := map[escalation.GapReason]string{
		escalation.GapNobody:    "nobody is in it then",
		escalation.GapNoRoster:  "the calendar is not configured, or not known for that time",
		escalation.GapNoProduct: "the ticket's type names no product",

		escalation.GapNoAssignee: "the help desk has named nobody yet",
	}[g.Reason]
	switch {
	case g.Here:
		return fmt.Sprintf("%s is empty: %s; the last resort takes its place", g.Circle, why)
	case g.GaveTo == 0:
		return fmt.Sprintf("%s is empty: %s", g.Circle, why)
	}
	return fmt.Sprintf("%s is empty: %s; tier %d's circle takes its place", g.Circle, why, g.GaveTo)
}
