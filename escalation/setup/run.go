package setup

import (
	"context"
	"time"
)

// Ready is closed once Run has read every workspace that it was given, or could not.
func (b *Book) Ready() <-chan struct{} { return b.ready }

// Wake has a workspace read again as soon as may be: its settings have changed, or it is new.
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
