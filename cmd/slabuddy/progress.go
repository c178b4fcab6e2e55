package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/slabuddy/slabuddy/escalation/review"
)

// saidEvery is how often a long reading says how far it has come: a hundred thousand tickets take less.
const saidEvery = 10 * time.Second

// patience is a store whose readings, where there is much to read, say how far they have come.
type patience struct {
	review.Store
	to   io.Writer
	now  func() time.Time
	last time.Time // when something was said, or it began
	read int
}

func newPatience(s review.Store, to io.Writer, now func() time.Time) *patience {
	return &patience{Store: s, to: to, now: now, last: now()}
}

// Records implements review.Store. A review reads one page after the other.
func (p *patience) Records(ctx context.Context, workspace string, since time.Time, after string, n int) ([]review.Record, error) {
	records, err := p.Store.Records(ctx, workspace, since, after, n)
	p.read += len(records)
	if now := p.now(); now.Sub(p.last) >= saidEvery {
		p.last = now
		fmt.Fprintf(p.to, "slabuddy: still reading: %d tickets so far\n", p.read)
	}
	return records, err
}
