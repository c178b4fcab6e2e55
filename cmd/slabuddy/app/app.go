// Package app puts the program together: it joins the parts that know nothing of each other, starts
// them in order, and ends them in order. `serve` and the demo run the same App.
//
//	config, environment ─▶ New (build.go): store (migrated) ─▶ tokens, directory ─▶ follower, book, rosters
//	                       ─▶ troubles, people, poster ─▶ desks, walker, actions ─▶ engine ─▶ surfaces, scanner ─▶ HTTP, socket
//	Run (run.go):          all of it at once, until ctx ends; then first no more events, then no more walks, then the
//	                       jobs in flight, then the database
//
// The other files connect the parts with each other, a file for each subject: settings, hours, roster, …
package app

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/app/upkeep"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
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
	// Tick is the longest time between two rounds of the loops; 0: a second. It is real time: a clock that runs faster
	// needs a shorter Tick.
	Tick time.Duration
}

// App is the whole program: its parts, in the order in which build makes them.
type App struct {
	opts     Options
	log      *slog.Logger
	now      func() time.Time
	worker   string // the name of this replica
	registry *prometheus.Registry

	config      atomic.Pointer[config.Config]
	configuring sync.Mutex // one configuration at a time is put in force
	messages    atomic.Pointer[slackapp.Settings]

	store  store.Store
	clock  *upkeep.Clock
	signs  *upkeep.Signs
	purger *upkeep.Purger
	gauges *upkeep.Gauges

	tokens    *install.Tokens
	api       *client.API
	directory *directory.Directories

	follower *calendar.Follower
	closed   *closed.Follower
	named    chan struct{} // hours name other calendars of closed days
	book     *setup.Book
	rosters  *setup.Rosters

	troubles    *trouble.Reporter
	unfollowed  chan unfollowed // messages that are not followed, to be reported
	deskTrouble atomic.Pointer[deskTrouble]
	unreached   atomic.Pointer[string] // the last words about tiers that can reach nobody

	people  *people.People
	readers *readers.Readers
	poster  *message.Poster

	desks     map[string]desk.HelpDesk
	deps      flow.Deps // of all the flows
	mentions  *intake.Mentions
	replies   *intake.Replies
	opener    *intake.Opener
	actions   *act.Actions
	walker    *walk.Walker
	poller    *walk.Poller
	shifts    *handover.Watch
	deliverer *deliver.Deliverer
	pager     *deliver.Pager
	engine    *queue.Engine

	lookBack *lookBack // reports and replays, one at a time
	weeks    teamWeeks

	slack     *slackapp.App
	scanner   *scan.Scanner
	socket    *socket.Client     // nil: Slack calls us
	installer *install.Installer // nil: there is only the workspace of SLACK_BOT_TOKEN
	public    net.Listener
	admin     net.Listener
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

// newID makes ids that sort by time, so that new rows are stored side by side.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Registry holds all metrics.
func (a *App) Registry() *prometheus.Registry { return a.registry }

// Store is the open database.
func (a *App) Store() store.Store { return a.store }

// PublicAddr and AdminAddr are where the App listens, once New has returned.
func (a *App) PublicAddr() string { return a.public.Addr().String() }

// AdminAddr is where the App listens for the operator; see PublicAddr.
func (a *App) AdminAddr() string { return a.admin.Addr().String() }

// Close undoes New. An App that ran has done so itself.
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

// worker names this process in the jobs it claims.
func worker() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%08x", host, os.Getpid(), rand.Uint32())
}
