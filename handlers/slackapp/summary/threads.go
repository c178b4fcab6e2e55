package summary

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/slabuddy/slabuddy/escalation"
)

const (
	askedAtOnce = 4
	askedWithin = 10 * time.Second // Slack is asked for one summary, in all
)

// Permalinks know the addresses of messages in Slack. *client.API is one.
type Permalinks interface {
	Permalink(ctx context.Context, workspace, channel, ts string) (string, error)
}

// LinkThreads has Slack say where the threads of breaches are. One of which it does not say so in time goes without:
// the summary is worth more than its links.
func LinkThreads(ctx context.Context, p Permalinks, workspace string, missed []escalation.Missed) {
	ctx, cancel := context.WithTimeout(ctx, askedWithin)
	defer cancel()
	var asking errgroup.Group
	asking.SetLimit(askedAtOnce)
	for i := range missed {
		m := &missed[i]
		if m.Thread == "" {
			continue
		}
		asking.Go(func() error {
			if link, err := p.Permalink(ctx, workspace, m.Channel, m.Thread); err == nil {
				m.Link = link
			}
			return nil
		})
	}
	_ = asking.Wait()
}
