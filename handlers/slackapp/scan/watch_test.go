package scan

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// afresh runs f in fake time, with a workspace whose channel nobody has watched yet.
func afresh(t *testing.T, f func(w *watch)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		defer w.Close()
		time.Sleep(time.Minute)
		f(w)
	})
}

var ent = escalation.Thread{Workspace: "T0", Channel: "C0ENT"}

func (w *watch) begins(channels ...escalation.Thread) {
	w.t.Helper()
	if err := Watch(w.t.Context(), w.ledger, nowadays(), channels); err != nil {
		w.t.Fatal(err)
	}
}

// sees starts a process, has it scan what it finds at first, and says which tickets it opened.
func (w *watch) sees(want ...string) {
	w.t.Helper()
	s, stop := w.scanner()
	<-s.Ready()
	synctest.Wait()
	stop()
	if d := cmp.Diff(want, w.ids()); d != "" {
		w.t.Errorf("opened (-want +got):\n%s", d)
	}
}

func TestWhatIsPostedBetweenAnInstallAndTheFirstScanIsFound(t *testing.T) {
	afresh(t, func(w *watch) {
		w.ticket(1)
		time.Sleep(time.Second)
		w.begins(ent)
		time.Sleep(time.Second)
		w.ticket(2)
		time.Sleep(time.Hour)
		w.begins(ent) // another process begins, and stops at once
		w.ticket(3)
		w.sees("2", "3")
	})
}

func TestAChannelThatIsWatchedAgainStartsFromThen(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		w.ticket(5) // nobody watches the channel
		time.Sleep(time.Second)
		if err := WatchAgain(w.t.Context(), w.ledger, nowadays(), ent); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.ticket(6)
		w.sees("6")
	})
}

func TestTheThreadsOfOpenTicketsAreReadAndNotAMonthOfHistory(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		ts := w.ticket(42)
		w.sees("42")
		time.Sleep(20 * 24 * time.Hour)
		if _, err := w.Mention("U0ANA", "C0ENT", ts, "2h"); err != nil {
			t.Fatal(err)
		}
		before := len(w.Calls("conversations.history"))
		w.sees("42")
		if len(w.heard) != 1 {
			t.Errorf("heard %v", w.heard)
		}
		calls := w.Calls("conversations.history")[before:]
		if len(calls) != 1 || calls[0].Args["oldest"] <= ts {
			t.Errorf("the history was read from %v; the ticket is of %s", calls, ts)
		}
	})
}

func TestAMentionInTheNewThreadOfATicketWhoseMessageIsGoneIsHeard(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		gone := w.ticket(42)
		w.sees("42")
		time.Sleep(time.Minute)
		reminder, err := w.PostAs(w.Options().App.UserID, "C0ENT", plain("the ticket goes on here"))
		if err != nil {
			t.Fatal(err)
		}
		w.moved[gone] = reminder
		w.sees("42")
		time.Sleep(time.Minute)
		if _, err := w.Mention("U0ANA", "C0ENT", reminder, "2h"); err != nil {
			t.Fatal(err)
		}
		w.sees("42")
		if len(w.heard) != 1 {
			t.Errorf("heard %v", w.heard)
		}
	})
}

// Slack allows fifty threads a minute: new tickets do not wait for hundreds of them.
func TestManyThreadsAreReadInPassesBetweenWhichTicketsAreFound(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		const open = 4*threadsAtOnce + 1
		var want, all []string
		for id := range open {
			all = append(all, w.ticket(1000+id))
			want = append(want, fmt.Sprint(1000+id))
		}
		w.sees(want...)
		time.Sleep(time.Hour)
		for i, ts := range all {
			if _, err := w.Mention("U0ANA", "C0ENT", ts, fmt.Sprintf("%dm", 10+i)); err != nil {
				t.Fatal(err)
			}
		}
		s, stop := w.scanner()
		defer stop()
		<-s.Ready()
		synctest.Wait()
		if n := len(w.heard); n != threadsAtOnce {
			t.Errorf("the first pass read %d threads", n)
		}
		w.ticket(7)
		s.Want("T0", "C0ENT")
		synctest.Wait()
		if d := cmp.Diff(append(want, "7"), w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		time.Sleep(4 * scanLook)
		synctest.Wait()
		if n := len(w.heard); n != open {
			t.Errorf("heard %d mentions of %d", n, open)
		}
	})
}

func TestTheTurnOfAProcessThatWasKilledHoldsNobodyForLong(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		if ok, _, err := w.TakeTurn(t.Context(), scanKey(ent), nowadays(), turnLasts); err != nil || !ok {
			t.Fatalf("%v, %v", ok, err)
		}
		w.ticket(5)
		_, stop := w.scanner()
		defer stop()
		time.Sleep(turnLasts + time.Second)
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
	})
}

// A scan that Slack holds up keeps its turn: another replica would only meet the same limit.
func TestATurnLastsAsLongAsItsScan(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		w.ticket(5)
		w.limit(time.Minute)
		before := len(w.Calls("conversations.history"))
		_, stop := w.scanner()
		_, stopOther := w.scanner()
		time.Sleep(50 * time.Second)
		synctest.Wait()
		if n := len(w.Calls("conversations.history")) - before; n != 1 {
			t.Errorf("%d calls while Slack asks to wait", n)
		}
		stop()
		stopOther()
	})
}

// limit has Slack answer the next call for history with a wait.
func (w *watch) limit(d time.Duration) {
	w.Inject(slacktest.Fault{Method: "conversations.history", Do: slacktest.RateLimited(d), Times: 1})
}
