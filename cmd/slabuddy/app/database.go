package app

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/store"
)

func (a *App) buildStore(ctx context.Context) error {
	s, err := store.Open(ctx, a.opts.Env.DatabaseURL.Reveal(), store.Options{Logger: a.log, Exclusive: true})
	if err != nil {
		return err
	}
	a.store = s
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	a.clock = &clockWatch{store: s, now: a.now, logger: a.log}
	if a.opts.RealTime {
		began := time.Now()
		a.clock.elapsed = func() time.Duration { return time.Since(began) }
		a.clock.slack = func(ctx context.Context) (time.Time, error) { return client.Date(ctx, a.opts.Env.SlackAPIURL) }
	}
	a.signs = &signsOfLife{
		store: s, hold: a.clock.Hold, worker: a.worker, walks: func() bool { return a.walking(context.Background()) == nil },
		now: a.now, logger: a.log,
	}
	a.purger = &purger{store: s, retention: a.retention, hold: a.clock.Hold, now: a.now, logger: a.log}
	a.clock.compare(ctx, clockAtStart)
	return nil
}
