package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/store/move"
)

// moveCmd takes the SQLite file of DATABASE_URL to Postgres. The address holds a password, which whoever
// looks at the machine's processes would read on the command line, so it comes in a variable.
type moveCmd struct {
	To   string `help:"The Postgres database. Better set in the variable: a command line is seen by everybody on the machine." placeholder:"postgres://…" env:"SLABUDDY_MOVE_TO"`
	Undo bool   `help:"Work with the SQLite file again after all, without what happened in Postgres since."`
}

// Help is shown by slabuddy move --help.
func (moveCmd) Help() string {
	return "Stop the bot first. The file is only read, and marked as moved in the end; the database has to be empty. Killed or stopped at any instant, the same command goes on where it was. In the end both sides are read back and compared."
}

// Validate: kong calls it while it reads the command line.
func (c *moveCmd) Validate() error {
	if c.To == "" && !c.Undo {
		return errors.New("say where to: SLABUDDY_MOVE_TO=postgres://user:password@host:5432/slabuddy (or --to)")
	}
	return nil
}

func (c *moveCmd) Run(in *invocation) error {
	env, err := config.ReadEnv(in.getenv, nil)
	if err != nil {
		return err
	}
	from := env.DatabaseURL.Reveal()
	if c.Undo {
		return undoMove(in, from)
	}
	m := &moving{in: in, began: rightNow()}
	fmt.Fprintln(in.stdout, "Moving. The bot has to be stopped until this has ended.")
	r, err := move.Run(in.ctx, move.Options{From: from, To: c.To, Now: rightNow, Report: m.report})
	if err != nil {
		return m.failed(r, err)
	}
	return m.done(r)
}

// moving tells people how it goes.
type moving struct {
	in    *invocation
	began time.Time
	told  time.Time
}

// reportEvery is how often a table that takes long is heard of.
const reportEvery = 5 * time.Second

func (m *moving) report(p move.Progress) {
	now := rightNow()
	switch {
	case p.Done && p.Rows == 0:
		return
	case p.Done:
		fmt.Fprintf(m.in.stdout, "  %-14s %10d rows  %6.1f s\n", p.Table, p.Rows, p.Took.Seconds())
	case now.Sub(m.told) < reportEvery:
		return
	default:
		fmt.Fprintf(m.in.stdout, "  %-14s %10d rows so far\n", p.Table, p.Rows)
	}
	m.told = now
}

// failed says how things stand after an error.
func (m *moving) failed(r move.Result, err error) error {
	switch differ := (*move.DifferError)(nil); {
	case errors.As(err, &differ):
		return fmt.Errorf("%w\nNothing was changed in %s: start the bot on it as before. Empty the database before you try again", err, r.File)
	case errors.Is(err, context.Canceled) && r.Begun:
		return errors.New("stopped before the end: run the same command again, and it goes on. Until then nobody can serve from either side; slabuddy move --undo gives it up")
	case errors.Is(err, context.Canceled):
		return errors.New("stopped before anything was moved: the file can be served from as before")
	case r.Begun:
		return fmt.Errorf("%w\nNothing was lost: once that is mended, run the same command again, and it goes on. slabuddy move --undo gives it up", err)
	}
	return err
}

func (m *moving) done(r move.Result) error {
	out := m.in.stdout
	if r.Already {
		_, err := fmt.Fprintf(out, "%s had been moved to %s already: nothing was left to do.\n%s", r.File, r.Address, next)
		return err
	}
	var rows int64
	fmt.Fprintln(out, "Both sides were read back and compared: the same rows, by count and checksum.")
	empty := 0
	for _, t := range r.Tables {
		if rows += t.Rows; t.Rows == 0 {
			empty++
			continue
		}
		fmt.Fprintf(out, "  %-14s %10d rows  checksum %s\n", t.Name, t.Rows, t.Checksum)
	}
	if empty > 0 {
		fmt.Fprintf(out, "  %d tables are empty on both sides.\n", empty)
	}
	for _, f := range r.Fitted {
		fmt.Fprintf(out, "Note: Postgres refuses NUL bytes and what is not UTF-8. They were taken out of %s in %d rows, the first of them %s.\n",
			f.Column, f.Rows, f.First)
	}
	_, err := fmt.Fprintf(out, "%d rows of %s are in %s, in %.1f s. The file is marked as moved, and otherwise as it was.\n%s",
		rows, r.File, r.Address, r.Took.Seconds(), next)
	return err
}

const next = `Next:
  set DATABASE_URL to the Postgres address
  start slabuddy serve, as many replicas as you like
`

func undoMove(in *invocation, from string) error {
	file, place, err := move.Undo(in.ctx, from)
	if err != nil {
		return err
	}
	if place == "" {
		_, err = fmt.Fprintf(in.stdout, "%s is not marked as moved: nothing was to be done.\n", file)
		return err
	}
	_, err = fmt.Fprintf(in.stdout, "%s can be served from again.\nNever serve from %s at the same time: every reminder would come twice. What happened there since is not in the file.\n",
		file, place)
	return err
}
