package client

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Identity is who the bot is in a workspace.
type Identity struct {
	Workspace string `json:"workspace"` // T…
	User      string `json:"user"`      // the bot's user, U…
	BotID     string `json:"bot_id"`    // B…
	// Organisation is the Enterprise Grid organisation that the workspace is in, E…; "" if it is in none.
	Organisation string `json:"organisation,omitempty"`
}

// needed are the scopes that the bot uses (docs.slack.dev/reference/scopes), and no more.
var needed = []string{
	scopePost, "app_mentions:read", "channels:history", "groups:history", "channels:read", "groups:read",
	"users:read", "users:read.email", "usergroups:read", "commands",
}

const (
	// scopePost is the scope that nothing works without.
	scopePost = "chat:write"
	// scopeJoin lets the bot into public channels by itself. A workspace may do without.
	scopeJoin = "channels:join"
)

// Scopes are what the app asks for when it is installed.
func Scopes() []string { return append(slices.Clone(needed), scopeJoin) }

// Lacking are the scopes that the bot needs and was not granted.
func Lacking(granted []string) []string {
	return slices.DeleteFunc(slices.Clone(needed), func(s string) bool { return slices.Contains(granted, s) })
}

// Token is what Slack says of a bot token.
type Token struct {
	Identity
	Team    string   // the workspace's name
	Lacking []string // scopes that the bot needs and was not granted
	Joins   bool     // the bot may join public channels by itself
}

// TestToken asks whose token it is, and what it may do (docs.slack.dev/reference/methods/auth.test).
func (a *API) TestToken(ctx context.Context, workspace string) (t Token, err error) {
	ctx, cancel := context.WithTimeout(ctx, asksWithin)
	defer cancel()
	var header http.Header
	err = a.through(ctx, workspace, "auth.test", func(c *slack.Client) error {
		auth, err := c.AuthTestContext(ctx)
		if err == nil {
			t.Identity, t.Team, header = Identity{auth.TeamID, auth.UserID, auth.BotID, auth.EnterpriseID}, auth.Team, auth.Header
		}
		return err
	})
	if err == nil && t.Workspace == "" {
		err = Failure(queue.KindRetry, "auth.test", errors.New("the answer does not say which workspace the token belongs to"))
	}
	t.Lacking = lacking(header)
	for _, s := range SplitScopes(header.Get("X-OAuth-Scopes")) {
		t.Joins = t.Joins || s == scopeJoin
	}
	return t, err
}

// CannotPost is the error that every post would meet, because the scope was not granted; nil where it
// was.
func (t Token) CannotPost() error {
	if !slices.Contains(t.Lacking, scopePost) {
		return nil
	}
	return refusal(t.Workspace, gate.MethodPost, slack.SlackErrorResponse{Err: "missing_scope", Needed: scopePost})
}

// lacking are the scopes that the token was not granted. Where Slack does not list those it was, none
// are taken to lack.
func lacking(h http.Header) []string {
	granted := h.Get("X-OAuth-Scopes")
	if granted == "" {
		return nil
	}
	return Lacking(SplitScopes(granted))
}

// SplitScopes reads a list of scopes as Slack writes it.
func SplitScopes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
