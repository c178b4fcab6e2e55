package upkeep

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/escalation/sleep"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

const (
	clockEvery      = time.Minute      // rule 15
	clockEverySlack = 10 * time.Minute // the same, if there is only Slack's clock to compare with
	clockLook       = time.Second      // how often we look whether the clock was set, and compare clocks that disagree
	clockTolerance  = 2 * time.Second  // rule 15: if the clocks are further apart, nothing is claimed
	clockTimeout    = 5 * time.Second
	clockAtStart    = time.Second
	// clockPatience is how long at most nothing is decided because Slack does not tell the time.
	clockPatience = 5 * time.Second
)

// Clock compares this process's clock with the database's, or, if that has none, with Slack's. Several replicas share due
// times, leases and gates. So a replica must not act on them if its clock is off, has not been compared yet, or was set
// since.
type Clock struct {
	Store interface {
		Clock(context.Context) (time.Time, bool, error)
	}
	// Slack asks Slack what time it is, in whole seconds; nil: there is no need to ask.
	Slack func(context.Context) (time.Time, error)
	// Elapsed is the time since some moment, by a clock that nobody can set; nil: there is no such clock.
	Elapsed func() time.Duration
	Now     func() time.Time
	Logger  *slog.Logger

	seen  atomic.Pointer[comparison] // nil: none yet
	doubt atomic.Bool                // a signature of Slack's does not fit our clock: the clocks are compared at once

	mu     sync.Mutex // guards what follows
	silent time.Time  // since when the other clock cannot be read; zero: it can
}

// comparison is the result of comparing the clocks.
type comparison struct {
	at      time.Time
	elapsed time.Duration // Elapsed at that time
	apart   time.Duration // 0: they agree
	whose   string        // what ours was compared with
}

// Hold is true while the clocks disagree, and until they have been compared.
func (c *Clock) Hold() bool { return c.Ready(context.Background()) != nil }

// Ready is the check of /readyz.
func (c *Clock) Ready(context.Context) error {
	switch seen := c.seen.Load(); {
	case seen == nil:
		return errors.New("this machine's clock has not been compared with another yet")
	case seen.apart != 0:
		return fmt.Errorf("this machine's clock is %s from %s: synchronise both (NTP)", seen.apart.Round(time.Millisecond), seen.whose)
	case c.stepped(seen):
		return errors.New("this machine's clock was set, and has not been compared with another since")
	}
	return nil
}

// stepped says that the clock was set since it was compared: by the clock less or more time has passed than really did.
func (c *Clock) stepped(seen *comparison) bool {
	if c.Elapsed == nil {
		return false
	}
	byClock := c.Now().Round(0).Sub(seen.at.Round(0)) // without the monotonic reading, which nobody can set
	return (byClock - (c.Elapsed() - seen.elapsed)).Abs() > clockTolerance
}

// Heard takes in when Slack signed a request that has just come. The request may have been on its way for a while, so this
// proves nothing. But if the time does not fit our clock, the clocks are compared within a second.
func (c *Clock) Heard(signed time.Time) {
	now := c.Now()
	if apart(signed, signed.Add(time.Second), now, now) != 0 {
		c.doubt.Store(true)
	}
}

// Begin compares the clocks for the first time. The program waits for that, so it does not take long.
func (c *Clock) Begin(ctx context.Context) { c.compare(ctx, clockAtStart) }

// Run compares the clocks until ctx ends.
func (c *Clock) Run(ctx context.Context) {
	for last := time.Now(); sleep.For(ctx, clockLook) == nil; {
		every := clockEvery
		if seen := c.seen.Load(); seen != nil && seen.whose == slacks {
			every = clockEverySlack
		}
		if doubt := c.doubt.Swap(false); doubt || c.Hold() || time.Since(last) >= every {
			c.compare(ctx, clockTimeout)
			last = time.Now()
		}
	}
}

const (
	databases = "the database's"
	slacks    = "Slack's"
)

// compare compares the clocks now. If the database is away, the last comparison still holds; that is logged elsewhere.
func (c *Clock) compare(ctx context.Context, within time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	before := c.Now()
	theirs, has, err := c.Store.Clock(ctx)
	switch {
	case err != nil:
	case has:
		c.conclude(apart(theirs, theirs, before, c.Now()), databases)
	case c.Slack == nil:
		c.conclude(0, "nobody's")
	default:
		c.askSlack(ctx)
	}
}

func (c *Clock) askSlack(ctx context.Context) {
	before := c.Now()
	theirs, err := c.Slack(ctx)
	after := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.silent = time.Time{}
		c.conclude(apart(theirs, theirs.Add(time.Second), before, after), slacks)
		return
	}
	if c.silent.IsZero() {
		c.silent = before
	}
	if errors.Is(err, client.ErrNoDate) || after.Sub(c.silent) >= clockPatience {
		if c.Hold() {
			c.Logger.Warn("nobody says what time it is: going on by this machine's clock", "error", err)
		}
		c.conclude(0, slacks)
	}
}

// apart is how far our clock is from another one. The other one was read at some instant between before and after, and its
// time lies between earliest and latest. Only a difference that this cannot explain counts.
func apart(earliest, latest, before, after time.Time) time.Duration {
	var d time.Duration
	switch {
	case latest.Before(before):
		d = latest.Sub(before)
	case earliest.After(after):
		d = earliest.Sub(after)
	}
	if d.Abs() <= clockTolerance {
		return 0
	}
	return d
}

// conclude notes the result of a comparison, and logs it if it is news.
func (c *Clock) conclude(apart time.Duration, whose string) {
	seen := &comparison{at: c.Now(), apart: apart, whose: whose}
	if c.Elapsed != nil {
		seen.elapsed = c.Elapsed()
	}
	before := c.seen.Swap(seen)
	was := before != nil && before.apart != 0
	switch {
	case apart != 0 && !was:
		c.Logger.Error("the clock disagrees with "+whose+": nothing is claimed until they agree; synchronise both (NTP)", "apart", apart)
	case apart == 0 && was:
		c.Logger.Info("the clock agrees with " + whose + " again")
	}
}
