package store

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/rewrite"
	"github.com/slabuddy/slabuddy/store/internal/schema"
	"github.com/slabuddy/slabuddy/store/postgres"
	"github.com/slabuddy/slabuddy/store/sqlite"
)

// Migration is one numbered change of the tables.
type Migration = schema.Migration

// Rewritten is what Rewrite did to a table.
type Rewritten = rewrite.Result

// ErrInForce says that Rewrite changed nothing: an engineer who was set up from Slack, and is on the team
// still, would become another.
var ErrInForce = rewrite.ErrBarred

// Store is everything that the program asks of its database. Consumers ask for less: each states
// what it needs in a small interface of its own. The methods are described at their
// implementations; store/storetest holds both to the same.
//
// Any error means that the database could not do it: the caller may try again, and every method
// says what it returns then.
type Store interface {
	Open(ctx context.Context, ts []escalation.Timeline) ([]escalation.Opened, error)
	FindByThread(ctx context.Context, th escalation.Thread) (t escalation.Timeline, found bool, err error)
	Load(ctx context.Context, ids []string) ([]escalation.Timeline, error)
	Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error)
	ToAsk(ctx context.Context, now, before time.Time, n int) ([]escalation.Timeline, error)
	TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error)
	Save(ctx context.Context, changes []escalation.Change) ([]escalation.Saved, error)
	History(ctx context.Context, timelineID string) ([]escalation.Event, error)
	CountOpen(ctx context.Context, bounds ...time.Time) (map[string][]int, error)
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	FindByTicket(ctx context.Context, ticketID string) ([]escalation.Timeline, error)
	Lateness(ctx context.Context, workspace string, since time.Time, n int) ([]time.Duration, error)
	Records(ctx context.Context, since time.Time, after string, n int) ([]review.Record, error)

	Hear(ctx context.Context, m escalation.Mention, at time.Time) (actedOn bool, err error)
	Early(ctx context.Context, threads []escalation.Thread, since time.Time) ([]escalation.Mention, error)
	HearDesk(ctx context.Context, e escalation.DeskEvent, at time.Time) error
	EarlyDesk(ctx context.Context, ticketID string, since time.Time) ([]escalation.DeskEvent, error)

	queue.Store
	ShutGate(ctx context.Context, g queue.Gate) error
	OpenGate(ctx context.Context, key string, now time.Time) error
	Gates(ctx context.Context, now time.Time) ([]queue.Gate, error)
	AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error
	Jobs(ctx context.Context, f queue.Filter) ([]queue.Job, error)
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
	CountJobs(ctx context.Context) (queue.Counts, error)
	JobStats(ctx context.Context, now, finishedSince time.Time) ([]queue.Stat, error)
	ShowJob(ctx context.Context, id string) (queue.Details, error)
	RetryJob(ctx context.Context, id string, now time.Time) error
	CancelJob(ctx context.Context, id string, now time.Time) (queue.Job, error)
	ReleaseJobs(ctx context.Context, idOrGraph string, now time.Time) (released int, err error)

	Put(ctx context.Context, key string, value []byte, at time.Time) error
	Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
	ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error)
	KeyClaimed(ctx context.Context, key string, now time.Time) (used bool, err error)
	ReleaseKey(ctx context.Context, key string) error

	SaveInstallation(ctx context.Context, i setup.Installation) error
	EndInstallation(ctx context.Context, workspace string, at time.Time, why string) error
	Installations(ctx context.Context) ([]setup.Installation, error)
	AddSetting(ctx context.Context, s setup.Setting) (added bool, err error)
	Settings(ctx context.Context, workspace string) ([]setup.Setting, error)
	SettingVersions(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error)

	Rewrite(ctx context.Context, change func(string) string, apply bool) ([]Rewritten, error)
	Purge(ctx context.Context, closedBefore, jobsBefore, mentionsBefore time.Time, n int) (deleted int, err error)
	Migrate(ctx context.Context) error
	MigrationStatus(ctx context.Context) ([]Migration, error)
	Listen(ctx context.Context, f func(topic string)) error
	Clock(ctx context.Context) (now time.Time, ok bool, err error)
	Ping(ctx context.Context) error
	Name() string
	Close()
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
