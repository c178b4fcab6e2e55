package store

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

// Timelines keeps the tickets' timelines and what happened to them.
type Timelines interface {
	// Open stores new timelines at version 1, each with its first event, and says for each which timeline
	// is there now (rule 1). Concurrent calls share transactions. Called again after an error, with the
	// same ids, it reports those that had been stored after all as new: nobody else can have stored them.
	Open(ctx context.Context, ts []escalation.Timeline) ([]escalation.Opened, error)
	// FindByThread finds the timeline that the message of a thread opened, in whatever state it is; of
	// several the first.
	FindByThread(ctx context.Context, th escalation.Thread) (t escalation.Timeline, found bool, err error)
	// ListByThread lists every timeline that the message of a thread opened, by their ids.
	ListByThread(ctx context.Context, th escalation.Thread) ([]escalation.Timeline, error)
	// FindByTicket finds the open timeline of a ticket in a workspace, of which there is one at most; with
	// "" for the workspace, in each there is.
	FindByTicket(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error)
	// FindSolved finds the closed timelines of a ticket that ToLookAgain would return some day, by their ids; with
	// "" for the workspace, in each there is.
	FindSolved(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error)
	// Load reads timelines in any order. It leaves out those that do not exist.
	Load(ctx context.Context, ids []string) ([]escalation.Timeline, error)
	// Due returns the open timelines that the walker has to look at by now, at most n, the earliest first,
	// and when the next one after now is due; zero if there is none.
	Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error)
	// Coming counts, by channel, the open timelines that the walker has to look at after now and no later than
	// until. A channel is a thread without ts.
	Coming(ctx context.Context, now, until time.Time) (map[escalation.Thread]int, error)
	// ToAsk takes up to n open timelines that are not due and were last asked about by before, the longest
	// unasked first, and marks them as asked at now, so that no other replica gets them meanwhile. Their
	// versions do not change. After an error some may be marked: they come again after one more interval.
	ToAsk(ctx context.Context, now, before time.Time, n int) ([]escalation.Timeline, error)
	// ToLookAgain takes up to n closed timelines whose ticket may have come back and that have to be looked
	// at by now, and has them come again at next. Their versions do not change.
	ToLookAgain(ctx context.Context, now, next time.Time, n int) ([]escalation.Timeline, error)
	// Save commits changes, each of them as a whole or not at all. One transaction holds many changes, but
	// never two of one timeline or of one mention. After an error the outcome of each is unknown: read the
	// timelines back. Called again with changes that had been committed, it reports them as stale or as
	// repeats and writes nothing.
	Save(ctx context.Context, changes []escalation.Change) ([]escalation.Saved, error)

	// History returns what happened to a timeline, in the order in which it was written.
	History(ctx context.Context, timelineID string) ([]escalation.Event, error)
	// Happened returns the events of a kind in the history of timelines, in the order in which they were
	// written.
	Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error)
	// ListOpen lists the first open timelines of a workspace, or of one of its channels, in the order of
	// q.By, at most q.Limit. No index serves it, because every walk would have to keep that index up: it
	// reads all open timelines of the workspace.
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	// CountOpen counts the open timelines of each policy: first those whose deadline is before bounds[0],
	// then those before bounds[1], and so on, and last the rest. The bounds ascend.
	CountOpen(ctx context.Context, bounds ...time.Time) (map[string][]int, error)
	// Lateness returns how late each reminder of a workspace was that was posted since then, the newest
	// first, at most n. It leaves out reminders posted more than four days after their ticket was opened;
	// where there is more history than can be read quickly, it reads that of the latest timelines only.
	Lateness(ctx context.Context, workspace string, since time.Time, n int) ([]time.Duration, error)
	// Records reads up to n timelines of a workspace, or with "" of each, with their history: of tickets posted at
	// since or later, in the order of their ids, which is that of their opening, after the id given; "" is before
	// all. Where there is much history it returns fewer, but at least one. All that it returns is of one moment.
	// It leaves no transaction open.
	Records(ctx context.Context, workspace string, since time.Time, after string, n int) ([]review.Record, error)
}

// Mentions keeps the mentions of the bot, so that each is acted on once (rule 10).
type Mentions interface {
	// Hear stores a mention, and says whether it has been acted on. Called again, it changes nothing.
	Hear(ctx context.Context, m escalation.Mention, at time.Time) (actedOn bool, err error)
	// Early returns the mentions in threads that were heard since then and not acted on, the oldest first.
	Early(ctx context.Context, threads []escalation.Thread, since time.Time) ([]escalation.Mention, error)
}

// DeskEvents keeps what help desks reported by webhook about tickets whose message may come later.
type DeskEvents interface {
	// HearDesk stores an event. Reported again (the same ticket, kind and time), it counts as heard at the
	// later time, and as proof if either report was one.
	HearDesk(ctx context.Context, e desk.Event, at time.Time) error
	// EarlyDesk returns the events of a ticket that were heard since then, in the order in which they were
	// heard: those that the help desk of the workspace told, and those of the one desk of every workspace.
	EarlyDesk(ctx context.Context, workspace, ticketID string, since time.Time) ([]desk.Event, error)
}

// Jobs keeps the outbound calls of package queue. An effect that is no [escalation.Effect] is an error of
// Finish.
type Jobs interface {
	queue.Store
	// AddJobs adds the jobs whose keys do not exist yet, and wakes their queues. If one of them comes after
	// another, all are added or none. Errors: a *queue.CycleError if they wait for each other; a
	// *queue.UnknownError if one comes after a job that does not exist. Called again after an error, it
	// adds what is missing.
	AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error
	// Jobs lists jobs, those that run first at the front, and those that wait for others at the end.
	Jobs(ctx context.Context, f queue.Filter) ([]queue.Job, error)
	// JobsByKey reads jobs in any order. It leaves out those that do not exist, or no longer.
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
	// ShowJob returns all that is stored about a job. Errors: *queue.UnknownError.
	ShowJob(ctx context.Context, id string) (queue.Details, error)
	// CountJobs counts the jobs that are held, pending, running or failed. It does not count the others,
	// which may be millions.
	CountJobs(ctx context.Context) (queue.Counts, error)
	// JobStats returns how many jobs each queue has in each state, and since when the oldest of them waits
	// at now. Done and cancelled ones count if they finished at finishedSince or later, and not at all if
	// that is zero.
	JobStats(ctx context.Context, now, finishedSince time.Time) ([]queue.Stat, error)
	// RetryJob makes a job that has failed or was cancelled pending again; see queue.Retry, also for its
	// errors. After another error it may be pending: a second call returns its state.
	RetryJob(ctx context.Context, id string, now time.Time) error
	// CancelJob cancels a job, or marks it to be cancelled as soon as it is certain that it was not sent,
	// and returns it as it is then; see queue.Cancel, also for its errors. The timelines whose reminders or pages
	// are cancelled go on without them: see [escalation.ByHand].
	CancelJob(ctx context.Context, id string, now time.Time) (queue.Job, error)
	// ReleaseJobs releases a held job, or all of a graph, and returns how many there were. Errors:
	// *queue.UnknownError if neither a job nor a graph has that name.
	ReleaseJobs(ctx context.Context, idOrGraph string, now time.Time) (released int, err error)
}

// Gates keeps the keys behind which jobs wait, and the turns that replicas share.
type Gates interface {
	// ShutGate shuts a gate. A gate that is already shut for longer stays as it is.
	ShutGate(ctx context.Context, g queue.Gate) error
	// OpenGate opens a gate, and makes the jobs that wait behind it due at now. If the gate is not shut at
	// now it does nothing.
	OpenGate(ctx context.Context, key string, now time.Time) error
	// Gates lists the gates that are shut at now. Paces and turns are among them, without a reason.
	Gates(ctx context.Context, now time.Time) ([]queue.Gate, error)
	// TakeTurn takes the turn of a key until now+every if it is free at now. next is when it is free again.
	// After an error the turn may be taken; the next one is then one interval later.
	TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error)
	// ReturnTurn makes the turn of a key free before its time. No job may name a turn's key.
	ReturnTurn(ctx context.Context, key string) error
}

// Values is a key-value store of what others last answered: the roster, user groups, how far a channel was
// scanned.
type Values interface {
	// Put stores the value that a key has at a time. An older value never replaces a newer one.
	Put(ctx context.Context, key string, value []byte, at time.Time) error
	// PutMissing stores the value under each of the keys that has none, whoever else does so at the same time.
	PutMissing(ctx context.Context, keys []string, value []byte, at time.Time) error
	// Get returns the value of a key and the time it was put with.
	Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
}

// Keys keeps idempotency keys.
type Keys interface {
	// ClaimKey claims a key until then, and says whether it was free at now. After an error the key may be
	// claimed.
	ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error)
	// KeyClaimed says whether a key is claimed at now.
	KeyClaimed(ctx context.Context, key string, now time.Time) (claimed bool, err error)
	// ReleaseKey makes a claimed key free.
	ReleaseKey(ctx context.Context, key string) error
}

// Installations keeps in which workspaces the bot is installed.
type Installations interface {
	// SaveInstallation stores an installation as it is, in place of the workspace's earlier one, and
	// notifies all listeners.
	SaveInstallation(ctx context.Context, i setup.Installation) error
	// EndInstallation stores that an installation has ended, and notifies all listeners. One that ended
	// before keeps its first end. One that was made after that time stays: the report came late.
	EndInstallation(ctx context.Context, workspace string, at time.Time, why string) error
	// Installation returns that of one workspace, also if it has ended.
	Installation(ctx context.Context, workspace string) (i setup.Installation, found bool, err error)
	// Installations lists all installations by workspace, including those that have ended.
	Installations(ctx context.Context) ([]setup.Installation, error)
}

// Settings keeps what was set up from Slack, in versions that are only ever added.
type Settings interface {
	// AddSetting adds a version of a scope if it is one more than the latest (1 if there is none), and
	// notifies all listeners. Otherwise somebody was quicker, and nothing is added. After an error it may
	// have been added.
	AddSetting(ctx context.Context, s setup.Setting) (added bool, err error)
	// Settings returns the latest version of each scope of a workspace, by scope. A scope that was taken
	// back has an empty body.
	Settings(ctx context.Context, workspace string) ([]setup.Setting, error)
	// WorkspacesWith returns the workspaces in which a scope is set, in order.
	WorkspacesWith(ctx context.Context, scope string) ([]string, error)
	// SettingVersions returns the versions of a scope, the newest first, at most n.
	SettingVersions(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error)
}

// Rosters keeps who was on shift in each workspace, from when on (rule 16).
type Rosters interface {
	// AddRoster stores a workspace's roster from a time on, unless the latest one says the same or is no older,
	// and says whether it was added. Two calls at once may both add the same: that does no harm. Called again
	// after an error, it adds what is missing.
	AddRoster(ctx context.Context, workspace string, r review.RosterSince) (added bool, err error)
	// Rosters returns the roster that a workspace had at from, and those that began later and before to, in the
	// order of their times. From the zero time on, it returns all of them.
	Rosters(ctx context.Context, workspace string, from, to time.Time) (review.Rosters, error)
}

// Database is what concerns the database itself.
type Database interface {
	// Rewrite applies change to every text that may name people, in all rows that are no longer worked
	// with; without apply it only counts. It may run beside the program. After an error or a crash a part
	// is done: a second call continues with the rest. Errors: ErrInForce.
	Rewrite(ctx context.Context, change func(string) string, apply bool) ([]Rewritten, error)
	// Purge deletes timelines closed before closedBefore with their history and the rosters that ended before
	// it, jobs finished before jobsBefore with their logs, and mentions, desk events and claimed keys from
	// before mentionsBefore; at most n of each. It keeps a job as long as one that comes after it, which may still wait for it or
	// have been cancelled because of it. It returns how many rows it deleted: call it until that is 0.
	Purge(ctx context.Context, closedBefore, jobsBefore, mentionsBefore time.Time, n int) (deleted int, err error)
	// EraseWorkspace deletes what belongs to a workspace that the bot has left before endedBefore, or was
	// never installed in: its timelines with their history, its jobs whatever their state, mentions,
	// its help desk's events, settings, rosters, values, keys and gates, at most n rows a call, and last its
	// installation. It returns how many rows it deleted: call it until that is 0. What the one desk of every
	// workspace reported goes by Purge. Errors: ErrInstalled.
	EraseWorkspace(ctx context.Context, workspace string, endedBefore time.Time, n int) (deleted int, err error)
	// Migrate applies the missing migrations. Of several replicas that start at once, one migrates and the
	// others wait for it.
	Migrate(ctx context.Context) error
	// MigrationStatus lists all migrations, applied or not.
	MigrationStatus(ctx context.Context) ([]Migration, error)
	// Listen tells l what any replica has news of, until ctx ends, and returns its error. All of it are
	// hints: some may be lost, so listeners also look at intervals.
	Listen(ctx context.Context, l Listener) error
	// Clock returns the database's time; ok is false if it has no clock but ours.
	Clock(ctx context.Context) (now time.Time, ok bool, err error)
	// Lineage names the history that the database is in: it is another once a standby was promoted, which may have
	// missed the last of what was written, or once a backup was restored to another server. "": it cannot be told.
	Lineage(ctx context.Context) (string, error)
	// Ping asks the database for a sign of life.
	Ping(ctx context.Context) error
	// Name is the database's kind and version.
	Name() string
	// Close closes the database, after what is under way.
	Close()
}
