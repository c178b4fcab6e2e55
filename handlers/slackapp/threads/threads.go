// Package threads knows the addresses of tickets' threads in Slack, for lists that link to them. Slack is asked for
// each once, because an address never changes.
package threads

import (
	"context"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/slabuddy/slabuddy/escalation"
)

const (
	askedAtOnce = 8
	askedWithin = time.Second // Slack is asked for one list, in all: what it does not say in time is listed without
	mostKept    = 20_000      // addresses in memory, of all workspaces
)

// Permalinks know the addresses of messages in Slack. *client.API is one.
type Permalinks interface {
	Permalink(ctx context.Context, workspace, channel, ts string) (string, error)
}

// Links are the addresses that are known so far.
type Links struct {
	slack Permalinks

	mu    sync.Mutex
	known map[escalation.Thread]string
}

// New returns links that know nothing yet.
func New(slack Permalinks) *Links {
	return &Links{slack: slack, known: map[escalation.Thread]string{}}
}

// Of are the addresses of timelines' threads, as far as Slack says them soon. What it does not say in time is asked for
// again by the next list.
func (l *Links) Of(ctx context.Context, ts []escalation.Timeline) map[escalation.Thread]string {
	ctx, cancel := context.WithTimeout(ctx, askedWithin)
	defer cancel()
	links, unknown := l.look(ts)
	var asking errgroup.Group
	asking.SetLimit(askedAtOnce)
	var mu sync.Mutex
	for _, th := range unknown {
		asking.Go(func() error {
			if link, err := l.slack.Permalink(ctx, th.Workspace, th.Channel, th.TS); err == nil {
				mu.Lock()
				defer mu.Unlock()
				links[th] = link
			}
			return nil
		})
	}
	_ = asking.Wait()
	l.keep(links)
	return links
}

// look returns the links that are known, and the threads of which none is.
func (l *Links) look(ts []escalation.Timeline) (links map[escalation.Thread]string, unknown []escalation.Thread) {
	l.mu.Lock()
	defer l.mu.Unlock()
	links = map[escalation.Thread]string{}
	for _, t := range ts {
		th := t.ThreadNow()
		if link, ok := l.known[th]; ok {
			links[th] = link
		} else if th.TS != "" {
			unknown = append(unknown, th)
		}
	}
	return links, unknown
}

func (l *Links) keep(links map[escalation.Thread]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known)+len(links) > mostKept {
		clear(l.known) // those still of use are asked for again
	}
	maps.Copy(l.known, links)
}
