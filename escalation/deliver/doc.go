// Package deliver sends what was decided. Deliverer and Pager are the handlers of the queue's jobs.
//
//	job ─▶ Prepare: timelines read once more, a batch at a time
//	        ├─▶ Deliverer: outdated? dropped ── else ─▶ Poster ─▶ thread
//	        └─▶ Pager: unwanted? answered? dropped ── else ─▶ Caller ─▶ pager, webhook
//	              what came of it ─▶ Effect on the timeline ═══▶ committed with the job's own end
package deliver
