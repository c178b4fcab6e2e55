package escalation

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// OpenOutcome says what became of a ticket's message. The strings are metric labels.
type OpenOutcome string

const (
	OpenedNew         OpenOutcome = "opened"
	OpenedDuplicate   OpenOutcome = "duplicate"    // the same message again
	OpenedAlready     OpenOutcome = "already_open" // another message's timeline about the ticket is open
	OpenedIgnoredType OpenOutcome = "ignored_type"
	OpenedTooOld      OpenOutcome = "too_old"
	OpenedUnwatched   OpenOutcome = "unwatched"
)

// Opener opens timelines (rules 1 to 3).
type Opener struct {
	Store    OpenerStore
	Mentions *Mentions
	Replies  *Replies // nil: the help desk tells nothing by itself
	Settings func(workspace string) *Settings
	Now      func() time.Time
	NewID    func() string
	Logger   *slog.Logger
	Metrics  *Metrics
}

// OpenerStore is what an Opener needs of the database.
type OpenerStore interface {
	Open(ctx context.Context, ts []Timeline) ([]Opened, error)
	Early(ctx context.Context, threads []Thread, since time.Time) ([]Mention, error)
	// ClaimKey claims an idempotency key until then; KeyClaimed says whether it is claimed at now.
	ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error)
	KeyClaimed(ctx context.Context, key string, now time.Time) (claimed bool, err error)
}

// Open opens the timeline of a message, durably before it returns. After an error nothing is known,
// and calling it again is safe.
func (o *Opener) Open(ctx context.Context, m Message) (OpenOutcome, error) {
	s, now := o.Settings(m.Workspace), o.Now()
	channel, watched := s.Channels[m.Channel]
	if !watched {
		return OpenedUnwatched, nil
	}
	name := channel.For(m.Ticket.Priority)
	outcome, err := o.open(ctx, m, s, name, now)
	if err != nil {
		return "", err
	}
	o.Metrics.arrived(s.policyName(name), outcome)
	return outcome, nil
}

func (o *Opener) open(ctx context.Context, m Message, s *Settings, policy string, now time.Time) (OpenOutcome, error) {
	if now.Sub(m.PostedAt) > s.MaxAge {
		return OpenedTooOld, nil
	}
	if again, err := o.passedBefore(ctx, m, now); err != nil || again {
		return OpenedDuplicate, err
	}
	if s.ignores(m.Ticket) {
		return OpenedIgnoredType, o.pass(ctx, m, s, now)
	}
	p, ok := s.Policies[policy]
	if !ok {
		return "", fmt.Errorf("channel %s names the policy %q, which is not configured", m.Channel, policy)
	}
	opened, err := o.Store.Open(ctx, []Timeline{Begin(o.NewID(), m, p, s.GiveUp, now)})
	if err != nil {
		return "", fmt.Errorf("open timeline: %w", err)
	}
	got := opened[0]
	if !got.New && !got.Repeat {
		o.Logger.Info("another message about a ticket that is already followed", "ticket", m.Ticket.ID, "channel", m.Channel, "ts", m.TS, "timeline", got.ID)
		return OpenedAlready, o.pass(ctx, m, s, now)
	}
	if o.Replies != nil {
		if err := o.Replies.heardEarly(ctx, m.Ticket.ID); err != nil {
			return "", err
		}
	}
	if err := o.heardEarly(ctx, m.Thread, now); err != nil {
		return "", err
	}
	if got.Repeat {
		return OpenedDuplicate, nil
	}
	o.Logger.Info("timeline opened", "timeline", got.ID, "ticket", m.Ticket.ID, "channel", m.Channel, "ts", m.TS, "policy", policy)
	return OpenedNew, nil
}

// Messages that open nothing leave no timeline to tell them by. They are noted, so that the same
// message, delivered again or found by the scan, opens nothing later either: the ticket that another
// message was about may be closed by then.

// settled is how old a message is before it can have been passed: live events come within seconds,
// and need not be looked up.
const settled = 30 * time.Second

func passKey(at Thread) string { return "passed/" + at.Workspace + "/" + at.Channel + "/" + at.TS }

func (o *Opener) pass(ctx context.Context, m Message, s *Settings, now time.Time) error {
	if _, err := o.Store.ClaimKey(ctx, passKey(m.Thread), now, m.PostedAt.Add(s.MaxAge)); err != nil {
		return fmt.Errorf("note a message that opens nothing: %w", err)
	}
	return nil
}

func (o *Opener) passedBefore(ctx context.Context, m Message, now time.Time) (bool, error) {
	if now.Sub(m.PostedAt) < settled {
		return false, nil
	}
	passed, err := o.Store.KeyClaimed(ctx, passKey(m.Thread), now)
	if err != nil {
		return false, fmt.Errorf("look up a message: %w", err)
	}
	return passed, nil
}

// earlyMentionKept is how long a mention waits for its ticket's message (rule 10).
const earlyMentionKept = time.Hour

// heardEarly applies the mentions that came before their ticket's message (rule 10).
func (o *Opener) heardEarly(ctx context.Context, at Thread, now time.Time) error {
	early, err := o.Store.Early(ctx, []Thread{at}, now.Add(-earlyMentionKept))
	if err != nil {
		return fmt.Errorf("read early mentions: %w", err)
	}
	for _, m := range early {
		if err := o.Mentions.Answer(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// policyName is what the policy found under a key is called: the policies that channels have for
// themselves share one name.
func (s *Settings) policyName(key string) string {
	if p := s.Policies[key]; p.Name != "" {
		return p.Name
	}
	return key
}

// ignores says that a ticket's type opens nothing (rule 3).
func (s *Settings) ignores(t Ticket) bool {
	return slices.ContainsFunc(s.IgnoreTypes, func(ignored string) bool { return strings.EqualFold(ignored, strings.TrimSpace(t.Type)) })
}

// Opens says which policy a message would run through, or why it would open nothing.
func Opens(m Message, s *Settings) (p Policy, whyNot string) {
	channel, watched := s.Channels[m.Channel]
	switch {
	case !watched:
		return Policy{}, "channel " + m.Channel + " is not watched"
	case m.Ticket.ID == "":
		return Policy{}, "no ticket can be read from the message"
	case s.ignores(m.Ticket):
		return Policy{}, "tickets of type " + m.Ticket.Type + " are ignored"
	}
	return s.Policies[channel.For(m.Ticket.Priority)], ""
}
