// Package review tells how timelines came out, as a team lead takes them to a review.
//
//	Store ──in batches──▶ Record{timeline, history} ──Of(record, names, now)──▶ Review ──▶ a row, JSON
//
// Nothing here changes a timeline. A Review is a pure function of what is stored, of what people are
// called, and of the time: a deadline may pass while nobody writes.
package review
