package row

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/table"
)

// Scanner is one row of a result: a *sql.Rows or a pgx.CollectableRow.
type Scanner interface{ Scan(dest ...any) error }

// Stamp is what a driver scans a time into; null is the zero time. Each store has its own, because SQLite
// holds microseconds and Postgres a timestamptz.
type Stamp interface{ Time() time.Time }

// The columns of the records that both databases name in the same way.
const (
	TimelineColumns = `id, version, workspace, channel, thread_ts, policy, state, posted_at,
	deadline, asked_at, answered_at, closed_at, breached_at, moved_ts, body`
	EventColumns   = `timeline_id, at, kind, tier, details`
	MentionColumns = `workspace, channel, ts, thread_ts, author, said`
	SettingColumns = `workspace, scope, version, set_at, set_by, body`
	InstallColumns = `workspace, name, app_id, bot_user, bot_id, scopes, token,
	installed_by, installed_at, updated_at, ended_at, ended_why`
	GateColumns    = `key, shut_until, reason`
	AttemptColumns = `number, looking, at, kind, error`
)

// Timeline scans TimelineColumns.
func Timeline[S Stamp](r Scanner) (t escalation.Timeline, err error) {
	var posted, deadline, asked, answered, closed, breached S
	var js string
	if err := r.Scan(&t.ID, &t.Version, &t.Workspace, &t.Channel, &t.TS, &t.Policy, &t.State, &posted,
		&deadline, &asked, &answered, &closed, &breached, &t.Moved, &js); err != nil {
		return t, err
	}
	t.PostedAt, t.AskedAt = posted.Time(), asked.Time()
	t.AnsweredAt, t.ClosedAt = answered.Time(), closed.Time()
	first := t.FirstReply()
	first.Start, first.Deadline, first.BreachedAt = t.PostedAt, deadline.Time(), breached.Time()
	return t, SetBody(&t, js)
}

// Event scans EventColumns.
func Event[S Stamp](r Scanner) (e escalation.Event, err error) {
	var at S
	var details string
	if err := r.Scan(&e.Timeline, &at, &e.Kind, &e.Tier, &details); err != nil {
		return e, err
	}
	e.At = at.Time()
	return e, SetDetails(&e, details)
}

// Late scans the details of an event that a reminder was posted: how late it was.
func Late(r Scanner) (time.Duration, error) {
	var e escalation.Event
	var details string
	if err := r.Scan(&details); err != nil {
		return 0, err
	}
	err := SetDetails(&e, details)
	return e.Late, err
}

// Mention scans MentionColumns.
func Mention(r Scanner) (m escalation.Mention, err error) {
	err = r.Scan(&m.Workspace, &m.Channel, &m.TS, &m.ThreadTS, &m.User, &m.Text)
	return m, err
}

// Setting scans SettingColumns.
func Setting[S Stamp](r Scanner) (s setup.Setting, err error) {
	var set S
	err = r.Scan(&s.Workspace, &s.Scope, &s.Version, &set, &s.By, &s.Body)
	s.At = set.Time()
	if len(s.Body) == 0 {
		s.Body = nil
	}
	return s, err
}

// Installation scans InstallColumns.
func Installation[S Stamp](r Scanner) (i setup.Installation, err error) {
	var scopes string
	var installed, updated, ended S
	err = r.Scan(&i.Workspace, &i.Name, &i.AppID, &i.BotUser, &i.BotID, &scopes, &i.Token,
		&i.InstalledBy, &installed, &updated, &ended, &i.EndedWhy)
	i.Scopes = ParseKeys(scopes)
	i.InstalledAt, i.UpdatedAt, i.EndedAt = installed.Time(), updated.Time(), ended.Time()
	return i, err
}

// Gate scans GateColumns.
func Gate[S Stamp](r Scanner) (g queue.Gate, err error) {
	var until S
	err = r.Scan(&g.Key, &until, &g.Reason)
	g.Until = until.Time()
	return g, err
}

// Claimed scans the columns of a job that a claim needs; each store names them itself.
func Claimed[S Stamp](r Scanner) (queue.Job, error) { return scanJob[S](r) }

// Job scans all columns of a job.
func Job[S Stamp](r Scanner) (queue.Job, error) {
	var notBefore, finished S
	var more queue.Job
	j, err := scanJob[S](r, &notBefore, &more.Held, &more.Graph, &more.Waits, &more.Cause, &more.Cancelling, &finished,
		&more.Result.Status, &more.Result.Body)
	j.Held, j.Graph, j.Waits, j.Cause, j.Cancelling, j.Result = more.Held, more.Graph, more.Waits, more.Cause, more.Cancelling, more.Result
	j.FinishedAt = finished.Time()
	if at := notBefore.Time(); !at.IsZero() {
		j.RunAt = at
	}
	return j, err
}

// scanJob scans the columns of a claim, and the columns after them into more.
func scanJob[S Stamp](r Scanner, more ...any) (j queue.Job, err error) {
	var run, created, first, last, expires, awaited S
	var gates, lookGates string
	var timeout int64
	err = r.Scan(append([]any{&j.ID, &j.Key, &j.Queue, &j.Payload, &run, &j.MaxAttempts, &j.Pace, &gates, &lookGates,
		&j.State, &created, &j.Attempts, &j.Looks, &j.Fence, &j.Worker, &first, &last, &j.LastError, &expires, &timeout, &awaited}, more...)...)
	j.RunAt, j.CreatedAt, j.FirstSent, j.LastSent = run.Time(), created.Time(), first.Time(), last.Time()
	j.Awaited = awaited.Time()
	j.Expires, j.Timeout = expires.Time(), time.Duration(timeout)*time.Microsecond
	j.Gates, j.LookGates = ParseKeys(gates), ParseKeys(lookGates)
	return j, err
}

// Attempt scans AttemptColumns.
func Attempt[S Stamp](r Scanner) (a queue.Attempt, err error) {
	var at S
	err = r.Scan(&a.Number, &a.Looking, &at, &a.Kind, &a.Error)
	a.At = at.Time()
	return a, err
}

// Stat returns a function that scans queue, state, number and oldest of a group of jobs, as of now.
func Stat[S Stamp](now time.Time) func(r Scanner) (queue.Stat, error) {
	return func(r Scanner) (c queue.Stat, err error) {
		var oldest S
		err = r.Scan(&c.Queue, &c.State, &c.Jobs, &oldest)
		if at := oldest.Time(); !at.After(now) {
			c.Oldest = at
		}
		return c, err
	}
}

// Edge scans a job and the one it comes after.
func Edge(r Scanner) (e queue.Edge, err error) {
	err = r.Scan(&e.Job, &e.After)
	return e, err
}

// Kept is a value of the key-value store.
type Kept struct {
	Value []byte
	At    time.Time
}

// KeptValue scans a value and when it was put.
func KeptValue[S Stamp](r Scanner) (k Kept, err error) {
	var at S
	err = r.Scan(&k.Value, &at)
	k.At = at.Time()
	return k, err
}

// Mark scans the mark of a move: id, the other side, when it began and when it was finished.
func Mark[S Stamp](r Scanner) (m table.Mark, err error) {
	var began, finished S
	err = r.Scan(&m.ID, &m.Other, &began, &finished)
	m.BeganAt, m.FinishedAt = began.Time(), finished.Time()
	return m, err
}

// When scans one time.
func When[S Stamp](r Scanner) (time.Time, error) {
	var at S
	err := r.Scan(&at)
	return at.Time(), err
}

// First is the first of what was read, if anything was found.
func First[T any](all []T, err error) (first T, found bool, _ error) {
	if err != nil || len(all) == 0 {
		return first, false, err
	}
	return all[0], true, nil
}

// Value scans one column of any type that the driver takes.
func Value[T any](r Scanner) (v T, err error) {
	err = r.Scan(&v)
	return v, err
}

// orders are the columns that open timelines are listed by.
var orders = map[escalation.OpenOrder]string{
	escalation.ByNext:     "next_at, id",
	escalation.ByDeadline: "deadline, id",
	escalation.ByPosted:   "posted_at desc, id desc",
}

// OpenOrder are the columns of an order.
func OpenOrder(by escalation.OpenOrder) (columns string, err error) {
	columns, known := orders[by]
	if !known {
		return "", fmt.Errorf("there is no order %q", by)
	}
	return columns, nil
}

// Roster is the JSON of a snapshot. The same snapshot always has the same.
func Roster(s calendar.Snapshot) (string, error) {
	js, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("encode a roster: %w", err)
	}
	return string(js), nil
}

// RosterSince scans the time and the roster.
func RosterSince[S Stamp](r Scanner) (since review.RosterSince, err error) {
	var at S
	var js []byte
	if err := r.Scan(&at, &js); err != nil {
		return since, err
	}
	since.At = at.Time()
	if err := json.Unmarshal(js, &since.Roster); err != nil {
		return since, fmt.Errorf("decode a roster: %w", err)
	}
	return since, nil
}
