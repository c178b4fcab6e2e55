package main_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Tickets posted while the program was down are all found when it is back, none twice, with the due times that
// they would have had; and so is what was said in a thread meanwhile.
func TestTheScanFindsWhatWasPostedMeanwhile(t *testing.T) {
	for name, replicas := range map[string]int{"sqlite": 1, "postgres": 2} {
		t.Run(fmt.Sprintf("%s, %d at once", name, replicas), func(t *testing.T) {
			t.Parallel()
			w := threadWorld(t, databases[name](t), "", 1)
			scansMeanwhile(t, w, replicas)
		})
	}
}

const tickets = 45

func scansMeanwhile(t *testing.T, w *world, replicas int) {
	c := w.start()
	open := w.ticket(ofThread(0), "1", 5*time.Minute)
	w.told()
	before := w.timeline(ofThread(0), open)
	c.stop()
	w.slack.Tamper(func(slacktest.Event) slacktest.Fate { return slacktest.Fate{Drop: true} })
	var posted []string
	for i := range tickets {
		posted = append(posted, w.ticket(ofThread(0), fmt.Sprint(100+i), 0))
		_, err := w.slack.PostAs("U0BOB", ofThread(0), slacktest.Message{Text: "Lunch?"})
		w.check(err)
	}
	ana("45m")(w, ofThread(0), open)
	w.slack.Tamper(nil)
	w.scannedLongAgo(ofThread(0))

	history := len(w.slack.Calls("conversations.history"))
	var back []*child
	for range replicas {
		back = append(back, w.launch())
	}
	for _, c := range back {
		w.ready(c)
	}
	w.slack.Cloud().SetAppURL("http://" + back[0].public)
	for i, ts := range posted {
		timeline := w.timeline(ofThread(0), ts)
		if want := timeline.PostedAt.Add(10 * time.Minute); timeline.Ticket.ID != fmt.Sprint(100+i) || slacktest.TS(timeline.PostedAt) != ts || !timeline.Tiers[0].Due.Equal(want) {
			t.Errorf("ticket %d: posted at %s, due at %s, %+v", 100+i, timeline.PostedAt, timeline.Tiers[0].Due, timeline.Ticket)
		}
	}
	w.told()
	if by := w.moved(before); by != 45*time.Minute {
		t.Errorf("the mention made meanwhile moved the tiers by %s", by)
	}
	w.allOnce(t, tickets+1)
	begun := 0
	for _, call := range w.slack.Calls("conversations.history")[history:] {
		if call.Args["channel"] == ofThread(0) && call.Args["cursor"] == "" {
			begun++
		}
	}
	if begun < 1 || begun > replicas { // one that starts when the other is done reads it for itself
		t.Errorf("the channel was scanned %d times by %d", begun, replicas)
	}

	// Slack delivers late what it could not deliver then, and another process scans once more.
	for _, m := range w.slack.History(ofThread(0)) {
		w.slack.SendEvent(again(m, ofThread(0)))
	}
	w.told()
	for _, c := range back {
		c.stop()
	}
	w.scannedLongAgo(ofThread(0))
	w.start()
	w.allOnce(t, tickets+1)
	if answers := w.answers(ofThread(0), open); len(answers) != 1 {
		t.Errorf("the mention was answered %d times: %q", len(answers), answers)
	}
}

// What is posted from the moment on that a channel is watched is found, though no event brings it and the program
// stops before its first scan: once it is installed, and once it is set up in Slack.
func TestWhatIsPostedBeforeTheFirstScanIsFound(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, acme, globex, public := cloudWorld(t, database)
		w.configure("workspace: T0ACME\nchannels: {" + enterprise + ": {policy: enterprise}}\n")
		w.start().stop()
		w.ticket(enterprise, "1", 0) // nobody has installed anything
		c := w.start()
		silent := func(slacktest.Event) slacktest.Fate { return slacktest.Fate{Drop: true} }
		w.install(globex, public)
		w.followed(globex, "enterprise")
		acme.Tamper(silent)
		globex.Tamper(silent)
		w.install(acme, public)
		c.kill()
		found := map[*slacktest.Workspace]string{}
		for _, w.slack = range []*slacktest.Workspace{acme, globex} {
			found[w.slack] = w.ticket(enterprise, "2", 0)
		}
		w.start()
		for in, ts := range found {
			w.slack = in
			w.until("the ticket is found", patience, func() bool { _, found := w.find(enterprise, ts); return found })
			w.allOnce(t, 1)
		}
	})
}

// scannedLongAgo ends the turn in which nobody else scans a channel that was just scanned.
func (w *world) scannedLongAgo(channel string) {
	w.t.Helper()
	w.check(w.peek().ReturnTurn(w.t.Context(), "scan/"+w.slack.Options().Team.ID+"/"+channel))
}

// allOnce: so many timelines are open, each of another ticket.
func (w *world) allOnce(t *testing.T, n int) {
	t.Helper()
	all, err := w.peek().ListOpen(t.Context(), escalation.OpenQuery{Workspace: w.slack.Options().Team.ID, By: escalation.ByPosted, Limit: 1000})
	w.check(err)
	ids := map[string]bool{}
	for _, timeline := range all {
		ids[timeline.Ticket.ID] = true
	}
	if len(all) != n || len(ids) != n {
		t.Errorf("%d timelines of %d tickets are open, want %d", len(all), len(ids), n)
	}
}
