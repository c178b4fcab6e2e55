package scenariotest

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// days are lived through by the engine: tickets that are replied to in time, late or never, solved
// without a reply, and snoozed. They count by hand what they do.
func (w *world) days(tickets int) (want report.Counts) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range tickets {
		m := w.message(fmt.Sprint(100 + i))
		w.open(m, flow.OpenedNew)
		fate := random.IntN(6)
		after := time.Duration(1+random.IntN(48)) * time.Minute // the deadline is at 50
		switch fate {
		case 0: // nobody ever
			want.Breached++
			time.Sleep(2 * time.Hour)
			continue
		case 1:
			want.Withdrawn++
			time.Sleep(after)
			w.desk.say(m.Ticket.ID, desk.Answer{Status: desk.Withdrawn, Cause: "solved"})
		case 2: // late
			want.Breached++
			time.Sleep(time.Hour + after)
			w.desk.say(m.Ticket.ID, desk.Answer{Status: desk.Answered, RepliedAt: time.Now()})
		case 3: // snoozed, and in time
			want.Kept++
			time.Sleep(11 * time.Minute)
			w.hear(m, "20m")
			time.Sleep(after / 2)
			w.desk.say(m.Ticket.ID, desk.Answer{Status: desk.Answered, RepliedAt: time.Now()})
		default:
			want.Kept++
			time.Sleep(after)
			w.desk.say(m.Ticket.ID, desk.Answer{Status: desk.Answered, RepliedAt: time.Now()})
		}
		time.Sleep(time.Duration(1+random.IntN(240)) * time.Minute)
	}
	time.Sleep(2 * time.Hour)
	return want
}

func (w *world) replayed(s *escalation.Settings) replay.Result {
	w.t.Helper()
	conditions := func(context.Context, string) (replay.Conditions, error) {
		return replay.Conditions{Settings: s, Directory: escalationtest.Directory{}}, nil
	}
	r, err := replay.Make(w.t.Context(), w.store, replay.Query{From: time.Unix(0, 0)}, conditions, time.Now(), time.UTC)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// The unchanged policy replays to what was recorded, by the same functions as live; the same input gives the same
// output; and the report of the days is what was counted by hand (rules 25 and 26).
func TestDaysReplayToWhatTheyWere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Poll = 5 * time.Minute
		w.poller.Idle = 5 * time.Minute
		w.run()
		w.begin(w.poller.Run)
		want := w.days(40)

		same := w.replayed(&w.settings)
		equal(t, "what was counted by hand", same.Before.Counts, want)
		equal(t, "the unchanged policy", same.After, same.Before)
		equal(t, "changed", same.Changed, []replay.Changed{})
		if same.Before.Reminders == 0 || same.Before.Night == 0 || len(same.Before.People) < 3 {
			t.Errorf("hardly anything happened: %+v", same.Before)
		}
		equal(t, "once more", w.replayed(&w.settings), same)

		r, err := report.Make(t.Context(), w.store, report.Query{From: time.Unix(0, 0), To: time.Now()}, around{}, time.Now(), time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "the report", r.Whole(), want)
		equal(t, "reminders", r.Reminders.Posted, same.Before.Reminders)

		stricter := w.settings
		p := policy.Policy{Name: "enterprise", Deadline: 5 * time.Minute, Tiers: w.settings.Policies["enterprise"].Tiers[:1]}
		stricter.Policies = map[string]policy.Policy{"enterprise": p}
		other := w.replayed(&stricter)
		late := 0
		for rec, err := range recordsOf(t, w) {
			if err != nil {
				t.Fatal(err)
			}
			if answered := rec.Timeline.AnsweredAt; !answered.IsZero() && answered.Sub(rec.Timeline.PostedAt) > 5*time.Minute || rec.Timeline.State == escalation.Open {
				late++
			}
		}
		if withdrawnLate := other.After.Breached - late; withdrawnLate < 0 || withdrawnLate > want.Withdrawn {
			t.Errorf("a deadline of 5 minutes: %d breaches, of which %d were replied to later or never", other.After.Breached, late)
		}
		if other.After.All() != want.All() || other.After.Reminders >= same.Before.Reminders || len(other.Changed) == 0 {
			t.Errorf("another policy: %s", cmp.Diff(same.After, other.After))
		}
	})
}

// around knows nothing beside the timelines.
type around struct{}

func (around) Known(context.Context, string) (report.Known, error) { return report.Known{}, nil }

func recordsOf(t *testing.T, w *world) iter.Seq2[review.Record, error] {
	return review.All(t.Context(), w.store, "", time.Unix(0, 0))
}
