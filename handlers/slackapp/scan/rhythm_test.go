package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestTheLargerTheFleetTheRarerTheScanAsLongAsEventsArrive(t *testing.T) {
	for _, c := range []struct {
		channels int
		missing  bool
		want     time.Duration
	}{
		{0, false, 3 * time.Minute},
		{1, false, 3 * time.Minute},
		{450, false, 3 * time.Minute},
		{1500, false, 10 * time.Minute},
		{3000, false, 20 * time.Minute},
		{30_000, false, 20 * time.Minute},
		{30_000, true, 3 * time.Minute},
	} {
		if got := rhythm(c.channels, c.missing); got != c.want {
			t.Errorf("rhythm(%d, %t) = %s, want %s", c.channels, c.missing, got, c.want)
		}
	}
}

// fleetOf starts a scanner of so many workspaces beside T0, which all have a quiet channel, and T0 its own.
func (w *watch) fleetOf(n int) (*Scanner, func()) {
	w.AddChannel(slacktest.Channel{ID: "C0QUIET", Members: []string{w.Options().App.UserID}})
	fleet := map[string][]string{"T0": {"C0ENT"}}
	for i := range n {
		fleet[fmt.Sprintf("T%04d", 1000+i)] = []string{"C0QUIET"}
	}
	return w.scannerOf(fleet)
}

func TestInALargeFleetAWorkspaceWhoseEventsAreMissingIsScannedAsOftenAsEver(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		s, stop := w.fleetOf(3000)
		defer stop()
		<-s.Ready()
		history := func() int { return len(w.Calls("conversations.history")) }
		time.Sleep(2 * scanRarely) // until all are spread out
		for range 4 {
			before := history()
			time.Sleep(scanRarely / 4)
			synctest.Wait()
			if n := history() - before; n < 600 || n > 900 {
				t.Errorf("%d scans of 3,001 quiet channels in five minutes, want a quarter of them", n)
			}
		}
		time.Sleep(time.Second)
		s.Missed("T0")
		w.ticket(5)
		time.Sleep(missedRetry + time.Second)
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("after a failed event, opened (-want +got):\n%s", d)
		}
		w.ticket(6)
		time.Sleep(scanEvery + time.Second)
		synctest.Wait()
		if d := cmp.Diff([]string{"5", "6"}, w.ids()); d != "" {
			t.Errorf("three minutes later, opened (-want +got):\n%s", d)
		}
	})
}

func TestWhatCameThroughASocketThatWasDownIsFoundAtOnce(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		s, stop := w.fleetOf(20)
		defer stop()
		<-s.Ready()
		time.Sleep(time.Second)
		w.ticket(5)
		s.MissedAll()
		time.Sleep(time.Second)
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
	})
}

// Its turn is held by a process that was killed.
func TestAChannelWhoseTurnIsTakenIsLookedAtAgainSoon(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		if ok, _, err := w.TakeTurn(t.Context(), "scan/T0/C0ENT", nowadays(), turnLasts); err != nil || !ok {
			t.Fatal(ok, err)
		}
		w.ticket(5)
		_, stop := w.scanner()
		defer stop()
		time.Sleep(turnLasts + scanLook + time.Second)
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
	})
}

func TestAWorkspaceThatLeftIsNotScanned(t *testing.T) {
	scannedOnce(t, func(w *watch) {
		fleet := map[string][]string{"T0": {"C0ENT"}}
		s, stop := w.scannerOf(fleet)
		defer stop()
		<-s.Ready()
		synctest.Wait()
		w.gone.Store(true)
		before := len(w.Calls())
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(w.Calls()) - before; n != 0 {
			t.Errorf("%d calls to a workspace that has left", n)
		}
		w.gone.Store(false)
		w.ticket(5)
		s.Look("T0") // it is installed again
		synctest.Wait()
		if d := cmp.Diff([]string{"5"}, w.ids()); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
	})
}

// Rule 27: the round after a start costs a large fleet no more than any other, and begins where most is missed.
func TestTheRoundAfterAStart(t *testing.T) {
	const workspaces, channels = 10_000, 3
	round := workspaces * startSpread
	if calls := channels / round.Minutes(); calls > 0.2 || round > scanRarely {
		t.Errorf("%.2f calls a minute for each, for %s", calls, round)
	}
	s := New(Config{Now: time.Now, Open: func(context.Context) ([]string, error) { return []string{"T3", "T2"}, nil }})
	if got := s.inOrder(t.Context(), []string{"T1", "T2", "T3", "T4"}); !slices.Equal(got, []string{"T2", "T3", "T1", "T4"}) {
		t.Errorf("with an open timeline in T2 and T3: %v", got)
	}
	s.Open = func(context.Context) ([]string, error) { return nil, errors.New("away") }
	if got := s.inOrder(t.Context(), []string{"T1", "T2"}); !slices.Equal(got, []string{"T1", "T2"}) {
		t.Errorf("while that cannot be read: %v", got)
	}
}
