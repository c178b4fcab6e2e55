package escalation

import (
	"time"
)

// Unwanted says why a page must not be sent any more ("": it may), and whether it has to be decided again.
func Unwanted(t *Timeline, o PageOrder, now time.Time) (reason string, again bool) {
	switch {
	case t == nil:
		return "its timeline is gone", false
	case t.State != Open:
		return "the timeline is " + string(t.State), false
	case o.Job().owed(t) == nil:
		return "the tier was snoozed, or waits for another page", false
	case t.PausedUntil.After(now):
		return "the channel is paused", true
	}
	return "", false
}

// PageJob names the page that a job was made for.
type PageJob struct {
	timeline string
	tier     int // 1-based
	round    int
	page     string
	resolve  bool
}

// Job names the page that the order is for.
func (o PageOrder) Job() PageJob { return PageJob{o.Timeline, o.Tier, o.Round, o.Name, o.Resolve} }

// Subjects implements queue.Effect.
func (j PageJob) Subjects() []string { return []string{j.timeline} }

// tierOf is the tier, if no later job was made for its page.
func (j PageJob) tierOf(t *Timeline) *DueTier {
	if j.resolve || j.tier < 1 || j.tier > len(t.Tiers) || t.Tiers[j.tier-1].PageRound != j.round {
		return nil
	}
	return &t.Tiers[j.tier-1]
}

// owed is the tier, if it still waits for this very job.
func (j PageJob) owed(t *Timeline) *DueTier {
	if tier := j.tierOf(t); tier != nil && (tier.Paging == PageOwed || tier.Paging == PageWaits) {
		return tier
	}
	return nil
}

func (j PageJob) event(kind EventKind, at time.Time, cause string) []Event {
	return []Event{{Timeline: j.timeline, At: at, Kind: kind, Tier: j.tier, Details: Details{Page: j.page, Round: j.round, Cause: cause}}}
}

// PageTaken is the effect of a page that its receiver took, or may have taken. It is recorded even if the timeline was
// closed or snoozed meanwhile.
type PageTaken struct {
	PageJob
	At    time.Time
	Cause string // what the page could not know, or how sure it is that it was taken
}

func (e PageTaken) Apply(t *Timeline) ([]Event, bool) {
	if e.resolve {
		return e.event(EventPageResolved, e.At, e.Cause), true
	}
	if tier := e.tierOf(t); tier != nil {
		tier.Paging = PageSent
		if tier.State == TierPending && !tier.Reminds() {
			tier.State = TierPaged // snoozed while it was on its way
		}
	}
	return e.event(EventPaged, e.At, e.Cause), true
}

// PageUnwanted is the effect of a page that was not sent because it is not wanted any more. If the help desk said so,
// the poller asks about the ticket next, and closes the timeline.
type PageUnwanted struct {
	PageJob
	At       time.Time
	Reason   string
	Answered bool
	Again    bool // it is to be decided again
}

func (e PageUnwanted) Apply(t *Timeline) ([]Event, bool) {
	tier := e.owed(t)
	if tier == nil {
		return nil, false // it is no longer the tier's page, and what changed that is in the history
	}
	if e.Again {
		tier.again()
		return nil, true
	}
	tier.Paging = PageDropped
	if e.Answered && t.State == Open {
		t.AskedAt = t.PostedAt.Add(-aheadOfAll)
	}
	return e.event(EventPageDropped, e.At, e.Reason), true
}

// PageGivenUp is the effect of a page that was given up.
type PageGivenUp struct {
	PageJob
	At     time.Time
	Reason string
}

func (e PageGivenUp) Apply(t *Timeline) ([]Event, bool) {
	if tier := e.owed(t); tier != nil {
		tier.Paging = PageFailed
	} else if !e.resolve {
		return nil, false
	}
	return e.event(EventPageFailed, e.At, e.Reason), true
}

// again makes the walker decide the tier's page again.
func (t *DueTier) again() {
	t.Paging = PagePending
	if t.State == TierPaged {
		t.State = TierPending
	}
}

// reminderSettled moves on the pages that wait for a reminder: it is posted, or it never will be, and they are decided
// again. At most one reminder of a timeline is under way, so they wait for this one.
func (t *Timeline) reminderSettled(next PagingState) {
	for i := range t.Tiers {
		if t.Tiers[i].Paging == PageWaits {
			t.Tiers[i].Paging = next
		}
	}
}
