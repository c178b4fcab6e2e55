package main_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// Rule 15: the database fails over to a synchronous standby. Nothing is lost, nothing is posted twice, and it
// goes on soon, also where the primary does not die but falls silent.
func TestAFailoverLosesNothingDoublesNothingAndGoesOnSoon(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*pgtest.Cluster) error{
		"killed": (*pgtest.Cluster).Kill, "frozen": (*pgtest.Cluster).Freeze,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary, standby := pair(t)
			if name == "frozen" {
				t.Cleanup(func() { _ = primary.Thaw() }) // before it is removed
			}
			database := pgtest.EitherURL(primary, standby, "postgres")
			w := chaosWorld(t, database)
			w.start()
			c := w.start()
			w.slack.SetRequestURL("http://" + c.public + "/slack/events")
			var threads []escalation.Thread
			for i := range chaosTickets {
				ts := w.ticket(chaosChannel(i), fmt.Sprint(1000+i), 10*time.Minute-time.Duration(i)*300*time.Millisecond)
				threads = append(threads, escalation.Thread{Channel: chaosChannel(i), TS: ts})
			}
			w.until("all tickets delivered", 60*time.Second, func() bool { return w.slack.Undelivered() == 0 })
			posted := func() int {
				n := 0
				for _, th := range threads {
					n += len(w.replies(th.Channel, th.TS))
				}
				return n
			}
			w.until("some are posted", 60*time.Second, func() bool { return posted() > chaosTickets/8 })

			w.check(fail(primary))
			w.check(standby.Promote())
			promoted, before := time.Now(), posted()
			w.until("posting again", 2*time.Minute, func() bool { return posted() > before })
			if again := time.Since(promoted); again > againWithin {
				t.Errorf("it posted again after %s", again)
			} else {
				t.Logf("it posted again after %s, having posted %d of %d before", again.Round(100*time.Millisecond), before, len(threads))
			}
			w.until("every tier posted", 150*time.Second, func() bool {
				return !slices.ContainsFunc(threads, func(th escalation.Thread) bool { return len(w.replies(th.Channel, th.TS)) == 0 })
			})
			w.settled(database)
			w.exactlyOnce(threads)
		})
	}
}

// pair is a primary with a synchronous standby.
func pair(t *testing.T) (primary, standby *pgtest.Cluster) {
	t.Helper()
	primary, _ = ownCluster(t)
	standby, err := primary.Standby()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := standby.Remove(); err != nil {
			t.Error(err)
		}
	})
	return primary, standby
}
