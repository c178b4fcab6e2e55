// Package message is how reminders, digests, notes, cards of shifts, summaries and reports of trouble look in Slack,
// and how they get there.
//
//	Post ─▶ Poster.Post ─▶ render ─▶ chat.postMessage
//	        Poster.Refresh ────────▶ chat.update
//	        Poster.Find ───────────▶ conversations.replies, conversations.history
//
// A message is blocks for people who see it, and the same as text for notifications, screen readers and
// search. Rendering is pure: the same post makes the same message at every attempt.
package message
