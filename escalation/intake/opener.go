package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// Opener opens timelines (rules 1 to 3).
type Opener struct {
	flow.Deps
	Store    OpenerStore
	Mentions *Mentions
	Replies  *Replies // nil: the help desk tells nothing by itself
}

// OpenerStore is what an Opener needs of the database.
type OpenerStore interface {
	Open(ctx context.Context, ts []escalation.Timeline) ([]escalation.Opened, error)
	Load(ctx context.Context, ids []string) ([]escalation.Timeline, error)
	flow.Saver
	Early(ctx context.Context, threads []escalation.Thread, since time.Time) ([]escalation.Mention, error)
	// ClaimKey claims an idempotency key until then; KeyClaimed says whether it is claimed at now.
	ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error)
	KeyClaimed(ctx context.Context, key string, now time.Time) (claimed bool, err error)
}

// Open opens the timelines of the tickets of one message, all of them or none, durably before it returns. If any
// timeline was opened, the outcome says so. After an error it is not known whether they were opened; it is safe to call
// Open again.
func (o *Opener) Open(ctx context.Context, tickets ...escalation.Message) (outcome flow.OpenOutcome, err error) {
	now := o.Now()
	var all []*opening
	for i, m := range tickets {
		one := &opening{Message: m, settings: o.Settings(m.Workspace), first: i == 0}
		if err := o.judge(ctx, one, now); err != nil {
			return "", err
		}
		all = append(all, one)
	}
	if err := o.store(ctx, all, now); err != nil {
		return "", err
	}
	for _, one := range all {
		if one.outcome != flow.OpenedUnwatched {
			o.Metrics.Arrived(one.settings.PolicyName(one.policy), one.outcome)
		}
		if outcome == "" || one.outcome == flow.OpenedNew {
			outcome = one.outcome
		}
	}
	return outcome, nil
}

// opening is one ticket of a message on its way to a timeline.
type opening struct {
	escalation.Message
	first    bool // of its message
	settings *escalation.Settings
	policy   string
	outcome  flow.OpenOutcome // "": it is to be opened
}

// judge sets the outcome of a ticket that opens nothing.
func (o *Opener) judge(ctx context.Context, m *opening, now time.Time) error {
	if _, watched := m.settings.Channels[m.Channel]; !watched {
		m.outcome = flow.OpenedUnwatched
		return nil
	}
	m.policy = m.settings.PolicyFor(m.Channel, m.Ticket)
	if now.Sub(m.PostedAt) > m.settings.MaxAge {
		m.outcome = flow.OpenedTooOld
		return nil
	}
	again, err := o.passedBefore(ctx, m, now)
	switch {
	case err != nil:
		return err
	case again:
		m.outcome = flow.OpenedDuplicate
	case m.settings.Ignores(m.Ticket):
		m.outcome = flow.OpenedIgnoredType
		return o.pass(ctx, m, now)
	}
	return nil
}

// store opens the timelines of the tickets that have no outcome yet.
func (o *Opener) store(ctx context.Context, all []*opening, now time.Time) error {
	var asked []*opening
	var ts []escalation.Timeline
	for _, m := range all {
		if m.outcome != "" {
			continue
		}
		p, ok := m.settings.Policies[m.policy]
		if !ok {
			return fmt.Errorf("channel %s names the policy %q, which is not configured", m.Channel, m.policy)
		}
		asked, ts = append(asked, m), append(ts, escalation.Begin(o.NewID(), m.Message, p, m.settings, now))
	}
	if len(ts) == 0 {
		return nil
	}
	opened, err := o.Store.Open(ctx, ts)
	if err != nil {
		return fmt.Errorf("open timeline: %w", err)
	}
	stands := false
	for i, got := range opened {
		if err := o.settle(ctx, asked[i], got, now); err != nil {
			return err
		}
		stands = stands || got.New || got.Repeat
	}
	if stands {
		return o.heardEarly(ctx, asked[0].Thread, now)
	}
	return nil
}

// settle sets the outcome of a ticket once the store has said which timeline it has, and does what follows from that.
func (o *Opener) settle(ctx context.Context, m *opening, got escalation.Opened, now time.Time) error {
	if !got.New && !got.Repeat {
		o.Logger.Info("another message about a ticket that is already followed", "ticket", m.Ticket.ID, "channel", m.Channel, "ts", m.TS, "timeline", got.ID)
		m.outcome = flow.OpenedAlready
		if err := o.tighten(ctx, m, got.ID); err != nil {
			return err
		}
		return o.pass(ctx, m, now)
	}
	m.outcome = flow.OpenedDuplicate
	if got.New {
		m.outcome = flow.OpenedNew
		o.Logger.Info("timeline opened", "timeline", got.ID, "ticket", m.Ticket.ID, "channel", m.Channel, "ts", m.TS, "policy", m.policy)
	}
	if o.Replies != nil {
		return o.Replies.heardEarly(ctx, m.Workspace, m.Ticket.ID)
	}
	return nil
}

// tighten moves the open timeline to the policy of another message about its ticket, if that is stricter
// (rule 20).
func (o *Opener) tighten(ctx context.Context, m *opening, timeline string) error {
	find := func() ([]escalation.Timeline, error) {
		ts, err := o.Store.Load(ctx, []string{timeline}) // none, once retention has removed it
		if err != nil {
			return nil, fmt.Errorf("read the ticket's timeline: %w", err)
		}
		return ts, nil
	}
	return o.UpdateEach(ctx, o.Store, "", find, func(t escalation.Timeline) escalation.Change {
		c := escalation.Stricter(t, m.Message, o.Facts(m.Workspace))
		if c.Timeline != nil {
			o.Logger.Info("another message about the ticket has a stricter policy", "timeline", timeline, "ticket", m.Ticket.ID,
				"channel", m.Channel, "policy", c.Timeline.Policy, "was", t.Policy)
		}
		return c
	})
}

// A message that opens nothing leaves no timeline by which to recognise it. So it is noted: delivered again, or found by
// the scan, it must open nothing later either. By then the timeline that another message opened may be closed.

// settled is how old a message has to be to have been noted before. Live events come within seconds, and need not be
// looked up.
const settled = 30 * time.Second

func (m *opening) passKey() string {
	key := "passed/" + m.Workspace + "/" + m.Channel + "/" + m.TS
	if !m.first {
		key += "/" + m.Ticket.ID
	}
	return key
}

func (o *Opener) pass(ctx context.Context, m *opening, now time.Time) error {
	if _, err := o.Store.ClaimKey(ctx, m.passKey(), now, m.PostedAt.Add(m.settings.MaxAge)); err != nil {
		return fmt.Errorf("note a message that opens nothing: %w", err)
	}
	return nil
}

func (o *Opener) passedBefore(ctx context.Context, m *opening, now time.Time) (bool, error) {
	if now.Sub(m.PostedAt) < settled {
		return false, nil
	}
	passed, err := o.Store.KeyClaimed(ctx, m.passKey(), now)
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
