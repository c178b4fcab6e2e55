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
	// What is in flight may take ten seconds in all once the end was asked for. The rest of them is
	// for writing down what came of it.
	drainRequests = 2 * time.Second
	drainAnswers  = 1 * time.Second // to people who clicked: at most once, so they may be cut off
	drainJobs     = 5 * time.Second
	drainAdmin    = 500 * time.Millisecond

	// What is taken in at once of what the help desk reports, and how much waits for that: a desk that reports
	// without end leaves the database to others, too (rule 29).
	reportsAtOnce, reportsWaiting = 32, 128

	walkStale = 30 * time.Second // no walk for so long: something is wrong
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
	// At the end, whoever is connected and does not finish is cut off. Often they sent nothing at all:
	// browsers and load balancers open connections ahead.
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

// runBeside starts what goes on beside events, walks and jobs, and ends after them.
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

// woken are woken by what was added to the store, by this process or another.
func (a *App) woken() store.Listener {
	return store.Listener{
		Jobs: a.engine.Wake, Installations: a.tokens.Wake,
		Settings: func(workspace string) {
			a.book.Wake(workspace)
			a.scanner.Look(workspace)
		},
	}
}

// site is what the public address leads to.
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

// drain lets what was promised to people who clicked come to its end.
func (a *App) drain() {
	ctx, cancel := context.WithTimeout(context.Background(), drainAnswers)
	defer cancel()
	if err := a.slack.Drain(ctx); err != nil {
		a.log.Info("answers to clicks were cut off at the end", "error", err)
	}
}

// reseal seals with the new key the tokens that are sealed with an old one.
func (a *App) reseal(ctx context.Context) {
	if err := a.tokens.Reseal(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("bot tokens could not be sealed with the new key; keep the old one in SLABUDDY_ENCRYPTION_KEY", "error", err)
	}
}

func (a *App) operator() handlers.Operator {
	return handlers.Operator{Metrics: a.registry, Checks: a.checks(), Report: operatorsReport{a}, Hosts: a.opts.Env.AdminHosts, Profiles: a.opts.Env.Profiles}
}

// checks are what /readyz asks.
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

// gcPercent is how much garbage may gather, as a part of what is alive. Little is ever alive here, a
// few MiB, and Go's default would collect hundreds of times a second while an outage is caught up
// with, for a sixth of all processor time.
const gcPercent = 400

// TuneMemory sets the garbage collector for what this program does, unless the operator has (GOGC).
func TuneMemory(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// reviewPercent is the same for a command that looks back: it holds some hundred timelines with their history, and
// runs beside the bot.
const reviewPercent = 250

// TuneReview is TuneMemory for a command that looks back: report and replay.
func TuneReview(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(reviewPercent)
	}
}
