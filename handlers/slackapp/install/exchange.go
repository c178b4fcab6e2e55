package install

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// exchange gives Slack the code for a token (docs.slack.dev/reference/methods/oauth.v2.access), and
// seals it. A token that is refused here is not revoked: an installation that is in force may share it.
func (i *Installer) exchange(ctx context.Context, code string) (setup.Installation, error) {
	ctx, cancel := context.WithTimeout(ctx, exchangeTimeout)
	defer cancel()
	got, err := slack.GetOAuthV2ResponseContext(ctx, i.HTTP, i.ClientID, i.ClientSecret, code, i.redirect, slack.OAuthOptionAPIURL(i.APIURL))
	if err != nil {
		return setup.Installation{}, exchangeFailed(err)
	}
	granted := client.SplitScopes(got.Scope)
	lacking := client.Lacking(granted)
	switch {
	case got.IsEnterpriseInstall:
		return setup.Installation{}, refusal{status: http.StatusForbidden, words: orgWide}
	case got.ExpiresIn > 0 || got.RefreshToken != "" || strings.HasPrefix(got.AccessToken, "xoxe"):
		return setup.Installation{}, refusal{status: http.StatusForbidden, words: rotating}
	case got.Team.ID == "" || got.AccessToken == "" || got.TokenType != "bot":
		return setup.Installation{}, refusal{status: http.StatusBadGateway, words: slackRefused, cause: errors.New("the answer of oauth.v2.access lacks the workspace or a bot token")}
	case len(lacking) > 0:
		no := refusal{status: http.StatusForbidden, words: scopesLack, cause: errors.New("scopes are lacking: " + strings.Join(lacking, " "))}
		no.words.text += " It lacks: " + strings.Join(lacking, ", ") + "."
		return setup.Installation{}, no
	}
	sealed, err := i.Tokens.Sealer.Seal(got.Team.ID, got.AccessToken)
	if err != nil {
		return setup.Installation{}, err
	}
	now := i.Tokens.Now()
	return setup.Installation{
		Workspace: got.Team.ID, Name: got.Team.Name, AppID: got.AppID, BotUser: got.BotUserID, Scopes: granted,
		Token: sealed, InstalledBy: got.AuthedUser.ID, InstalledAt: now, UpdatedAt: now,
	}, nil
}

// exchangeFailed words what Slack, or the way there, had against the exchange.
func exchangeFailed(err error) error {
	var said slack.SlackErrorResponse
	if !errors.As(err, &said) {
		return refusal{status: http.StatusBadGateway, words: slackAway, cause: err}
	}
	cause := fmt.Errorf("refused by Slack: %.80q", said.Err)
	switch said.Err {
	case "invalid_code", "code_already_used":
		return refusal{status: http.StatusGone, words: codeUsed, cause: cause}
	case "invalid_client_id", "bad_client_secret":
		cause = fmt.Errorf("%w: look at SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; both stand at https://api.slack.com/apps, Basic Information, App Credentials", cause)
	case "bad_redirect_uri":
		cause = fmt.Errorf("%w: look at SLABUDDY_PUBLIC_URL, and at the redirect URLs of the app (OAuth & Permissions)", cause)
	case "ratelimited", "service_unavailable", "internal_error", "fatal_error", "request_timeout":
		return refusal{status: http.StatusBadGateway, words: slackAway, cause: cause}
	}
	return refusal{status: http.StatusBadGateway, words: slackRefused, cause: cause}
}
