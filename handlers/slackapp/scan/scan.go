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
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// The rhythm of the scan.
const (
	scanEvery   = 3 * time.Minute
	threadEvery = time.Hour        // how often the threads of open timelines are read without a reason
	scanLook    = 10 * time.Second // how often it is looked whether a channel is due
	scanRest    = 15 * time.Minute // before a channel that Slack keeps from us is tried again, unless the bot joins it
	scanWithin  = 10 * time.Second // one call of Slack's, or of the store's
	scanWaits   = 5 * time.Second  // for the workspaces to be known
	scanAtOnce  = 4                // workspaces
)

// Config is what a Scanner is made of.
type Config struct {
	API        *client.API
	App        *slackapp.App
	Store      Store
	Workspaces func() []string
	Known      <-chan struct{}                      // closed once those there are at the start are known; nil: they are
	Channels   func(workspace string) []string      // those watched
	MaxAge     func(workspace string) time.Duration // older messages open nothing
	Hold       func() bool                          // while it is true nothing is scanned: the clock is off; may be nil
	// Shut is told of each channel that Slack keeps from us, each time it is tried. May be nil.
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
// wait for each other: one that Slack limits is read as slowly as Slack likes, beside the rest.
type Scanner struct {
	Config
	ready chan struct{}
	wake  chan struct{}
	slots chan struct{} // taken by whoever scans, and given back while Slack has them wait

	mu       sync.Mutex
	started  time.Time                       // everything is read again that was last read before
	busy     map[string]bool                 // workspaces being scanned
	wanted   map[escalation.Thread]time.Time // channels to be read again, and since when; TS is empty
	resting  map[escalation.Thread]time.Time // channels that Slack keeps from us, and until when they are left alone
	troubles map[escalation.Thread]string
}

// New returns a scanner that does nothing until it runs.
func New(c Config) *Scanner {
	return &Scanner{
		Config: c, ready: make(chan struct{}), wake: make(chan struct{}, 1), slots: make(chan struct{}, scanAtOnce),
		busy: map[string]bool{}, wanted: map[escalation.Thread]time.Time{}, resting: map[escalation.Thread]time.Time{},
		troubles: map[escalation.Thread]string{},
	}
}

// Ready is closed once every channel that was watched before has been scanned, or could not be.
func (s *Scanner) Ready() <-chan struct{} { return s.ready }

func (s *Scanner) isReady() bool {
	select {
	case <-s.ready:
		return true
	default:
		return false
	}
}

// rouse begins another round at once.
func (s *Scanner) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Want has a channel scanned at once: the bot has joined it, or it is watched from now on.
func (s *Scanner) Want(workspace, channel string) {
	at := escalation.Thread{Workspace: workspace, Channel: channel}
	s.mu.Lock()
	s.wanted[at] = s.Now()
	delete(s.resting, at)
	s.mu.Unlock()
	s.rouse()
}

// Run scans until ctx ends.
func (s *Scanner) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	s.mu.Lock()
	s.started = s.Now()
	s.mu.Unlock()
	s.awaitKnown(ctx)
	tick := time.NewTicker(scanLook)
	defer tick.Stop()
	for first := true; ctx.Err() == nil; first = false {
		round := s.round(ctx)
		all.Go(func() {
			round.Wait()
			if first {
				close(s.ready)
				s.rouse() // for the channels that are new
			}
		})
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// awaitKnown keeps the first round from finding no workspace at all.
func (s *Scanner) awaitKnown(ctx context.Context) {
	if s.Known == nil {
		return
	}
	timer := time.NewTimer(scanWaits)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-s.Known:
	case <-timer.C:
	}
}

// round begins to scan every workspace, unless it is still at it.
func (s *Scanner) round(ctx context.Context) *sync.WaitGroup {
	var all sync.WaitGroup
	if s.Hold != nil && s.Hold() {
		return &all
	}
	for _, workspace := range s.Workspaces() {
		if s.begin(workspace) {
			all.Go(func() {
				defer s.end(workspace)
				s.channels(ctx, workspace)
			})
		}
	}
	return &all
}

func (s *Scanner) begin(workspace string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[workspace] {
		return false
	}
	s.busy[workspace] = true
	return true
}

func (s *Scanner) end(workspace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, workspace)
}

// channels scans those of a workspace that are due. Where its token is refused the others would be, too.
func (s *Scanner) channels(ctx context.Context, workspace string) {
	for _, channel := range s.Channels(workspace) {
		select {
		case <-ctx.Done():
			return
		case s.slots <- struct{}{}:
		}
		at := escalation.Thread{Workspace: workspace, Channel: channel}
		tried, err := s.scan(ctx, at)
		<-s.slots
		if tried || err != nil {
			s.report(at, err)
		}
		if client.Outcome(err) == string(queue.KindHeld) {
			return
		}
	}
}

// scan makes one pass over a channel, if it is due and nobody else is at it.
func (s *Scanner) scan(ctx context.Context, at escalation.Thread) (tried bool, err error) {
	now := s.Now()
	if s.rests(at, now) {
		return false, nil
	}
	c, found, err := s.cursor(ctx, at)
	switch {
	case err != nil:
		return false, err
	case !found:
		ctx, cancel := context.WithTimeout(ctx, scanWithin)
		defer cancel()
		return true, Watch(ctx, s.Store, now, []escalation.Thread{at})
	case !s.due(at, c, now):
		return false, nil
	}
	end, err := s.takeTurn(ctx, at, now)
	if err != nil {
		return false, err
	}
	if end == nil {
		if s.anew(at, c) {
			time.AfterFunc(turnLasts, s.rouse) // whoever is at it may be a process that was killed
		}
		return false, nil
	}
	defer func() { end(err != nil) }()
	c, found, err = s.cursor(ctx, at) // another replica may have moved it on before it gave its turn back
	if err != nil || !found || !s.due(at, c, now) {
		return err != nil, err
	}
	deep := s.anew(at, c) || now.Sub(c.ScannedAt) > 2*scanEvery || now.Sub(c.ThreadsAt) >= threadEvery
	err = s.pass(ctx, at, c, deep, now)
	if client.Refused(err, "not_in_channel") && s.enter(ctx, at) {
		err = s.pass(ctx, at, c, deep, now)
	}
	return true, err
}

// due says that a channel is to be read now.
func (s *Scanner) due(at escalation.Thread, c cursor, now time.Time) bool {
	return s.anew(at, c) || now.Sub(c.ScannedAt) >= scanEvery
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

// anew says that the channel is to be read with its threads: nobody has done so since the start, or
// since it was asked for. It holds until somebody has, this replica or another.
func (s *Scanner) anew(at escalation.Thread, c cursor) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := s.wanted[at]
	if !c.ThreadsAt.Before(wanted) {
		delete(s.wanted, at)
	}
	return c.ThreadsAt.Before(s.started) || c.ThreadsAt.Before(wanted)
}

func (s *Scanner) rests(at escalation.Thread, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.resting[at])
}

// pass reads what is new in a channel and, if it is to be deep, in the threads of its open timelines.
func (s *Scanner) pass(ctx context.Context, at escalation.Thread, c cursor, deep bool, now time.Time) error {
	since := c.TS
	if oldest := tsOf(now.Add(-s.MaxAge(at.Workspace))); oldest > since {
		since = oldest
	}
	messages, err := s.history(ctx, at, since)
	if err != nil {
		return err
	}
	if err := s.take(ctx, at, messages, since, &c); err != nil {
		return err
	}
	c.ScannedAt = now
	if deep {
		if err := s.threads(ctx, at, messages, &c, now); err != nil {
			return errors.Join(err, s.keep(ctx, at, c))
		}
	}
	return s.keep(ctx, at, c)
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
	if outcome == string(escalation.OpenedNew) {
		s.Log.Info("a ticket that no event had brought was found by the scan", "channel", at.Channel, "ts", string(m.TS))
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
