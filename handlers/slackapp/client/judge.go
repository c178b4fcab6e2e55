package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// tokenError is a token that could not be had; nothing was sent.
type tokenError struct{ error }

func (e tokenError) Unwrap() error { return e.error }

// judge says what a failed call means for its job. What is not understood may have happened.
func judge(workspace, method string, err error) error {
	if err == nil {
		return nil
	}
	var (
		limited *slack.RateLimitedError
		refused slack.SlackErrorResponse
		status  slack.StatusCodeError
		token   tokenError
	)
	switch {
	case errors.As(err, &token):
		return tokenFailure(workspace, err)
	case errors.As(err, &limited):
		return limit(workspace, method, limited.RetryAfter)
	case errors.As(err, &refused):
		return refusal(workspace, method, refused)
	case errors.As(err, &status) && status.Code == http.StatusTooManyRequests: // the library's word for one without a Retry-After
		return limit(workspace, method, defaultWait)
	case errors.As(err, &status):
		return Failure(kindOfStatus(status.Code, method), method, fmt.Errorf("HTTP status %d", status.Code))
	case neverSent(err):
		return Failure(queue.KindRetry, method, err)
	}
	return Failure(unknown(method), method, err)
}

// unknown is what a call means that may have happened or not. To bring a message up to date twice does
// no harm, so that is simply done again.
func unknown(method string) queue.Kind {
	if method == gate.MethodUpdate {
		return queue.KindRetry
	}
	return queue.KindUnknown
}

// FewTries is the failure of a call that surely did nothing, and that more than a few attempts will hardly help.
// They end before a reminder's decision is too old to be sent (rule 13).
func FewTries(method string, err error) *queue.Error {
	e := Failure(queue.KindRetry, method, err)
	e.After, e.Tries = 5*time.Second, 5
	return e
}

// Failure is the error of a call to the method, with what it means for a job.
func Failure(kind queue.Kind, method string, err error) *queue.Error {
	return &queue.Error{Kind: kind, Err: fmt.Errorf("%s: %w", method, err)}
}

func limit(workspace, method string, wait time.Duration) *queue.Error {
	e := Failure(queue.KindLimited, method, errors.New("too many calls; waiting as long as Slack asks"))
	e.After, e.Gate = wait, gate.Method(workspace, method)
	return e
}

func tokenFailure(workspace string, err error) *queue.Error {
	if errors.Is(err, ErrNoToken) {
		return &queue.Error{Kind: queue.KindHeld, Gate: gate.Workspace(workspace), Err: err}
	}
	return &queue.Error{Kind: queue.KindRetry, Err: fmt.Errorf("read the bot token: %w", err)}
}

// refusal judges an error code of Slack's, and adds what to do about it.
func refusal(workspace, method string, r slack.SlackErrorResponse) *queue.Error {
	kind, advice := meaning(r.Err)
	if kind == queue.KindUnknown {
		kind = unknown(method)
	}
	if advice == unheardOf {
		return FewTries(method, &refusedError{"Slack says " + code(r.Err), r})
	}
	if (r.Err == "missing_scope" || r.Err == "no_permission") && method != gate.MethodPost {
		kind = queue.KindTerminal // it is no reason to hold the posts
	}
	if kind == queue.KindLimited {
		return limit(workspace, method, defaultWait)
	}
	text := "Slack says " + code(r.Err)
	if advice != "" {
		text += ": " + advice
	}
	if r.Needed != "" {
		text += " (needed: " + r.Needed + ")"
	}
	if said := r.ResponseMetadata.Messages; len(said) > 0 && said[0] != "" {
		text += " (" + code(said[0]) + ")"
	}
	e := Failure(kind, method, &refusedError{text, r})
	if kind == queue.KindHeld {
		e.Gate = gate.Workspace(workspace)
	}
	return e
}

// refusedError reads well, and can still be known by its code.
type refusedError struct {
	text string
	slack.SlackErrorResponse
}

func (e *refusedError) Error() string { return e.text }

func (e *refusedError) Unwrap() error { return e.SlackErrorResponse }

// code is an error code as it may be shown: it comes from outside.
func code(s string) string {
	const most = 80
	if s == "" {
		return "no, without a reason"
	}
	return mrkdwn.Cut(plain.Line(s), most)
}

// Refused says that err is Slack's refusal with that code.
func Refused(err error, code string) bool {
	var r slack.SlackErrorResponse
	return errors.As(err, &r) && r.Err == code
}

// RefusedBlocks says that Slack refused a message for its blocks: one that it does not know, or more than it takes in all.
// The message is surely not there, and may be posted in a plainer form.
func RefusedBlocks(err error) bool {
	return Refused(err, "invalid_blocks") || Refused(err, "invalid_blocks_format") || Refused(err, "msg_blocks_too_long")
}

const (
	reinstall = "the bot's token is no good any more; install the app again and set SLACK_BOT_TOKEN to its new token"
	ourBug    = "this is a mistake of SLA Buddy's; please report it"
	forbidden = "the workspace does not let the bot do that there; ask its administrator"
	// unheardOf is for a code that is not documented. Slack refused the call all the same.
	unheardOf = "unheard of"
)

// meaning is what an error code says about the call, and what to do. The codes are those of
// docs.slack.dev/reference/methods/chat.postMessage, chat.update, conversations.replies and users.info.
func meaning(code string) (kind queue.Kind, advice string) {
	switch code {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type":
		return queue.KindHeld, reinstall
	case "missing_scope", "no_permission":
		return queue.KindHeld, "the app lacks a permission; add the scope and install the app again"
	case "team_access_not_granted", "two_factor_setup_required", "accesslimited":
		return queue.KindHeld, "the workspace keeps the app out; ask its administrator"
	case "org_login_required", "team_added_to_org":
		return queue.KindHeld, "the workspace is being moved into an organisation; Slack lets the app in again when that is done"
	case "external_channel_migrating":
		return queue.KindRetry, "the channel is being moved; Slack takes posts again when that is done"
	case "channel_not_found":
		return queue.KindTerminal, "the channel is gone, or private; if it is private, invite the bot"
	case "not_in_channel":
		return queue.KindTerminal, "the bot is not in the channel; invite it"
	case "is_archived":
		return queue.KindTerminal, "the channel is archived; bring it back, or stop watching it"
	case "cannot_reply_to_message", "thread_not_found", "thread_locked":
		return queue.KindTerminal, "the ticket's message takes no replies"
	case "message_not_found", "cant_update_message", "edit_window_closed", "is_inactive":
		return queue.KindTerminal, "the message is gone, or stays as it is"
	case "user_not_found", "users_not_found", "user_not_visible":
		return queue.KindTerminal, "there is nobody there"
	case "msg_too_long", "msg_blocks_too_long", "no_text", "too_many_attachments":
		return queue.KindTerminal, ourBug
	case "deprecated_endpoint", "method_deprecated", "unknown_method":
		return queue.KindTerminal, "Slack no longer offers this; please update SLA Buddy"
	// These may hold for one channel alone (an administrator takes back the key of one, say), so they do not hold
	// the reminders of the others.
	case "access_denied", "ekm_access_denied", "enterprise_is_restricted", "team_not_found", "messages_tab_disabled",
		"posting_to_general_channel_denied":
		return queue.KindTerminal, forbidden
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return queue.KindLimited, ""
	case "service_unavailable":
		return queue.KindRetry, "Slack is not available just now"
	case "fatal_error", "internal_error", "request_timeout":
		return queue.KindUnknown, "" // documented as perhaps having gone through in part
	}
	switch {
	case strings.HasPrefix(code, "restricted_action"):
		return queue.KindTerminal, forbidden
	case strings.HasPrefix(code, "invalid_"), strings.HasPrefix(code, "missing_"), strings.HasPrefix(code, "metadata_"):
		return queue.KindTerminal, ourBug
	}
	return queue.KindRetry, unheardOf
}

// kindOfStatus judges an HTTP status other than 200 and 429. A redirect or a refusal did nothing;
// behind any other the call may have gone through.
func kindOfStatus(status int, method string) queue.Kind {
	if status >= http.StatusMultipleChoices && status < http.StatusInternalServerError && status != http.StatusRequestTimeout {
		return queue.KindRetry
	}
	return unknown(method)
}

// neverSent says that there was no connection to send anything on.
func neverSent(err error) bool {
	var (
		op      *net.OpError
		cert    *tls.CertificateVerificationError
		notTLS  tls.RecordHeaderError
		badHost *net.DNSError
	)
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &badHost) ||
		errors.As(err, &cert) || errors.As(err, &notTLS) || errors.Is(err, http.ErrSchemeMismatch)
}

// Outcome is the metric's word for what a call came to.
func Outcome(err error) string {
	var e *queue.Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &e):
		return string(e.Kind)
	}
	return string(queue.KindUnknown)
}
