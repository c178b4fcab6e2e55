// Package escalation decides whom to remind of a ticket that nobody answered, and when.
//
//	Slack event ─▶ Opener ─▶ Timeline (open) ◀───────── Mentions ◀─ @mention: snooze, status, help
//	                            │    ▲
//	                   due      │    │ Save: version still the one read
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
//	   │     outrun          │
//	   └──a higher tier decided──▶ superseded
//
// Decide, Snooze and the effects of deliveries are pure functions of a timeline and the facts; all
// reading and writing is done by Walker, Mentions and Deliverer through ports that stand beside
// them.
package escalation
