// Package calendar knows who of the support team is on shift, embedded in a product, or away.
//
// It reads events ahead of time, matches them to engineers, and answers for any moment without
// waiting for the calendar:
//
//	Source (google/) ──events──▶ Reading ─Matching─▶ Schedule ──With(changes)──┬──At(t)──▶ Roster
//	                               │  ▲                                       └──Ahead──▶ Outlook
//	                          kept │  │ loaded at start
//	                               ▼  │
//	                              Store
//
// Changes are what people say beside the calendar: who is away, and who takes over whose shifts.
//
// A Follower drives this once a minute. What is stored is the reading, not the schedule: whatever the
// configuration says at the moment decides what the events mean.
//
// Rule 8 says what events mean: every event that is not ignored puts its people on shift while it
// lasts; an embedding one also embeds them in every support day that it overlaps; an absence takes its
// people off both; a cover puts one on and takes the other off. Package title reads the titles.
package calendar
