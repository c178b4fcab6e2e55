package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
)

// What the tests of this package look at beside what it exports. They are tests from outside, because the
// sample ticket of escalationtest imports this package.

func (f Facts) CircleFacts(t Timeline) circle.Facts { return f.circleFacts(t) }

func (t Timeline) Clone() Timeline { return t.clone() }

func (t Timeline) Owed() int { return t.owed() }

func (o Owner) OnShift(s circle.Facts, at time.Time) bool { return o.onShift(s, at) }
