package app

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/handlers"
	"github.com/slabuddy/slabuddy/handlers/fair"
	"github.com/slabuddy/slabuddy/store"
)

const (
	// After the program was told to end, what is in flight may take ten seconds in all. The rest of them is for storing
	// the results.
	drainRequests = 2 * time.Second
	drainAnswers  = 1 * time.Second // to people who clicked: nobody relies on them, so they may be cut off
	drainJobs     = 5 * time.Second
	drainAdmin    = 500 * time.Millisecond

	// How many of the help desk's events are taken in at once, and how many may wait for that: a help desk that sends
	// events without end must leave the database to others, too (rule 29).
	reportsAtOnce, reportsWaiting = 32, 128

	walkStale = 30 * time.Second // if there was no walk for so long, something is wrong
)

// Run runs everything until ctx ends or a part of it breaks. It ends in order: first no more events,
// then no more walks, then the jobs in flight, and last the database.
func (a *App) Run(ctx context.Context) error {
	defer a.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var (
		mu   sync.Mutex
		errs []error
	)
	broken := func(err error) {
		if err == nil || errors.Is(err, context.Canceled) {
			return
		}
		mu.Lock()
		errs = append(errs, err)
		mu.Unlock()
		cancel()
	}
	// At the end, connections that do not finish are cut off. Often nothing was sent over them: browsers and load
	// balancers open connections ahead.
	served := func(err error) {
		if err != nil && ctx.Err() != nil {
			a.log.Info("connections were cut off at the end", "error", err)
			return
		}
		broken(err)
	}
	after := context.WithoutCancel(ctx) // for parts that end later than ctx, each in its turn
	work, stopWork := context.WithCancel(after)
	side, stopSide := context.WithCancel(after)
	defer stopWork()
	defer stopSide()

	var front, walks, engine, sides sync.WaitGroup
	a.runBeside(side, &sides, broken)
	engine.Go(func() { broken(a.engine.Run(work)) })
	walks.Go(func() { a.walker.Run(ctx) })
	walks.Go(func() { a.poller.Run(ctx) })
	walks.Go(func() { a.shifts.Run(ctx) })
	walks.Go(func() { a.scanner.Run(ctx) })
	if a.socket != nil {
		front.Go(func() { broken(a.socket.Run(ctx)) })
	}
	front.Go(func() {
		served(handlers.Serve(ctx, a.log, a.public, handlers.Public(a.log, a.site()), drainRequests))
	})
	sides.Go(func() {
		served(handlers.Serve(side, a.log, a.admin, handlers.Admin(a.log, a.operator()), drainAdmin))
	})
	a.log.Info("SLA Buddy is running", "version", a.opts.Version, "listen", a.PublicAddr(), "admin", a.AdminAddr(),
		"database", a.store.Name(), "channels", len(a.settings("").Channels))

	<-ctx.Done()
	a.log.Info("stopping: finishing what is in flight")
	front.Wait()
	a.drain()
	walks.Wait()
	stopWork()
	engine.Wait()
	stopSide()
	sides.Wait()
	a.log.Info("stopped")
	return errors.Join(errs...)
}

// runBeside starts the parts that run beside events, walks and jobs, and end after them.
func (a *App) runBeside(ctx context.Context, sides *sync.WaitGroup, broken func(error)) {
	sides.Go(func() { a.clock.Run(ctx) })
	sides.Go(func() { a.signs.Run(ctx) })
	sides.Go(func() { broken(a.store.Listen(ctx, a.woken())) })
	sides.Go(func() { broken(a.follower.Run(ctx)) })
	sides.Go(func() { a.closed.Run(ctx) })
	sides.Go(func() { a.keepFollowing(ctx) })
	sides.Go(func() { broken(a.directory.Run(ctx)) })
	sides.Go(func() { broken(a.tokens.Run(ctx)) })
	sides.Go(func() { broken(a.book.Run(ctx)) })
	sides.Go(func() { a.troubles.Run(ctx) })
	sides.Go(func() { a.watchTroubles(ctx) })
	sides.Go(func() { a.recordRosters(ctx) })
	sides.Go(func() { a.postSummaries(ctx) })
	sides.Go(func() { a.reseal(ctx) })
	sides.Go(func() { a.gauges.Run(ctx) })
	sides.Go(func() { a.purger.Run(ctx) })
}

// woken wakes the parts that have something to do, because this process or another has added it to the store.
func (a *App) woken() store.Listener {
	return store.Listener{
		Jobs: a.engine.Wake, Installations: a.tokens.Wake,
		Settings: func(workspace string) {
			a.book.Wake(workspace)
			a.scanner.Look(workspace)
		},
	}
}

// site is what is served at the public address.
func (a *App) site() handlers.Site {
	s := handlers.Site{
		Slack: a.slack,
		Desk: &handlers.DeskInbox{
			Inbounds: helpdesk.Inbounds(a.opts.Env.HelpDeskWebhookSecret.Reveal()), Hear: a.replies.Hear,
			Keys: a.store, Now: a.now, Log: a.log, Shares: &fair.Shares{AtOnce: reportsAtOnce, Waiting: reportsWaiting},
		},
	}
	if a.installer != nil {
		s.Install = a.installer
	}
	return s
}

// drain waits until the clicks that were acknowledged are done.
func (a *App) drain() {
	ctx, cancel := context.WithTimeout(context.Background(), drainAnswers)
	defer cancel()
	if err := a.slack.Drain(ctx); err != nil {
		a.log.Info("answers to clicks were cut off at the end", "error", err)
	}
}

// reseal seals tokens with the new key that are sealed with an old one.
func (a *App) reseal(ctx context.Context) {
	if err := a.tokens.Reseal(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("bot tokens could not be sealed with the new key; keep the old one in SLABUDDY_ENCRYPTION_KEY", "error", err)
	}
}

func (a *App) operator() handlers.Operator {
	return handlers.Operator{Metrics: a.registry, Checks: a.checks(), Report: operatorsReport{a}, Hosts: a.opts.Env.AdminHosts, Profiles: a.opts.Env.Profiles}
}

// checks are the checks of /readyz.
func (a *App) checks() []handlers.Check {
	checks := []handlers.Check{
		{Name: "database", Check: a.store.Ping},
		{Name: "clock", Check: a.clock.Ready},
		{Name: "walker", Check: a.walking},
	}
	if a.socket != nil {
		checks = append(checks, handlers.Check{Name: "socket", Check: a.socket.Ready})
	}
	return checks
}

func (a *App) walking(context.Context) error {
	last := a.walker.LastWalk()
	switch {
	case last.IsZero():
		return errors.New("the first walk has not come to its end yet")
	case a.now().Sub(last) > walkStale:
		return errors.New("no walk has come to its end for " + a.now().Sub(last).Round(time.Second).String())
	}
	return nil
}

// gcPercent is how much garbage may gather, relative to the live memory. There is little live memory here, a few MiB.
// With Go's default the program would collect garbage hundreds of times a second while it catches up after an outage,
// which takes a sixth of all processor time.
const gcPercent = 400

// TuneMemory sets the garbage collector for what this program does, unless the operator has (GOGC).
func TuneMemory(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// reviewPercent is the same for a command that looks back: it holds some hundred timelines with their history in memory,
// and runs beside the bot.
const reviewPercent = 250

// TuneReview is TuneMemory for a command that looks back: report and replay.
func TuneReview(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(reviewPercent)
	}
}
