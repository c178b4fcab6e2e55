package hours

import (
	"math"
	"time"
)

// stretch is the time between two changes of a zone's clock, in Unix seconds, and what the clock shows
// beyond UTC meanwhile.
type stretch struct{ from, to, offset int64 }

func stretchAt(zone *time.Location, unix int64) stretch {
	t := time.Unix(unix, 0).In(zone)
	_, offset := t.Zone()
	s := stretch{from: math.MinInt64 / 2, to: math.MaxInt64 / 2, offset: int64(offset)}
	from, to := t.ZoneBounds()
	if !from.IsZero() {
		s.from = from.Unix()
	}
	if !to.IsZero() {
		s.to = to.Unix()
	}
	return s
}

// clock tells when the clock on a zone's wall shows a time. Wall times are in seconds, as Unix seconds would
// be if the zone were UTC. Asking the zone costs most, so the two stretches last used are kept.
type clock struct {
	zone          *time.Location
	before, after stretch // the one ends when the other begins; after ends later than any time asked for
}

// around is more than a wall time can be away from its instant, and a clock can be moved at once.
const around = 3 * secondsADay

func (c *clock) seek(wall int64) {
	if c.before.from+around <= wall && wall < c.after.to-around {
		return
	}
	c.before = stretchAt(c.zone, wall-around)
	c.after = c.before
	if c.before.to < math.MaxInt64/2 {
		c.after = stretchAt(c.zone, c.before.to)
	}
}

// first is the first instant that the clock shows the time, or if it jumps over it, that of the jump.
func (c *clock) first(wall int64) int64 {
	c.seek(wall)
	if t := wall - c.before.offset; t < c.before.to {
		return t
	}
	return max(wall-c.after.offset, c.after.from)
}

// last is the last instant that the clock shows the time, or if it jumps over it, that of the jump.
func (c *clock) last(wall int64) int64 {
	c.seek(wall)
	if t := wall - c.after.offset; t >= c.after.from {
		return t
	}
	return min(wall-c.before.offset, c.before.to)
}
