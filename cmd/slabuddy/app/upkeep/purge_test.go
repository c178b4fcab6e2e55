package upkeep

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
)

// purges counts how often anything is deleted.
type purges struct{ n atomic.Int32 }

func (p *purges) Purge(context.Context, time.Time, time.Time, time.Time, int) (int, error) {
	p.n.Add(1)
	return 0, nil
}

func (p *purges) Installations(context.Context) ([]setup.Installation, error) { return nil, nil }

func (p *purges) EraseWorkspace(context.Context, string, time.Time, int) (int, error) { return 0, nil }

// left are workspaces that removed the bot, or did not, and what was erased of them.
type left struct {
	purges
	installed []setup.Installation
	erased    []string
}

func (l *left) Installations(context.Context) ([]setup.Installation, error) { return l.installed, nil }

func (l *left) EraseWorkspace(_ context.Context, workspace string, _ time.Time, _ int) (int, error) {
	l.erased = append(l.erased, workspace)
	return 0, nil
}

// Rule 16: an uninstall's data go after retention.uninstalled, and nobody else's.
func TestAWorkspaceThatRemovedTheBotIsErasedInTime(t *testing.T) {
	now := time.Now()
	l := &left{installed: []setup.Installation{
		{Workspace: "T0HERE"}, {Workspace: "T0LATELY", EndedAt: now.Add(-29 * 24 * time.Hour)}, {Workspace: "T0LONGAGO", EndedAt: now.Add(-31 * 24 * time.Hour)},
	}}
	p := &Purger{
		Store: l, Retention: func() Retention { return Retention{Uninstalled: 30 * 24 * time.Hour} },
		Hold: func() bool { return false }, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler),
	}
	if err := p.eraseLeft(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(l.erased, []string{"T0LONGAGO"}) {
		t.Errorf("erased %v", l.erased)
	}
}

// What was deleted by a clock that is a year ahead is gone.
func TestNothingIsPurgedWhileTheClockIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done purges
		var off atomic.Bool
		off.Store(true)
		p := &Purger{Store: &done, Retention: func() Retention { return Retention{} }, Hold: off.Load, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
		go p.Run(t.Context())
		time.Sleep(3 * purgeEvery)
		if n := done.n.Load(); n != 0 {
			t.Errorf("purged %d times while the clock is off", n)
		}
		off.Store(false)
		time.Sleep(purgeEvery)
		if n := done.n.Load(); n != 1 {
			t.Errorf("purged %d times in the hour after", n)
		}
	})
}
