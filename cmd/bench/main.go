// Command bench measures the figures that the program promises, each beside a baseline of
// the same run, and prints them as a table.
//
//	           ┌─ scenarios that run parts in this process ── hours, queue, river, e2e, ──┐
//	           │                                              buffers, lists              │
//	main ──────┤                                                                          ├─▶ figures ─▶ table
//	           └─ scenarios that run the built `slabuddy` ─── lateness, events, ack, ─────┘
//	                                                          memory, bodies, start, report, fleet
//
// What is measured is the program's own: its stores, its engine, its client of Slack, its router, on a
// real Postgres and a real SQLite file. What is around it (Slack, the help desk, the senders of
// events) are stubs over real HTTP on loopback, as cheap as they could be made, because they share the
// machine with what is measured.
//
// Files are many, as each scenario has one, or shares it with its like (binary.go: start, memory, bodies); the
// others are what scenarios stand on: the server and its databases, seeds, load, stubs, the child, /proc, figures.
//
// It is a module of its own, so that what the program is held against never becomes one of the
// program's dependencies.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	app.TuneMemory(os.Getenv) // as serve does
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// scenario measures one or more figures.
type scenario struct {
	name string
	run  func(ctx context.Context, b *bench) ([]figure, error)
}

// scenarios in the order in which they run: the small ones first.
var scenarios = []scenario{
	{"hours", yearOfHours},
	{"start", startUp},
	{"queue", queueAlone},
	{"river", besideRiver},
	{"e2e", endToEnd},
	{"events", eventsAcknowledged},
	{"ack", acknowledgedInTime},
	{"buffers", walkBuffers},
	{"memory", memory},
	{"bodies", bodiesHeld},
	{"lists", lists},
	{"report", reports},
	{"silent", besideTheSilent},
	{"fleet", fleetIdle},
	{"replicas", fleetReplicas},
	{"lateness", lateness},
}

// bench is what scenarios share.
type bench struct {
	server *server
	scale  float64
	dir    string // for files; removed at the end
	binary string // the slabuddy that is measured; "" until it is built
	out    io.Writer

	crowded *database // see million
}

// options of the command line.
type options struct {
	names  string
	scale  float64
	strict bool
	binary string
	cpu    string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.names, "run", "", "scenarios to run, with commas: "+strings.Join(names(), ",")+" (default all)")
	flags.Float64Var(&o.scale, "scale", 1, "shrink all sizes to this part of the design's")
	flags.BoolVar(&o.strict, "strict", false, "exit 1 if a figure is missed")
	flags.StringVar(&o.binary, "slabuddy", "", "the binary to measure (default: build it)")
	flags.StringVar(&o.cpu, "cpuprofile", "", "write a profile of this process to `file`")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	chosen, err := choose(o.names)
	if err != nil || o.scale <= 0 || o.scale > 1 {
		fmt.Fprintln(stderr, "bench:", errors.Join(err, checkScale(o.scale)))
		return 2
	}
	stop, err := profileTo(o.cpu)
	if err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	defer stop()
	figures, err := measure(ctx, o, chosen, stdout)
	if err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	if o.strict && slices.ContainsFunc(figures, func(f figure) bool { return !f.met() }) {
		return 1
	}
	return 0
}

// measure runs the scenarios and prints the table.
func measure(ctx context.Context, o options, chosen []scenario, stdout io.Writer) ([]figure, error) {
	dir, err := os.MkdirTemp("", "slabuddy-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b := &bench{scale: o.scale, dir: dir, binary: o.binary, out: stdout}
	if b.server, err = startServer(ctx); err != nil {
		return nil, err
	}
	defer b.server.stop()
	b.describe()

	var figures []figure
	for _, s := range chosen {
		began := time.Now()
		b.say("%s …", s.name)
		got, err := s.run(ctx, b)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			got = append(got, figure{name: s.name, failed: err})
		}
		figures = append(figures, got...)
		b.say("%s took %s", s.name, time.Since(began).Round(time.Second))
	}
	printTable(stdout, figures)
	if b.scale != 1 {
		fmt.Fprintf(stdout, "\nAll sizes were shrunk to %g of the design's: these are not its figures.\n", b.scale)
	}
	return figures, nil
}

// profileTo writes a profile of this process until it is stopped.
func profileTo(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { pprof.StopCPUProfile(); f.Close() }, nil
}

func names() []string {
	var all []string
	for _, s := range scenarios {
		all = append(all, s.name)
	}
	return all
}

func choose(list string) ([]scenario, error) {
	if list == "" {
		return scenarios, nil
	}
	var chosen []scenario
	for _, name := range strings.Split(list, ",") {
		i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no scenario %q; there are %s", name, strings.Join(names(), ", "))
		}
		chosen = append(chosen, scenarios[i])
	}
	return chosen, nil
}

func checkScale(scale float64) error {
	if scale > 0 && scale <= 1 {
		return nil
	}
	return errors.New("-scale is a number above 0, and 1 at most")
}

// size shrinks one of the design's sizes.
func (b *bench) size(n int) int { return max(1, int(float64(n)*b.scale)) }

// span shrinks one of the design's times.
func (b *bench) span(d time.Duration) time.Duration {
	return max(2*time.Second, time.Duration(float64(d)*b.scale))
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.out, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
