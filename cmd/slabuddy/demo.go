package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo"
)

type demoCmd struct {
	Once        bool    `help:"Leave out all waiting, check that everything came out as it should, and exit with 1 if not."`
	Speed       float64 `default:"1" help:"How many minutes pass in a second (${default}); not with --once." placeholder:"MINUTES"`
	Listen      string  `default:"127.0.0.1:0" help:"Where its page is served, on this machine alone (default: at a free port); not with --once." placeholder:"ADDRESS"`
	Verbose     bool    `help:"Show the program's log, too."`
	PrintConfig bool    `help:"Print the configuration that the demo runs with, and end."`
}

// The slowest and the fastest clock: six seconds in a second, and an hour.
const (
	slowest = 0.1
	fastest = 60
)

// Validate is called by kong.
func (cmd demoCmd) Validate() error {
	if cmd.Speed < slowest || cmd.Speed > fastest {
		return fmt.Errorf("--speed goes from %g to %g minutes in a second, not %g", slowest, float64(fastest), cmd.Speed)
	}
	return nil
}

func (cmd demoCmd) Run(in *invocation) error {
	if cmd.PrintConfig {
		_, err := io.WriteString(in.stdout, demo.Configuration)
		return err
	}
	level := slog.LevelWarn
	if cmd.Verbose {
		level = slog.LevelInfo
	}
	// Whoever pipes this into head must not be left with the demo's folder: writing fails instead.
	signal.Ignore(syscall.SIGPIPE)
	width, terminal := screen(in.stdout)
	if cmd.Once {
		cmd.Listen = ""
	}
	err := demo.Run(in.ctx, demo.Options{
		Listen: cmd.Listen,
		Once:   cmd.Once, Speed: cmd.Speed, Version: currentVersion(),
		Logger: config.NewLogger(os.Stderr, level, config.LogText, in.getenv),
		Out:    in.stdout, Width: width, Colour: terminal && in.getenv("NO_COLOR") == "",
	})
	if errors.Is(err, demo.ErrUnexpected) {
		return silent{err}
	}
	return err
}

// screen is how wide lines may be, and whether they go to a terminal.
func screen(w io.Writer) (width int, terminal bool) {
	const readable = 100
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return readable, false
	}
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
		return min(columns, readable), true
	}
	return readable, true
}
