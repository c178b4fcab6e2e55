package slackapp

import (
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// What became of an event, as metric labels, beside the outcomes of opening.
const (
	outcomeAnswered   = "answered"
	outcomeRefused    = "refused"    // not signed, or too large
	outcomeMalformed  = "malformed"  // signed, and not JSON
	outcomeFailed     = "failed"     // not stored; Slack delivers again
	outcomeIgnored    = "ignored"    // an edit, a reply, a join: nothing to do
	outcomeOwn        = "own"        // the bot's own post
	outcomeUnwatched  = "unwatched"  // a message in a channel that is not watched
	outcomeNoTicket   = "no_ticket"  // a message in a watched channel that carries none
	outcomeUnreadable = "unreadable" // it looks like a ticket and cannot be read
	outcomeUpdate     = "update"     // it tells of a ticket that was there before
	outcomePerson     = "person"     // tickets.from does not name who posted it
	outcomeHeard      = "heard"      // a mention
	outcomeDeleted    = "deleted"    // a message was deleted
	outcomeRenamed    = "renamed"    // a watched channel has another id
	outcomeForeign    = "foreign"    // a mention by a bot or from another workspace
	outcomeOdd        = "odd"        // without a usable place or time
	outcomeLimited    = "limited"    // Slack holds events back
	outcomeGone       = "gone"       // the workspace does not want the bot any more
	outcomeRepeated   = "repeated"   // a signed request that came before
	outcomeBusy       = "busy"       // too much is under way: the user is asked to try again, or Slack sends it again
)

// messageOutcomes is all that may become of a message: of those, alerts are made.
var messageOutcomes = []string{
	string(flow.OpenedNew), string(flow.OpenedDuplicate), string(flow.OpenedAlready),
	string(flow.OpenedIgnoredType), string(flow.OpenedTooOld),
	outcomeFailed, outcomeBusy, outcomeIgnored, outcomeOwn, outcomeUnwatched, outcomeNoTicket, outcomeUnreadable, outcomeUpdate, outcomePerson, outcomeHeard, outcomeDeleted, outcomeForeign, outcomeOdd,
}
