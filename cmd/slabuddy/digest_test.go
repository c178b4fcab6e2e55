package main_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const (
	stormChannel = "C0STORM"
	stormTickets = 40
)

// Rules 11 to 13 and 22: processes die at random instants while Slack takes digests and loses the answers. Every
// ticket is told of exactly once, in a few messages.
func TestEveryTicketOfAStormIsToldOfExactlyOnceThroughCrashesAndMishaps(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 1))
		w := newWorld(t, database, "policies: {once: {tiers: [{after: 10m, notify: '@support'}]}}\nchannels: {"+stormChannel+": {policy: once}}\n")
		w.slack.AddChannel(slacktest.Channel{ID: stormChannel, Name: "storm"})
		c := w.start()
		threads := map[string]string{} // a ticket's thread
		for i := range stormTickets {
			due := time.Duration(rnd.Int64N(int64(25 * time.Second)))
			id := fmt.Sprint(1000 + i)
			threads[id] = w.ticket(stormChannel, id, 10*time.Minute-due)
		}
		w.until("all tickets delivered", patience, func() bool { return w.slack.Undelivered() == 0 })

		mischief := w.slack.Chaos(rand.New(rand.NewPCG(seed, 2)), 0.5, "chat.postMessage", mishaps()...)
		for range 4 {
			pause(t, 4*time.Second+time.Duration(rnd.Int64N(int64(5*time.Second))))
			c.kill()
			c = w.start()
		}
		mischief.Clear()
		w.until("every ticket told of", 150*time.Second, func() bool {
			for id, ts := range threads {
				if n, _ := w.toldOf(id, ts); n == 0 {
					return false
				}
			}
			return true
		})
		w.settled(database)
		messages := 0
		for id, ts := range threads {
			n, all := w.toldOf(id, ts)
			if n != 1 {
				t.Errorf("ticket %s was told of %d times", id, n)
			}
			messages = all
		}
		t.Logf("%d digests", messages)
		if messages == 0 || messages > 12 {
			t.Errorf("%d digests", messages)
		}
	})
}

// toldOf is toldIn of the storm's channel.
func (w *world) toldOf(id, thread string) (n, digests int) { return w.toldIn(stormChannel, id, thread) }

// toldIn is how many messages tell of a ticket, in its thread or in the channel, and how many digests stand there.
func (w *world) toldIn(channel, id, thread string) (n, digests int) {
	n = len(w.replies(channel, thread))
	for _, m := range w.slack.History(channel) {
		if !strings.Contains(m.Text, "wait for an answer") {
			continue
		}
		digests++
		if strings.Contains(m.Text, "Ticket "+id) {
			n++
		}
	}
	return n, digests
}
