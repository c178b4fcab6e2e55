// Package escalation decides whom to remind of a ticket that nobody answered, and when.
//
//	Slack event ─▶ Opener ─▶ Timeline (open) ◀──┬────── Mentions ◀─ @mention: snooze, status, help
//	                            │    ▲          ├────── Actions ◀── button: snooze, own, check, why
//	                            │    │          ├────── Replies ◀── help desk: replied, closed
//	                   due      │    │          └────── Pauses ◀─── channel: pause, resume
//	                            │    │ Save: version still the one read
//	                            ▼    │
//	       HelpDesk ◀─ask─ Walker ─ Decide ─▶ Change{timeline, events, jobs}
//	       Roster, groups ──────┘                              │ same transaction
//	                                                           ▼
//	               thread ◀─ Poster ◀─ Deliverer (re-reads) ◀─ queue
//
// A timeline's states, and a tier's within it:
//
//	open ──▶ answered | withdrawn | expired      a solved ticket that comes back is open again (rule 17)
//
//	pending ──decided──▶ owed ──posted──▶ posted ──(repeat)──▶ pending
//	   │  ▲                │ ├──given up──▶ failed
//	   │  └──too late, ────┘ │
//	   │     snoozed,        │
//	   │     paused, a higher│
//	   │     one is due      │
//	   └──a higher tier decided──▶ superseded
//
// A tier is idle while its clock does not run.
//
// A job posts one thing: a reminder, a note in a thread, or a refresh of a reminder that is posted. Refreshes
// are stored when somebody acts on a timeline and when it closes, never by a plain walk.
//
// Reminders of one channel that are due together are a digest: one job, and one message in the channel. The
// tier of each of these timelines is owed until that one job is done.
//
// A tier may have a page beside its reminder, or in place of it (state paged): a job of an HTTP queue,
// which the Pager sends after a last look at the timeline and a last question to the help desk. PagingState says
// how far it has come. Pages that were sent are taken back when the timeline closes.
//
// This package is pure: Decide, Snooze, Own, Hear and the effects of deliveries are functions of a timeline
// and the facts. All reading and writing is done by the packages below it, through interfaces that are declared
// beside their use: intake (Opener, Mentions, Replies), walk (Walker, Poller), act (Actions, Pauses) and deliver
// (Deliverer, Pager).
//
// The package is larger than any other, because it is one timeline and all that may be decided of it: every decision
// changes the timeline's own fields, a post (Reminder, Note, Post) holds its timeline, and the timeline's history holds
// its reminders. What needs no timeline is in a package below: policy has what is promised, circle has whom the words of
// notify mean, hours has when time counts.
//
// # From an event to its reminder
//
// Who calls whom, and what the store holds then (═). The process may die at any line: the next one, on any replica,
// goes on with what the store holds.
//
//	Slack, desk     this program                                                         the store
//
//	event ───────▶  handlers.Public ─▶ slackapp.App: verify, read, route
//	                   └─▶ intake.Opener ─▶ Begin: all due times, once ═════════ Open ════▶ timeline, "opened"
//	200 ◀───────────────── and not before
//
//	                walk.Walker.Run: sleeps until the next due time, a Tick at most
//	                   ├─▶ Walk ◀────────────────────────────────────────────── Due ─────── the timelines due
//	asked ◀────────────┼── HelpDesk.Ask: all at once, 5 s in all
//	                   │   roster and user groups: from memory
//	                   └─▶ Decide ─▶ Change, unless it changed meanwhile ═══════ Save ════▶ tier owed, history, job
//
//	                queue.Engine: woken by Store.Listen, or by the clock
//	                   ├─▶ queue.Admit ═════════════════════════════════════════ Claim ═══▶ job running, its outcome unknown
//	                   ├─▶ deliver.Deliverer.Prepare ◀───────────────────────── Load ────── the timeline, once more
//	                   ├─▶ Send: out of date? then dropped
//	thread ◀───────────┼────── else message.Poster.Post, with the job's id
//	thread ◀───────────┼── Look, if its outcome is unknown: Poster.Find that id
//	                   └─▶ the job's outcome, and its Effect on the timeline ═══ Finish ══▶ job done, tier posted, history
//
// The Poller asks about open timelines between their due times, and Replies take what the help desk tells
// by webhook. Both end in Save, like everything people do. The jobs that they store (refreshes, notes) go the way of
// every other job. cmd/slabuddy/app joins all of it.
package escalation
