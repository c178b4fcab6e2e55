package escalation

import (
	"slices"
	"time"
)

// Click is somebody pressing a button of a reminder, in the thread of a ticket.
type Click struct {
	Thread
	Timeline string
	Tier     int // 1-based; with Round, which reminder it was; 0 on that of a deadline, and with round 0 on a note
	Round    int
	User     string    // Slack user id
	Name     string    // as Slack shows it, for places where nobody may be pinged
	At       time.Time // when it was pressed, by our clock
}

// Of says that the click is about a reminder that t has had, in t's own thread. A click knows its
// thread unless the message it was made on has gone.
func (c Click) Of(t Timeline) bool {
	here := c.Workspace == t.Workspace && c.Channel == t.Channel && (c.TS == "" || c.TS == t.TS || c.TS == t.Moved || t.inDigest(c.TS))
	onNote := c.Tier == 0 && c.Round >= 0 && c.Round <= t.DeadlinesTold
	return here && (onNote || c.Tier >= 1 && c.Tier <= len(t.Tiers) && c.Round >= 1 && c.Round <= t.Tiers[c.Tier-1].Round)
}

// inDigest says that a digest which names the ticket stands under ts: people talk in the thread of that, too.
func (t Timeline) inDigest(ts string) bool {
	return slices.ContainsFunc(t.Posts, func(p Posting) bool { return p.Digest != "" && p.TS == ts })
}
