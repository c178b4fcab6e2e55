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
//	open ──▶ answered | withdrawn | expired
//
//	pending ──decided──▶ owed ──posted──▶ posted ──(repeat)──▶ pending
//	   │  ▲                │ ├──given up──▶ failed
//	   │  └──too late, ────┘ │
//	   │     snoozed,        │
//	   │     paused, outrun  │
//	   └──a higher tier decided──▶ superseded
//
// A job owes a post: a reminder, a note in a thread, or a refresh of a reminder that stands. Refreshes
// are owed when somebody acts on a timeline and when it closes, never by a plain walk.
//
// A tier may have a page beside its reminder, or in place of it (state paged): a job of an HTTP queue,
// which the Pager sends after a last look at the timeline and a last question to the help desk. How far it
// has come is told by PagingState. Pages that were sent are taken back when the timeline closes.
//
// Decide, Snooze, own, told and the effects of deliveries are pure functions of a timeline and the
// facts; all reading and writing is done by Walker, Mentions, Actions, Replies, Pauses and Deliverer
// through ports that stand beside them.
package escalation
