package install

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
)

// heldFor is how long the jobs of a workspace without the app are held. After that, whichever is tried
// first finds no token and holds the rest again.
const heldFor = 24 * time.Hour

// Uninstalled ends a workspace's installation and holds its jobs, durably before it returns. at is when
// it ended, as Slack has it, in whole seconds. Slack may say the same twice, and late: the word about
// an installation that has been renewed since does nothing. (One that ends in the very second in which
// it was made is taken for such a word; the first call with its token finds it refused.)
func (t *Tokens) Uninstalled(ctx context.Context, workspace, why string, at time.Time) error {
	i, found, err := t.Store.Installation(ctx, workspace)
	if err != nil {
		return fmt.Errorf("uninstall: %w", err)
	}
	if found && i.EndedAt.IsZero() && i.InstalledAt.After(at) {
		t.Log.Info("Slack tells late that the app was removed; it has been installed again since", "workspace", workspace, "why", why, "at", at)
		return nil
	}
	if err := t.Store.EndInstallation(ctx, workspace, at, why); err != nil {
		return fmt.Errorf("uninstall: %w", err)
	}
	held := queue.Gate{Key: gate.Workspace(workspace), Until: t.Now().Add(heldFor), Reason: why + t.again()}
	if err := t.Store.ShutGate(ctx, held); err != nil {
		return fmt.Errorf("uninstall: %w", err)
	}
	t.Log.Warn("SLA Buddy has left a workspace, whose reminders are held until it is installed again", "workspace", workspace, "why", why)
	t.Wake(workspace)
	return nil
}

func (t *Tokens) again() string {
	if t.PublicURL == "" {
		return "; install the app again and set SLACK_BOT_TOKEN to its new token"
	}
	return "; install it again" + t.at()
}

// Reseal seals with the new key every token that is sealed with an old one. When it has returned nil, and no
// replica runs without the new key, the old one can be taken out of SLABUDDY_ENCRYPTION_KEY.
func (t *Tokens) Reseal(ctx context.Context) error {
	if t.Sealer == nil {
		return nil
	}
	installations, err := t.Store.Installations(ctx)
	if err != nil {
		return fmt.Errorf("seal tokens with the new key: %w", err)
	}
	var errs []error
	var resealed int
	for _, i := range installations {
		did, err := t.reseal(ctx, i)
		if err != nil {
			errs = append(errs, fmt.Errorf("seal the token of %s with the new key: %w", i.Workspace, err))
		}
		if did {
			resealed++
		}
	}
	if resealed > 0 {
		t.Log.Info("tokens were sealed with the new key; the old one is no longer needed for them", "tokens", resealed)
	}
	return errors.Join(errs...)
}

func (t *Tokens) reseal(ctx context.Context, i setup.Installation) (did bool, err error) {
	token, old, err := t.Sealer.Open(i.Workspace, i.Token)
	switch {
	case errors.Is(err, seal.ErrNoKey), errors.Is(err, seal.ErrDamaged):
		return false, nil // said when it is loaded, and not to be mended here
	case err != nil || !old:
		return false, err
	}
	if i.Token, err = t.Sealer.Seal(i.Workspace, token); err != nil {
		return false, err
	}
	return true, t.Store.SaveInstallation(ctx, i)
}
