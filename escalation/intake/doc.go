// Package intake takes in what comes from outside: tickets, mentions of the bot, and what the help desk
// tells by itself.
//
//	message with a ticket ─▶ Opener.Open ─▶ Begin ═══▶ timeline, all due times at once
//	                             │  heard before it: mentions and replies
//	                             ▼
//	@mention ─▶ Mentions.Hear ═══▶ kept ─▶ its timeline? ─▶ Respond ═══▶ change, job of the answer
//	webhook ──▶ Replies.Hear ════▶ kept ─▶ its timelines? ▶ Hear ══════▶ change
//
// A double line is a commit. Everything is stored before it is acted on, and Slack and the help desk get their answer
// only then. What they deliver again changes nothing the second time.
package intake
