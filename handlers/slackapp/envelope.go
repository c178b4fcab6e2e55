package slackapp

import (
	"fmt"
	"strconv"
	"time"
)

// envelope is what is read of a request to /slack/events
// (docs.slack.dev/apis/events-api, "callback field overview").
type envelope struct {
	Type           text
	Challenge      text
	TeamID         text `json:"team_id"`
	ContextTeamID  text `json:"context_team_id"`
	EnterpriseID   text `json:"enterprise_id"`
	AppID          text `json:"api_app_id"`
	Authorizations []authorization
	RateLimitedAt  text `json:"minute_rate_limited"`
	EventTime      text `json:"event_time"` // Unix seconds
	Event          message
}

// authorization names an installation that the event is for.
type authorization struct {
	TeamID text `json:"team_id"`
	UserID text `json:"user_id"`
	IsBot  bool `json:"is_bot"`
}

// message is what is read of an event of type message or app_mention, or of a message itself; and of
// the few other events that mean something here.
type message struct {
	Type        text
	Subtype     text
	Channel     text
	User        text
	Text        text
	TS          text
	ThreadTS    text `json:"thread_ts"`
	BotID       text `json:"bot_id"`
	AppID       text `json:"app_id"`
	Team        text
	UserTeam    text `json:"user_team"`
	SourceTeam  text `json:"source_team"`
	Attachments []attachment
	Blocks      []block
	Tab         text // app_home_opened: home or messages
	Tokens      struct {
		Bot []text // tokens_revoked: the bot users whose tokens they were
	}
}

// attachment is a message's secondary content.
type attachment struct {
	Title     text
	TitleLink text `json:"title_link"`
	Pretext   text
	Text      text
	Fallback  text
	Fields    []attachmentField
	Blocks    []block
	Quoted    bool `json:"is_msg_unfurl"` // another message, shared or linked to
}

type attachmentField struct {
	Title text
	Value text
}

// block is a layout block, a block element, a text object or a piece of rich text: all that nests
// in blocks is read alike, known or not.
type block struct {
	Type      text
	Text      prose
	Title     prose
	URL       text
	UserID    text `json:"user_id"`
	Style     style
	Fields    []block
	Elements  []block
	Accessory *block
}

type style struct{ Bold bool }

// readEnvelope fails only if body is not JSON.
func readEnvelope(body []byte) (*envelope, error) {
	var e envelope
	if err := decode(body, &e); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return &e, nil
}

// workspace is the one that the app is installed in. In a channel shared between workspaces, team_id
// may be the other one.
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

// happened is when the event did, in whole seconds; now, where Slack does not say.
func (e *envelope) happened(now time.Time) time.Time {
	seconds, err := strconv.ParseInt(string(e.EventTime), 10, 64)
	if err != nil || seconds <= 0 {
		return now
	}
	return time.Unix(seconds, 0).UTC()
}

// bot is the user that the app is in the workspace, "" if the envelope does not say.
func (e *envelope) bot() string {
	for _, a := range e.Authorizations {
		if a.IsBot {
			return string(a.UserID)
		}
	}
	return ""
}
