package demo

import (
	"sync"
	"time"
)

// clock shows the demo's time. It keeps real speed, but for when it has to hurry or to stop: so whatever
// the program does has as much time on this clock as it has in reality. It is never put back.
//
// Whoever makes time pass has looked around before, and found that nothing is going on. What begins in
// the meantime says so (Steady), and then the clock is not moved: a lease taken just now would be over.
type clock struct {
	mu       sync.Mutex
	hurry    float64   // how many times as fast as real time it hurries
	shown    time.Time // what it showed when it was last set
	set      time.Time // when that was, in real time
	until    time.Time // it hurries until it shows this
	stopped  bool
	steadied steadied
}

// steadied is how often a clock was made to keep real speed.
type steadied int

func newClock(start time.Time, hurry float64) *clock {
	return &clock{hurry: hurry, shown: start, set: time.Now()}
}

// Now is the demo's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time {
	if c.stopped {
		return c.shown
	}
	passed := time.Since(c.set)
	ahead := c.until.Sub(c.shown)
	if ahead <= 0 {
		return c.shown.Add(passed)
	}
	if hurried := time.Duration(float64(passed) * c.hurry); hurried < ahead {
		return c.shown.Add(hurried)
	}
	return c.until.Add(passed - time.Duration(float64(ahead)/c.hurry))
}

// HurryTo makes it hurry until it shows t, and keep real speed from there; not if it was steadied since.
func (c *clock) HurryTo(t time.Time, since steadied) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.steadied == since {
		c.setTo(c.now(), t)
	}
}

// SetHurry says how many times as fast as real time it hurries.
func (c *clock) SetHurry(hurry float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.hurry = hurry
	c.shown, c.set = now, time.Now()
}

// Steady makes it keep real speed, because something is going on.
func (c *clock) Steady() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steadied++
	c.setTo(c.now(), time.Time{})
}

// Steadied is what to ask before looking around, for HurryTo and SetForward.
func (c *clock) Steadied() steadied {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.steadied
}

// Stop stops it until it may go on.
func (c *clock) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.setTo(now, now)
	c.stopped = true
}

// SetForward makes it show t at once, and keep real speed from there; not if it was steadied since.
func (c *clock) SetForward(t time.Time, since steadied) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); t.After(now) && c.steadied == since {
		c.setTo(t, t)
	}
}

func (c *clock) setTo(shown, until time.Time) {
	c.shown, c.set, c.until, c.stopped = shown, time.Now(), until, false
}
