// Package handover tells a team of its shifts (rule 24): a card at each change, with the tickets that are handed
// over, and once a week when nobody will be there.
//
//	schedule ── a change since the last look ──▶ card ────▶ job, one for each change
//	week     ── its moment has come ───────────▶ outlook ─▶ job, one for each week
//
// What was told is remembered by its job alone: the job's key names the change, or the week, and the store holds one
// job a key. So each is told once, over all replicas and restarts.
package handover
