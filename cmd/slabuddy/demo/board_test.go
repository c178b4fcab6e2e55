package demo

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
)

// alone is a director without a program, at nine o'clock.
func alone(t *testing.T) *director {
	t.Helper()
	c := newClock(monday(9, 0), 60)
	b := newBoard(c, 1, nil)
	w := &watcher{board: b, page: newPage(io.Discard, 100, false), shown: map[escalation.Thread]bool{}, watched: map[string]*watched{}}
	return &director{clock: c, stage: newStage(nil, w, c)}
}

func TestTimePassesAtTheSpeedThatPeopleSet(t *testing.T) {
	next := monday(9, 30)
	for speed, want := range map[window.Speed]time.Time{
		window.Paused: monday(9, 0), window.Real: monday(9, 0).Add(6 * time.Second), window.Quick: monday(9, 6), window.Fast: monday(9, 30),
	} {
		synctest.Test(t, func(t *testing.T) {
			d := alone(t)
			if err := d.board().SetSpeed(speed); err != nil {
				t.Fatal(err)
			}
			for range 6 * time.Second / lookEvery {
				d.idle(d.clock.Now(), next)
				time.Sleep(lookEvery)
			}
			got := d.clock.Now().Truncate(time.Second)
			if speed == window.Fast { // it does not overshoot by more than real time
				got = got.Truncate(time.Minute)
			}
			if !got.Equal(want) {
				t.Errorf("after 6 s at %s it is %s, want %s", speed, got.Format(time.TimeOnly), want.Format(time.TimeOnly))
			}
		})
	}
	if err := alone(t).board().SetSpeed("backwards"); err == nil {
		t.Error("the clock goes backwards")
	}
}

func TestAJumpGoesToWhatIsNextAndNoFarther(t *testing.T) {
	d := alone(t)
	if d.board().Jump() == nil {
		t.Error("it jumps to nothing")
	}
	d.board().expect(monday(9, 30))
	if err := errors.Join(d.board().SetSpeed(window.Paused), d.board().Jump()); err != nil {
		t.Fatal(err)
	}
	d.idle(d.clock.Now(), monday(9, 30))
	d.idle(d.clock.Now(), monday(9, 40))
	if got := d.clock.Now(); got.Before(monday(9, 30)) || got.After(monday(9, 31)) {
		t.Errorf("it is %s", got.Format(time.TimeOnly))
	}
}

func TestWhatPeopleDoIsNoDoubleClickForTheClockStandingStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := alone(t)
		_ = d.board().SetSpeed(window.Paused)
		d.idle(d.clock.Now(), time.Time{})
		d.board().Touched("C1", "1.000001")
		first := d.clock.Now()
		time.Sleep(time.Second)
		d.idle(d.clock.Now(), time.Time{})
		d.board().Touched("C1", "1.000001") // a double click it is
		second := d.clock.Now()
		time.Sleep(10 * time.Second)
		d.board().Touched("C1", "1.000001")
		if third := d.clock.Now(); second.Sub(first) > 2*time.Second || third.Sub(second) < 3*time.Second {
			t.Errorf("between three clicks lie %s and %s", second.Sub(first), third.Sub(second))
		}
	})
}

func TestTheStoryLeavesToPeopleWhatTheyTouch(t *testing.T) {
	d := alone(t)
	b := d.board()
	b.note(escalation.Thread{Workspace: "T1", Channel: enterprise, TS: "1.000001"}, window.Ticket{ID: unanswered})
	b.Touched(enterprise, "9.000009") // a thread about no ticket
	if b.mine(unanswered) || b.mine(answered) {
		t.Error("an untouched ticket is left to people")
	}
	b.Touched(enterprise, "1.000001")
	if !b.mine(unanswered) || b.mine(answered) {
		t.Errorf("left to people: %t, %t; want the first alone", b.mine(unanswered), b.mine(answered))
	}
	b.Touched("", "")
	if !b.mine(answered) {
		t.Error("once people change what holds for all, the story goes on as if nothing had been")
	}
}

func TestNoTimeIsLeftOutWhilePeopleAreAtIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := alone(t).board()
		if !b.leavesOut() {
			t.Error("with nobody there it does not hurry on")
		}
		b.Touched("C1", "")
		if b.leavesOut() {
			t.Error("it hurries on right after a click")
		}
		time.Sleep(lingering + time.Second)
		if !b.leavesOut() {
			t.Error("it waits for somebody who has gone")
		}
		_ = b.SetSpeed(window.Real)
		if b.leavesOut() {
			t.Error("it hurries on though people set its speed")
		}
	})
}

func TestOrdersAreRefusedOnceTheDemoHasEnded(t *testing.T) {
	b := alone(t).board()
	close(b.ended)
	if err := b.Post(window.NewTicket{}); !errors.Is(err, errEnded) {
		t.Errorf("error %v", err)
	}
}

func TestThePageIsForThisMachineAlone(t *testing.T) {
	_, err := listenFront(Options{Listen: "0.0.0.0:0"}, nil)
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("error %v", err)
	}
}
