package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

const (
	exchangeTimeout = 10 * time.Second
	// stateKept is how long a used state is remembered: beyond the life of its cookie.
	stateKept = time.Hour
)

// Keys remembers which states were used.
type Keys interface {
	ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error)
	ReleaseKey(ctx context.Context, key string) error
}

// Config is what an Installer is made of.
type Config struct {
	ClientID     string
	ClientSecret string
	APIURL       string       // ends in /api/; "" is Slack's own
	HTTP         *http.Client // nil: one with a time-out
	Tokens       *Tokens      // with a Sealer and a PublicURL
	Keys         Keys
	Rand         io.Reader // a cryptographic source
	// Watch stores since when the channels that are configured for a workspace are watched, before the
	// installation is stored (rule 3).
	Watch func(ctx context.Context, workspace string) error
}

// Installer serves the installation in a browser. What goes wrong there is shown there: its methods
// answer every request themselves, and return nil.
type Installer struct {
	Config
	states   *states
	pages    *pages
	site     string // Slack's own, with a slash at its end
	redirect string
}

// New makes an Installer.
func New(c Config) (*Installer, error) {
	if c.Tokens.Sealer == nil || c.ClientID == "" || c.ClientSecret == "" {
		return nil, errors.New("installing needs SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and SLABUDDY_ENCRYPTION_KEY")
	}
	public, err := url.Parse(c.Tokens.PublicURL)
	if err != nil || public.Host == "" {
		return nil, errors.New("installing needs SLABUDDY_PUBLIC_URL")
	}
	if c.APIURL == "" {
		c.APIURL = slack.APIURL
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{
			Timeout:       exchangeTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	i := &Installer{
		Config:   c,
		site:     strings.TrimSuffix(c.APIURL, "api/"),
		redirect: c.Tokens.PublicURL + "/slack/oauth_redirect",
	}
	i.states, err = newStates(c.Tokens.Sealer, c.Rand, c.Tokens.Now, public.Scheme == "https", strings.TrimSuffix(public.Path, "/")+"/slack")
	if err == nil {
		i.pages, err = newPages(c.Tokens.Log)
	}
	return i, err
}

// Install serves GET /slack/install: it sends the browser to Slack, which asks its user.
func (i *Installer) Install(w http.ResponseWriter, r *http.Request) error {
	state, cookie, err := i.states.begin()
	if err != nil {
		i.refuse(w, r, refusal{status: http.StatusServiceUnavailable, words: ourTrouble, cause: err})
		return nil
	}
	to := url.Values{
		"client_id": {i.ClientID}, "scope": {strings.Join(client.Scopes(), ",")},
		"redirect_uri": {i.redirect}, "state": {state},
	}
	http.SetCookie(w, cookie)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, i.site+"oauth/v2/authorize?"+to.Encode(), http.StatusFound)
	return nil
}

// Redirect serves GET /slack/oauth_redirect, where Slack sends the browser back to.
func (i *Installer) Redirect(w http.ResponseWriter, r *http.Request) error {
	installed, err := i.finish(r)
	if err != nil {
		var no refusal
		if !errors.As(err, &no) {
			no = refusal{status: http.StatusServiceUnavailable, words: ourTrouble, cause: err}
		}
		i.refuse(w, r, no)
		return nil
	}
	http.SetCookie(w, i.states.forget())
	i.pages.welcome(w, installed, i.openSlack(installed))
	return nil
}

// finish installs, or returns a refusal.
func (i *Installer) finish(r *http.Request) (setup.Installation, error) {
	q := r.URL.Query()
	state, code := q.Get("state"), q.Get("code")
	if state == "" {
		return setup.Installation{}, refusal{status: http.StatusBadRequest, words: notFromSlack}
	}
	if err := i.states.check(r, state); errors.Is(err, errExpired) {
		return setup.Installation{}, refusal{status: http.StatusGone, words: tooLate, cause: err}
	} else if err != nil {
		return setup.Installation{}, refusal{status: http.StatusForbidden, words: foreign, cause: err}
	}
	switch said := q.Get("error"); {
	case said == "access_denied":
		return setup.Installation{}, refusal{status: http.StatusForbidden, words: denied}
	case said != "":
		return setup.Installation{}, refusal{status: http.StatusBadRequest, words: slackRefused, cause: fmt.Errorf("refused by Slack: %.80q", said)}
	case code == "":
		return setup.Installation{}, refusal{status: http.StatusBadRequest, words: notFromSlack}
	}
	return i.once(r.Context(), state, code)
}

// once uses the state up, and frees it again if nothing came of it.
func (i *Installer) once(ctx context.Context, state, code string) (setup.Installation, error) {
	sum := sha256.Sum256([]byte(state))
	key := "install/" + hex.EncodeToString(sum[:])
	now := i.Tokens.Now()
	first, err := i.Keys.ClaimKey(ctx, key, now, now.Add(stateKept))
	if err != nil {
		return setup.Installation{}, err
	}
	if !first {
		return setup.Installation{}, refusal{status: http.StatusGone, words: usedBefore}
	}
	// The code works once: what has begun is finished, also when the browser goes away.
	ctx = context.WithoutCancel(ctx)
	installed, err := i.exchange(ctx, code)
	if err == nil {
		err = i.save(ctx, installed)
	}
	if err != nil {
		ctx, cancel := context.WithTimeout(ctx, storeTimeout)
		defer cancel()
		if again := i.Keys.ReleaseKey(ctx, key); again != nil {
			i.Tokens.Log.Warn("the state of an installation that failed stays used up; its user has to begin again", "error", again)
		}
	}
	return installed, err
}

// save makes the installation durable and lets its jobs go.
func (i *Installer) save(ctx context.Context, installed setup.Installation) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if err := i.Watch(ctx, installed.Workspace); err != nil {
		return err
	}
	if err := i.Tokens.Store.SaveInstallation(ctx, installed); err != nil {
		return err
	}
	i.Tokens.Log.Info("installed in a workspace", "workspace", installed.Workspace, "name", installed.Name, "by", installed.InstalledBy)
	// It is installed now: what fails from here on is mended when the token is next tested.
	if err := i.Tokens.Store.OpenGate(ctx, gate.Workspace(installed.Workspace), i.Tokens.Now()); err != nil {
		i.Tokens.Log.Warn("the reminders that were held cannot be let go yet; trying again within a minute", "error", err)
	}
	i.Tokens.take(installed)
	return nil
}

// openSlack is a link to the app (docs.slack.dev/interactivity/deep-linking).
func (i *Installer) openSlack(installed setup.Installation) string {
	return i.site + "app_redirect?" + url.Values{"app": {installed.AppID}, "team": {installed.Workspace}}.Encode()
}

func (i *Installer) refuse(w http.ResponseWriter, r *http.Request, no refusal) {
	level := slog.LevelInfo
	if no.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	args := []any{"status", no.status, "why", no.words.title}
	if no.cause != nil {
		args = append(args, "error", no.cause)
	}
	i.Tokens.Log.Log(r.Context(), level, "an installation was refused", args...)
	i.pages.refusal(w, no)
}
