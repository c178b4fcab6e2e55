package scan

import (
	"context"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/fleet"
)

// New returns a scanner that does nothing until it runs.
func New(c Config) *Scanner {
	return &Scanner{
		Config: c, ready: make(chan struct{}), plan: fleet.NewPlan(c.Now, scanAtOnce),
		first: map[string]bool{}, turned: map[string]bool{}, watched: map[string]int{}, missing: map[string]time.Time{}, lost: map[string]time.Time{},
		wanted: map[escalation.Thread]time.Time{}, resting: map[escalation.Thread]time.Time{},
		troubles: map[escalation.Thread]string{},
	}
}

// Ready is closed once the workspaces in which something is decided soon have been scanned, or could not be.
func (s *Scanner) Ready() <-chan struct{} { return s.ready }

// Want has a channel scanned at once: the bot has joined it, or it is watched from now on.
func (s *Scanner) Want(workspace, channel string) {
	at := escalation.Thread{Workspace: workspace, Channel: channel}
	s.mu.Lock()
	s.wanted[at] = s.Now()
	delete(s.resting, at)
	s.mu.Unlock()
	s.plan.Soon(workspace)
}

// Look has a workspace looked at: it was installed, or what is watched there has changed.
func (s *Scanner) Look(workspace string) { s.plan.Soon(workspace) }

// Run scans until ctx ends.
func (s *Scanner) Run(ctx context.Context) {
	s.mu.Lock()
	s.started = s.Now()
	s.mu.Unlock()
	s.awaitKnown(ctx)
	s.begin(ctx)
	s.plan.Run(ctx, s.turn)
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

// begin plans a turn for every workspace: first those that a decision waits for, the others spread out.
func (s *Scanner) begin(ctx context.Context) {
	all := s.Workspaces()
	soon := all
	if s.Soon != nil {
		reading, cancel := context.WithTimeout(ctx, scanWithin)
		defer cancel()
		var err error
		if soon, err = s.Soon(reading); err != nil && ctx.Err() == nil {
			s.Log.Warn("which workspaces to scan first cannot be found out; all are scanned in turn", "error", err)
		}
	}
	s.mu.Lock()
	for _, workspace := range soon {
		if s.In(workspace) {
			s.first[workspace] = true
		}
	}
	s.channels = len(all) // one each, until it is known
	for _, workspace := range all {
		s.watched[workspace] = 1
	}
	none, started := len(s.first) == 0, s.started
	s.mu.Unlock()
	for _, workspace := range soon {
		s.plan.Soon(workspace)
	}
	for i, workspace := range s.inOrder(ctx, all) {
		s.plan.At(workspace, started.Add(time.Duration(i)*startSpread))
	}
	if none {
		close(s.ready)
	}
}

// inOrder puts the workspaces that have an open timeline before the others: more is posted there, and more missed.
func (s *Scanner) inOrder(ctx context.Context, all []string) []string {
	if s.Open == nil {
		return all
	}
	reading, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	open, err := s.Open(reading)
	if err != nil {
		return all
	}
	has := make(map[string]bool, len(open))
	for _, workspace := range open {
		has[workspace] = true
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b string) int {
		switch {
		case has[a] == has[b]:
			return 0
		case has[a]:
			return -1
		}
		return 1
	})
	return all
}

// turn scans a workspace's channels that are due, and says when to look at it again.
func (s *Scanner) turn(ctx context.Context, workspace string) (next time.Time) {
	if !s.In(workspace) {
		s.know(workspace, 0)
		s.scanned(workspace)
		s.left(workspace)
		return time.Time{}
	}
	if s.Hold != nil && s.Hold() {
		return s.Now().Add(scanLook)
	}
	again := s.scanAll(ctx, workspace)
	first := s.scanned(workspace)
	return s.Now().Add(after(workspace, first, again))
}

// scanAll scans the channels of a workspace that are due, and says how long to leave it alone. Where its token is
// refused the others would be, too.
func (s *Scanner) scanAll(ctx context.Context, workspace string) (again time.Duration) {
	channels := s.Channels(workspace)
	s.know(workspace, len(channels))
	again = s.every(workspace)
	for _, channel := range channels {
		at := escalation.Thread{Workspace: workspace, Channel: channel}
		tried, sooner, err := s.scan(ctx, at)
		if sooner > 0 {
			again = min(again, sooner)
		}
		if tried || err != nil {
			s.report(at, err)
		}
		if client.Outcome(err) == string(queue.KindHeld) {
			if s.Refused != nil {
				s.Refused(workspace)
			}
			return scanRest // or until it is installed again
		}
		if err != nil && client.Outcome(err) != string(queue.KindTerminal) {
			again = min(again, turnRetry)
		}
	}
	return min(again, s.every(workspace)) // which may be less by now
}

// left forgets a workspace that the bot is not in any more.
func (s *Scanner) left(workspace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.turned, workspace)
}

// scanned notes that a workspace had a turn, and says whether it is the first.
func (s *Scanner) scanned(workspace string) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first = !s.turned[workspace]
	s.turned[workspace] = true
	if s.first[workspace] {
		delete(s.first, workspace)
		if len(s.first) == 0 {
			close(s.ready)
		}
	}
	return first
}
