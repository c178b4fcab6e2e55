package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
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
	Tiers    []plannedTier `json:"tiers,omitempty"` // the first reply's
	Hours    string        `json:"hours,omitempty"` // that all of it counts in; "": around the clock
	Clocks   []plannedRun  `json:"clocks,omitempty"`

	zone *time.Location // of the hours
}

// plannedRun is one clock's run.
type plannedRun struct {
	Clock    policy.ClockKind `json:"clock"`
	Within   int64            `json:"within"`            // seconds, in the hours
	Deadline time.Time        `json:"deadline,omitzero"` // zero: it starts with what the customer writes after the first reply
	Sum      string           `json:"sum,omitempty"`     // how the time until the deadline is counted
	Pause    []desk.Status    `json:"pause,omitempty"`   // it waits meanwhile
	Tiers    []plannedTier    `json:"tiers"`
}

// plannedTier is what one tier would do.
type plannedTier struct {
	Tier    int                `json:"tier"`
	At      time.Time          `json:"at,omitzero"`
	Before  int64              `json:"before,omitempty"` // seconds before the deadline
	After   int64              `json:"after,omitempty"`  // seconds after the clock's start
	Notify  []string           `json:"notify"`
	Mention []circle.Recipient `json:"mention"`
	Gaps    []circle.Gap       `json:"gaps,omitempty"`
	Message string             `json:"message,omitempty"`
	Page    string             `json:"page,omitempty"`
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
	printSimulated(in.stdout, result)
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
	settings := inForce(in, c, env, m, policy)
	t := escalation.Begin("simulated", m, policy, settings, m.PostedAt)
	roster, err := rosterAt(in.ctx, c, env, m.PostedAt)
	if err != nil {
		fmt.Fprintf(in.stderr, "The calendar could not be read, so the circles that it answers for are empty: %v\n", err)
	}
	h := settings.HoursOf(t)
	s = started{Opens: true, Policy: policy.Name, Deadline: t.FirstReply().Deadline, Hours: t.Hours, zone: h.Zone()}
	for _, clock := range t.Clocks {
		run := plannedRun{Clock: clock.Kind, Within: seconds(clock.Target), Deadline: clock.Deadline, Pause: clock.Pause, Tiers: []plannedTier{}}
		if h != nil && !clock.Deadline.IsZero() {
			run.Sum = h.Breakdown(clock.Start, clock.Deadline, nil)
		}
		s.Clocks = append(s.Clocks, run)
	}
	for i, p := range escalation.Plan(t, roster, groupsOf(policy), settings) {
		tier := plannedTier{
			Tier: p.Tier, At: p.At, Before: seconds(p.Before), After: seconds(p.After),
			Notify: p.Notify, Mention: withoutStandIns(p.Mention), Gaps: p.Gaps, Message: p.Message, Page: p.Page,
		}
		run := slices.IndexFunc(t.Clocks, func(c escalation.Clock) bool { return i < c.First+c.Tiers })
		s.Clocks[run].Tiers = append(s.Clocks[run].Tiers, tier)
	}
	s.Tiers = s.Clocks[0].Tiers
	return s
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// inForce are the settings with the hours that the ticket's policy counts in, as the calendars of closed days
// have them.
func inForce(in *invocation, c *config.Config, env config.Env, m escalation.Message, policy policy.Policy) *escalation.Settings {
	settings := c.Settings
	name := settings.Channels[m.Channel].HoursOf(policy)
	if len(c.WorkingHours[name].Calendars) == 0 {
		return &settings
	}
	h, err := app.HoursRead(in.ctx, name, c, env, slog.New(slog.DiscardHandler), m.PostedAt)
	if err != nil {
		fmt.Fprintf(in.stderr, "The calendars of closed days could not be read, so what they close counts as open: %v\n", err)
		return &settings
	}
	settings.Hours = maps.Clone(settings.Hours)
	settings.Hours[name] = h
	return &settings
}

// taken is the directory of a workspace that is not asked: the user groups in it are taken to exist, and so is
// everybody with an e-mail address. Handle and address stand in for the ids, which only Slack knows.
type taken map[string]bool

// groupsOf are the handles that the policy names. Engineers among them are found before a group is looked for.
func groupsOf(policy policy.Policy) taken {
	groups := taken{}
	for _, word := range policy.Words() {
		if handle, is := strings.CutPrefix(word, "@"); is {
			groups[handle] = true
		}
	}
	return groups
}

func (g taken) Group(_, handle string) (id string, ok bool) { return "@" + handle, g[handle] }

func (taken) Gone(string, string) bool { return false }

func (taken) Zone(string, string) *time.Location { return nil }

func (taken) UserByEmail(_, email string) (id string, ok bool) { return email, true }

// withoutStandIns takes out the ids that are none.
func withoutStandIns(rs []circle.Recipient) []circle.Recipient {
	shown := append([]circle.Recipient{}, rs...)
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
	reading, err := calendar.Read(ctx, source, c.Calendar.Matching, at)
	if err != nil {
		return nobody, err
	}
	schedule := c.Calendar.Matching.Schedule(reading)
	return func(t time.Time) calendar.Roster { return schedule.At(t, c.Calendar.StaleAfter) }, nil
}
