package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/live"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

type checkCmd struct {
	Live bool `help:"Also ask Slack, the help desk and the calendar: scopes, membership, names, the last messages of each channel. Posts nothing."`
	JSON bool `help:"For programs."`
}

// checked is what check found.
type checked struct {
	OK          bool                `json:"ok"`
	File        string              `json:"file,omitempty"`
	Problems    []config.Problem    `json:"problems"`
	Environment []config.EnvProblem `json:"environment"`
	Error       string              `json:"error,omitempty"` // why the file could not be read at all
	Live        []live.Finding      `json:"live,omitempty"`
}

var errNotRight = errors.New("not everything is right")

func (cmd checkCmd) Run(in *invocation) error {
	c, env, err := configured(in)
	if cmd.JSON {
		return cmd.printJSON(in, c, env, err)
	}
	if err != nil {
		return err
	}
	describe(in, c)
	if !cmd.Live {
		return nil
	}
	workspace, look := "", false
	err = ask(in, c, env, func(f live.Finding) {
		if f.Workspace != workspace {
			workspace = f.Workspace
			fmt.Fprintf(in.stdout, "\nWorkspace %s\n", workspace)
		}
		sign := "✓"
		switch {
		case !f.OK:
			sign = "✗"
		case f.Look:
			sign, look = "!", true
		}
		fmt.Fprintf(in.stdout, "%s %s\n", sign, f.Says)
		if f.Fix != "" {
			fmt.Fprintf(in.stdout, "  → %s\n", f.Fix)
		}
	})
	if errors.Is(err, errNotRight) {
		fmt.Fprintln(in.stdout, "\nPlease mend what is marked with ✗, and run this again.")
		return silent{err}
	}
	switch {
	case err == nil && look:
		fmt.Fprintln(in.stdout, "\nNothing is wrong. Please look at what is marked with !.")
	case err == nil:
		fmt.Fprintln(in.stdout, "\nAll is right.")
	}
	return err
}

// ask asks Slack, calendar and help desk.
func ask(in *invocation, c *config.Config, env config.Env, tell func(live.Finding)) error {
	right, err := app.CheckLive(in.ctx, app.Options{
		Config: c, Env: env, Version: currentVersion(), Now: func() time.Time { return time.Now().UTC() },
		Logger: slog.New(slog.NewTextHandler(in.stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}, tell)
	if err == nil && !right {
		err = errNotRight
	}
	return err
}

func (cmd checkCmd) printJSON(in *invocation, c *config.Config, env config.Env, err error) error {
	report := checked{OK: err == nil, Problems: []config.Problem{}, Environment: []config.EnvProblem{}}
	if c != nil {
		report.File = c.File
	}
	for _, err := range parts(err) {
		var bad *config.Error
		var env *config.EnvError
		switch {
		case errors.As(err, &bad):
			report.File, report.Problems = bad.File, bad.Problems
		case errors.As(err, &env):
			report.Environment = env.Problems
		default:
			report.Error = err.Error()
		}
	}
	if err == nil && cmd.Live {
		err = ask(in, c, env, func(f live.Finding) { report.Live = append(report.Live, f) })
		if report.OK = err == nil; err != nil && !errors.Is(err, errNotRight) {
			report.Error = err.Error()
		}
	}
	if printed := printJSON(in, report); printed != nil || err == nil {
		return printed
	}
	return silent{err}
}

// parts are the errors that were joined in err.
func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return nil
}

// describe tells a person what a good configuration comes to.
func describe(in *invocation, c *config.Config) {
	from := c.File
	if from == "" {
		from = "no configuration file: the defaults hold"
	}
	fmt.Fprintf(in.stdout, "Good: %s.\n", from)
	if kind, _ := helpdesk.Find(c.DeskKind); kind.Name != helpdesk.NoneKind {
		fmt.Fprintf(in.stdout, "Help desk %s: %s\n", kind.Name, kind.Says())
	}
	if len(c.Channels) == 0 {
		fmt.Fprintln(in.stdout, "It names no channel: name one under `channels`, or type /sla-setup in it, in Slack.")
	}
	for _, id := range sortedKeys(c.Channels) {
		ch := c.Channels[id]
		fmt.Fprintf(in.stdout, "%s: %s\n", id, policyLine(c, ch, ch.For("")))
		for _, priority := range sortedKeys(ch.ByPriority) {
			fmt.Fprintf(in.stdout, "  priority %s: %s\n", priority, policyLine(c, ch, ch.ByPriority[priority]))
		}
	}
}

// policyLine is a policy of a channel, with its tiers and the hours that they count in.
func policyLine(c *config.Config, ch escalation.ChannelPolicy, name string) string {
	policy := c.Policies[name]
	in, format := ch.HoursOf(policy), config.FormatWorkTime
	if in == escalation.AroundTheClock {
		in, format = "", config.FormatDuration
	} else {
		in = ", in hours " + in
	}
	var tiers []string
	for _, t := range policy.Tiers {
		tiers = append(tiers, format(t.After)+" "+strings.Join(t.Words(), "+"))
	}
	return name + " (" + strings.Join(tiers, ", ") + ")" + in
}
