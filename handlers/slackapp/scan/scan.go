package scan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/fleet"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// The rhythm of the scan.
const (
	threadEvery = time.Hour        // how often the threads of open timelines are read without a reason
	scanLook    = 10 * time.Second // between the passes of one reading of many threads; and while the clock is off
	scanRest    = 15 * time.Minute // before a channel that Slack keeps from us is tried again, unless the bot joins it
	scanWithin  = 10 * time.Second // one call of Slack's, or of the store's
	scanWaits   = 5 * time.Second  // for the workspaces to be known
	scanAtOnce  = 16               // workspaces
)

// Config is what a Scanner is made of.
type Config struct {
	API        *client.API
	App        *slackapp.App
	Store      Store
	Workspaces func() []string
	In         func(workspace string) bool // the bot is in it
	Known      <-chan struct{}             // closed once those there are at the start are known; nil: they are
	// Soon are the workspaces in which something is decided within the next minutes: they are scanned before the
	// first walk. Nil: all.
	Soon func(ctx context.Context) ([]string, error)
	// Open are the workspaces that have an open timeline: after a start they are read before the others. Nil: none.
	Open     func(ctx context.Context) ([]string, error)
	Channels func(workspace string) []string      // those watched
	MaxAge   func(workspace string) time.Duration // older messages open nothing
	Hold     func() bool                          // while it is true nothing is scanned: the clock is off; may be nil
	// Refused is called for a workspace whose token Slack refuses. May be nil.
	Refused func(workspace string)
	// Shut is called for each channel that Slack keeps from us, each time it is tried. May be nil.
	Shut func(workspace, channel string, err error)
	Now  func() time.Time
	Log  *slog.Logger
}

// Store is what a Scanner needs of the database.
type Store interface {
	Values
	Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
	TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error)
	ShutGate(ctx context.Context, g queue.Gate) error
	ReturnTurn(ctx context.Context, key string) error
	FindByThread(ctx context.Context, at escalation.Thread) (escalation.Timeline, bool, error)
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
}

// Scanner reads what Slack's events did not bring: tickets and mentions posted while the program or
// the delivery was down. It takes turns with other replicas, a channel at a time:
//
//	due? ─▶ turn ─▶ history since the cursor, all of it ─▶ oldest first ─▶ App.route, as if it were an event
//	                what is new in the threads of open timelines ───────▶      "
//	                                                     └─▶ cursor moves on
//
// A channel starts from when it became watched (rule 3), which is stored then: see [Watch]. Workspaces do not
// wait for each other: one that Slack limits is read as slowly as Slack likes, beside the rest. How often: see
// [Scanner.Missed].
type Scanner struct {
	Config
	ready chan struct{}
	plan  *fleet.Plan

	mu       sync.Mutex
	started  time.Time                       // everything is read again that was last read before
	first    map[string]bool                 // workspaces that Ready waits for
	turned   map[string]bool                 // workspaces that have had a turn
	watched  map[string]int                  // how many channels each workspace watches, as far as that is known
	channels int                             // the sum of those
	missing  map[string]time.Time            // workspaces whose events were found missing, and when
	lost     map[string]time.Time            // those of them whose events failed
	wanted   map[escalation.Thread]time.Time // channels to be read again, and since when; TS is empty
	resting  map[escalation.Thread]time.Time // channels that Slack keeps from us, and until when they are left alone
	troubles map[escalation.Thread]string
}

// scan makes one pass over a channel, if it is due and nobody else is at it. again is how soon the channel is to be
// looked at, though its time has not come; 0: there is no hurry.
func (s *Scanner) scan(ctx context.Context, at escalation.Thread) (tried bool, again time.Duration, err error) {
	now := s.Now()
	if s.rests(at, now) {
		return false, 0, nil
	}
	c, found, err := s.cursor(ctx, at)
	switch {
	case err != nil:
		return false, 0, err
	case !found:
		ctx, cancel := context.WithTimeout(ctx, scanWithin)
		defer cancel()
		return true, 0, Watch(ctx, s.Store, now, []escalation.Thread{at})
	case !s.due(at, c, now):
		return false, 0, nil
	}
	end, err := s.takeTurn(ctx, at, now)
	if err != nil {
		return false, 0, err
	}
	if end == nil {
		return false, turnLasts, nil // whoever is at it may be a process that was killed
	}
	defer func() { end(err != nil) }()
	c, found, err = s.cursor(ctx, at) // another replica may have moved it on before it gave its turn back
	if err != nil || !found || !s.due(at, c, now) {
		return err != nil, 0, err
	}
	deep := s.unread(at, c) || now.Sub(c.ScannedAt) > 2*s.every(at.Workspace) || now.Sub(c.ThreadsAt) >= threadEvery
	left, err := s.pass(ctx, at, c, deep, now)
	if client.Refused(err, "not_in_channel") && s.enter(ctx, at) {
		left, err = s.pass(ctx, at, c, deep, now)
	}
	if left {
		again = scanLook
	}
	return true, again, err
}

// due says that a channel is to be read now.
func (s *Scanner) due(at escalation.Thread, c cursor, now time.Time) bool {
	return s.unread(at, c) || now.Sub(c.ScannedAt) >= s.every(at.Workspace)
}

// enter lets the bot into a channel that it is to watch and is not in: no event comes from there, and so
// no reminder would ever do it. Private ones it cannot enter by itself.
func (s *Scanner) enter(ctx context.Context, at escalation.Thread) bool {
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	if err := s.API.Join(ctx, at.Workspace, at.Channel); err != nil {
		return false // what it was refused before says what to do
	}
	s.Log.Info("the bot has joined a channel that it is to watch", "workspace", at.Workspace, "channel", at.Channel)
	return true
}

// unread says that the channel is to be read with its threads: nobody has done so since the start, since
// it was asked for, or since events were lost. It holds until somebody has, this replica or another.
func (s *Scanner) unread(at escalation.Thread, c cursor) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := s.wanted[at]
	if !c.ThreadsAt.Before(wanted) {
		delete(s.wanted, at)
	}
	return c.ThreadsAt.Before(s.started) || c.ThreadsAt.Before(wanted) || c.ThreadsAt.Before(s.lost[at.Workspace])
}

func (s *Scanner) rests(at escalation.Thread, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.resting[at])
}

// pass reads what is new in a channel and, if it is to be deep, in the threads of its open timelines. left says that
// some of those are left for the next pass.
func (s *Scanner) pass(ctx context.Context, at escalation.Thread, c cursor, deep bool, now time.Time) (left bool, err error) {
	since := c.TS
	if oldest := tsOf(now.Add(-s.MaxAge(at.Workspace))); oldest > since {
		since = oldest
	}
	messages, err := s.history(ctx, at, since)
	if err != nil {
		return false, err
	}
	if err := s.take(ctx, at, messages, since, &c); err != nil {
		return false, err
	}
	c.ScannedAt = now
	if deep {
		if err := s.threads(ctx, at, messages, &c, now); err != nil {
			return false, errors.Join(err, s.keep(ctx, at, c))
		}
	}
	return !c.SweepAt.IsZero(), s.keep(ctx, at, c)
}

// take hands the messages after since to the App, the oldest first, and moves the cursor along.
func (s *Scanner) take(ctx context.Context, at escalation.Thread, messages []scanned, since string, c *cursor) error {
	for _, m := range messages {
		if _, err := escalation.TimeOf(string(m.TS)); err != nil || string(m.TS) <= since {
			continue // a cursor that is no ts would never be passed again
		}
		if err := s.hand(ctx, at, m.Message); err != nil {
			return errors.Join(err, s.keep(ctx, at, *c))
		}
		c.TS = string(m.TS)
	}
	return nil
}

// hand routes a message as if Slack had sent it as an event. One that is known already is left alone.
func (s *Scanner) hand(ctx context.Context, at escalation.Thread, m slackapp.Message) error {
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	m.Channel = tolerant.Text(at.Channel)
	if m.Opens() {
		_, known, err := s.Store.FindByThread(ctx, escalation.Thread{Workspace: at.Workspace, Channel: at.Channel, TS: string(m.TS)})
		if err != nil {
			return fmt.Errorf("find timeline: %w", err)
		}
		if known {
			return nil
		}
	}
	outcome, err := s.App.Take(ctx, at.Workspace, m)
	if err != nil {
		return fmt.Errorf("take in message %s: %w", m.TS, err)
	}
	if outcome == string(flow.OpenedNew) {
		s.Log.Info("a ticket that no event had brought was found by the scan", "channel", at.Channel, "ts", string(m.TS))
		s.missed(at.Workspace)
	}
	return nil
}

// report logs a trouble with a channel when it begins, and when it is over.
func (s *Scanner) report(at escalation.Thread, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if client.Outcome(err) == string(queue.KindTerminal) {
		s.resting[at] = s.Now().Add(scanRest)
		if s.Shut != nil {
			s.Shut(at.Workspace, at.Channel, err)
		}
	}
	switch words := fmt.Sprint(err); {
	case err == nil && s.troubles[at] != "":
		delete(s.troubles, at)
		s.Log.Info("a channel can be scanned again", "workspace", at.Workspace, "channel", at.Channel)
	case err != nil && s.troubles[at] != words:
		s.troubles[at] = words
		s.Log.Warn("a channel cannot be scanned just now; trying on", "workspace", at.Workspace, "channel", at.Channel, "error", err)
	}
}

func (s *Scanner) cursor(ctx context.Context, at escalation.Thread) (c cursor, found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	value, _, found, err := s.Store.Get(ctx, scanKey(at))
	if err != nil || !found {
		return cursor{}, false, err
	}
	if err := json.Unmarshal(value, &c); err != nil {
		return cursor{}, false, fmt.Errorf("read how far the channel was scanned: %w", err)
	}
	return c, true, nil
}

func (s *Scanner) keep(ctx context.Context, at escalation.Thread, c cursor) error {
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	value, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep how far the channel was scanned: %w", err)
	}
	return s.Store.Put(ctx, scanKey(at), value, s.Now())
}

// tsOf writes a time as Slack does. Such texts sort by time until the year 2286.
func tsOf(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

// byTS sorts messages, the oldest first.
func byTS(messages []scanned) {
	slices.SortFunc(messages, func(a, b scanned) int { return strings.Compare(string(a.TS), string(b.TS)) })
}
