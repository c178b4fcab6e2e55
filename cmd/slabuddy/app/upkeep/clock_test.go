package upkeep

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// clocks are ours, the database's if it has one, Slack's if it says, and one that nobody sets.
type clocks struct {
	ours     time.Time
	database time.Time // zero: it has none
	slack    time.Time
	slackErr error
	dbErr    error
	elapsed  time.Duration
}

func (c *clocks) Clock(context.Context) (time.Time, bool, error) {
	return c.database, !c.database.IsZero(), c.dbErr
}

func (c *clocks) pass(d time.Duration) {
	c.ours, c.slack, c.elapsed = c.ours.Add(d), c.slack.Add(d), c.elapsed+d
	if !c.database.IsZero() {
		c.database = c.database.Add(d)
	}
}

func (c *clocks) watch(log *strings.Builder) *Clock {
	return &Clock{
		Store: c, Now: func() time.Time { return c.ours }, Elapsed: func() time.Duration { return c.elapsed },
		Slack:  func(context.Context) (time.Time, error) { return c.slack.Truncate(time.Second), c.slackErr },
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	}
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 400e6, time.UTC)

// Rule 15: nothing is decided by a clock that is off, nor by one that has not been compared yet.
func TestClocksAreComparedBeforeAnythingIsDecided(t *testing.T) {
	for name, tt := range map[string]struct {
		clocks clocks
		hold   bool
	}{
		"with the database's":             {clocks{ours: noon, database: noon.Add(time.Second), slack: noon.Add(time.Hour)}, false},
		"an hour ahead of the database's": {clocks{ours: noon, database: noon.Add(-time.Hour), slack: noon}, true},
		"with Slack's":                    {clocks{ours: noon, slack: noon}, false},
		"a second ahead of Slack's":       {clocks{ours: noon, slack: noon.Add(-time.Second)}, false},
		"an hour ahead of Slack's":        {clocks{ours: noon, slack: noon.Add(-time.Hour)}, true},
		"four seconds behind Slack's":     {clocks{ours: noon, slack: noon.Add(4 * time.Second)}, true},
		"with nobody's: there is no date": {clocks{ours: noon, slackErr: client.ErrNoDate}, false},
		"Slack is silent":                 {clocks{ours: noon, slackErr: context.DeadlineExceeded}, true},
		"the database is away":            {clocks{ours: noon, database: noon, slack: noon, dbErr: errors.New("away")}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			w := tt.clocks.watch(&log)
			if !w.Hold() {
				t.Error("it acts before the clocks were compared")
			}
			w.compare(t.Context(), clockTimeout)
			if w.Hold() != tt.hold {
				t.Errorf("Hold = %t: %v", w.Hold(), w.Ready(t.Context()))
			}
		})
	}
}

func TestASilentSlackDoesNotStopEverything(t *testing.T) {
	var log strings.Builder
	c := &clocks{ours: noon, slack: noon, slackErr: context.DeadlineExceeded}
	w := c.watch(&log)
	w.compare(t.Context(), clockTimeout)
	c.pass(clockPatience)
	w.compare(t.Context(), clockTimeout)
	if w.Hold() || strings.Count(log.String(), "nobody says what time it is") != 1 {
		t.Errorf("Hold = %t; the log:\n%s", w.Hold(), log.String())
	}
}

// A clock that is set is noticed with the next look at it, not with the next comparison.
func TestAClockThatIsSetIsNoticedAtOnce(t *testing.T) {
	var log strings.Builder
	c := &clocks{ours: noon, database: noon, slack: noon}
	w := c.watch(&log)
	w.compare(t.Context(), clockTimeout)
	c.pass(50 * time.Second)
	if w.Hold() {
		t.Fatal("time passes, and it holds")
	}
	c.ours = c.ours.Add(time.Hour)
	if !w.Hold() {
		t.Error("it acts on a clock that was set an hour ahead")
	}
	w.compare(t.Context(), clockTimeout)
	if err := w.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "1h0m0s from the database's") {
		t.Errorf("Ready = %v", err)
	}
	c.ours = c.database
	w.compare(t.Context(), clockTimeout)
	if w.Hold() {
		t.Error("set right again, it holds")
	}
}

// A clock that drifts is noticed with the next request that Slack signs, not with the next comparison.
func TestAClockThatDriftsIsNoticedBySlacksSignatures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, tt := range map[string]struct {
			drift time.Duration
			hold  bool
		}{"four seconds behind": {-4 * time.Second, true}, "five seconds ahead": {5 * time.Second, true}, "a second ahead": {time.Second, false}} {
			var log strings.Builder
			start, ahead := time.Now(), time.Duration(0)
			w := &Clock{
				Store: &clocks{}, Now: func() time.Time { return time.Now().Add(ahead) },
				Slack:  func(context.Context) (time.Time, error) { return time.Now().Truncate(time.Second), nil },
				Logger: slog.New(slog.NewTextHandler(&log, nil)),
			}
			w.compare(t.Context(), clockTimeout)
			ctx, cancel := context.WithCancel(t.Context())
			go w.Run(ctx)
			time.Sleep(time.Minute + time.Millisecond)
			ahead = tt.drift // too slowly for a step
			w.Heard(time.Now().Truncate(time.Second))
			time.Sleep(2 * clockLook)
			if w.Hold() != tt.hold {
				t.Errorf("%s, %s after the start: Hold = %t", name, time.Since(start), w.Hold())
			}
			cancel()
			synctest.Wait()
		}
	})
}
