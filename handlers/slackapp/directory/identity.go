package directory

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// gateFor is how long a workspace's jobs are held when its token is refused. It is renewed while the
// token stays so.
const gateFor = time.Hour

// Identity asks Slack who the bot is. A token that is refused is said plainly and shuts the
// workspace's gate; one that is accepted opens it.
func (d *Directory) Identity(ctx context.Context) (client.Identity, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.identify(ctx)
}

func (d *Directory) identify(ctx context.Context) (client.Identity, error) {
	before := d.known.Load().Self
	token, err := d.API.TestToken(ctx, d.Workspace)
	if err == nil {
		err = d.unusable(token)
	}
	if err != nil && ctx.Err() != nil {
		return client.Identity{}, err // ctx ended, which is no trouble
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err != nil {
		d.refused(ctx, before.Workspace, err)
		return client.Identity{}, err
	}
	d.accepted(ctx, token.Identity, token.Lacking)
	return token.Identity, nil
}

// errForeign says that the token is another workspace's.
var errForeign = errors.New("the token that is kept for the workspace is another's")

// unusable says why a token that Slack knows is of no use here; nil if it is of use.
func (d *Directory) unusable(t client.Token) error {
	if d.Workspace != "" && t.Workspace != d.Workspace {
		return &queue.Error{Kind: queue.KindHeld, Gate: gate.Workspace(d.Workspace), Err: fmt.Errorf(
			"%w: it belongs to workspace %s; install the app again in %s", errForeign, t.Workspace, d.Workspace)}
	}
	return t.CannotPost()
}

func (d *Directory) refused(ctx context.Context, workspace string, err error) {
	if client.Outcome(err) != string(queue.KindHeld) {
		d.failing("auth", "Slack cannot be asked who the bot is; trying again", err)
		return
	}
	if !d.refusing {
		d.pause = 0 // another trouble, with a rhythm of its own
	}
	d.refusing = true
	if errors.Is(err, errForeign) {
		d.begins("token", slog.LevelError, "the bot's token is another workspace's, and no reminder goes out until that is mended; trying again from time to time", "error", err)
	} else {
		d.failing("token", "Slack does not accept the bot's token, and no reminder goes out until that is mended; trying again from time to time", err)
	}
	if workspace == "" {
		return // whose posts to hold is not known, and there are none yet
	}
	shut := queue.Gate{Key: gate.Workspace(workspace), Until: d.Now().Add(gateFor), Reason: err.Error()}
	if err := d.Gates.ShutGate(ctx, shut); err != nil {
		d.failing("gate", "the posts cannot be held until the token is mended", err)
	}
}

// accepted opens the gate each time: the poster may have shut it meanwhile, on any replica.
func (d *Directory) accepted(ctx context.Context, self client.Identity, lacking []string) {
	if d.refusing {
		d.Log.Info("Slack accepts the bot's token again", "workspace", self.Workspace)
	}
	d.refusing, d.tested = false, true
	d.over("auth")
	d.over("token")
	if len(lacking) == 0 {
		d.over("scopes")
	} else {
		d.trouble("scopes", "the app was not granted all it can use; add the scopes and install it again", "lacking", strings.Join(lacking, " "))
	}
	if err := d.Gates.OpenGate(ctx, gate.Workspace(self.Workspace), d.Now()); err != nil {
		d.failing("gate", "the posts that were held cannot be let go", err)
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
