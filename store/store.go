package store

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/slabuddy/slabuddy/store/internal/rewrite"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/schema"
	"github.com/slabuddy/slabuddy/store/internal/wake"
	"github.com/slabuddy/slabuddy/store/postgres"
	"github.com/slabuddy/slabuddy/store/sqlite"
)

// Migration is one numbered change of the tables.
type Migration = schema.Migration

// Rewritten is what Rewrite did to a table.
type Rewritten = rewrite.Result

// Listener holds what is called when there is news.
type Listener = wake.Listener

// ErrInForce says that Rewrite changed nothing: an engineer who was set up from Slack, and is on the team
// still, would become another.
var ErrInForce = rewrite.ErrBarred

// ErrInstalled says that EraseWorkspace deleted nothing.
var ErrInstalled = row.ErrInstalled

// Store is everything that the program asks of its database. A consumer asks for less: it states the few
// methods that it needs in an interface of its own. Every method is described here, and not again where the
// two databases implement it; store/storetest holds both to the descriptions.
//
// Any error means that the database could not do what was asked. The caller may call again, and a method
// whose first call may have been done after all says what the second call returns.
type Store interface {
	Timelines
	Mentions
	DeskEvents
	Jobs
	Gates
	Values
	Keys
	Installations
	Settings
	Rosters
	Database
}

// Options of a store.
type Options struct {
	Logger    *slog.Logger // nil: none
	MaxConns  int          // Postgres: at most so many connections, one for Listen aside; 0: 10
	Exclusive bool         // SQLite: refuse a file that another process has opened exclusively
}

// Open opens the database that url names: sqlite:PATH, or postgres://…. It does not migrate.
func Open(ctx context.Context, url string, o Options) (Store, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		s, err := sqlite.Open(ctx, rest, sqlite.Options{Exclusive: o.Exclusive})
		if err != nil {
			return nil, err
		}
		return s, nil
	case "postgres", "postgresql":
		s, err := postgres.Open(ctx, url, postgres.Options{Logger: o.Logger, MaxConns: o.MaxConns})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	// The address itself may hold a password, wherever it went wrong.
	return nil, errors.New("the address of the database (DATABASE_URL) has to start with sqlite: or postgres://, as in sqlite:slabuddy.db or postgres://user:password@host:5432/slabuddy")
}
