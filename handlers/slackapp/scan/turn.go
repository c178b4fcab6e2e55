package scan

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// A turn is short, and made longer as long as its channel is being scanned: that of a process that was killed
// keeps nobody from the channel for more than a few seconds.
const (
	turnLasts = 6 * time.Second
	turnRenew = 2 * time.Second
	turnRetry = time.Minute // a channel whose scan failed is left alone by all replicas
)

// takeTurn keeps other replicas from a channel until the turn is ended. end is nil if another has the channel.
func (s *Scanner) takeTurn(ctx context.Context, at escalation.Thread, now time.Time) (end func(failed bool), err error) {
	taking, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	ok, _, err := s.Store.TakeTurn(taking, scanKey(at), now, turnLasts)
	if err != nil || !ok {
		return nil, err
	}
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.renew(renewing, at)
	}()
	return func(failed bool) {
		stop()
		<-stopped
		s.endTurn(ctx, at, failed)
	}, nil
}

func (s *Scanner) renew(ctx context.Context, at escalation.Thread) {
	for sleep.For(ctx, turnRenew) == nil {
		s.extend(ctx, at, turnLasts, "being scanned")
	}
}

// extend makes a turn longer. Where that fails, another replica may scan the channel, too: what both find is
// taken in once.
func (s *Scanner) extend(ctx context.Context, at escalation.Thread, by time.Duration, why string) {
	ctx, cancel := context.WithTimeout(ctx, turnRenew)
	defer cancel()
	g := queue.Gate{Key: scanKey(at), Until: s.Now().Add(by), Reason: why}
	if err := s.Store.ShutGate(ctx, g); err != nil && ctx.Err() == nil {
		s.Log.Debug("the turn of a channel's scan could not be made longer", "channel", at.Channel, "error", err)
	}
}

// endTurn gives the turn back, also at the end of the process, so that the next one need not wait for it.
func (s *Scanner) endTurn(ctx context.Context, at escalation.Thread, failed bool) {
	if failed && ctx.Err() == nil {
		s.extend(ctx, at, turnRetry, "its scan failed")
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnRenew)
	defer cancel()
	if err := s.Store.ReturnTurn(ctx, scanKey(at)); err != nil {
		s.Log.Debug("the turn of a channel's scan could not be given back; it ends by itself", "channel", at.Channel, "error", err)
	}
}
