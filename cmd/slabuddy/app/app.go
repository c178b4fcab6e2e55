// Package app puts the program together: it joins the parts that know nothing of each other, starts
// them in order, and ends them in order. `serve` and the demo run the same App.
//
//	config, environment ─▶ New: store (migrated) ─▶ tokens, directory ─▶ follower, book, rosters
//	                            ─▶ walker, poller, actions ─▶ engine ─▶ surfaces, scanner ─▶ HTTP, socket
//	Run:  all of it at once, until ctx ends; then first no more events, then no more walks, then the
//	      jobs in flight, then the database
package app

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/handover"
	"github.com/slabuddy/slabuddy/escalation/intake"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/trouble"
	"github.com/slabuddy/slabuddy/escalation/walk"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/directory"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install"
	"github.com/slabuddy/slabuddy/handlers/slackapp/message"
	"github.com/slabuddy/slabuddy/handlers/slackapp/people"
	"github.com/slabuddy/slabuddy/handlers/slackapp/readers"
	"github.com/slabuddy/slabuddy/handlers/slackapp/scan"
	"github.com/slabuddy/slabuddy/handlers/slackapp/socket"
	"github.com/slabuddy/slabuddy/store"
)

// Options are what an App is made of.
type Options struct {
	Config  *config.Config
	Env     config.Env
	Version string
	Logger  *slog.Logger
	Now     func() time.Time
	// RealTime says that Now is the machine's clock, which may be off, and that Slack's is real.
	RealTime bool
	// Tick is how often the loops look around at the least; 0: a second. It is real time, so a
	// clock that runs faster wants a shorter one.
	Tick time.Duration
}

// App is the whole program.
type App struct {
	opts     Options
	log      *slog.Logger
	now      func() time.Time
	config   atomic.Pointer[config.Config]
	messages atomic.Pointer[slackapp.Settings]
	registry *prometheus.Registry

	store       store.Store
	clock       *clockWatch
	worker      string // who this replica is
	signs       *signsOfLife
	gauges      *gauges
	metrics     *flow.Metrics
	purger      *purger
	troubles    *trouble.Reporter
	unfollowed  chan unfollowed // messages that are not followed, to be reported
	tokens      *install.Tokens
	api         *client.API
	directory   *directory.Directories
	people      *people.People
	follower    *calendar.Follower
	closed      *closed.Follower
	named       chan struct{} // hours name other calendars of closed days
	configuring sync.Mutex    // one configuration after the other is put in force
	book        *setup.Book
	rosters     *setup.Rosters
	desks       map[string]desk.HelpDesk
	deskTrouble atomic.Pointer[deskTrouble]
	unreached   atomic.Pointer[string] // what was last said of tiers that can reach nobody
	poster      *message.Poster
	deps        flow.Deps // of all that escalates
	walker      *walk.Walker
	poller      *walk.Poller
	readers     *readers.Readers
	lookBack    *lookBack // reports and replays, in turn
	weeks       teamWeeks
	shifts      *handover.Watch
	deliverer   *deliver.Deliverer
	pager       *deliver.Pager
	engine      *queue.Engine
	opener      *intake.Opener
	mentions    *intake.Mentions
	replies     *intake.Replies
	actions     *act.Actions
	slack       *slackapp.App
	scanner     *scan.Scanner
	socket      *socket.Client     // nil: Slack calls us
	installer   *install.Installer // nil: there is the one workspace of SLACK_BOT_TOKEN
	public      net.Listener
	admin       net.Listener
}

// New opens and migrates the database and builds everything; nothing runs yet. Close undoes it.
func New(ctx context.Context, o Options) (*App, error) {
	a := &App{opts: o, log: o.Logger, now: o.Now, registry: prometheus.NewRegistry(), worker: worker(), lookBack: newLookBack()}
	if a.opts.Tick == 0 {
		a.opts.Tick = time.Second
	}
	a.config.Store(o.Config)
	if err := a.build(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	for _, part := range []func(context.Context) error{
		a.buildStore, a.buildMetrics, a.buildSlackClient, a.buildSurroundings, a.buildEscalation, a.buildEngine, a.buildEvents, a.listen,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) buildMetrics(context.Context) error {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "slabuddy_build_info", Help: "Always 1; the label tells the version that runs.",
		ConstLabels: prometheus.Labels{"version": a.opts.Version},
	})
	info.Set(1)
	a.gauges = &gauges{
		store: a.store, logger: a.log, policies: a.policyNames, queues: a.queueNames, workspaces: a.workspaces, now: a.now, started: a.now(),
	}
	a.registry.MustRegister(info, a.gauges, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return nil
}

// newID makes ids that sort by time, so that new rows are stored side by side.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// buildSurroundings builds what decisions look at: the roster and the names of the workspace.
func (a *App) buildSurroundings(ctx context.Context) error {
	source, err := CalendarSource(ctx, a.opts.Config, a.opts.Env, a.log)
	if err != nil {
		return err
	}
	a.follower, err = calendar.NewFollower(calendar.Options{
		Calendar: a.opts.Config.Calendar.ID, Source: source, Rules: a.opts.Config.Calendar.Rules, Store: a.store,
		Now: a.now, Log: a.log, Metrics: a.registry,
	})
	if err != nil {
		return err
	}
	a.named = make(chan struct{}, 1)
	a.closed = closed.NewFollower(closed.Options{
		Source: a.closedSource, Store: a.store, Now: a.now, Log: a.log, Changed: a.closedDaysChanged,
	})
	a.book = setup.NewBook(a.bookConfig(a.store))
	if err := a.watchConfigured(ctx, a.opts.Config); err != nil {
		return err
	}
	a.configure(ctx, a.opts.Config)
	a.rosters = setup.NewRosters(a.follower, a.book, a.now)
	a.buildTroubles()
	return nil
}

// bookConfig has the book tell the calendars of what is set up.
func (a *App) bookConfig(s setup.Store) setup.BookConfig {
	return setup.BookConfig{
		Store: s, Directory: a.directory, Now: a.now, Log: a.log, Watch: a.watchAgain,
		Changed:    func() { a.follower.SetMore(a.book.Everybody()) },
		ClosedDays: a.closed.Events,
		Follow: func() {
			select {
			case a.named <- struct{}{}:
			default:
			}
		},
	}
}

func (a *App) buildEscalation(context.Context) error {
	metrics := flow.NewMetrics(a.registry)
	a.metrics = metrics
	a.knowMetrics()
	if err := a.buildPoster(); err != nil {
		return err
	}
	a.buildPeople()
	var err error
	if a.desks, err = a.helpDesks(); err != nil {
		return err
	}
	asked := configuredDesk{kind: func() string { return a.config.Load().DeskKind }, known: a.desks, asked: a.deskAsked, heard: a.deskHeard}
	a.deps = flow.Deps{
		Desk: asked, Roster: a.rosters.Of, Directory: a.directory, Colleague: a.people.Colleague, Settings: a.settings,
		Now: a.now, NewID: newID, Logger: a.log, Metrics: metrics,
	}
	a.mentions = &intake.Mentions{Deps: a.deps, Store: a.store}
	a.replies = &intake.Replies{Deps: a.deps, Store: a.store, Of: func() string { return a.config.Load().Workspace }}
	a.opener = &intake.Opener{Deps: a.deps, Store: a.store, Mentions: a.mentions}
	if a.opts.Env.HelpDeskWebhookSecret.IsSet() { // without it the desk sends nothing, and there is nothing to know
		a.opener.Replies = a.replies
	}
	a.actions = &act.Actions{Deps: a.deps, Store: a.store, Reads: func(ctx context.Context, workspace, user, channel string) bool {
		return a.readers.MayRead(ctx, workspace, user, []string{channel})[channel]
	}}
	a.walker = &walk.Walker{
		Deps: a.deps, Store: a.store, Hold: a.clock.Hold, Share: a.signs.Share, Tick: a.opts.Tick,
		Ready: []<-chan struct{}{a.follower.Ready(), a.directory.Ready(), a.book.Ready()},
	}
	a.poller = &walk.Poller{Deps: a.deps, Store: a.store, Hold: a.clock.Hold, Idle: 10 * a.opts.Tick}
	a.shifts = &handover.Watch{
		Deps: a.deps, Store: a.store, Rosters: a.rosters, Places: a.shiftPlaces, Hold: a.clock.Hold, Ready: a.follower.Ready(), Tick: 5 * a.opts.Tick,
		Public: func(ctx context.Context, workspace string, channels []string) map[string]bool {
			return a.readers.Public(ctx, workspace, channels)
		},
	}
	a.deliverer = &deliver.Deliverer{Deps: a.deps, Store: a.store, Poster: a.poster, Memory: a.signs, Failed: a.failed}
	return a.buildPager()
}

// updateWorkers bring reminders up to date. Slack allows fifty a minute in a workspace.
const updateWorkers = 8

func (a *App) buildEngine(context.Context) (err error) {
	a.engine, err = queue.NewEngine(queue.Config{
		Store: a.store, Now: a.now, Rand: rand.Float64, Logger: a.log, Registerer: a.registry, Worker: a.worker,
		Queues: a.queues(a.opts.Config), Hold: a.clock.Hold, Poll: a.opts.Tick, Drain: drainJobs,
	})
	return err
}

// queues are all there are under a configuration.
func (a *App) queues(c *config.Config) []queue.QueueConfig {
	return append(a.callQueues(c),
		queue.QueueConfig{Name: escalation.QueueSlack, Handler: a.deliverer, Workers: c.SlackWorkers},
		queue.QueueConfig{Name: escalation.QueueUpdates, Handler: a.deliverer, Workers: updateWorkers})
}

func (a *App) queueNames() []string {
	var names []string
	for _, q := range a.queues(a.config.Load()) {
		names = append(names, q.Name)
	}
	return names
}

func (a *App) listen(context.Context) (err error) {
	if a.public, err = net.Listen("tcp", a.opts.Env.Listen); err != nil {
		return fmt.Errorf("listen for Slack (SLABUDDY_LISTEN): %w", err)
	}
	if a.admin, err = net.Listen("tcp", a.opts.Env.AdminListen); err != nil {
		return fmt.Errorf("listen for the operator (SLABUDDY_ADMIN_LISTEN): %w", err)
	}
	return nil
}

// Registry holds all metrics.
func (a *App) Registry() *prometheus.Registry { return a.registry }

// Store is the open database.
func (a *App) Store() store.Store { return a.store }

// PublicAddr and AdminAddr are where the App listens, once New has returned.
func (a *App) PublicAddr() string { return a.public.Addr().String() }

// AdminAddr: see PublicAddr.
func (a *App) AdminAddr() string { return a.admin.Addr().String() }

// Close gives back what New took. An App that ran has done so itself.
func (a *App) Close() {
	for _, l := range []net.Listener{a.public, a.admin} {
		if l != nil {
			l.Close()
		}
	}
	if a.store != nil {
		a.store.Close()
	}
}
