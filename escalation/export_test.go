package escalation

import "time"

// What the tests of this package look at beside what it exports. They are tests from outside, because the
// sample ticket of escalationtest imports this package.

type Surroundings = surroundings

var Audience = audience

func (f Facts) Around(t Timeline) Surroundings { return f.around(t) }

func (s surroundings) Circle(notify []string) ([]Recipient, []Gap) { return s.circle(notify) }

func (s surroundings) Settings() *Settings { return s.settings }

func (s surroundings) Names(notify []string) []string { return s.names(notify) }

func (t Timeline) Clone() Timeline { return t.clone() }

func (t Timeline) Owed() int { return t.owed() }

func (s surroundings) Has(o Owner, at time.Time) bool { return s.has(o, at) }
