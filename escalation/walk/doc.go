// Package walk looks at open timelines when their time has come.
//
//	Walker: those due ──────────┐                         ┌─ answered ─▶ closed
//	                            ├─▶ help desk asked ─▶ Decide ─ silent ──▶ asked once more, then reminded
//	Poller: between due times ──┘    5 s in all           └─ not yet ──▶ reminded, if a tier is due
//	                                                      ═══▶ all decisions of a walk in one commit, each digest in its own
//
// Any number of walkers and pollers may share a store: a decision is saved only if its timeline is still the
// one that was read.
package walk
