package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
)

// Exit codes, as scripts see them.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2
)

// cli is the command line. Names of commands and flags are part of the contract.
type cli struct {
	Config string `help:"Configuration file: slabuddy.yaml, if there is one. Without it the defaults hold." placeholder:"FILE" env:"SLABUDDY_CONFIG"`

	Serve    serveCmd    `cmd:"" help:"Run the bot. Migrates its database first; SIGHUP reloads the configuration."`
	Demo     demoCmd     `cmd:"" help:"Show the whole thing with nothing installed or configured."`
	Check    checkCmd    `cmd:"" help:"Validate the configuration and the environment."`
	Simulate simulateCmd `cmd:"" help:"Tell what a Slack message would start: due times, tiers, who is pinged, and why. Posts nothing."`
	Hours    hoursCmd    `cmd:"" help:"Tell when working hours are open and when closed, and why; with --add, when so much working time has passed."`
	Manifest manifestCmd `cmd:"" help:"Print the Slack app manifest: what Slack makes the app of."`
	Health   healthCmd   `cmd:"" help:"Ask the bot on this machine whether it is alive, or with --ready fit for work."`
	Queue    queueCmd    `cmd:"" help:"Look at the jobs, and mend them."`
	Export   exportCmd   `cmd:"" help:"Print the timelines for a review: who was reminded when, who replied when, deadlines met and breached."`
	Report   reportCmd   `cmd:"" help:"Tell how the team did: promises kept and broken, when and why, and who was reminded how often."`
	Replay   replayCmd   `cmd:"" help:"Tell what another configuration's policies would have done with the stored tickets."`
	Erase    eraseCmd    `cmd:"" help:"Take what names a person out of the database."`
	Move     moveCmd     `cmd:"" help:"Take everything from SQLite to Postgres."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to date, or show where it stands."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// invocation is what a command runs with.
type invocation struct {
	ctx        context.Context
	getenv     func(string) string
	slips      []config.EnvProblem // variables that are misspelt, it seems
	configPath string
	stdout     io.Writer
	stderr     io.Writer
}

// silent is an error whose text has been shown already.
type silent struct{ error }

// run is the program: it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, slips []config.EnvProblem, stdout, stderr io.Writer) int {
	var (
		c      cli
		helped bool
	)
	parser, err := kong.New(&c, kong.Name("slabuddy"),
		kong.Description("SLA Buddy reminds a support team, in Slack, of tickets nobody has answered yet."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { helped = true }))
	if err != nil {
		fmt.Fprintln(stderr, "slabuddy:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	switch {
	case helped:
		return exitDone
	case err != nil:
		fmt.Fprintf(stderr, "slabuddy: %s\nTry: %s --help\n", withoutAddresses(err.Error(), args), meant(err))
		return exitMisuse
	}
	err = command.Run(&invocation{ctx, getenv, slips, c.Config, stdout, stderr})
	var quiet silent
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &quiet):
		return exitFailed
	}
	fmt.Fprintln(stderr, "slabuddy:", err)
	return exitFailed
}

// withoutAddresses cuts the addresses that stand on a command line out of what is said of it: one may hold a password.
func withoutAddresses(said string, args []string) string {
	for _, arg := range args {
		if _, address, _ := strings.Cut(arg, "://"); address != "" {
			quoted := strings.Trim(strconv.Quote(address), `"`)
			said = strings.NewReplacer(address, "…", quoted, "…").Replace(said)
		}
	}
	return said
}

// meant is the command that a command line goes wrong in.
func meant(err error) string {
	words := []string{"slabuddy"}
	if wrong := (*kong.ParseError)(nil); errors.As(err, &wrong) {
		for _, p := range wrong.Context.Path {
			if p.Command != nil {
				words = append(words, p.Command.Name)
			}
		}
	}
	return strings.Join(words, " ")
}

// version is set by the release build; other builds tell what Go recorded of their module.
var version = ""

type versionCmd struct{}

func (versionCmd) Run(in *invocation) error {
	_, err := fmt.Fprintf(in.stdout, "slabuddy %s (%s, %s/%s)\n", currentVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func currentVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
