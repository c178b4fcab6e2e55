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
)

// Opener opens the timeline of a ticket's message, durably before it returns.
type Opener interface {
	Open(ctx context.Context, m escalation.Message) (escalation.OpenOutcome, error)
}

// Hearer takes in a mention of the bot, durably before it returns.
type Hearer interface {
	Hear(ctx context.Context, m escalation.Mention) error
}

// Settings are what the configuration says about messages. They are read afresh for each.
type Settings struct {
	Watches func(channel string) bool
	Reader  *Reader
}

// Config is what an App is made of.
type Config struct {
	SigningSecret string
	Settings      func() *Settings
	Self          func(workspace string) Identity // who the bot is, as far as it is known
	Opener        Opener
	Hearer        Hearer
	Now           func() time.Time
	Log           *slog.Logger
	Registerer    prometheus.Registerer
}

// App takes in what Slack sends.
type App struct {
	Config
	events *prometheus.CounterVec // type, outcome
}

// New registers the metrics of the events.
func New(c Config) (*App, error) {
	if c.SigningSecret == "" {
		return nil, errors.New("the signing secret is empty: with it, anybody could sign")
	}
	events := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "slabuddy_slack_events_total",
		Help: "Requests to /slack/events, by the event's type and what became of it.",
	}, []string{"type", "outcome"})
	if err := c.Registerer.Register(events); err != nil {
		return nil, err
	}
	return &App{Config: c, events: events}, nil
}

// Events serves POST /slack/events. What an event asks for is durable when it returns.
func (a *App) Events(w http.ResponseWriter, r *http.Request) error {
	body, err := a.authentic(r)
	if err != nil {
		a.count(typeUnread, outcomeRefused)
		return err
	}
	e, err := readEnvelope(body)
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
	did, err := a.route(r.Context(), e)
	if err != nil {
		did = outcomeFailed
	}
	a.count(e.label(), did)
	return err
}

// Interactions serves POST /slack/interactions. The bot posts nothing yet that could be clicked.
func (a *App) Interactions(w http.ResponseWriter, r *http.Request) error {
	_, err := a.authentic(r)
	return err
}

// Commands serves POST /slack/commands. The bot has no slash command yet.
func (a *App) Commands(w http.ResponseWriter, r *http.Request) error {
	_, err := a.authentic(r)
	return err
}

// authentic reads the body, whose length the router limits, and checks that Slack signed it. The body
// comes first: one that is too large is told so, whoever sent it.
func (a *App) authentic(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return body, verify([]byte(a.SigningSecret), r.Header, body, a.Now())
}

func (a *App) count(eventType, outcome string) {
	a.events.WithLabelValues(eventType, outcome).Inc()
}
