package scenariotest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

func (m *month) replayedUnder(s *escalation.Settings, rosters review.Rosters) replay.Result {
	m.t.Helper()
	conditions := func(context.Context, string) (replay.Conditions, error) {
		return replay.Conditions{Settings: s, Directory: escalationtest.Directory{}, Rosters: rosters}, nil
	}
	r, err := replay.Make(m.t.Context(), m.store, replay.Query{From: time.Unix(0, 0)}, conditions, time.Now(), time.UTC)
	if err != nil {
		m.t.Fatal(err)
	}
	return r
}

// toldOf is what a record says was posted: which tier, when, and to whom.
func toldOf(r review.Record) (all []string) {
	for _, e := range r.History {
		if e.Kind == escalation.EventPosted {
			all = append(all, fmt.Sprint(e.At.Truncate(5*time.Minute).Format("02 15:04"), " tier ", e.Tier, " ", e.Mentioned))
		}
	}
	slices.SortStableFunc(all, cmp.Compare)
	return all
}

// Rule 26: the unchanged policy replays to what was recorded, ticket by ticket and to the same people, over a month with
// everything in it that a month may have; the same input gives the same output, byte by byte.
func TestAMonthReplaysToWhatItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t)
		defer m.end()
		began := time.Now()
		m.run()
		m.begin(m.poller.Run)
		m.live(28)

		rosters := rostersBetween(began, time.Now())
		conditions := replay.Conditions{Settings: &m.settings, Directory: escalationtest.Directory{}, Rosters: rosters}
		happened := map[escalation.EventKind]int{}
		deadlines, handed := 0, 0
		for r, err := range recordsOf(t, m.world) {
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range r.History {
				happened[e.Kind]++
				if e.Kind == escalation.EventPosted && e.Tier == 0 {
					deadlines++
				}
				if e.Kind == escalation.EventOwned && e.From != "" {
					handed++
				}
			}
			equal(t, "what was posted of ticket "+r.Timeline.Ticket.ID, toldOf(replay.Run(r, conditions, time.Now()).Record), toldOf(r))
		}
		for _, kind := range []escalation.EventKind{
			escalation.EventPosted, escalation.EventSuperseded, escalation.EventDeferred, escalation.EventSnoozed, escalation.EventOwned, escalation.EventPaused,
			escalation.EventFact, escalation.EventStarted, escalation.EventKept, escalation.EventVoid, escalation.EventPolicy, escalation.EventReopened,
			escalation.EventAnswered, escalation.EventWithdrawn, escalation.EventBreached, escalation.EventExpired,
		} {
			if happened[kind] == 0 {
				t.Errorf("in this month nothing was %s: %v", kind, happened)
			}
		}
		if handed == 0 {
			t.Errorf("no ticket was handed over")
		}
		if _, _, told := m.slack.told(); deadlines == 0 || len(told) == 0 || !m.slack.digested() {
			t.Errorf("%d deadlines were told, and there was a digest: %t", deadlines, m.slack.digested())
		}

		same := m.replayedUnder(&m.settings, rosters)
		equal(t, "the unchanged policy", same.After, same.Before)
		equal(t, "changed", same.Changed, []replay.Changed{})
		equal(t, "once more", inBytes(t, m.replayedUnder(&m.settings, rosters)), inBytes(t, same))

		q := report.Query{From: time.Unix(0, 0), To: time.Now(), Channel: "C0ENTERPRISE"}
		made := func() report.Report {
			r, err := report.Make(t.Context(), m.store, q, around{}, time.Now(), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		equal(t, "what was counted by hand", made().Whole(), m.want)
		equal(t, "the report once more", inBytes(t, made()), inBytes(t, made()))
	})
}

// digested says that a digest was posted.
func (s *slack) digested() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.messages, func(m posted) bool { return m.Rows != nil })
}

func inBytes(t *testing.T, v any) string {
	t.Helper()
	js, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(js)
}
