// Package move takes everything from a SQLite file to a Postgres database: row by row, without knowing
// what the rows mean (store/internal/table).
//
//	the file                                     the database
//	locked against a second server               locked against a second move
//	migrated                                     no bot at work on it, texts in UTF-8
//	                                             empty, or half filled from this very file; migrated
//	marked: being moved ───── the same id ─────▶ marked: being filled, and how far
//	nobody but the move can write
//	rows, in the order of their keys ──────────▶ a batch and how far it is then: one transaction
//	all rows again ──▶ counts, checksums ◀────── all rows again
//	                                             marked: finished; may be served from
//	marked: moved; is served from no more
//
// The order of the marks is what makes it safe: whatever instant it is killed at, at most one side can be
// served from, and running it again goes on. Nothing is ever written to a database that holds anything
// else, and nothing is deleted from the file.
package move
