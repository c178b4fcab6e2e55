package scan

import (
	"hash/fnv"
	"time"
)

const (
	// scanEvery is how often a channel is scanned whose events are missing, and any where there are few.
	scanEvery = 3 * time.Minute
	// scanRarely is how often it is in a large fleet: then 10,000 workspaces with three channels each cost Slack
	// 0.15 calls a minute each.
	scanRarely = 20 * time.Minute
	// scanShare is the time that each channel of the fleet has: as many as fit into scanEvery are scanned so often.
	scanShare = 400 * time.Millisecond
	// missingFor is how long events are not relied on after one was found missing.
	missingFor = time.Hour
	// missedRetry is how soon a workspace is scanned whose events failed: the failure may take a while to be over.
	missedRetry = 30 * time.Second
	// startSpread parts the first turns after a start, in which every channel is read once: twenty minutes for 10,000,
	// so that a start costs no more than any other time.
	startSpread = 120 * time.Millisecond
)

// after is when a workspace has its next turn, if that is in so long. In a large fleet the turn after the first is put
// off by up to as long again, each workspace's by its own part: so the fleet's are spread out, and stay so.
func after(workspace string, first bool, in time.Duration) time.Duration {
	if !first || in <= scanEvery {
		return in
	}
	h := fnv.New32a()
	h.Write([]byte(workspace))
	return in + time.Duration(float64(in)*float64(h.Sum32())/(1<<32))
}

// rhythm is how often a channel is scanned: as often as there is room in the fleet as long as its events arrive.
func rhythm(channels int, missing bool) time.Duration {
	if missing {
		return scanEvery
	}
	return min(max(time.Duration(channels)*scanShare, scanEvery), scanRarely)
}

// every is how often the channels of a workspace are scanned.
func (s *Scanner) every(workspace string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, missing := s.missing[workspace]
	if missing && s.Now().Sub(at) > missingFor {
		delete(s.missing, workspace)
		delete(s.lost, workspace)
		missing = false
	}
	return rhythm(s.channels, missing)
}

// know notes how many channels a workspace watches.
func (s *Scanner) know(workspace string, channels int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels += channels - s.watched[workspace]
	if channels == 0 {
		delete(s.watched, workspace)
		delete(s.missing, workspace)
		delete(s.lost, workspace)
		return
	}
	s.watched[workspace] = channels
}

// missed notes that events of a workspace do not arrive.
func (s *Scanner) missed(workspace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.missing[workspace] = s.Now()
}

// Missed says that events of a workspace were lost or failed. It is scanned soon, and as often as a small fleet's
// for an hour. Where all events arrive, a channel is scanned as rarely as the fleet is large: every three minutes
// up to 450 channels, every twenty above 3,000.
func (s *Scanner) Missed(workspace string) {
	now := s.Now()
	s.missed(workspace)
	s.mu.Lock()
	s.lost[workspace] = now
	s.mu.Unlock()
	s.plan.At(workspace, now.Add(missedRetry))
}

// MissedAll says that events of any workspace may have been lost: what they came through was down.
func (s *Scanner) MissedAll() {
	now := s.Now()
	s.mu.Lock()
	s.started = now
	s.mu.Unlock()
	for i, workspace := range s.Workspaces() {
		s.plan.At(workspace, now.Add(time.Duration(i)*startSpread))
	}
}
