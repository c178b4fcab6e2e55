// Package slacktest is a simulated Slack workspace over real HTTP, for tests and for the demo.
//
// It keeps channels, people, messages and views, answers the Web API, sends signed events, clicks
// and commands to the app under test, and breaks down on request:
//
//	people and help desks ── PostAs, Mention, Edit, Delete ──┐
//	                                                         ▼
//	app ── Web API ──▶ Fault? ─▶ limit? ─▶ method ──▶ Workspace ──▶ Thread, Views, Calls, Wait ──▶ test
//	 ▲ ▲                 (before, or after it took effect)   │ ▲
//	 │ └── signed events, retried ◀── Tamper ◀── outbox ◀────┘ │
//	 └──── signed interactions and commands, once ◀── Click, Command, Submit (3 s for an answer) ◀── people
//
// Both go over a WebSocket instead while the app has one open (Socket Mode), and several workspaces
// may share one Slack, as an app sees it that is installed by OAuth: see [Cloud].
//
// What knows no workspace is below it, in folders of its own:
//
//	blocks     what messages and views may hold, and what people choose in them
//	oauth      how an app is allowed into a workspace
//	sockets    Slack's side of Socket Mode
//	inprocess  HTTP without a socket
//
// and beside it desks, how help desks post tickets. The rest is one package, larger than others, because all of it reads
// or changes the one workspace under its one lock.
//
// It knows nothing of the app's own client. What it does follows Slack's published reference:
//
//   - Names, required arguments, scopes and errors of the methods: testdata/methods.json, distilled
//     from docs.slack.dev/reference/methods/NAME.json, which github.com/slack-ruby/slack-api-ref keeps
//     under docs.slack.dev/methods (commit f4837c0, August 2026). "one_of" comes from the arg_groups of
//     its methods folder, "general" from what all methods there share and from slackapi/slack-api-specs.
//     A test holds the simulator to it; [Violations] holds an app's calls to it. "seen" are errors that
//     Slack answers undocumented: invalid_attachments of chat.postMessage (slackapi/java-slack-sdk#416),
//     code_already_used, documented for oauth.access only, not_in_channel of conversations.replies,
//     documented for conversations.history only.
//   - Slack's own client for Node is a check of the rest: see the folder webapi.
//   - Arguments, errors and answers of each method: docs.slack.dev/reference/methods/…, and the
//     sample answers in slackapi/java-slack-sdk, json-logs/samples/api.
//   - Content types, charset warnings and unknown_method: docs.slack.dev/apis/web-api. A token is
//     a bearer header or a form value, never part of a JSON body.
//   - Cursors: docs.slack.dev/apis/web-api/pagination. A missing and an empty next_cursor both end
//     a list, so both are used.
//   - Text over 40,000 characters is posted shortened, with the warning message_truncated
//     (changelog 2018-04, truncating really long messages); chat.update refuses more than 4,000
//     with msg_too_long.
//   - Blocks: docs.slack.dev/reference/block-kit/blocks; invalid_blocks names the JSON pointer.
//   - Limits: docs.slack.dev/apis/web-api/rate-limits; 429 with Retry-After in whole seconds.
//   - Signatures: docs.slack.dev/authentication/verifying-requests-from-slack.
//   - Envelope, retries, their headers and X-Slack-No-Retry, url_verification, app_rate_limited:
//     docs.slack.dev/apis/events-api. Inner events: docs.slack.dev/reference/events/message and
//     the payloads in java-slack-sdk, json-logs/samples/events.
//   - Interactions: docs.slack.dev/interactivity/handling-user-interaction, and the payloads in
//     java-slack-sdk, json-logs/samples/app-backend. Views: docs.slack.dev/reference/views and
//     docs.slack.dev/surfaces/modals. Commands: docs.slack.dev/interactivity/implementing-slash-commands.
//   - Installing: docs.slack.dev/authentication/installing-with-oauth. Socket Mode:
//     docs.slack.dev/apis/events-api/using-socket-mode.
//
// Where the reference is silent, it does what has been seen of Slack:
//
//   - A reply to a message that has been deleted is not refused: it is posted to the channel
//     itself, and the answer's message lacks thread_ts (slack-go/slack#1571,
//     langchain-ai/open-swe#2753, measure-sh/measure#3997). A deleted message that has replies
//     stays as a tombstone and keeps its thread (sgratzl/slack_cleaner2#29).
//   - conversations.replies begins the answer to every call with the thread's parent
//     (rusq/slackdump, thread.go and stream/conversation.go).
//
// And where nothing is known for certain, it assumes:
//
//   - A missing argument gets invalid_arguments, with the reason in response_metadata.messages.
//   - Metadata over 8,000 bytes is metadata_too_large; the reference gives no figure.
//   - A thread_ts that names a reply means that reply's thread.
//   - The limit of conversations.replies does not count the parent, nor does oldest exclude it.
//   - Pages of history run from the newest back also when only oldest is given.
//   - An edited mention is sent as app_mention again: AppMentionPayload has a field for it.
//   - A response URL that is used up, too old or unknown answers 404 with used_url, expired_url or
//     no_service.
//   - A view that is refused does not use its trigger up, nor a wrong redirect_uri its code.
//   - What the user reads of an app that fails is operation_timeout or dispatch_failed, for commands
//     and interactions alike.
//   - The token of an uninstalled app is account_inactive; one that was revoked, token_revoked.
//
// message_replied is left out: the reference says that the Events API sends it without its subtype.
//
// Nothing here waits for real time but sockets and the 3 s for an answer: the clock is Options.Now (and
// Options.Wall for what people must do in time, in a demo that runs faster than people), the waits
// between event retries are Options.Sleep, and [Workspace.Wait] ends as soon as its condition holds. In a testing/synctest
// bubble, where sockets hang, use [Workspace.Client] and the folder inprocess instead of [Workspace.Start].
package slacktest
