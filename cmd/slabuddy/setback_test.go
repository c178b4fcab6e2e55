package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// restorable are the two stores, each with how a database that nobody uses is backed up: what that returns restores
// the backup, and gives the address of what was restored.
var restorable = map[string]func(t *testing.T, database string) (restore func() string){
	"postgres": func(t *testing.T, database string) func() string {
		backup := pgtest.Copy(t, database)
		return func() string { return backup }
	},
	"sqlite": func(t *testing.T, database string) func() string {
		file := strings.TrimPrefix(database, "sqlite:")
		backup, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return func() string {
			restored := filepath.Join(t.TempDir(), "restored.db")
			if err := os.WriteFile(restored, backup, 0o600); err != nil {
				t.Fatal(err)
			}
			return "sqlite:" + restored
		}
	},
}

// oldEnough is how old a backup is: younger than a quarter of a minute, nothing tells it from a quick restart.
const oldEnough = 17 * time.Second

// Rule 12: of what was posted since a backup, nothing is posted once more when that is restored: neither reminders,
// nor digests, nor those of tickets that came in since.
func TestARestoredBackupPostsNothingTwice(t *testing.T) {
	t.Parallel()
	for name, backUp := range restorable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := databases[name](t)
			w := newWorld(t, database, "digest: {from: 3}\npolicies: {once: {tiers: [{after: 10m, notify: '@support'}]}, soon: {tiers: [{after: 3s, notify: '@support'}]}}\n"+
				"channels: {C0ONE: {policy: once}, C0MANY: {policy: once}, C0SINCE: {policy: soon}}\n")
			w.slack.AddChannel(slacktest.Channel{ID: "C0ONE", Name: "one"})
			w.slack.AddChannel(slacktest.Channel{ID: "C0MANY", Name: "many"})
			w.slack.AddChannel(slacktest.Channel{ID: "C0SINCE", Name: "since"})
			const due = 10*time.Minute - 25*time.Second
			c := w.start()
			one := w.ticket("C0ONE", "1000", due)
			many := map[string]string{}
			for i := range 4 {
				id := fmt.Sprint(2000 + i)
				many[id] = w.ticket("C0MANY", id, due)
			}
			w.delivered()
			c.stop()
			restore, backedUp := backUp(t, database), time.Now()

			c = w.start()
			since := w.ticket("C0SINCE", "1001", 0)
			told := func() bool {
				for id, ts := range many {
					if n, _ := w.toldIn("C0MANY", id, ts); n == 0 {
						return false
					}
				}
				return len(w.replies("C0ONE", one)) > 0 && len(w.replies("C0SINCE", since)) > 0
			}
			w.until("all are told", 3*patience, told)
			c.stop()
			pause(t, time.Until(backedUp.Add(oldEnough)))

			restored := restore()
			w.env, w.database = append(w.env, "DATABASE_URL="+restored), restored
			w.scannedLongAgo("C0SINCE")
			c = w.start()
			w.until("all are known to be told", 3*patience, func() bool {
				return knownToBeTold(t, restored, append([]string{"1000", "1001"}, keys(many)...))
			})
			w.settled(restored)
			w.exactlyOnce([]escalation.Thread{{Channel: "C0ONE", TS: one}, {Channel: "C0SINCE", TS: since}})
			for id, ts := range many {
				if n, _ := w.toldIn("C0MANY", id, ts); n != 1 {
					t.Errorf("ticket %s was told of %d times", id, n)
				}
			}
			if !strings.Contains(c.logged(), "is in Slack already") {
				t.Errorf("it says nothing of having looked:\n%s", c.logged())
			}
		})
	}
}

// Rule 15: a standby that had missed the last seconds takes over. What was posted in them is not posted once more.
func TestAStandbyThatHadMissedTheLastSecondsDoublesNothing(t *testing.T) {
	t.Parallel()
	primary, standby := pair(t)
	database := pgtest.EitherURL(primary, standby, "postgres")
	w := chaosWorld(t, database)
	w.start()
	c := w.start()
	w.slack.SetRequestURL("http://" + c.public + "/slack/events")
	var threads []escalation.Thread
	for i := range chaosTickets / 2 {
		ts := w.ticket(chaosChannel(i), fmt.Sprint(1000+i), 10*time.Minute-time.Duration(i)*200*time.Millisecond)
		threads = append(threads, escalation.Thread{Channel: chaosChannel(i), TS: ts})
	}
	w.delivered()
	posted := func() (n int) {
		for _, th := range threads {
			n += len(w.replies(th.Channel, th.TS))
		}
		return n
	}
	w.until("some are posted", 2*patience, func() bool { return posted() > 5 })
	w.check(primary.FallBehind(standby))
	behind := posted()
	w.until("some more are posted", 2*patience, func() bool { return posted() > behind+10 })
	w.check(primary.Kill())
	w.check(standby.Promote())
	w.until("every tier posted", 3*patience, func() bool {
		return !slices.ContainsFunc(threads, func(th escalation.Thread) bool { return len(w.replies(th.Channel, th.TS)) == 0 })
	})
	w.settled(database)
	w.exactlyOnce(threads)
	forgotten := 0
	for _, child := range w.children {
		forgotten += strings.Count(child.logged(), "is in Slack already")
	}
	if forgotten == 0 {
		t.Error("the standby had missed nothing that was posted: the test proves nothing")
	}
	t.Logf("the standby had missed that %d of %d reminders were posted", forgotten, len(threads))
}

// knownToBeTold says that the database knows each ticket, and that it was told of.
func knownToBeTold(t *testing.T, database string, tickets []string) bool {
	t.Helper()
	s, err := store.Open(t.Context(), database, store.Options{})
	if err != nil {
		return false
	}
	defer s.Close()
	for _, id := range tickets {
		ts, err := s.FindByTicket(t.Context(), "", id)
		if err != nil || len(ts) != 1 || ts[0].Tiers[0].PostedAt.IsZero() {
			return false
		}
	}
	return true
}

func keys(m map[string]string) (ks []string) {
	for k := range m {
		ks = append(ks, k)
	}
	return ks
}
