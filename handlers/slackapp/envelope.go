package slackapp

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// envelope holds the parts of a request to /slack/events that we read
// (docs.slack.dev/apis/events-api, "callback field overview").
type envelope struct {
	Type           tolerant.Text
	Challenge      tolerant.Text
	TeamID         tolerant.Text `json:"team_id"`
	ContextTeamID  tolerant.Text `json:"context_team_id"`
	EnterpriseID   tolerant.Text `json:"enterprise_id"`
	OurEnterprise  tolerant.Text `json:"context_enterprise_id"`
	AppID          tolerant.Text `json:"api_app_id"`
	Authorizations []authorization
	RateLimitedAt  tolerant.Text `json:"minute_rate_limited"`
	SharedOutside  bool          `json:"is_ext_shared_channel"` // with another organisation
	EventTime      tolerant.Text `json:"event_time"`            // Unix seconds
	Event          Message
}

// authorization names an installation that the event is for.
type authorization struct {
	EnterpriseID tolerant.Text `json:"enterprise_id"`
	TeamID       tolerant.Text `json:"team_id"`
	UserID       tolerant.Text `json:"user_id"`
	IsBot        bool          `json:"is_bot"`
}

// Message holds the parts that we read of an event of type message or app_mention, of a message itself, and of the few
// other events that mean something here.
type Message struct {
	ticket.Message
	Type       tolerant.Text
	Channel    tolerant.Text
	User       tolerant.Text
	Team       tolerant.Text
	UserTeam   tolerant.Text `json:"user_team"`
	SourceTeam tolerant.Text `json:"source_team"`
	DeletedTS  tolerant.Text `json:"deleted_ts"` // message_deleted: the message's own ts
	Edited     *Message      `json:"message"`    // message_changed: as it is now
	Before     *Message      `json:"previous_message"`
	OldChannel tolerant.Text `json:"old_channel_id"` // channel_id_changed
	NewChannel tolerant.Text `json:"new_channel_id"`
	Tab        tolerant.Text // app_home_opened: home or messages
	Tokens     struct {
		Bot []tolerant.Text // tokens_revoked: the bot users whose tokens they were
	}
}

// readEnvelope fails only if body is not JSON.
func readEnvelope(body []byte) (*envelope, error) {
	var e envelope
	if err := tolerant.Decode(body, &e); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return &e, nil
}

// workspace is the workspace that the app is installed in. In a channel that workspaces share, team_id may be the other
// one.
func (e *envelope) workspace() string {
	for _, a := range e.Authorizations {
		if a.TeamID != "" {
			return string(a.TeamID)
		}
	}
	if e.ContextTeamID != "" {
		return string(e.ContextTeamID)
	}
	return string(e.TeamID)
}

// organisation is the Enterprise Grid organisation of the workspace, "" if it has none. As with the workspace, in a shared
// channel enterprise_id may be another one's.
func (e *envelope) organisation() string {
	for _, a := range e.Authorizations {
		if a.EnterpriseID != "" {
			return string(a.EnterpriseID)
		}
	}
	return string(cmp.Or(e.OurEnterprise, e.EnterpriseID))
}

// happened is when the event happened, in whole seconds; now, if Slack does not say.
func (e *envelope) happened(now time.Time) time.Time {
	seconds, err := strconv.ParseInt(string(e.EventTime), 10, 64)
	if err != nil || seconds <= 0 {
		return now
	}
	return time.Unix(seconds, 0).UTC()
}

// bot is the app's user in the workspace, "" if the envelope does not say.
func (e *envelope) bot() string {
	for _, a := range e.Authorizations {
		if a.IsBot {
			return string(a.UserID)
		}
	}
	return ""
}
