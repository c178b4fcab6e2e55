package install_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install"
)

func TestRotatingTheKeyKeepsEveryWorkspace(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	w.browser().install("T1")
	w.browser().install("T2")
	w.keys = keyText(2) + "," + keyText(1)
	w.start()
	if got := w.token("T1"); got != w.t1.Options().Token {
		t.Fatalf("with both keys, the token of T1 is %q", got)
	}
	if err := w.tokens.Reseal(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.keys = keyText(2)
	w.start()
	for workspace, want := range map[string]string{"T1": w.t1.Options().Token, "T2": w.t2.Options().Token} {
		if got := w.token(workspace); got != want {
			t.Errorf("with the new key alone, the token of %s is %q", workspace, got)
		}
	}
	got, err := w.store.Installations(t.Context())
	if err != nil || got[0].Name != "Acme" || got[0].InstalledBy != "U1ANA" || !got[0].EndedAt.IsZero() {
		t.Errorf("what is kept of T1: %+v, %v", got, err)
	}
}

// A browser that began before the key was changed, or at another replica, comes through.
func TestAnyReplicaFinishesWhatAnotherBegan(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	b := w.browser()
	back := b.until("T1")
	w.keys = keyText(2) + "," + keyText(1)
	w.start()
	if p := b.get(back.String()); p.status != http.StatusOK {
		t.Errorf("the other replica answers %d\n%s", p.status, p.body)
	}
}

func TestALostKeyHoldsItsWorkspacesAlone(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	w.browser().install("T1")
	w.keys = keyText(2)
	w.start()
	w.browser().install("T2")
	if err := w.tokens.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.token("T2"); got != w.t2.Options().Token {
		t.Errorf("the token of T2 is %q", got)
	}
	_, err := w.tokens.Token(t.Context(), "T1")
	if !errors.Is(err, client.ErrNoToken) || !strings.Contains(err.Error(), "SLABUDDY_ENCRYPTION_KEY") || !strings.Contains(err.Error(), "/slack/install") {
		t.Errorf("Token(T1) = %v: it has to say what to do", err)
	}
	if n := strings.Count(w.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("said %d times, want once:\n%s", n, w.log)
	}
	if err := w.tokens.Reseal(t.Context()); err != nil {
		t.Errorf("Reseal = %v", err)
	}
	w.browser().install("T1")
	if got := w.token("T1"); got != w.t1.Options().Token {
		t.Errorf("installed again, the token of T1 is %q", got)
	}
}

func TestTheBotTokenServesItsOwnWorkspace(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	w.browser().install("T2")
	tokens := install.NewTokens(install.TokensConfig{Store: w.store, Sealer: sealer(t, w.keys), BotToken: "xoxb-home", Now: w.clock.now, Log: w.tokens.Log})
	ask := func(workspace string) string {
		token, err := tokens.Token(t.Context(), workspace)
		if err != nil {
			return "error"
		}
		return token
	}
	if err := tokens.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := []string{ask(""), ask("T1"), ask("T2")}
	tokens.Home("T1")
	after := []string{ask(""), ask("T1"), ask("T2"), ask("T3")}
	home := "xoxb-home"
	if diff := cmp.Diff([]string{home, home, w.t2.Options().Token}, before); diff != "" {
		t.Errorf("before it is known whose it is (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{home, home, w.t2.Options().Token, "error"}, after); diff != "" {
		t.Errorf("once it is known that it is T1's (-want +got):\n%s", diff)
	}
}

func TestTheBotTokenAloneNeedsNoInstallations(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	tokens := install.NewTokens(install.TokensConfig{Store: w.store, BotToken: "xoxb-home", Now: w.clock.now, Log: w.tokens.Log})
	if got, err := tokens.Token(t.Context(), "T1"); got != "xoxb-home" || err != nil {
		t.Errorf("before anything was read: %q, %v", got, err)
	}
	if err := tokens.Reseal(t.Context()); err != nil {
		t.Error(err)
	}
}

// Whoever installed by OAuth and goes back to SLACK_BOT_TOKEN has a row that nothing opens any more.
func TestTheBotTokenServesWhereTheInstalledOneCannotBeOpened(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	w.browser().install("T1")
	w.browser().install("T2")
	tokens := install.NewTokens(install.TokensConfig{Store: w.store, BotToken: "xoxb-home", Now: w.clock.now, Log: w.tokens.Log})
	if err := tokens.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	tokens.Home("T1")
	if got, err := tokens.Token(t.Context(), "T1"); got != "xoxb-home" || err != nil {
		t.Errorf("Token(T1) = %q, %v", got, err)
	}
	if got, err := tokens.Token(t.Context(), "T2"); !errors.Is(err, client.ErrNoToken) {
		t.Errorf("Token(T2) = %q, %v", got, err)
	}
	if diff := cmp.Diff([]string{"T2"}, tokens.Installed()); diff != "" {
		t.Errorf("installed (-want +got): T1 is that of SLACK_BOT_TOKEN:\n%s", diff)
	}
}

// A channel may be shared by two workspaces: the one's token would post there for the other.
func TestTheBotTokenIsNotTriedInAWorkspaceThatTheBotHasLeft(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	w.browser().install("T2")
	if err := w.tokens.Uninstalled(t.Context(), "T2", "the app was removed", w.clock.now()); err != nil {
		t.Fatal(err)
	}
	tokens := install.NewTokens(install.TokensConfig{Store: w.store, Sealer: sealer(t, w.keys), BotToken: "xoxb-home", Now: w.clock.now, Log: w.tokens.Log})
	if err := tokens.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := tokens.Token(t.Context(), "T2"); !errors.Is(err, client.ErrNoToken) {
		t.Errorf("before it is known whose SLACK_BOT_TOKEN is, Token(T2) = %q, %v", got, err)
	}
}
