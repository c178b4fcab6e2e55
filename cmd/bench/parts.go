package main

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/walk"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/message"
	"github.com/slabuddy/slabuddy/store"
)

// workers is how many jobs are in flight at once where the design says so.
const workers = 200

// parts are the program's own, put together as `serve` does, except that posts to one channel are
// not spaced: the one a second that Slack allows would be all that is measured.
type parts struct {
	db      *database
	slack   *slackStub
	poster  *message.Poster
	metrics *flow.Metrics
	reg     *prometheus.Registry
	log     *slog.Logger
}

func newParts(db *database) (*parts, error) {
	p := &parts{db: db, reg: prometheus.NewRegistry(), log: slog.New(slog.DiscardHandler)}
	p.metrics = flow.NewMetrics(p.reg)
	var err error
	if p.slack, err = newSlackStub(nil); err != nil {
		return nil, err
	}
	api, err := client.New(client.Config{
		URL: p.slack.apiURL(), Tokens: client.OneToken("xoxb-bench"), Conns: workers, Now: time.Now, Registerer: p.reg,
	})
	if err != nil {
		p.slack.close()
		return nil, err
	}
	p.poster = message.NewPoster(api, time.Now)
	return p, nil
}

// work runs the engine until it is stopped.
func (p *parts) work(ctx context.Context) (stop func() error, err error) {
	engine, err := queue.NewEngine(queue.Config{
		Store: p.db.store, Now: time.Now, Rand: rand.Float64, Logger: p.log, Registerer: p.reg, Worker: "bench",
		Queues: []queue.QueueConfig{{
			Name: escalation.QueueSlack, Workers: workers, Pace: -1,
			Handler: &deliver.Deliverer{Deps: p.deps(nil), Store: p.db.store, Poster: p.poster},
		}},
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var ended error
	wg.Go(func() { ended = engine.Run(ctx) })
	wg.Go(func() {
		_ = p.db.store.Listen(ctx, store.Listener{Jobs: engine.Wake})
	})
	return func() error { cancel(); wg.Wait(); return ended }, nil
}

// walk runs the walker until it is stopped.
func (p *parts) walk(ctx context.Context, deskURL string) (stop func(), err error) {
	w, err := p.walker(deskURL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { w.Run(ctx) })
	return func() { cancel(); wg.Wait() }, nil
}

func (p *parts) walker(deskURL string) (*walk.Walker, error) {
	variables := map[string]string{"HELPDESK_URL": deskURL, "HELPDESK_TOKEN": "bench"}
	kind, _ := helpdesk.Find(helpdesk.HTTPKind)
	desk, err := kind.New(helpdesk.Reach{Get: func(name string) string { return variables[name] }, Now: time.Now, Registerer: p.reg})
	if err != nil {
		return nil, err
	}
	return &walk.Walker{Deps: p.deps(desk), Store: p.db.store, Hold: func() bool { return false }, Tick: time.Second}, nil
}

func (p *parts) deps(desk desk.HelpDesk) flow.Deps {
	settings := rules()
	return flow.Deps{
		Desk: desk, Roster: roster, Directory: groups{}, Settings: func(string) *escalation.Settings { return settings },
		Now: time.Now, NewID: newID, Logger: p.log, Metrics: p.metrics,
	}
}
