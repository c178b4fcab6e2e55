package walk

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// sluggish answers each ask after its own while; a negative one never comes.
type sluggish struct {
	after []time.Duration
	asked atomic.Int64
}

func (d *sluggish) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	after := d.after[d.asked.Add(1)-1]
	if after < 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	select {
	case <-time.After(after):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return map[string]desk.Answer{qs[0].TicketID: {Status: desk.Unanswered}}, nil
}

// Rules 5 and 7: five seconds are shared; a slow answer counts, and so does the second one after a
// first that never comes.
func TestASlowHelpDeskIsHeardWithinFiveSeconds(t *testing.T) {
	for name, c := range map[string]struct {
		after []time.Duration
		desk  desk.AnswerStatus
		asked int64
		took  time.Duration
		warns int // what the log warns of: never twice of one walk
	}{
		"quick":                  {[]time.Duration{20 * time.Millisecond}, desk.Unanswered, 1, 20 * time.Millisecond, 0},
		"slow, and not again":    {[]time.Duration{4 * time.Second, -1}, desk.Unanswered, 2, 5 * time.Second, 1},
		"silent, then heard":     {[]time.Duration{-1, time.Second}, desk.Unanswered, 2, 4500 * time.Millisecond, 0},
		"silent for good":        {[]time.Duration{-1, -1}, desk.Unchecked, 2, 5 * time.Second, 1},
		"slower than the shares": {[]time.Duration{6 * time.Second, 6 * time.Second}, desk.Unchecked, 2, 5 * time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &walkerStore{due: func(time.Time, int) ([]escalation.Timeline, time.Time, error) {
					return []escalation.Timeline{enterprise()}, time.Time{}, nil
				}}
				desk := &sluggish{after: c.after}
				w := walker(s)
				w.Desk, w.Now = desk, func() time.Time { return at(10) }
				var log strings.Builder
				w.Logger = slog.New(slog.NewTextHandler(&log, nil))
				began := time.Now()
				if _, err := w.Walk(t.Context()); err != nil {
					t.Fatal(err)
				}
				equal(t, "took", time.Since(began), c.took)
				equal(t, "desk", post(t, s.saved[0]).Reminder.Desk, c.desk)
				equal(t, "asked", desk.asked.Load(), c.asked)
				synctest.Wait() // for asks that the end of the time has ended
				equal(t, "warnings", strings.Count(log.String(), "the help desk did not answer"), c.warns)
			})
		})
	}
}

func TestAHelpDeskIsNotAskedAboutAnotherWorkspacesTickets(t *testing.T) {
	ours, theirs := enterprise(), enterprise(func(tl *escalation.Timeline) { tl.ID, tl.Workspace = "tl-2", "T0OTHER" })
	s := &walkerStore{due: func(time.Time, int) ([]escalation.Timeline, time.Time, error) {
		return []escalation.Timeline{ours, theirs}, time.Time{}, nil
	}}
	w := walker(s)
	w.Desk, w.Settings, w.Now = &unanswered{}, onlyIn(ours.Workspace), func() time.Time { return at(10) }
	if _, err := w.Walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	told := map[string]desk.AnswerStatus{}
	for _, c := range s.saved {
		told[c.Timeline.ID] = post(t, c).Reminder.Desk
	}
	equal(t, "the desk's word", told, map[string]desk.AnswerStatus{ours.ID: desk.Unanswered, "tl-2": desk.None})
}
