package main

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/live"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

type checkCmd struct {
	Live    bool `xor:"where" help:"Also ask Slack, the help desk and the calendar: scopes, membership, names, the last messages of each channel. Posts nothing."`
	Offline bool `xor:"where" help:"Ask nobody: neither tokens nor a network are needed. This is the default."`
	JSON    bool `help:"For programs."`
}

// checked is what check found.
type checked struct {
	OK          bool                `json:"ok"`
	File        string              `json:"file,omitempty"`
	Problems    []config.Problem    `json:"problems"`
	Environment []config.EnvProblem `json:"environment"`
	Look        []config.Problem    `json:"look"`            // what is not wrong in the file, but to be looked at
	Unset       []config.EnvProblem `json:"unset"`           // what serve needs of the environment, and is not set here
	Slips       []config.EnvProblem `json:"slips,omitempty"` // variables that are misspelt, it seems
	Error       string              `json:"error,omitempty"` // why the file could not be read at all
	Live        []live.Finding      `json:"live,omitempty"`
}

var errNotRight = errors.New("not everything is right")

// The marks of what was found.
const (
	markRight = "✓"
	markLook  = "!"
	markWrong = "✗"
)

func (cmd checkCmd) Run(in *invocation) error {
	c, env, unset, err := cmd.configured(in)
	if cmd.JSON {
		return cmd.printJSON(in, c, env, unset, err)
	}
	if err != nil {
		fmt.Fprintln(in.stderr, marked(markWrong, err.Error()))
		return silent{err}
	}
	describe(in, c)
	printLooks(in, c, unset)
	if !cmd.Live {
		return nil
	}
	return printLive(in, c, env)
}

// configured reads the configuration and the environment. Offline, what serving needs and is not set is no
// error: a file is checked where it is written, and secrets are elsewhere.
func (cmd checkCmd) configured(in *invocation) (c *config.Config, env config.Env, unset []config.EnvProblem, err error) {
	c, env, err = configured(in)
	if cmd.Live {
		return c, env, nil, err
	}
	_, malformed := config.ReadEnv(in.getenv, nil)
	var bad, all *config.EnvError
	errors.As(malformed, &bad)
	var errs []error
	for _, part := range parts(err) {
		if !errors.As(part, &all) {
			errs = append(errs, part)
		}
	}
	if all != nil {
		unset = slices.DeleteFunc(slices.Clone(all.Problems), func(p config.EnvProblem) bool { return bad != nil && slices.Contains(bad.Problems, p) })
	}
	return c, env, unset, errors.Join(append(errs, malformed)...)
}

// marked puts a mark before each finding of a text; the lines that explain one are set in.
func marked(mark, text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "    ") {
			lines[i] = mark + " " + line
		}
	}
	return strings.Join(lines, "\n")
}

// printLooks prints what is not wrong and should be looked at.
func printLooks(in *invocation, c *config.Config, unset []config.EnvProblem) {
	if len(c.Looks) > 0 {
		fmt.Fprintln(in.stdout, marked(markLook, (&config.Error{File: c.File, Problems: c.Looks}).Error()))
	}
	if len(in.slips) > 0 {
		fmt.Fprintln(in.stdout, marked(markLook, (&config.EnvError{Problems: in.slips}).Error()))
	}
	if len(unset) > 0 {
		fmt.Fprintln(in.stdout, marked(markLook, "Before it can serve:\n    "+strings.ReplaceAll((&config.EnvError{Problems: unset}).Error(), "\n", "\n    ")))
	}
}

// printLive asks, and prints each finding as it comes.
func printLive(in *invocation, c *config.Config, env config.Env) error {
	workspace, look, out := "", len(c.Looks)+len(in.slips) > 0, plainly(in.stdout)
	err := ask(in, c, env, func(f live.Finding) {
		if f.Workspace != workspace {
			workspace = f.Workspace
			fmt.Fprintf(in.stdout, "\nWorkspace %s\n", workspace)
		}
		mark := markRight
		switch {
		case !f.OK:
			mark = markWrong
		case f.Look:
			mark, look = markLook, true
		case f.Area == live.Left:
			mark = " " // neither right nor wrong
		}
		fmt.Fprintf(out, "%s %s\n", mark, f.Says)
		if f.Fix != "" {
			fmt.Fprintf(out, "  → %s\n", f.Fix)
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

func (cmd checkCmd) printJSON(in *invocation, c *config.Config, env config.Env, unset []config.EnvProblem, err error) error {
	report := checked{OK: err == nil, Problems: []config.Problem{}, Environment: []config.EnvProblem{}, Look: []config.Problem{}, Unset: []config.EnvProblem{}}
	report.Unset, report.Slips = append(report.Unset, unset...), in.slips
	if c != nil {
		report.File = c.File
		report.Look = append(report.Look, c.Looks...)
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
	fmt.Fprintf(in.stdout, "%s Good: %s.\n", markRight, from)
	if kind, _ := helpdesk.Find(c.DeskKind); kind.Name != helpdesk.NoneKind {
		fmt.Fprintf(in.stdout, "Help desk %s: %s\n", kind.Name, kind.Says())
	}
	if len(c.Channels) == 0 {
		fmt.Fprintln(in.stdout, "It names no channel: name one under `channels`, or type /sla-setup in it, in Slack.")
	}
	for _, id := range slices.Sorted(maps.Keys(c.Channels)) {
		describeChannel(in, c, id, c.Channels[id])
	}
}

func describeChannel(in *invocation, c *config.Config, id string, ch policy.Channel) {
	fmt.Fprintf(in.stdout, "%s: %s\n", id, policyLine(c, ch, ch.For("")))
	for _, choice := range ch.Choose {
		fmt.Fprintf(in.stdout, "  %s: %s\n", conditions(choice), policyLine(c, ch, choice.Policy))
	}
	for _, priority := range slices.Sorted(maps.Keys(ch.ByPriority)) {
		fmt.Fprintf(in.stdout, "  priority %s: %s\n", priority, policyLine(c, ch, ch.ByPriority[priority]))
	}
}

// conditions are what a choice asks of a ticket.
func conditions(choice policy.Choice) string {
	var asks []string
	for _, c := range []struct {
		name  string
		words []string
	}{{"priority", choice.Priorities}, {"type", choice.Types}, {"product", choice.Products}} {
		if len(c.words) > 0 {
			asks = append(asks, c.name+" "+strings.Join(c.words, " or "))
		}
	}
	if choice.Customer != nil {
		asks = append(asks, "customer like "+choice.Customer.String())
	}
	return strings.Join(asks, ", ")
}

// policyLine is a policy of a channel, with the tiers of each clock and the hours that they count in.
func policyLine(c *config.Config, ch policy.Channel, name string) string {
	p := c.Policies[name]
	in, format := ch.HoursOf(p), config.FormatWorkTime
	if in == "" || in == policy.AroundTheClock {
		in, format = "", config.FormatDuration
	} else {
		in = ", in hours " + in
	}
	line := name
	for _, promised := range p.Promises() {
		var tiers []string
		for _, t := range promised.Tiers {
			when := format(t.After)
			if t.Before > 0 {
				when = format(t.Before) + " before"
			}
			tiers = append(tiers, when+" "+strings.Join(t.Words(), "+"))
		}
		if promised.Clock != policy.FirstReply {
			line += ", " + promised.Clock.Words() + " within " + format(promised.Target())
		}
		line += " (" + strings.Join(tiers, ", ") + ")"
	}
	return line + in
}
