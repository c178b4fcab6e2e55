// Package store keeps what must not be forgotten: timelines and what happened to them, mentions,
// jobs, the gates they wait behind, the last known roster, and what was set up from Slack. It has
// two implementations: postgres for any number of replicas, and sqlite for one process. storetest
// holds both to the same rules.
//
//	timelines                          history                jobs
//	┌────────────────────────┐         ┌─────────────┐        ┌────────────────────────────┐
//	│ id            version  │ 1 ── n  │ timeline_id │        │ id  key (unique)  queue    │
//	│ workspace channel      │         │ seq         │        │ state  run_at  fence       │
//	│   thread_ts  (unique)  │         │ at kind     │        │ attempts looks             │
//	│ workspace ticket_id    │         │ tier        │        │ worker  lease  times       │
//	│   (unique while open)  │         │ details     │        │ pace gates look_gates ──┐  │
//	│ policy state times     │         └─────────────┘        │ payload (opaque)        │  │
//	│ next_at asked_at       │         mentions               └─────────────────────────┼──┘
//	│ body (JSON, opaque)    │         ┌─────────────────┐    gates                      │
//	└────────────────────────┘         │ workspace       │    ┌──────────────────────┐   │
//	kept                               │ channel ts      │    │ key ◀────────────────┼───┘
//	┌────────────────────────┐         │ thread_ts       │    │ shut_until  reason   │
//	│ key  value  kept_at    │         │ heard_at        │    └──────────────────────┘
//	└────────────────────────┘         │ acted_on        │
//	settings                           └─────────────────┘    desk_events
//	┌────────────────────────┐         installations          ┌──────────────────────┐
//	│ workspace scope        │         ┌─────────────────┐    │ ticket_id kind time  │
//	│ version  (1, 2, …)     │         │ workspace       │    │ heard_at cause proof │
//	│ who when body          │         │ token (sealed)  │    └──────────────────────┘
//	└────────────────────────┘         │ who when ended  │    once: key, used_until
//	job_edges: job ─▶ after            └─────────────────┘    job_attempts: job, what each came to
//	rosters: workspace, since when, who is on shift
//
// next_at is [escalation.Timeline.NextAt], set whenever a timeline is written. It and asked_at are
// in indexes of open timelines only, so that a walk costs the same among a million timelines as
// among a few. What people ask to see (ListOpen, Lateness) has no index of its own, because every
// walk would have to keep it up: these methods read all that there is. Records goes by id, which is
// by time of opening; what one call returns is read in one snapshot. A queue's paces and the scan's turns are rows
// of gates, too.
//
// # Transactions
//
// No transaction crosses this package's interface. What has to commit together is handed over
// together:
//
//   - Open: a timeline and its first event. Concurrent calls share one transaction.
//   - Save: a decision. That is a timeline, if its version is still the one that was read, its
//     events, its jobs, and the mention it answers. All of a change or nothing.
//   - Claim: what queue.Admit chose, and the paces it used.
//   - Finish: a job, if it is still running under its fence, its effect on its timeline
//     ([escalation.Effect]), the gate it shuts, its log, and its effect on the jobs that come after
//     it (queue.Settle).
//   - AddJobs: jobs that come after others, all or none (queue.Link).
//   - RetryJob, CancelJob, ReleaseJobs: a job, and the effect on the jobs that come after it.
//   - AddSetting: a version, if it is one more than the latest.
//
// Transactions on Postgres lock in one order, so that replicas do not deadlock: a queue's rate, then
// mentions, then jobs that exist, then timelines, each by id, then gates by key. Which jobs come
// after a job is read only once that one is finished, so these are locked last; if two replicas block each other
// there, the one that Postgres breaks off tries again. SQLite has one writer, and nothing to order.
//
// An error from a commit leaves its outcome unknown. Nothing is assumed then: each method's
// description says what a second call returns, and none does anything twice.
//
// # Clocks
//
// No statement reads the database's clock, but for the one of the method Clock. All times are the caller's, stored in
// UTC to the microsecond.
package store
