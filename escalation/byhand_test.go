package escalation_test

import (
	"encoding/json"
	"testing"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

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
