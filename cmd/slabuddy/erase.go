package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app/upkeep"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/erasure"
	"github.com/slabuddy/slabuddy/escalation/slackid"
	"github.com/slabuddy/slabuddy/store"
)

type eraseCmd struct {
	Known     []string `arg:"" optional:"" name:"who" help:"What the person is known by: Slack id, e-mail address, full name; any number of them."`
	Workspace string   `help:"Erase all of a workspace in place of a person; its bot is to be uninstalled there before." placeholder:"T…"`
	Yes       bool     `help:"Do it. Without this it only tells what it would do."`
}

func (eraseCmd) Help() string {
	return `Everywhere in the database, a Slack id becomes one that nobody has, and a name or an address "(erased)". What is still worked with
is left alone and told of: tickets that are open, jobs that are not finished, settings in force. Take the person off the team first,
in Slack, in slabuddy.yaml and in the calendar. It may run beside the bot.

With --workspace, all rows of a workspace that has uninstalled the bot are deleted: tickets, settings, jobs, and its token. The bot does
that by itself, retention.uninstalled after an uninstall.`
}

// Validate lets kong refuse what would be found everywhere.
func (c eraseCmd) Validate() error {
	switch {
	case c.Workspace == "" && len(c.Known) == 0:
		return errors.New("say who is to be erased, or which --workspace")
	case c.Workspace != "" && len(c.Known) > 0:
		return errors.New("erase either a person or a --workspace")
	case c.Workspace != "":
		if !slackid.IsWorkspace(c.Workspace) {
			return fmt.Errorf("%q is no workspace's id: it begins with T", c.Workspace)
		}
		return nil
	}
	_, err := erasure.New(c.Known, "")
	return err
}

func (c eraseCmd) Run(in *invocation) error {
	if c.Workspace != "" {
		return c.eraseWorkspace(in)
	}
	e, err := erasure.New(c.Known, rand.Text()[:6])
	if err != nil {
		return err
	}
	if err := notInFile(in, e); err != nil {
		return err
	}
	s, err := openStore(in)
	if err != nil {
		return err
	}
	defer s.Close()
	done, err := s.Rewrite(in.ctx, e.Text, c.Yes)
	switch {
	case errors.Is(err, store.ErrInForce):
		return errors.New("they are on the team, set up from Slack: take them off it there first (/add-support-engineer); nothing was changed")
	case err != nil && c.Yes:
		return fmt.Errorf("not all of it is erased, run this again: %w", err)
	case err != nil:
		return err
	}
	changed, left := 0, map[string]int{}
	for _, r := range done {
		changed += r.Changed
		left[r.Table] += r.Left
	}
	if c.Yes {
		fmt.Fprintf(in.stdout, "Erased in %s.\n", counted(changed, "place"))
	} else {
		fmt.Fprintf(in.stdout, "It would be erased in %s. Nothing was changed: add --yes to do it. It cannot be undone.\n", counted(changed, "place"))
	}
	printLeft(in, left)
	fmt.Fprintln(in.stdout, "Not touched: Slack, the help desk, the calendar, logs and backups.")
	return nil
}

func (c eraseCmd) eraseWorkspace(in *invocation) error {
	s, err := openStore(in)
	if err != nil {
		return err
	}
	defer s.Close()
	if !c.Yes {
		fmt.Fprintf(in.stdout, "All of %s would be deleted: its tickets, settings, jobs and token. Nothing was changed: add --yes to do it. It cannot be undone.\n", c.Workspace)
		return nil
	}
	rows, err := upkeep.EraseWorkspace(in.ctx, s, c.Workspace, rightNow())
	switch {
	case errors.Is(err, store.ErrInstalled):
		return fmt.Errorf("the bot is installed in %s: have it removed there first (Apps, SLA Buddy, Configuration, Remove App); nothing was changed", c.Workspace)
	case err != nil:
		return fmt.Errorf("not all of it is erased, run this again: %w", err)
	}
	fmt.Fprintf(in.stdout, "Erased %s of %s.\n", counted(rows, "row"), c.Workspace)
	fmt.Fprintln(in.stdout, "What the help desk reported names no workspace and stays: a running bot deletes it a day after it came. Not touched: Slack, the help desk, the calendar, logs and backups.")
	return nil
}

// notInFile refuses to erase whom the configuration names: they would be back at once.
func notInFile(in *invocation, e erasure.Erasure) error {
	c, err := config.Load(in.configPath)
	if err != nil || c.File == "" {
		return err
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the configuration once more: %w", err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		if e.Text(line) != line {
			return fmt.Errorf("%s names them in line %d: take them out there first, and reload", c.File, i+1)
		}
	}
	return nil
}

// printLeft says what still names them, and what to do about it.
func printLeft(in *invocation, left map[string]int) {
	for _, l := range []struct{ table, noun, do string }{
		{"timelines", "open ticket", "run this again once closed"},
		{"jobs", "unfinished job", "run this again once ended"},
		{"settings", "setting in force", "change it in Slack (/sla-setup), and run this again"},
	} {
		if n := left[l.table]; n > 0 {
			fmt.Fprintf(in.stdout, "Left alone, and still naming them: %s; %s.\n", counted(n, l.noun), l.do)
		}
	}
}
