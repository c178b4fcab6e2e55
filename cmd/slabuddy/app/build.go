package app

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/app/upkeep"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/handover"
	"github.com/slabuddy/slabuddy/escalation/intake"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/page/httpjob"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/trouble"
	"github.com/slabuddy/slabuddy/escalation/walk"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/directory"
	"github.com/slabuddy/slabuddy/handlers/slackapp/giphy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install"
	"github.com/slabuddy/slabuddy/handlers/slackapp/message"
	"github.com/slabuddy/slabuddy/handlers/slackapp/people"
	"github.com/slabuddy/slabuddy/handlers/slackapp/readers"
	"github.com/slabuddy/slabuddy/handlers/slackapp/scan"
	"github.com/slabuddy/slabuddy/handlers/slackapp/socket"
	"github.com/slabuddy/slabuddy/store"
)

// build puts the parts together, each after those that it needs.
func (a *App) build(ctx context.Context) error {
	for _, part := range []func(context.Context) error{
		a.buildStore, a.buildMetrics, a.buildSlackClient, a.buildSurroundings, a.buildTroubles, a.buildPeople, a.buildPoster,
		a.buildEscalation, a.buildPager, a.buildEngine, a.buildEvents, a.buildInstaller, a.listen,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// buildStore opens and migrates the database, and builds what a replica does beside the tickets.
func (a *App) buildStore(ctx context.Context) error {
	s, err := store.Open(ctx, a.opts.Env.DatabaseURL.Reveal(), store.Options{Logger: a.log, Exclusive: true})
	if err != nil {
		return err
	}
	a.store = s
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	a.clock = &upkeep.Clock{Store: s, Now: a.now, Logger: a.log}
	if a.opts.RealTime {
		began := time.Now()
		a.clock.Elapsed = func() time.Duration { return time.Since(began) }
		a.clock.Slack = func(ctx context.Context) (time.Time, error) { return client.Date(ctx, a.opts.Env.SlackAPIURL) }
	}
	a.signs = &upkeep.Signs{
		Store: s, Hold: a.clock.Hold, Worker: a.worker, Walks: func() bool { return a.walking(context.Background()) == nil },
		Now: a.now, Logger: a.log,
	}
	a.purger = &upkeep.Purger{Store: s, Retention: a.retention, Hold: a.clock.Hold, Now: a.now, Logger: a.log}
	a.clock.Begin(ctx)
	return nil
}

// buildMetrics counts what the database holds; the parts count their own work themselves.
func (a *App) buildMetrics(context.Context) error {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "slabuddy_build_info", Help: "Always 1; the label tells the version that runs.",
		ConstLabels: prometheus.Labels{"version": a.opts.Version},
	})
	info.Set(1)
	a.gauges = &upkeep.Gauges{
		Store: a.store, Logger: a.log, Policies: a.policyNames, Queues: a.queueNames, Workspaces: a.workspaces, Now: a.now, Started: a.now(),
	}
	a.registry.MustRegister(info, a.gauges, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return nil
}

// buildSlackClient builds the parts that call Slack: the tokens, the client, and the directory.
func (a *App) buildSlackClient(ctx context.Context) error {
	env := a.opts.Env
	sealer, err := a.sealer()
	if err != nil {
		return err
	}
	a.tokens = install.NewTokens(install.TokensConfig{
		Store: a.store, Sealer: sealer, BotToken: env.SlackBotToken.Reveal(), PublicURL: env.PublicURL, Now: a.now, Log: a.log,
		Changed: a.installationChanged,
	})
	if err := a.tokens.Load(ctx); err != nil {
		return err
	}
	a.api, err = client.New(client.Config{
		URL: env.SlackAPIURL, Tokens: a.tokens, Conns: a.opts.Config.SlackWorkers, Now: a.now, Registerer: a.registry,
	})
	if err != nil {
		return err
	}
	a.directory = directory.New(directory.Config{
		API: a.api, Cache: a.store, Gates: a.store, Emails: a.emails, Named: a.mentionable, Installations: a.tokens, Soon: a.soon, Now: a.now, Log: a.log,
	})
	return nil
}

// buildSurroundings builds the parts that decisions read: the settings and the roster.
func (a *App) buildSurroundings(ctx context.Context) error {
	source, err := CalendarSource(ctx, a.opts.Config, a.opts.Env, a.log)
	if err != nil {
		return err
	}
	a.follower, err = calendar.NewFollower(calendar.Options{
		Calendar: a.opts.Config.Calendar.ID, Source: source, Matching: a.opts.Config.Calendar.Matching, Store: a.store,
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
	return nil
}

// buildTroubles builds the reporter of the bot's own troubles.
func (a *App) buildTroubles(context.Context) error {
	a.unfollowed = make(chan unfollowed, mostUnfollowed)
	a.troubles = &trouble.Reporter{Store: a.store, Channel: a.opsChannel, Now: a.now, NewID: newID, Log: a.log}
	return nil
}

// buildPeople builds the parts that know who may act, and who may read a channel.
func (a *App) buildPeople(context.Context) error {
	a.people = people.New(a.api, func(workspace string) []string { return a.settings(workspace).Admins }, a.now)
	a.people.Team = func(workspace, user string) bool {
		_, ok := a.book.View(workspace).Engineer(user, a.directory)
		return ok
	}
	a.people.Organisation = func(workspace string) (string, bool) {
		self := a.directory.Self(workspace)
		return self.Organisation, self.Workspace != ""
	}
	a.readers = readers.New(a.api, a.people, a.now)
	return nil
}

// buildPoster builds the poster of reminders and notes.
func (a *App) buildPoster(context.Context) (err error) {
	a.poster = message.NewPoster(a.api, a.now)
	a.poster.Names = a
	a.poster.BotID = func(workspace string) string { return a.directory.Self(workspace).BotID }
	if key := a.opts.Env.GiphyAPIKey.Reveal(); key != "" {
		a.poster.GIFs, err = giphy.New(key, "", nil, a.log)
	}
	return err
}

// buildEscalation builds the help desks and the flows: intake, walk and act.
func (a *App) buildEscalation(context.Context) (err error) {
	if a.desks, err = a.helpDesks(); err != nil {
		return err
	}
	asked := configuredDesk{kind: func() string { return a.config.Load().DeskKind }, known: a.desks, asked: a.deskAsked, heard: a.deskHeard}
	a.deps = flow.Deps{
		Desk: asked, Roster: a.rosters.Of, Directory: a.directory, Colleague: a.people.Colleague, Settings: a.settings,
		Now: a.now, NewID: newID, Logger: a.log, Metrics: flow.NewMetrics(a.registry),
	}
	a.knowMetrics()
	a.mentions = &intake.Mentions{Deps: a.deps, Store: a.store}
	a.replies = &intake.Replies{Deps: a.deps, Store: a.store, Of: func() string { return a.config.Load().Workspace }}
	a.opener = &intake.Opener{Deps: a.deps, Store: a.store, Mentions: a.mentions}
	if a.opts.Env.HelpDeskWebhookSecret.IsSet() { // without it the help desk sends nothing, and replies need not be looked up
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
		Public: a.readers.Public,
	}
	a.deliverer = &deliver.Deliverer{Deps: a.deps, Store: a.store, Poster: a.poster, Memory: a.signs, Failed: a.failed}
	return nil
}

// buildPager builds the pager, which makes HTTP calls: pages, and the calls that operators added.
func (a *App) buildPager(context.Context) error {
	caller, err := httpjob.New(httpjob.Config{Now: a.now, Registerer: a.registry})
	if err != nil {
		return err
	}
	a.pager = &deliver.Pager{
		Deps: a.deps, Store: a.store, Caller: caller, Links: a.api,
		Headers: func(name string) map[string]string { return a.config.Load().Queues[name].Headers },
		Grant:   func(name string) page.Grant { return a.config.Load().Queues[name].Secrets },
		Secret:  variable, GaveUp: a.notPaged,
	}
	return nil
}

// buildEngine builds the engine, which runs the jobs.
func (a *App) buildEngine(context.Context) (err error) {
	a.engine, err = queue.NewEngine(queue.Config{
		Store: a.store, Now: a.now, Rand: mathrand.Float64, Logger: a.log, Registerer: a.registry, Worker: a.worker,
		Queues: a.queues(a.opts.Config), Hold: a.clock.Hold, Poll: a.opts.Tick, Drain: drainJobs,
	})
	return err
}

// buildEvents builds the part that Slack calls: events, clicks and commands, over HTTP or a socket.
func (a *App) buildEvents(context.Context) (err error) {
	env := a.opts.Env
	a.slack, err = slackapp.New(slackapp.Config{
		SigningSecret: env.SlackSigningSecret.Reveal(), SocketOnly: env.SlackAppToken.IsSet() && !env.SlackSigningSecret.IsSet(),
		Settings: a.messages.Load, Self: a.directory.Self, Opener: a.opener, Hearer: a.mentions, Deleter: &intake.Deletions{Deps: a.deps, Store: a.store}, Keys: a.store,
		Surfaces: a.surfaces(), Colleague: a.people.Colleague,
		Uninstalled: a.tokens.Uninstalled, Joined: a.joined, Renamed: a.renamed, Unreadable: a.unreadable,
		Signed: a.clock.Heard,
		Missed: func(workspace string) { a.scanner.Missed(workspace) },
		Now:    a.now, Log: a.log, Registerer: a.registry,
	})
	if err != nil {
		return err
	}
	a.scanner = scan.New(scan.Config{
		API: a.api, App: a.slack, Store: a.store, Workspaces: a.directory.Workspaces, In: a.directory.In, Known: a.directory.Ready(), Soon: a.soon, Open: a.open, Channels: a.channels,
		MaxAge: func(workspace string) time.Duration { return a.settings(workspace).MaxAge }, Hold: a.clock.Hold, Refused: a.directory.Doubt, Shut: a.shut,
		Now: a.now, Log: a.log,
	})
	a.walker.Ready = append(a.walker.Ready, a.scanner.Ready())
	if env.SlackAppToken.IsSet() {
		a.socket, err = socket.New(socket.Config{
			App: a.slack, Token: env.SlackAppToken.Reveal(), APIURL: env.SlackAPIURL, Rand: mathrand.Float64, Back: a.scanner.MissedAll, Log: a.log,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// buildInstaller builds the installation by OAuth, if that is configured.
func (a *App) buildInstaller(context.Context) (err error) {
	env := a.opts.Env
	if env.SlackClientID == "" {
		return nil
	}
	a.installer, err = install.New(install.Config{
		ClientID: env.SlackClientID, ClientSecret: env.SlackClientSecret.Reveal(), APIURL: env.SlackAPIURL,
		Tokens: a.tokens, Keys: a.store, Rand: rand.Reader, Watch: a.watchInstalled,
	})
	return err
}

// listen takes the addresses that HTTP is served at.
func (a *App) listen(context.Context) (err error) {
	if a.public, err = net.Listen("tcp", a.opts.Env.Listen); err != nil {
		return fmt.Errorf("listen for Slack (SLABUDDY_LISTEN): %w", err)
	}
	if a.admin, err = net.Listen("tcp", a.opts.Env.AdminListen); err != nil {
		return fmt.Errorf("listen for the operator (SLABUDDY_ADMIN_LISTEN): %w", err)
	}
	return nil
}
