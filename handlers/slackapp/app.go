package slackapp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/handlers/body"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
)

// Opener opens the timelines of the tickets that one message carries, durably before it returns.
type Opener interface {
	Open(ctx context.Context, tickets ...escalation.Message) (flow.OpenOutcome, error)
}

// Hearer takes in a mention of the bot, durably before it returns.
type Hearer interface {
	Hear(ctx context.Context, m escalation.Mention) error
}

// Deleter takes in that a message was deleted, durably before it returns.
type Deleter interface {
	Deleted(ctx context.Context, message escalation.Thread) error
}

// Settings are what the configuration says about messages. They are read afresh for each.
type Settings struct {
	Watches func(workspace, channel string) bool
	// Known says that the settings of a workspace have been read. Until then a channel that seems not to be watched may
	// be watched. Nil: always.
	Known func(workspace string) bool
	// Reader reads the tickets of a workspace. The file's patterns and the help desk's addresses are for the file's own
	// workspace only.
	Reader func(workspace string) *ticket.Reader
}

// Config is what an App is made of.
type Config struct {
	SigningSecret string
	Settings      func() *Settings
	Self          func(workspace string) client.Identity // who the bot is, as far as it is known
	Opener        Opener
	Hearer        Hearer
	Deleter       Deleter
	Keys          Keys     // make a signed click or command count once. Nil: it may count twice
	Surfaces      Surfaces // nil: clicks and commands are acknowledged, and do nothing
	// Colleague says whether somebody may use the bot: a full member, no guest (rule 29). It asks Slack, and fails if
	// that takes long. Nil: everybody may.
	Colleague func(ctx context.Context, workspace, user string) (bool, error)
	// Uninstalled takes in that a workspace removed the app or revoked its token, and when, durably before it returns.
	// Slack may send both events, in either order, and late. May be nil.
	Uninstalled func(ctx context.Context, workspace, why string, at time.Time) error
	// Joined is called once the bot has joined a channel. May be nil.
	Joined func(workspace, channel string)
	// Renamed is called when a channel gets another id. May be nil.
	Renamed func(workspace, before, now string)
	// Missed is called with the workspace of an event that could not be stored, or that Slack held back. May be nil.
	Missed func(workspace string)
	// Signed is called with the time, in whole seconds of Slack's clock, at which Slack signed a request. May be nil.
	Signed func(at time.Time)
	// Unreadable is called for each message that looks like a ticket and cannot be read. May be nil.
	Unreadable func(at escalation.Thread, p ticket.Problem)
	SocketOnly bool // Slack sends nothing over HTTP: no signing secret is needed, and every request is refused
	Now        func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// App takes in what Slack sends, over HTTP or through a socket.
type App struct {
	Config
	events *prometheus.CounterVec // type, outcome
	shares *shares
	later  *later

	unreadable *prometheus.CounterVec // reason
	posters    posters
}

// New makes an App and registers its metrics. Drain ends what the App has left to do.
func New(c Config) (*App, error) {
	if c.SigningSecret == "" && !c.SocketOnly {
		return nil, errors.New("the signing secret is empty: with it, anybody could sign")
	}
	if c.Opener == nil || c.Hearer == nil || c.Deleter == nil {
		return nil, errors.New("somebody has to take in tickets, mentions and deletions: an Opener, a Hearer or the Deleter is missing")
	}
	events := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "slabuddy_slack_events_total",
		Help: "Events, interactions and commands from Slack, by type and what became of them.",
	}, []string{"type", "outcome"})
	unreadable := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "slabuddy_unreadable_messages_total",
		Help: "Messages that look like tickets and are not followed, by why: id (no id stands where it should), no_id (a ticket's labels and no id), app (no ticket, though those of the app carry one as a rule), several (ids that contradict each other).",
	}, []string{"reason"})
	for _, m := range []prometheus.Collector{events, unreadable} {
		if err := c.Registerer.Register(m); err != nil {
			return nil, err
		}
	}
	for _, reason := range ticket.Reasons() {
		unreadable.WithLabelValues(reason)
	}
	for _, o := range messageOutcomes { // a counter that appears with a 1 has not increased for Prometheus
		events.WithLabelValues(typeMessage, o)
	}
	return &App{Config: c, events: events, shares: newShares(), later: newLater(c.Log), unreadable: unreadable}, nil
}

// Drain waits until everything that was acknowledged is done, and takes nothing more in. When ctx ends it cuts off what
// is left and returns ctx's error.
func (a *App) Drain(ctx context.Context) error { return a.later.drain(ctx) }

// Events serves POST /slack/events. The effect of an event is durable when it returns.
func (a *App) Events(w http.ResponseWriter, r *http.Request) error {
	payload, err := a.authentic(r)
	if err != nil {
		a.count(typeUnread, outcomeRefused)
		return err
	}
	e, err := readEnvelope(payload)
	if err != nil {
		a.count(typeUnread, outcomeMalformed)
		return err
	}
	if e.Type == typeChallenge {
		a.count(typeChallenge, outcomeAnswered)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, string(e.Challenge))
		return nil
	}
	answer, err := a.event(r.Context(), e)
	if err == nil {
		answer.send(w)
	}
	return err
}

// Event takes in the payload of an event, over HTTP or a socket. Its effect is durable when Event returns nil. After an
// error Slack has to deliver it again.
func (a *App) Event(ctx context.Context, payload []byte) error {
	e, err := readEnvelope(payload)
	if err != nil {
		a.count(typeUnread, outcomeMalformed)
		return err
	}
	answer, err := a.event(ctx, e)
	if err == nil {
		answer.begin()
	}
	return err
}

func (a *App) event(ctx context.Context, e *envelope) (*acknowledgement, error) {
	if e.label() == typeHome {
		return a.openHome(ctx, e)
	}
	if where, ours := a.joined(e); ours && a.Joined != nil {
		a.Joined(e.workspace(), where)
	}
	did, err := a.take(ctx, e)
	if lost := err != nil || did == outcomeLimited; lost && a.Missed != nil && e.workspace() != "" {
		a.Missed(e.workspace())
	}
	a.count(e.label(), did)
	return &acknowledgement{}, err
}

// take waits for the sender's turn, and then takes the event in.
func (a *App) take(ctx context.Context, e *envelope) (outcome string, err error) {
	by := sender{workspace: e.workspace()}
	if e.Event.BotID == "" {
		by.user = string(e.Event.User)
	}
	leave, err := a.shares.enter(ctx, by)
	if err != nil {
		return outcomeBusy, err
	}
	defer leave()
	if outcome, err = a.route(ctx, e); err != nil {
		return outcomeFailed, err
	}
	return outcome, nil
}

// authentic reads the body, and checks while it comes in that Slack signed it. A body that is too large is refused for
// that reason, whoever sent it.
func (a *App) authentic(r *http.Request) ([]byte, error) {
	if err := body.Fits(r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if a.SigningSecret == "" {
		return nil, fmt.Errorf("%w: there is no signing secret, so nothing can be", ErrUnsigned)
	}
	v, err := newVerifier([]byte(a.SigningSecret), r.Header, a.Now())
	if err != nil {
		return nil, err
	}
	read, err := body.Read(r, v, v.check)
	if err != nil && !errors.Is(err, body.ErrBusy) && !errors.Is(err, ErrUnsigned) {
		err = fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if err == nil && a.Signed != nil {
		a.Signed(v.at)
	}
	return read, err
}

// Other serves every other POST below /slack/. It answers 200 if Slack signed it, and otherwise 401, so that nobody else
// learns which paths exist.
func (a *App) Other(_ http.ResponseWriter, r *http.Request) error {
	_, err := a.authentic(r)
	return err
}

func (a *App) count(eventType, outcome string) {
	a.events.WithLabelValues(eventType, outcome).Inc()
}
