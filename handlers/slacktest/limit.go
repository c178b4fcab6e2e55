package slacktest

import (
	"time"

	"golang.org/x/time/rate"
)

// Limit is how often a method may be called. Calls beyond it get 429 with Retry-After.
type Limit struct {
	Method     string
	Every      time.Duration // one call each
	Burst      int           // so many at once; 0 is 1
	PerChannel bool          // each channel has a limit of its own
}

// SlackLimits are the published limits: one message a second per channel, the tiers of the others,
// with a burst of a tenth of a minute's calls.
func SlackLimits() []Limit {
	limits := []Limit{{Method: "chat.postMessage", Every: time.Second, Burst: 1, PerChannel: true}}
	for perMinute, methods := range map[int][]string{
		20: {"conversations.list", "usergroups.list", "usergroups.users.list", "users.list"},
		50: {
			"chat.update", "conversations.history", "conversations.replies", "conversations.info", "conversations.join",
			"users.conversations", "users.lookupByEmail", "bots.info", "team.info", "apps.connections.open",
		},
		100: {
			"users.info", "conversations.members", "chat.postEphemeral", "views.open", "views.update", "views.push", "views.publish",
		},
	} {
		for _, m := range methods {
			limits = append(limits, Limit{Method: m, Every: time.Minute / time.Duration(perMinute), Burst: perMinute / 10})
		}
	}
	return limits
}

type limiter struct {
	Limit
	buckets map[string]*rate.Limiter // by channel, or one under ""
}

// SetLimits replaces the limits. A new workspace has none.
func (w *Workspace) SetLimits(limits ...Limit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limits = nil
	for _, l := range limits {
		w.limits = append(w.limits, &limiter{Limit: l, buckets: map[string]*rate.Limiter{}})
	}
}

// limited is how long a call would have to wait; 0 lets it pass.
func (w *Workspace) limited(c *Call) time.Duration {
	for _, l := range w.limits {
		if l.Method == c.Method {
			if wait := l.take(c.Args["channel"], w.opts.Now()); wait > 0 {
				return wait
			}
		}
	}
	return 0
}

func (l *limiter) take(channel string, now time.Time) (wait time.Duration) {
	if !l.PerChannel {
		channel = ""
	}
	b := l.buckets[channel]
	if b == nil {
		b = rate.NewLimiter(rate.Every(l.Every), max(l.Burst, 1))
		l.buckets[channel] = b
	}
	r := b.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now) // a refused call uses nothing up
	}
	return wait
}
