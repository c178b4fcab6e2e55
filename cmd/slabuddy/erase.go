package main

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/erasure"
)

type eraseCmd struct {
	Known []string `arg:"" name:"who" help:"What the person is known by: Slack id, e-mail address, full name; any number of them."`
	Yes   bool     `help:"Do it. Without this it only tells what it would do."`
}

func (eraseCmd) Help() string {
	return `Everywhere in the database, a Slack id becomes one that nobody has, and a name or an address "(erased)". What is still worked with
is left alone and told of: tickets that are open, jobs that are not finished, settings in force. Take the person off the team first,
in Slack, in slabuddy.yaml and in the calendar. It may run beside the bot.`
}

func (c eraseCmd) Run(in *invocation) error {
	e, err := erasure.New(c.Known, rand.Text()[:6])
	if err != nil {
		return err
	}
	if err := offTheTeam(in, e); err != nil {
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
	done, err := s.Rewrite(in.ctx, e.Text, c.Yes)
	if err != nil {
		return err
	}
	changed, left := 0, map[string]int{}
	for _, r := range done {
		changed += r.Changed
		left[r.Table] += r.Left
	}
	if c.Yes {
		fmt.Fprintf(in.stdout, "Erased in %s.\n", counted(changed, "row"))
	} else {
		fmt.Fprintf(in.stdout, "It would be erased in %s. Nothing was changed: add --yes to do it. It cannot be undone.\n", counted(changed, "row"))
	}
	tellLeft(in, left)
	fmt.Fprintln(in.stdout, "Not touched: Slack, the help desk, the calendar, logs and backups.")
	return nil
}

// offTheTeam refuses to erase whom the configuration names: they would be back at once.
func offTheTeam(in *invocation, e erasure.Erasure) error {
	c, err := config.Load(in.configPath)
	if err != nil {
		return err
	}
	for _, g := range c.Engineers {
		if who := strings.Join([]string{g.Name, g.Slack, g.Email}, "\n"); e.Text(who) != who {
			return fmt.Errorf("%s is an engineer in %s: take them out there first, and reload", g.Name, c.File)
		}
	}
	return nil
}

// tellLeft says what still names them, and what to do about it.
func tellLeft(in *invocation, left map[string]int) {
	for _, l := range []struct{ table, noun, do string }{
		{"timelines", "open ticket", "run this again once it is closed"},
		{"jobs", "unfinished job", "run this again when it has ended"},
		{"settings", "setting in force", "change it in Slack (/add-support-engineer, /sla-setup, /sla away), and run this again"},
	} {
		if n := left[l.table]; n > 0 {
			fmt.Fprintf(in.stdout, "Left as it is: %s that names them; %s.\n", counted(n, l.noun), l.do)
		}
	}
}
