package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// Opener opens timelines (rules 1 to 3).
type Opener struct {
	escalation.Deps
	Store    OpenerStore
	Mentions *Mentions
	Replies  *Replies // nil: the help desk tells nothing by itself
}

// OpenerStore is what an Opener needs of the database.
type OpenerStore interface {
	Open(ctx context.Context, ts []escalation.Timeline) ([]escalation.Opened, error)
	Early(ctx context.Context, threads []escalation.Thread, since time.Time) ([]escalation.Mention, error)
	// ClaimKey claims an idempotency key until then; KeyClaimed says whether it is claimed at now.
	ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error)
	KeyClaimed(ctx context.Context, key string, now time.Time) (claimed bool, err error)
}

// Open opens the timeline of a message, durably before it returns. After an error nothing is known,
// and calling it again is safe.
func (o *Opener) Open(ctx context.Context, m escalation.Message) (escalation.OpenOutcome, error) {
	s, now := o.Settings(m.Workspace), o.Now()
	channel, watched := s.Channels[m.Channel]
	if !watched {
		return escalation.OpenedUnwatched, nil
	}
	name := channel.For(m.Ticket.Priority)
	outcome, err := o.open(ctx, m, s, name, now)
	if err != nil {
		return "", err
	}
	o.Metrics.Arrived(s.PolicyName(name), outcome)
	return outcome, nil
}

func (o *Opener) open(ctx context.Context, m escalation.Message, s *escalation.Settings, policy string, now time.Time) (escalation.OpenOutcome, error) {
	if now.Sub(m.PostedAt) > s.MaxAge {
		return escalation.OpenedTooOld, nil
	}
	if again, err := o.passedBefore(ctx, m, now); err != nil || again {
		return escalation.OpenedDuplicate, err
	}
	if s.Ignores(m.Ticket) {
		return escalation.OpenedIgnoredType, o.pass(ctx, m, s, now)
	}
	p, ok := s.Policies[policy]
	if !ok {
		return "", fmt.Errorf("channel %s names the policy %q, which is not configured", m.Channel, policy)
	}
	opened, err := o.Store.Open(ctx, []escalation.Timeline{escalation.Begin(o.NewID(), m, p, s.GiveUp, now)})
	if err != nil {
		return "", fmt.Errorf("open timeline: %w", err)
	}
	got := opened[0]
	if !got.New && !got.Repeat {
		o.Logger.Info("another message about a ticket that is already followed", "ticket", m.Ticket.ID, "channel", m.Channel, "ts", m.TS, "timeline", got.ID)
		return escalation.OpenedAlready, o.pass(ctx, m, s, now)
	}
	if o.Replies != nil {
		if err := o.Replies.heardEarly(ctx, m.Workspace, m.Ticket.ID); err != nil {
			return "", err
		}
	}
	if err := o.heardEarly(ctx, m.Thread, now); err != nil {
		return "", err
	}
	if got.Repeat {
		return escalation.OpenedDuplicate, nil
	}
	o.Logger.Info("timeline opened", "timeline", got.ID, "ticket", m.Ticket.ID, "channel", m.Channel, "ts", m.TS, "policy", policy)
	return escalation.OpenedNew, nil
}

// Messages that open nothing leave no timeline to tell them by. They are noted, so that the same
// message, delivered again or found by the scan, opens nothing later either: the ticket that another
// message was about may be closed by then.

// settled is how old a message is before it can have been passed: live events come within seconds,
// and need not be looked up.
const settled = 30 * time.Second

func passKey(at escalation.Thread) string {
	return "passed/" + at.Workspace + "/" + at.Channel + "/" + at.TS
}

func (o *Opener) pass(ctx context.Context, m escalation.Message, s *escalation.Settings, now time.Time) error {
	if _, err := o.Store.ClaimKey(ctx, passKey(m.Thread), now, m.PostedAt.Add(s.MaxAge)); err != nil {
		return fmt.Errorf("note a message that opens nothing: %w", err)
	}
	return nil
}

func (o *Opener) passedBefore(ctx context.Context, m escalation.Message, now time.Time) (bool, error) {
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
func (o *Opener) heardEarly(ctx context.Context, at escalation.Thread, now time.Time) error {
	early, err := o.Store.Early(ctx, []escalation.Thread{at}, now.Add(-earlyMentionKept))
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
