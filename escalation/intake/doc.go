// Package intake takes in what comes from outside: tickets, mentions of the bot, and what the help desk
// tells by itself.
//
//	message with a ticket ─▶ Opener.Open ─▶ Begin ═══▶ timeline, all due times at once
//	                             │  heard before it: mentions and replies
//	                             ▼
//	@mention ─▶ Mentions.Hear ═══▶ kept ─▶ its timeline? ─▶ Respond ═══▶ change, job of the answer
//	webhook ──▶ Replies.Hear ════▶ kept ─▶ its timelines? ▶ Hear ══════▶ change
//
// A double line is a commit. Everything is kept before it is acted on, and nobody upstream is told that it
// was taken before that: what Slack or the help desk delivers again changes nothing the second time.
package intake
