// Package slackapp takes in what Slack sends us: it verifies, decodes, routes and acknowledges. All that
// knows Slack is here and in the folders of this package.
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
// What people do comes over HTTP or through a socket. The effect of a click is durable before the acknowledgement; what is
// posted about it comes after:
//
//	POST /slack/interactions ─▶ verify ─▶ readInteraction ─┐             ┌─▶ body ─▶ the ack
//	POST /slack/commands ─────▶ verify ─▶ readCommand ─────┼▶ Surfaces ──┤
//	app_home_opened ───────────────────────────────────────┘  (durable)  └─▶ Later ─▶ calls out, after the ack
//
// Its folders, in groups. A package knows no package of its own group or of one further down (ranks in
// cmd/slabuddy/deps_test.go):
//
//	tolerant   decodes what may come in odd shapes      mrkdwn      Slack's markup
//	socket     what comes through a WebSocket           fleet       turns of the workspaces
//	giphy      a GIF for a word                         install/seal  tokens at rest
//
//	client     calls Slack's Web API                    block       blocks of messages, modals, the home tab
//	ticket     reads tickets from messages              overview    lists of tickets and of people, in words
//
//	slackapp   this package                             directory   who is who in each workspace
//	people     who may act, and who may change what     readers     who may read which channel
//	summary    how the team did, as a message           manifest    the app's manifest
//	threads    addresses of tickets' threads
//
//	buttons    clicks on reminders                      commands    /sla and the others
//	views      modals                                   home        the home tab
//	scan       reads what events did not bring          install     OAuth, and the tokens it yields
//
//	message    how reminders, digests and notes look, and how they get there
//
//	slackapptest  what tests of several of these need
package slackapp
