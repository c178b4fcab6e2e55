// Package slackapp takes in what Slack sends us: it verifies, decodes, routes and acknowledges. All that knows
// Slack is below this folder.
//
// An event on its way in. Nothing here calls out before it is acknowledged:
//
//	POST /slack/events ─▶ body (413) ─▶ verify (401) ─▶ envelope (400) ─▶ route ─┬─▶ ticket ─▶ Opener
//	                                                                             └─▶ Hearer
//
//	route: a new top-level message in a watched channel ── carries a ticket? ──▶ Opener
//	       somebody mentions the bot, anywhere ────────────────────────────────▶ Hearer
//	       all else ───────────────────────────────────────────────────────────▶ counted, 200
//
// What people do, over HTTP or through a socket. What a click does is one thing, what is said about it another:
//
//	POST /slack/interactions ─▶ verify ─▶ readInteraction ─┐             ┌─▶ body ─▶ the ack
//	POST /slack/commands ─────▶ verify ─▶ readCommand ─────┼▶ Surfaces ──┤
//	app_home_opened ───────────────────────────────────────┘  (durable)  └─▶ Later ─▶ calls out, after the ack
//
// What is beside it, in the order in which they may know each other (cmd/slabuddy holds it):
//
//	tolerant   decodes what may come in odd shapes      mrkdwn      Slack's markup
//	client     calls Slack's Web API                    block       blocks of modals and of the home tab
//	message    how reminders and notes look             directory   who is who in each workspace
//	ticket     reads tickets from messages
//	slackapp   this package                             people      who may change what
//	scan       reads what events did not bring          install     OAuth, and the tokens it yields
//	buttons    clicks on reminders                      commands    /sla and the others
//	views      modals                                   home        the home tab
//	socket     what comes through a WebSocket           manifest    the app's manifest
package slackapp
