package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/directory"
	"github.com/slabuddy/slabuddy/store"
)

// names tell what people and user groups are called: engineers as the configuration or the setup in Slack
// calls them, everybody else as the bot last read it from Slack. Slack itself is not asked.
type names struct {
	store store.Store
	book  *setup.Book
	known map[string]review.Names // by workspace
}

func newNames(s store.Store, c *config.Config, now time.Time) *names {
	book := setup.NewBook(setup.BookConfig{
		Store: s, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	book.SetBase(&c.Settings, c.Workspace)
	return &names{s, book, map[string]review.Names{}}
}

// of are the names of a workspace, read when it is met for the first time.
func (n *names) of(ctx context.Context, workspace string) (review.Names, error) {
	if known, met := n.known[workspace]; met {
		return known, nil
	}
	kept, err := directory.ReadKept(ctx, n.store, workspace)
	if err != nil {
		return nil, err
	}
	engineers := n.book.Settings(workspace).Engineers
	if !n.book.Loaded(workspace) {
		return nil, errors.New("what was set up from Slack cannot be read from the database")
	}
	known := review.Names{}
	for id, handle := range kept.Groups {
		known[id] = "@" + handle
	}
	maps.Copy(known, kept.People)
	for _, e := range engineers {
		id := e.Slack
		if id == "" {
			id = kept.Emails[strings.ToLower(e.Email)]
		}
		if id != "" {
			known[id] = e.Name
		}
	}
	n.known[workspace] = known
	return known, nil
}
