package escalation

import "time"

// reminderJob names the tier a reminder's job was made for.
type reminderJob struct {
	timeline string
	tier     int // 1-based
	round    int
}

func (j reminderJob) TimelineID() string { return j.timeline }

// owedTier is the tier, if it still waits for this very job.
func (j reminderJob) owedTier(t *Timeline) *DueTier { return j.tierIn(TierOwed, t) }

// failedTier is the tier, if this very job failed it. It is on its way again only by somebody's hand.
func (j reminderJob) failedTier(t *Timeline) *DueTier { return j.tierIn(TierFailed, t) }

func (j reminderJob) tierIn(s TierState, t *Timeline) *DueTier {
	if j.tier < 1 || j.tier > len(t.Tiers) {
		return nil
	}
	tier := &t.Tiers[j.tier-1]
	if tier.State != s || tier.Round != j.round {
		return nil
	}
	return tier
}

// posted is the effect of a reminder that stands in its thread. What stands is recorded even if the
// timeline was closed or snoozed while it was on its way.
type posted struct {
	reminderJob
	due       time.Time // as decided
	at        time.Time
	ts        string
	late      time.Duration
	mentioned []string
	owner     string // whom it mentions alone, having said that they are on it
}

func (e posted) Apply(t *Timeline) ([]Event, bool) {
	event := Event{Timeline: t.ID, At: e.at, Kind: EventPosted, Tier: e.tier, Details: Details{
		TS: e.ts, Round: e.round, Late: e.late, Mentioned: e.mentioned,
	}}
	t.stands(Posting{TS: e.ts, Tier: e.tier, Round: e.round})
	t.reminderSettled(PageOwed)
	if e.owner != "" && e.owner == t.Owner.User {
		t.Owner.Told = true
	}
	tier := e.owedTier(t)
	if tier == nil {
		return []Event{event}, true
	}
	tier.State, tier.PostedAt, tier.TS = TierPosted, e.at, e.ts
	if tier.Repeat > 0 && e.tier == len(t.Tiers) && t.State == Open {
		tier.State = TierPending
		if !tier.Due.After(e.due) { // else it was snoozed meanwhile, and people were told till when
			tier.Due = repeatDue(*tier, e.at)
		}
	}
	return []Event{event}, true
}

// deferred is the effect of a reminder that is no longer right, or that had failed and was tried again by
// somebody's hand: its tier is pending again, and the walker decides anew (rule 13).
type deferred struct {
	reminderJob
	at     time.Time
	reason string
}

func (e deferred) Apply(t *Timeline) ([]Event, bool) {
	tier := e.owedTier(t)
	if tier == nil && t.State == Open {
		tier = e.failedTier(t)
	}
	if tier == nil {
		return nil, false
	}
	if tier.State == TierOwed {
		t.reminderSettled(PagePending)
	}
	tier.State = TierPending
	if t.State != Open {
		return nil, true // nothing is decided anew, so there is nothing to remember
	}
	return []Event{{Timeline: t.ID, At: e.at, Kind: EventDeferred, Tier: e.tier, Details: Details{Cause: e.reason, Round: e.round}}}, true
}

// failed is the effect of a reminder that was given up.
type failed struct {
	reminderJob
	at     time.Time
	reason string
}

func (e failed) Apply(t *Timeline) ([]Event, bool) {
	tier := e.owedTier(t)
	if tier == nil {
		return nil, false
	}
	tier.State = TierFailed
	t.reminderSettled(PagePending)
	return []Event{{Timeline: t.ID, At: e.at, Kind: EventFailed, Tier: e.tier, Details: Details{Cause: e.reason, Round: e.round}}}, true
}
