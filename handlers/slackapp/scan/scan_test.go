package scan

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// ledger is the part of a database that a Scanner sees: it opens timelines and hears mentions, too.
type ledger struct {
	*slackapptest.Shelf
	mu     sync.Mutex
	opened []escalation.Message
	heard  map[string]int    // by text
	moved  map[string]string // the thread that a ticket goes on in, by the ts of its message
	fail   int               // so many openings fail
}

func (l *ledger) FindByThread(_ context.Context, at escalation.Thread) (escalation.Timeline, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.opened {
		if m.Thread == at {
			return escalation.Timeline{}, true, nil
		}
	}
	return escalation.Timeline{}, false, nil
}

func (l *ledger) ListOpen(_ context.Context, q escalation.OpenQuery) (ts []escalation.Timeline, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.opened {
		if m.Channel == q.Channel {
			moved := l.moved[m.TS]
			ts = append(ts, escalation.Timeline{Thread: m.Thread, PostedAt: m.PostedAt, Gone: moved != "", Moved: moved})
		}
	}
	return ts, nil
}

func (l *ledger) Open(_ context.Context, tickets ...escalation.Message) (flow.OpenOutcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail > 0 {
		l.fail--
		return "", context.DeadlineExceeded
	}
	l.opened = append(l.opened, tickets...)
	return flow.OpenedNew, nil
}

func (l *ledger) Deleted(context.Context, escalation.Thread) error { return nil }

func (l *ledger) Hear(_ context.Context, m escalation.Mention) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard[m.Text]++
	return nil
}

// ids are the tickets that were opened, in order.
func (l *ledger) ids() (ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.opened {
		ids = append(ids, m.Ticket.ID)
	}
	return ids
}

// nowadays is the bubble's time, moved on to when a ts has ten digits before its dot.
func nowadays() time.Time { return time.Now().AddDate(26, 0, 0) }

// watch is a simulated workspace whose events never arrive, and what scans it.
type watch struct {
	*slacktest.Workspace
	*ledger
	t     *testing.T
	hold  atomic.Bool
	met   atomic.Bool   // the workspaces are known
	gone  atomic.Bool   // they have left
	known chan struct{} // closed when they are
	said  bytes.Buffer  // the log; to be read once the scanner has stopped, or waits
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	w := slacktest.New(slacktest.Options{Team: slacktest.Team{ID: "T0"}, Now: nowadays})
	w.AddChannel(slacktest.Channel{ID: "C0ENT", Members: []string{w.Options().App.UserID}})
	w.AddUser(slacktest.User{ID: "U0ANA", Name: "ana"})
	all := &watch{Workspace: w, ledger: &ledger{Shelf: slackapptest.NewShelf(), heard: map[string]int{}, moved: map[string]string{}}, t: t}
	all.met.Store(true)
	return all
}

// scanner starts a replica; what is returned stops it.
func (w *watch) scanner() (*Scanner, func()) {
	return w.scannerOf(map[string][]string{"T0": {"C0ENT"}})
}

// scannerOf starts one for the channels of several workspaces, all of them in the one Slack.
func (w *watch) scannerOf(channels map[string][]string) (*Scanner, func()) {
	w.t.Helper()
	settings := &slackapp.Settings{Watches: func(_, c string) bool { return c == "C0ENT" }, Reader: func(string) *ticket.Reader { return ticket.NewReader(ticket.Patterns{From: ticket.From{Anyone: true}}) }}
	log := slog.New(slog.NewTextHandler(&w.said, nil))
	app, err := slackapp.New(slackapp.Config{
		SigningSecret: secret, Settings: func() *slackapp.Settings { return settings },
		Self: func(string) client.Identity {
			return client.Identity{Workspace: "T0", User: w.Options().App.UserID, BotID: w.Options().App.BotID}
		},
		Opener: w.ledger, Hearer: w.ledger, Deleter: w.ledger, Now: nowadays, Log: log, Registerer: prometheus.NewRegistry(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	s := New(Config{
		API: slackapptest.API(w.t, slacktest.APIURL, w.Client(), client.OneToken(w.Options().Token), prometheus.NewRegistry()),
		App: app, Store: w.ledger, Now: nowadays, Log: log,
		Workspaces: func() []string {
			if !w.met.Load() {
				return nil
			}
			return slices.Sorted(maps.Keys(channels))
		},
		In:       func(workspace string) bool { return channels[workspace] != nil && !w.gone.Load() },
		Channels: func(workspace string) []string { return channels[workspace] },
		Hold:     w.hold.Load, Known: w.known,
		MaxAge: func(string) time.Duration { return 72 * time.Hour },
	})
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	return s, func() { cancel(); <-done }
}

func (w *watch) ticket(id int) (ts string) {
	w.t.Helper()
	ts, err := w.PostAs("U0ANA", "C0ENT", desks.Plain(desks.Ticket{ID: fmt.Sprint(id)}))
	if err != nil {
		w.t.Fatal(err)
	}
	return ts
}

// scanned runs f in fake time, with a workspace whose channel has been seen once.
func scannedOnce(t *testing.T, f func(w *watch)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		defer w.Close()
		w.ticket(1)
		time.Sleep(time.Second)
		s, stop := w.scanner()
		<-s.Ready()
		synctest.Wait()
		stop()
		if ids := w.ids(); len(ids) != 0 {
			t.Fatalf("the scan of a channel watched for the first time opened %v: it starts from now", ids)
		}
		time.Sleep(time.Minute)
		f(w)
	})
}

func TestTicketsPostedWhileTheProgramWasDownAreFoundAtItsStart(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		var want []string
		w.SetLimits(slacktest.SlackLimits()...)
		for id := range 450 { // three pages
			w.ticket(100 + id)
			want = append(want, fmt.Sprint(100+id))
			time.Sleep(time.Minute)
		}
		s, stop := w.scanner()
		<-s.Ready()
		if d := cmp.Diff(want, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		w.ticket(7)
		time.Sleep(scanEvery + scanLook)
		synctest.Wait()
		if d := cmp.Diff(append(want, "7"), w.ids()); d != "" {
			t.Errorf("after one more round, opened (-want +got):\n%s", d)
		}
		stop()
	})
}

func TestMentionsInThreadsOfOpenTimelinesAreHeardAtTheStart(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		ts := w.ticket(42)
		s, stop := w.scanner()
		<-s.Ready()
		stop()
		time.Sleep(time.Minute)
		if _, err := w.Mention("U0ANA", "C0ENT", ts, "2h"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		s, stop = w.scanner()
		<-s.Ready()
		if len(w.heard) != 1 {
			t.Errorf("heard %v", w.heard)
		}
		stop()
	})
}

func TestAMentionInTheThreadOfATicketThatTheScanFindsIsHeardToo(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		time.Sleep(time.Minute)
		ts := w.ticket(42)
		if _, err := w.Mention("U0ANA", "C0ENT", ts, "2h"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		s, stop := w.scanner()
		<-s.Ready()
		if len(w.heard) != 1 {
			t.Errorf("heard %v", w.heard)
		}
		stop()
	})
}

func TestReplicasDoNotScanTheSameChannelTwice(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		for id := range 45 {
			w.ticket(100 + id)
		}
		before := len(w.Calls("conversations.history"))
		var stops []func()
		for range 3 {
			_, stop := w.scanner()
			stops = append(stops, stop)
		}
		time.Sleep(scanEvery + time.Minute)
		synctest.Wait()
		if n := len(w.Calls("conversations.history")) - before; n != 2 {
			t.Errorf("%d calls in two rounds", n)
		}
		if n := len(w.ids()); n != 45 {
			t.Errorf("%d opened", n)
		}
		for _, stop := range stops {
			stop()
		}
	})
}

func TestWhatCouldNotBeTakenInIsTriedAgainAndNothingTwice(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		var want []string
		for id := range 10 {
			w.ticket(100 + id)
			want = append(want, fmt.Sprint(100+id))
		}
		w.fail = 2
		w.Inject(slacktest.Fault{Method: "conversations.history", Do: slacktest.RateLimited(30 * time.Second), Times: 1})
		_, stop := w.scanner()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if d := cmp.Diff(want, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		stop()
	})
}

func TestAChannelThatWasAskedForIsScannedAtOnce(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		s, stop := w.scanner()
		<-s.Ready()
		time.Sleep(turnLasts)
		w.ticket(5)
		time.Sleep(time.Second)
		s.Want("T0", "C0ENT")
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		stop()
	})
}

// Events that came in while the program was being replaced are lost with the old process; the channel
// was scanned a moment before, so that the new one is refused its first turn.
func TestAStartRightAfterAScanStillReadsTheThreads(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		ts := w.ticket(42)
		s, stop := w.scanner()
		<-s.Ready()
		stop()
		time.Sleep(5 * time.Second)
		if _, err := w.Mention("U0ANA", "C0ENT", ts, "2h"); err != nil {
			t.Fatal(err)
		}
		_, stop = w.scanner()
		time.Sleep(turnLasts + 2*scanLook)
		synctest.Wait()
		if len(w.heard) != 1 {
			t.Errorf("heard %v", w.heard)
		}
		stop()
	})
}

func TestAChannelAskedForDuringItsTurnIsScannedRightAfter(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		s, stop := w.scanner()
		<-s.Ready()
		time.Sleep(time.Second)
		w.ticket(5)
		s.Want("T0", "C0ENT")
		time.Sleep(turnLasts + scanLook)
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		stop()
	})
}

func TestAChannelThatSlackKeepsFromUsIsLeftAloneUntilTheBotJoins(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		bot := w.Options().App.UserID
		if err := w.Leave(bot, "C0ENT"); err != nil {
			t.Fatal(err)
		}
		w.Inject(slacktest.Fault{Method: "conversations.join", Do: slacktest.Refused("missing_scope")})
		before := len(w.Calls("conversations.history"))
		s, stop := w.scanner()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := len(w.Calls("conversations.history")) - before; n != 1 {
			t.Errorf("%d calls in ten minutes for a channel that the bot is not in", n)
		}
		if log := w.said.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "invite it") {
			t.Errorf("it is said once, with what to do:\n%s", log)
		}
		w.ticket(5)
		if err := w.Join(bot, "C0ENT"); err != nil {
			t.Fatal(err)
		}
		s.Want("T0", "C0ENT")
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("once the bot is in, opened (-want +got):\n%s", d)
		}
		stop()
	})
}

func TestAWorkspaceThatSlackLimitsDoesNotHoldUpTheOthers(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		w.AddChannel(slacktest.Channel{ID: "C0SLOW", Members: []string{w.Options().App.UserID}})
		slow := map[string][]string{"T0": {"C0ENT"}}
		for i := range 2 * scanAtOnce {
			slow[fmt.Sprint("T1", i)] = []string{"C0SLOW"}
		}
		_, stop := w.scannerOf(slow)
		time.Sleep(time.Second)
		stop()
		w.Inject(slacktest.Fault{
			Method: "conversations.history", Do: slacktest.RateLimited(30 * time.Second),
			When: func(c slacktest.Call) bool { return c.Args["channel"] == "C0SLOW" },
		})
		time.Sleep(time.Hour)
		w.ticket(5)
		_, stop = w.scannerOf(slow)
		time.Sleep(scanLook)
		synctest.Wait()
		w.ticket(6)
		time.Sleep(scanEvery + scanLook)
		synctest.Wait()
		if d := cmp.Diff([]string{"5", "6"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		stop()
	})
}

func TestATimestampOfAnotherShapeDoesNotMoveTheCursor(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		w.Inject(slacktest.Fault{Method: "conversations.history", Times: 1, Do: slacktest.Alter(func(answer map[string]any) {
			answer["messages"] = []any{map[string]any{"type": "message", "text": "imported", "ts": "999999999.000000"}}
		})})
		s, stop := w.scanner()
		<-s.Ready()
		w.ticket(5)
		time.Sleep(scanEvery + scanLook)
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		stop()
	})
}

func TestNothingIsScannedWhileTheClockIsOff(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		w.ticket(5)
		w.hold.Store(true)
		_, stop := w.scanner()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if ids := w.ids(); len(ids) != 0 {
			t.Errorf("opened %v", ids)
		}
		w.hold.Store(false)
		time.Sleep(scanLook)
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		stop()
	})
}

func TestTheFirstRoundWaitsForTheWorkspacesToBeKnown(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		w.ticket(5)
		w.met.Store(false)
		w.known = make(chan struct{})
		s, stop := w.scanner()
		time.Sleep(time.Second)
		w.met.Store(true)
		close(w.known)
		<-s.Ready()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("when it is ready, opened (-want +got):\n%s", d)
		}
		stop()
	})
}

func TestTheBotJoinsAPublicChannelThatItIsToWatch(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		if err := w.Leave(w.Options().App.UserID, "C0ENT"); err != nil {
			t.Fatal(err)
		}
		w.ticket(5)
		s, stop := w.scanner()
		<-s.Ready()
		time.Sleep(2 * turnLasts)
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		stop()
	})
}
