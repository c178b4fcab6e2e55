// Package store keeps what must not be forgotten: timelines and what happened to them, mentions,
// the jobs owed, the gates they wait behind, the last known roster, and what was set up from Slack.
// Two implementations stand below it, postgres for any number of replicas and sqlite for one
// process; storetest holds both to the same rules.
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
//
// next_at is [escalation.Timeline.NextAt], set whenever a timeline is written; with asked_at it
// stands in indexes of open timelines only, so that a walk costs the same among a million as among
// a few. What people ask to see (ListOpen, Lateness) has no index of its own, which every walk would
// have to keep up: it looks through what there is. Records goes by id, which is by time of opening, in
// pages that are each of one moment. Pace keys and turns are gates like any other.
//
// # Transactions
//
// No transaction crosses this package's interface. What has to commit together is handed over
// together:
//
//   - Open: a timeline and its first event. Concurrent calls share one transaction.
//   - Save: a decision, that is a timeline if its version is still the one that was read, what
//     happened, the jobs owed for it, and the mention it answers. All of a change or nothing.
//   - Claim: what queue.Admit chose, and the paces it used.
//   - Finish: a job if it is still running under its fence, what that does to its timeline
//     ([escalation.Effect]), the gate it shuts, its log, and what that means for the jobs that come
//     after it (queue.Settle).
//   - AddJobs: jobs that come after others, all or none (queue.Link).
//   - RetryJob, CancelJob, ReleaseJobs: a job, and all that this means for others.
//   - AddSetting: a version, if it is the one after the latest.
//
// Postgres locks in one order, so that replicas do not wait for each other in a circle: mentions,
// then jobs that are there, then timelines, each by id, then gates by key; a queue's rate before all of
// these. What meets head-on all the same is tried again: those that come after a job, found only once
// it is finished, are locked last. SQLite has one writer, and nothing to order.
//
// An error from a commit leaves its outcome unknown. Nothing is assumed then: each method's
// comment says what a second call reports, and none does anything twice.
//
// # Clocks
//
// No statement reads the database's clock. All times are the caller's, kept in UTC to the
// microsecond; Clock alone asks what time it is over there.
package store
