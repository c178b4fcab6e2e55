// Package replay runs the stored tickets through other policies than those they had (rule 26).
//
//	Record ──facts──▶ Begin, Decide, Snooze, Own, Pause, by a virtual clock ──▶ Record as it would have been ──▶ counts
//
// What decides is what decides live. Facts are what the help desk told and people did, at the times at which they
// did; when the bot was blind it is blind again. What nobody can know is said in Result.Limits. The same input gives
// the same result.
package replay
