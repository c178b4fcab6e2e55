package main_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// once is a policy of a single tier, so that "every tier stands in its thread exactly once" leaves no
// room for a tier that was rightly superseded meanwhile.
const once = `
digest: {from: 0}
policies: {once: {tiers: [{after: 10m, notify: '@support'}]}}
channels:
`

const (
	chaosChannels = 40
	chaosTickets  = 160
)

// chaosChannel is one of many, so that a post a second in each is no bottleneck.
func chaosChannel(i int) string { return fmt.Sprintf("C0CHAOS%02d", i%chaosChannels) }

func chaosWorld(t *testing.T, database string) *world {
	var configuration strings.Builder
	configuration.WriteString(once)
	for i := range chaosChannels {
		fmt.Fprintf(&configuration, "  %s: {policy: once}\n", chaosChannel(i))
	}
	w := newWorld(t, database, configuration.String())
	for i := range chaosChannels {
		w.slack.AddChannel(slacktest.Channel{ID: chaosChannel(i), Name: fmt.Sprintf("chaos-%d", i)})
	}
	return w
}

// everything that can go wrong with a post, whether Slack took it or not.
func mishaps() []slacktest.Effect {
	var effects []slacktest.Effect
	for _, e := range []slacktest.Effect{
		slacktest.Status(500), slacktest.Refused("internal_error"), slacktest.Refused("fatal_error"),
		slacktest.Cut(), slacktest.Garbage(),
	} {
		effects = append(effects, e, e.AfterAccepting())
	}
	return append(effects, slacktest.RateLimited(time.Second), slacktest.Refused("service_unavailable"),
		slacktest.Hang(nil), slacktest.Hang(nil).AfterAccepting())
}

// Rules 11 to 14: processes die at random instants while Slack takes posts and loses the answers.
func TestEveryTierStandsExactlyOnceThroughCrashesAndMishaps(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 1))
		w := chaosWorld(t, database)
		c := w.start()
		var threads []escalation.Thread
		for i := range chaosTickets {
			due := time.Duration(rnd.Int64N(int64(25 * time.Second)))
			ts := w.ticket(chaosChannel(i), fmt.Sprint(1000+i), 10*time.Minute-due)
			threads = append(threads, escalation.Thread{Channel: chaosChannel(i), TS: ts})
		}
		w.until("all tickets delivered", patience, func() bool { return w.slack.Undelivered() == 0 })

		mischief := w.slack.Chaos(rand.New(rand.NewPCG(seed, 2)), 0.25, "chat.postMessage", mishaps()...)
		for range 4 {
			pause(t, 3*time.Second+time.Duration(rnd.Int64N(int64(5*time.Second))))
			c.kill()
			c = w.start()
		}
		mischief.Clear()
		w.until("every tier posted", 150*time.Second, func() bool {
			return !slices.ContainsFunc(threads, func(th escalation.Thread) bool { return len(w.replies(th.Channel, th.TS)) == 0 })
		})
		w.settled(database)
		w.exactlyOnce(threads)
		if mischief.Hits() < chaosTickets/10 {
			t.Errorf("only %d mishaps: the test proves little", mischief.Hits())
		}
	})
}

// Rule 15: replicas share one Postgres; one is killed, and Postgres restarts under them.
func TestReplicasShareTheWorkExactlyOnce(t *testing.T) {
	t.Parallel()
	cluster, database := ownCluster(t)
	w := chaosWorld(t, database)
	replicas := []*child{w.start(), w.start(), w.start()}
	w.slack.Tamper(func(slacktest.Event) slacktest.Fate { return slacktest.Fate{Copies: 2, Renumber: true} })
	var threads []escalation.Thread
	for i := range chaosTickets {
		ts := w.ticket(chaosChannel(i), fmt.Sprint(1000+i), 10*time.Minute-time.Duration(i)*100*time.Millisecond)
		threads = append(threads, escalation.Thread{Channel: chaosChannel(i), TS: ts})
		w.slack.SetRequestURL("http://" + replicas[i%2].public + "/slack/events")
	}
	w.until("all tickets delivered", patience, func() bool { return w.slack.Undelivered() == 0 })
	pause(t, 3*time.Second)
	replicas[2].kill()
	pause(t, 3*time.Second)
	w.check(cluster.Restart())
	w.until("every tier posted", 90*time.Second, func() bool {
		return !slices.ContainsFunc(threads, func(th escalation.Thread) bool { return len(w.replies(th.Channel, th.TS)) == 0 })
	})
	w.settled(database)
	w.exactlyOnce(threads)
}

// ownCluster is a Postgres of the test's own, to be restarted, with an empty database.
func ownCluster(t *testing.T) (*pgtest.Cluster, string) {
	t.Helper()
	cluster, err := pgtest.Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Remove(); err != nil {
			t.Error(err)
		}
	})
	return cluster, cluster.URL("postgres")
}

// pause lets the program work for a while: here it is the length of time itself that is tested.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

// settled waits until no job is left that could still post.
func (w *world) settled(database string) {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), database, store.Options{})
	w.check(err)
	defer s.Close()
	w.until("no job left", 120*time.Second, func() bool {
		counts, err := s.CountJobs(context.Background()) // all at one moment: jobs go back and forth
		if err != nil {
			return false
		}
		left := 0
		for _, states := range counts {
			left += states[queue.Pending] + states[queue.Running]
		}
		return left == 0
	})
}

func (w *world) exactlyOnce(threads []escalation.Thread) {
	w.t.Helper()
	for _, th := range threads {
		if posts := w.replies(th.Channel, th.TS); len(posts) != 1 {
			w.t.Errorf("thread %s in %s has %d reminders:", th.TS, th.Channel, len(posts))
			for _, p := range posts {
				w.t.Logf("  %s %s", p.TS, firstLine(p.Text))
			}
		}
	}
}

func firstLine(s string) string { line, _, _ := strings.Cut(s, "\n"); return line }
