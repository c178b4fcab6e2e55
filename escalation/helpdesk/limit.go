package helpdesk

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/retryafter"
)

const (
	unsaidWait = 10 * time.Second // after a limit that does not say how long it lasts
	maxWait    = 10 * time.Minute // the longest wait a desk may ask for: not to be blinded by a typo
)

// limit is what a desk said about how often it may be asked.
type limit struct {
	mu    sync.Mutex
	until time.Time // no requests before
	left  int       // of the quota, while now is before fresh
	fresh time.Time
}

// limitedError says that there is to be no request for a while. Nothing was sent.
type limitedError struct {
	wait  time.Duration
	until time.Time
}

func (e *limitedError) Error() string {
	return fmt.Sprintf("it said we ask too often; asking again in %s (%s)", wholeSeconds(e.wait), clockTime(e.until))
}

// admit takes cost from what is left of the quota, or says that a request may not be sent yet.
func (l *limit) admit(now time.Time, cost int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := l.until.Sub(now); wait > 0 {
		return &limitedError{wait, l.until}
	}
	if now.Before(l.fresh) {
		if l.left < cost {
			return &limitedError{l.fresh.Sub(now), l.fresh}
		}
		l.left -= cost
	}
	return nil
}

// lasting is how long a 429 asks us to wait: its Retry-After, or the time that the quota is said to be
// reset at, or ten seconds.
func lasting(h http.Header, now time.Time) *limitedError {
	wait, ok := retryafter.Of(h, now)
	if !ok {
		wait, ok = resetOf(h, now)
	}
	if !ok {
		wait = unsaidWait
	}
	wait = min(max(wait, time.Second), maxWait)
	return &limitedError{wait, now.Add(wait)}
}

// refuse admits no request before that.
func (l *limit) refuse(e *limitedError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.until.After(l.until) {
		l.until = e.until
	}
}

// note reads how much of the quota an answer says is left: Ratelimit-Remaining or
// X-Rate-Limit-Remaining (Zendesk), X-RateLimit-Remaining (Freshdesk, Intercom).
func (l *limit) note(h http.Header, now time.Time) {
	for _, name := range []string{"Ratelimit-Remaining", "X-Rate-Limit-Remaining", "X-RateLimit-Remaining"} {
		left, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
		if err != nil {
			continue
		}
		lasts, ok := resetOf(h, now)
		if !ok {
			lasts = unsaidWait
		}
		l.mu.Lock()
		l.left, l.fresh = left, now.Add(lasts)
		l.mu.Unlock()
		return
	}
}

// resetOf is how long until the quota is whole again: in seconds (Zendesk's Ratelimit-Reset) or as
// Unix time (Intercom's X-RateLimit-Reset).
func resetOf(h http.Header, now time.Time) (time.Duration, bool) {
	if s, err := strconv.ParseUint(strings.TrimSpace(h.Get("Ratelimit-Reset")), 10, 32); err == nil {
		return min(time.Duration(s)*time.Second, maxWait), true
	}
	if at, err := strconv.ParseInt(strings.TrimSpace(h.Get("X-RateLimit-Reset")), 10, 64); err == nil {
		return min(max(time.Unix(at, 0).Sub(now), 0), maxWait), true
	}
	return 0, false
}

func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

func clockTime(t time.Time) string { return t.UTC().Format("15:04:05 MST") }
