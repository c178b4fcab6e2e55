// Package handover tells a team of its shifts (rule 24): a card at each change, with the tickets that are handed
// over, and once a week when nobody will be there.
//
//	schedule ── a change since the last look ──▶ card ────▶ job, one for each change
//	week     ── its moment has come ───────────▶ outlook ─▶ job, one for each week
//
// Nobody keeps in mind what was told: a job's key is its change's, or its week's, and there is one job of it in the database,
// whoever of the replicas looks, and however often it starts.
package handover
