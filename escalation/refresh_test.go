package escalation_test

import (
	"fmt"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// A timeline that closes settles every reminder that stands, whatever it closed for.
func TestClosingRefreshesEveryReminderThatStands(t *testing.T) {
	stands := []func(*Timeline){inStates(TierPosted, TierPosted), standing(1, 2), func(tl *Timeline) { tl.Version = 7 }}
	for _, tt := range []struct {
		name   string
		answer desk.Answer
		now    time.Time
	}{
		{"answered", desk.Answer{Status: desk.Answered, RepliedAt: at(21)}, at(22)},
		{"withdrawn", desk.Answer{Status: desk.Withdrawn, Cause: "solved"}, at(22)},
		{"expired", desk.Answer{}, posted0.Add(30 * 24 * time.Hour)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(tt.now)
			f.Answer = tt.answer
			c := Decide(enterprise(stands...), f)
			equal(t, "jobs", keysOf(c), []string{"refresh/tl-1/1/1/7", "refresh/tl-1/2/1/7"})
			equal(t, "the first", c.Jobs[0], queue.New{
				ID: "job-1", Key: "refresh/tl-1/1/1/7", Queue: "slack-updates", RunAt: tt.now,
				Payload: payload(t, Post{Thread: message().Thread, Timeline: "tl-1", Refresh: &Posting{TS: "17.000001", Tier: 1, Round: 1}}),
				// Keys of its own only, so that it keeps no reminder waiting.
				Pace:  gate.PaceMessage("T0ACME", "C0ENTERPRISE", "1772442000.000100/1/1"),
				Gates: []string{"workspace/T0ACME", "slack/T0ACME/chat.update"},
			})
		})
	}
	t.Run("done", func(t *testing.T) {
		f := facts(at(22))
		f.Settings.HasDesk = false
		c, _ := Respond(enterprise(stands...), byAna, Request{Kind: RequestDone}, f)
		equal(t, "jobs", keysOf(c), []string{"refresh/tl-1/1/1/7", "refresh/tl-1/2/1/7"})
	})
}

// Rule 9: the reminder that stands loses its buttons once a newer one is posted, and not before; the first one costs
// no update.
func TestAReminderRetiresTheOneBefore(t *testing.T) {
	c := Decide(enterprise(), facts(at(10)))
	equal(t, "jobs of the first", keysOf(c), []string{"reminder/tl-1/1/1"})
	c = Decide(enterprise(inStates(TierPosted), standing(1)), facts(at(20)))
	equal(t, "jobs of the second", keysOf(c), []string{"reminder/tl-1/2/1", "refresh/tl-1/1/1/0"})
	equal(t, "waits for", c.Jobs[1].After, []string{c.Jobs[0].ID})

	both := enterprise(standing(1), standing(2))
	equal(t, "the newest", both.Newest(both.Posts[1]), true)
	equal(t, "the one before", both.Newest(both.Posts[0]), false)
}

// Only the last few are kept, or a last tier that repeats for days would owe an update for each.
func TestTheLastTwentyRemindersAreKeptUpToDate(t *testing.T) {
	tl := enterprise()
	for i := range 25 {
		ReminderPosted{ReminderJob: ReminderJob{Timeline: "tl-1", Tier: 4, Round: i + 1}, TS: fmt.Sprint("17.", i+1)}.Apply(&tl)
	}
	equal(t, "how many", len(tl.Posts), 20)
	equal(t, "oldest", tl.Posts[0], Posting{TS: "17.6", Tier: 4, Round: 6})
	equal(t, "newest", tl.Posts[19], Posting{TS: "17.25", Tier: 4, Round: 25})
}

// A store keeps every pace key for good, so there are but a few a channel; and none is the reminders'.
func TestUpdatesArePacedByAFewKeys(t *testing.T) {
	keys := map[string]bool{}
	for i := range 1000 {
		message := fmt.Sprint("17.", i)
		key := gate.PaceMessage("T0ACME", "C0ENTERPRISE", message)
		equal(t, "the same message", gate.PaceMessage("T0ACME", "C0ENTERPRISE", message), key)
		keys[key] = true
	}
	equal(t, "keys", len(keys), 16)
	equal(t, "the reminders' own", keys[gate.PaceChannel("T0ACME", "C0ENTERPRISE")], false)
}
