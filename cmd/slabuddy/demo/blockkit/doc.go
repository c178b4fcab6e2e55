// Package blockkit shows what is in a simulated Slack as HTML: messages and views in Block Kit, text
// in Slack's mrkdwn, rich text and attachments.
//
//	JSON of an app, of a ticket, of anybody ─▶ tolerant decoding ─▶ html/template ─▶ HTML
//	mrkdwn ─▶ words, escaped one by one ──────────┘
//
// All of it is hostile by assumption. Nothing gets out unescaped, no address but http, https and mailto
// becomes a link, nothing is fetched from anywhere (images show their alternative text), and what cannot
// be read is left out or said so; it never fails.
//
// Controls become forms that post to /press with a control's block_id, action_id and container; those of a
// modal are in a form of the modal's own and carry their names as the simulated Slack knows them.
//
// Sources: docs.slack.dev/reference/block-kit and docs.slack.dev/messaging/formatting-message-text.
package blockkit
