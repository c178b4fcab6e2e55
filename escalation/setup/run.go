package setup

import (
	"context"
	"time"
)

// Ready is closed once Run has read every workspace that it was given, or could not.
func (b *Book) Ready() <-chan struct{} { return b.ready }

// Wake has a workspace read again as soon as possible: its settings have changed, or it is new.
func (b *Book) Wake(workspace string) {
	if workspace == "" {
		return
	}
	b.mu.Lock()
	b.woken[workspace] = true
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Run keeps the book in line with the store until ctx ends, and then returns nil. Workspaces woken
// before it began are read first.
func (b *Book) Run(ctx context.Context) error {
	b.refresh(ctx, b.takeWoken())
	close(b.ready)
	for all := time.NewTicker(refreshEvery); ; {
		retry := time.NewTimer(retryEvery)
		select {
		case <-ctx.Done():
			all.Stop()
			retry.Stop()
			return nil
		case <-b.wake:
			b.refresh(ctx, b.takeWoken())
		case <-retry.C:
			b.refresh(ctx, b.takeWoken())
		case <-all.C:
			b.refresh(ctx, b.inUse())
		}
		retry.Stop()
	}
}

func (b *Book) refresh(ctx context.Context, workspaces []string) {
	for _, workspace := range workspaces {
		if e, isNew := b.open(workspace); isNew {
			<-e.tried
		} else {
			b.read(ctx, e)
		}
	}
}

func (b *Book) takeWoken() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	woken := sortedKeys(b.woken)
	clear(b.woken)
	return woken
}

const (
	// mostOpen is how many workspaces the book holds in memory, beside those that count for others.
	mostOpen = 512
	// openFor is how long a workspace is held that nobody asks about.
	openFor = time.Minute
)

// known is what an entry holds.
type known struct {
	view   *View
	loaded bool
}

// counts says that what was set up from Slack holds beyond its workspace: people whom the file's calendar names,
// absences of theirs, calendars of closed days to be followed.
func (v *View) counts() bool {
	if len(v.Calendars) > 0 {
		return true
	}
	if !v.FileHolds {
		return false
	}
	for _, e := range v.Engineers {
		if e.Origin == Slack {
			return true
		}
	}
	return len(v.Changes) > 0
}

// letGo makes room for one more entry. b.mu is held.
func (b *Book) letGo() {
	if len(b.entries) < mostOpen {
		return
	}
	var least *entry
	for _, e := range b.entries {
		if e.loaded && !e.view.counts() && (least == nil || e.used.Load() < least.used.Load()) {
			least = e
		}
	}
	if least != nil {
		delete(b.entries, least.workspace)
	}
}

// inUse are the workspaces to be read again. Those that nobody has asked about are let go.
func (b *Book) inUse() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.Now().Add(-openFor).UnixMicro()
	for workspace, e := range b.entries {
		if e.loaded && !e.view.counts() && e.used.Load() < before {
			delete(b.entries, workspace)
		}
	}
	return sortedKeys(b.entries)
}
