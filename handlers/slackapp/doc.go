// Package slackapp is all that knows Slack: what Slack sends us, and what we send Slack.
//
// An event on its way in. Nothing here calls out before it is acknowledged:
//
//	POST /slack/events ─▶ body (413) ─▶ verify (401) ─▶ envelope (400) ─▶ route ─┬─▶ Reader ─▶ Opener
//	                                                                             └─▶ Hearer
//
//	route: a new top-level message in a watched channel ── carries a ticket? ──▶ Opener
//	       somebody mentions the bot, anywhere ────────────────────────────────▶ Hearer
//	       all else ───────────────────────────────────────────────────────────▶ counted, 200
//
// What people do, over HTTP or through a socket. A click is one thing, what is told of it another:
//
//	POST /slack/interactions ─▶ verify ─▶ readInteraction ─┐             ┌─▶ body ─▶ the ack
//	POST /slack/commands ─────▶ verify ─▶ readCommand ─────┼▶ Surfaces ──┤
//	app_home_opened ───────────────────────────────────────┘  (durable)  └─▶ Later ─▶ calls out, after the ack
//
// A reminder on its way out, and how a doubtful one is looked for:
//
//	Post ─▶ Poster.Post ─▶ render ─▶ API ─▶ chat.postMessage        ─▶ judge ─▶ *queue.Error
//	        Poster.Refresh ────────▶ API ─▶ chat.update             ─▶ judge
//	        Poster.Find ───────────▶ API ─▶ conversations.replies …  ─▶ judge
//
// Directories know, for each workspace, who we are there and what user groups and people are called,
// from memory. Their tokens come from install; what comes through a WebSocket, from socket.
//
// What is decoded is decoded tolerantly: other people's messages come in more shapes than are
// documented, and the client library gives up whole events and pages over one of them.
package slackapp
