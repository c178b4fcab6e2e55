package escalation_test

import (
	"encoding/json"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Rule 13: a reminder that is no longer right is not posted.
func TestOutdated(t *testing.T) {
	_, owed := reminding(t)
	edit := func(edits ...func(*Timeline)) *Timeline {
		tl := owed.Clone()
		for _, e := range edits {
			e(&tl)
		}
		return &tl
	}
	snoozed, _ := Snooze(owed, Wait{For: 30 * time.Minute}, at(10.2), nil)
	for _, tt := range []struct {
		name string
		t    *Timeline
		now  time.Time
		want string
	}{
		{"as decided", edit(), at(10), ""},
		{"a decision is good for a minute", edit(), at(11), ""},
		{"and no longer", edit(), at(11).Add(1), "it was not posted within a minute of being decided"},
		{"answered", edit(closed(Answered)), at(10.5), "the timeline is answered"},
		{"withdrawn", edit(closed(Withdrawn)), at(10.5), "the timeline is withdrawn"},
		{"expired", edit(closed(Expired)), at(10.5), "the timeline is expired"},
		{"purged", nil, at(10.5), "its timeline is gone"},
		{"snoozed", &snoozed, at(10.5), "the timeline was snoozed"},
		{"snoozed, and the time is there", &snoozed, at(40.5), "the timeline was snoozed"},
		{"a higher tier has come due", edit(func(tl *Timeline) { tl.Tiers[1].Due = at(10.5) }), at(10.5), "tier 2 has come due"},
		{"the highest tells", edit(func(tl *Timeline) { tl.Tiers[3].Due = at(10.4) }), at(10.5), "tier 4 has come due"},
		{"a higher one that failed is not waited for", edit(inStates(TierOwed, TierFailed), func(tl *Timeline) { tl.Tiers[1].Due = at(10.5) }), at(10.5), ""},
		{"decided again", edit(func(tl *Timeline) { tl.Tiers[0].Round = 2 }), at(10.5), "the tier no longer waits for it"},
		{"pending again", edit(inStates(TierPending)), at(10.5), "the tier no longer waits for it"},
		{"tried again by hand", edit(inStates(TierFailed)), at(90), "its tier had failed, and somebody had it tried again"},
		{"tried again by hand, and answered", edit(inStates(TierFailed), closed(Answered)), at(90), "the timeline is answered"},
		{"a replica whose clock is behind sends it all the same", edit(), at(9.97), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Decide(enterprise(), facts(at(10)))
			if got := Outdated(tt.t, post(t, c), tt.now); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// What may have become of a timeline while the reminder of its first tier was on its way.
func meanwhile() map[string]Timeline {
	owed := inStates(TierOwed)
	return map[string]Timeline{
		"owed":                 enterprise(owed),
		"snoozed":              enterprise(owed, func(t *Timeline) { t.Tiers[0].Due = at(41) }),
		"answered":             enterprise(owed, closed(Answered)),
		"another job":          enterprise(owed, func(t *Timeline) { t.Tiers[0].Round = 2 }),
		"pending":              enterprise(),
		"superseded":           enterprise(inStates(TierSuperseded, TierOwed)),
		"posted":               enterprise(inStates(TierPosted)),
		"failed":               enterprise(inStates(TierFailed)),
		"failed once":          enterprise(inStates(TierFailed), func(t *Timeline) { t.Tiers[0].Round = 2 }),
		"failed, and answered": enterprise(inStates(TierFailed), closed(Answered)),
		"no tiers":             enterprise(func(t *Timeline) { t.Tiers = nil }),
	}
}

var firstJob = ReminderJob{Timeline: "tl-1", Tier: 1, Round: 1}

func TestPosted(t *testing.T) {
	effect := ReminderPosted{ReminderJob: firstJob, Due: at(10), At: at(10.1), TS: "17.000001", Late: 6 * time.Second, Mentioned: []string{"U0ANA"}}
	event := Event{Timeline: "tl-1", At: at(10.1), Kind: EventPosted, Tier: 1, Details: Details{
		TS: "17.000001", Round: 1, Late: 6 * time.Second, Mentioned: []string{"U0ANA"},
	}}
	taken := map[string]bool{"owed": true, "snoozed": true, "answered": true}
	for name, tl := range meanwhile() {
		t.Run(name, func(t *testing.T) {
			want := tl.Clone()
			want.Posts = []Posting{{TS: "17.000001", Tier: 1, Round: 1}}
			if taken[name] {
				tier := &want.Tiers[0]
				tier.State, tier.PostedAt, tier.TS = TierPosted, at(10.1), "17.000001"
			}
			events, changed := effect.Apply(&tl)
			equal(t, "timeline", tl, want)
			// It stands in the thread, whatever happened meanwhile: the history has it.
			equal(t, "events", events, []Event{event})
			equal(t, "changed", changed, true)
		})
	}
}

// The job of a tier that failed is on its way again only if somebody had it tried again.
func TestDeferred(t *testing.T) {
	effect := ReminderDeferred{ReminderJob: firstJob, At: at(11.5), Reason: "late"}
	taken := map[string]bool{"owed": true, "snoozed": true, "answered": true, "failed": true}
	for name, tl := range meanwhile() {
		t.Run(name, func(t *testing.T) {
			want := tl.Clone()
			var wantEvents []Event
			if taken[name] {
				want.Tiers[0].State = TierPending
			}
			if taken[name] && name != "answered" { // of a closed timeline nothing is decided again
				wantEvents = []Event{{Timeline: "tl-1", At: at(11.5), Kind: EventDeferred, Tier: 1, Details: Details{Cause: "late", Round: 1}}}
			}
			events, changed := effect.Apply(&tl)
			equal(t, "timeline", tl, want)
			equal(t, "events", events, wantEvents)
			equal(t, "changed", changed, taken[name])
		})
	}
}

func TestATierThatIsTriedAgainLeavesThePageOfAnotherAlone(t *testing.T) {
	tl := enterprise(inStates(TierFailed, TierOwed), func(t *Timeline) { t.Tiers[1].Paging = PageWaits })
	ReminderDeferred{ReminderJob: firstJob, At: at(20.5), Reason: "tried again"}.Apply(&tl)
	equal(t, "state", tl.Tiers[0].State, TierPending)
	equal(t, "the page that waits for the reminder of tier 2", tl.Tiers[1].Paging, PageWaits)
}

func TestFailed(t *testing.T) {
	effect := ReminderGivenUp{ReminderJob: firstJob, At: at(11.5), Reason: "is_archived"}
	taken := map[string]bool{"owed": true, "snoozed": true, "answered": true}
	for name, tl := range meanwhile() {
		t.Run(name, func(t *testing.T) {
			want := tl.Clone()
			var wantEvents []Event
			if taken[name] {
				want.Tiers[0].State = TierFailed
				wantEvents = []Event{{Timeline: "tl-1", At: at(11.5), Kind: EventFailed, Tier: 1, Details: Details{Cause: "is_archived", Round: 1}}}
			}
			events, changed := effect.Apply(&tl)
			equal(t, "timeline", tl, want)
			equal(t, "events", events, wantEvents)
			equal(t, "changed", changed, taken[name])
		})
	}
}

func TestEffectsNameTheirTimeline(t *testing.T) {
	for _, e := range []Effect{ReminderPosted{ReminderJob: firstJob}, ReminderDeferred{ReminderJob: firstJob}, ReminderGivenUp{ReminderJob: firstJob}} {
		equal(t, "timelines", e.Subjects(), []string{"tl-1"})
	}
}

// Rule 6: the last tier comes again at its interval, counted from its due time.
func TestPostedLastTierRepeats(t *testing.T) {
	lastOwed := inStates(TierPosted, TierPosted, TierPosted, TierOwed)
	for _, tt := range []struct {
		name  string
		t     Timeline
		at    time.Time
		state TierState
		due   time.Time
	}{
		{"on time", enterprise(lastOwed, repeating(10*time.Minute)), at(50.1), TierPending, at(60)},
		{"late, the interval holds", enterprise(lastOwed, repeating(10*time.Minute)), at(73), TierPending, at(80)},
		{"at the very next time", enterprise(lastOwed, repeating(10*time.Minute)), at(60), TierPending, at(70)},
		{"a clock behind ours does not post it twice", enterprise(lastOwed, repeating(10*time.Minute)), at(49.9), TierPending, at(60)},
		{"nor does one that is far behind", enterprise(lastOwed, repeating(10*time.Minute)), at(35), TierPending, at(60)},
		{"snoozed meanwhile, it comes when people were told", enterprise(lastOwed, repeating(10*time.Minute), func(tl *Timeline) { tl.Tiers[3].Due = at(81) }), at(50.1), TierPending, at(81)},
		{"off", enterprise(lastOwed), at(50.1), TierPosted, at(50)},
		{"answered meanwhile", enterprise(lastOwed, repeating(10*time.Minute), closed(Answered)), at(50.1), TierPosted, at(50)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			effect := ReminderPosted{ReminderJob: ReminderJob{Timeline: "tl-1", Tier: 4, Round: 1}, Due: at(50), At: tt.at, TS: "17.000009"}
			effect.Apply(&tt.t)
			last := tt.t.Tiers[3]
			equal(t, "state", last.State, tt.state)
			equal(t, "due", last.Due, tt.due)
			equal(t, "posted", last.PostedAt, tt.at)
		})
	}
}

func TestOnlyTheLastTierRepeats(t *testing.T) {
	tl := enterprise(inStates(TierOwed), func(tl *Timeline) { tl.Tiers[0].Repeat = time.Minute })
	ReminderPosted{ReminderJob: firstJob, Due: at(10), At: at(10)}.Apply(&tl)
	equal(t, "state", tl.Tiers[0].State, TierPosted)
}

// A repetition covers no lower tier. One that somebody had tried again waits for it, and the walker rests meanwhile.
func TestATierTriedAgainWaitsForARepetition(t *testing.T) {
	tl := enterprise(inStates(TierPending, TierPosted, TierPosted, TierPending), repeating(time.Hour))
	tl.Tiers[3].PostedAt = at(50)
	c := Decide(tl, facts(at(120)))
	equal(t, "states", states(*c.Timeline), []TierState{TierPending, TierPosted, TierPosted, TierOwed})
	if next := c.Timeline.NextAt(); !next.After(at(120)) {
		t.Errorf("the walker looks again at %s, and has nothing to do", next)
	}
}

func TestACancelledReminderGivesItsTierUpAndTheTimelineGoesOn(t *testing.T) {
	tl := enterprise(inStates(TierOwed), func(t *Timeline) { t.Tiers[0].Round = 1 })
	other := Post{Timeline: "tl-2", Round: 1, Reminder: &Reminder{Tier: 1}}
	post := Post{Timeline: tl.ID, Round: 1, Reminder: &Reminder{Tier: 1}}
	for name, p := range map[string]Post{"a reminder": post, "a digest": {Rows: []Post{other, post}}} {
		job := queue.Job{New: NewPostJob("j", "k", p, at(10)), FinishedAt: at(11), LastError: "cancelled by hand"}
		got := tl.Clone()
		events, changed := ByHand([]queue.Job{job}).Apply(&got)
		equal(t, name+": changed", changed, true)
		equal(t, name+": the tier", got.Tiers[0].State, TierFailed)
		equal(t, name+": what was last", got.Tiers[1:], tl.Tiers[1:])
		equal(t, name+": events", events, []Event{{Timeline: tl.ID, At: at(11), Kind: EventFailed, Tier: 1, Details: Details{Cause: "cancelled by hand", Round: 1}}})
	}
}

func TestACancelledPageIsGivenUp(t *testing.T) {
	tl := enterprise(func(t *Timeline) {
		t.Tiers[0].Page, t.Tiers[0].Paging, t.Tiers[0].PageRound = "oncall", PageOwed, 1
	})
	payload, err := json.Marshal(CallJob{Page: &PageOrder{Name: "oncall", Timeline: tl.ID, Tier: 1, Round: 1}})
	if err != nil {
		t.Fatal(err)
	}
	_, changed := ByHand([]queue.Job{{New: queue.New{Queue: "page", Payload: payload}, FinishedAt: at(11)}}).Apply(&tl)
	equal(t, "changed", changed, true)
	equal(t, "the page", tl.Tiers[0].Paging, PageFailed)
}

func TestWhatIsNoReminderAndNoPageChangesNoTimeline(t *testing.T) {
	jobs := []queue.Job{
		{New: NewPostJob("j", "k", Post{Timeline: "tl-1", Note: &Note{}}, at(10))},
		{New: queue.New{Queue: QueueSlack, Payload: []byte("not ours")}},
		{New: queue.New{Queue: "mine", Payload: []byte(`{"call":{}}`)}},
	}
	equal(t, "subjects", ByHand(jobs).Subjects(), nil)
}
