package slackapp

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Identity is who the bot is in a workspace.
type Identity struct {
	Workspace string `json:"workspace"` // T…
	User      string `json:"user"`      // the bot's user, U…
	BotID     string `json:"bot_id"`    // B…
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

// gateFor is how long a workspace's jobs are held when its token is refused. It is renewed while the
// token stays so.
const gateFor = time.Hour

// Identity asks Slack who the bot is. A token that is refused is said plainly and shuts the
// workspace's gate; one that is accepted opens it.
func (d *Directory) Identity(ctx context.Context) (Identity, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.identify(ctx)
}

func (d *Directory) identify(ctx context.Context) (Identity, error) {
	begun := ctx
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	before := d.known.Load().Self
	var (
		self   Identity
		header http.Header
	)
	err := d.API.through(ctx, d.Workspace, "auth.test", func(c *slack.Client) error {
		a, err := c.AuthTestContext(ctx)
		if err == nil {
			self, header = Identity{a.TeamID, a.UserID, a.BotID}, a.Header
		}
		return err
	})
	lacking := lacking(header)
	switch {
	case err != nil:
	case self.Workspace == "":
		err = failure(queue.KindRetry, "auth.test", errors.New("the answer does not say which workspace the token belongs to"))
	case d.Workspace != "" && self.Workspace != d.Workspace:
		err = failure(queue.KindTerminal, "auth.test", errors.New("the token that is kept for the workspace belongs to another; install the app again"))
	case slices.Contains(lacking, scopePost):
		err = d.API.judge(self.Workspace, escalation.MethodPost, slack.SlackErrorResponse{Err: "missing_scope", Needed: scopePost})
	}
	if err != nil && begun.Err() != nil {
		return Identity{}, err // told to end, which is no trouble
	}
	if err != nil {
		d.refused(ctx, before.Workspace, err)
		return Identity{}, err
	}
	d.accepted(ctx, self, lacking)
	return self, nil
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

func (d *Directory) refused(ctx context.Context, workspace string, err error) {
	if outcomeOf(err) != string(queue.KindHeld) {
		d.trouble("auth", "Slack cannot be asked who the bot is; trying again", "error", err)
		return
	}
	d.refusing = true
	d.trouble("token", "Slack does not accept the bot's token, and no reminder goes out until that is mended; trying again every minute", "error", err)
	if workspace == "" {
		return // whose posts to hold is not known, and there are none yet
	}
	gate := queue.Gate{Key: escalation.GateWorkspace(workspace), Until: d.Now().Add(gateFor), Reason: err.Error()}
	if err := d.Gates.ShutGate(ctx, gate); err != nil {
		d.trouble("gate", "the posts cannot be held until the token is mended", "error", err)
	}
}

// accepted opens the gate each time: the poster may have shut it meanwhile, on any replica.
func (d *Directory) accepted(ctx context.Context, self Identity, lacking []string) {
	if d.refusing {
		d.Log.Info("Slack accepts the bot's token again", "workspace", self.Workspace)
	}
	d.refusing = false
	d.over("auth")
	d.over("token")
	if len(lacking) == 0 {
		d.over("scopes")
	} else {
		d.trouble("scopes", "the app was not granted all it can use; add the scopes and install it again", "lacking", strings.Join(lacking, " "))
	}
	if err := d.Gates.OpenGate(ctx, escalation.GateWorkspace(self.Workspace), d.Now()); err != nil {
		d.trouble("gate", "the posts that were held cannot be let go", "error", err)
	} else {
		d.over("gate")
	}
	if d.Met != nil {
		d.Met(self.Workspace)
	}
	before := d.known.Load().Self
	if before == self {
		return
	}
	d.learn(ctx, func(k *known) {
		if before.Workspace != self.Workspace {
			*k = known{} // another workspace's people
		}
		k.Self = self
	})
	d.Log.Info("connected to Slack", "workspace", self.Workspace, "bot_user", self.User)
}
