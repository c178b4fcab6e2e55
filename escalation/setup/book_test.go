package setup_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
)

// running is a book that runs in a synctest bubble until the test's end.
func running(t *testing.T, store setup.Store, change ...func(*setup.BookConfig)) *setup.Book {
	t.Helper()
	b := newBook(t, store, change...)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	synctest.Wait()
	return b
}

// pass lets time pass, and everything happen that is due by then.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (m *memory) add(t *testing.T, scope string, version int64, body setup.Body) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	m.set(func(m *memory) {
		m.rows = append(m.rows, setup.Setting{Workspace: team, Scope: scope, Version: version, Body: text})
	})
}

func watches(b *setup.Book, channel string) bool {
	_, ok := b.Settings(team).Channels[channel]
	return ok
}

func TestAWorkspaceIsReadWhenItIsFirstAskedAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook(t, with(t, map[string]setup.Body{"channel/C0NEW": setup.Channel{}}))
		before := time.Now()
		if !watches(b, "C0NEW") || !b.Loaded(team) {
			t.Error("what was set up is not in force")
		}
		if waited := time.Since(before); waited != 0 {
			t.Errorf("waited %s", waited)
		}
	})
}

func TestTheSamePointerAnswersUntilSomethingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := with(t, map[string]setup.Body{"channel/C0NEW": setup.Channel{}})
		changes := 0
		b := running(t, m, func(c *setup.BookConfig) { c.Changed = func() { changes++ } })
		first := b.View(team)
		for range 10 {
			pass(30 * time.Second)
			b.View(team)
		}
		if b.View(team) != first || changes != 0 {
			t.Errorf("after five quiet minutes: the same %t, %d changes", b.View(team) == first, changes)
		}
		m.set(func(m *memory) {
			if n := m.reads[team]; n != 11 {
				t.Errorf("read %d times in five minutes", n)
			}
		})
		m.add(t, "pause/C0NEW", 1, setup.Pause{Until: monday})
		pass(30 * time.Second)
		if b.View(team) == first || changes != 0 {
			t.Errorf("after a change: the same %t, %d changes", b.View(team) == first, changes)
		}
		m.add(t, "engineer/U0NEW", 1, setup.Engineer{Name: "Newton"})
		pass(30 * time.Second)
		if changes != 1 {
			t.Errorf("after an engineer was added, whom the file's calendar may name: %d changes", changes)
		}
	})
}

// ticking has the book's clock go on with the bubble's.
func ticking(c *setup.BookConfig) {
	start := time.Now()
	c.Now = func() time.Time { return monday.Add(time.Since(start)) }
}

// Rule 27: an idle workspace costs no memory and no reads.
func TestAWorkspaceThatNobodyAsksAboutIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := with(t, map[string]setup.Body{"channel/C0NEW": setup.Channel{}})
		b := running(t, m, ticking)
		b.View(team)
		pass(10 * time.Minute)
		m.set(func(m *memory) {
			if n := m.reads[team]; n > 3 {
				t.Errorf("read %d times in ten minutes in which nobody asked", n)
			}
		})
		if !watches(b, "C0NEW") {
			t.Error("asked about again, what was set up is not in force")
		}
	})
}

func TestWhoMayBeNamedInTheFilesCalendarIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := running(t, with(t, map[string]setup.Body{"engineer/U0NEW": setup.Engineer{Name: "Newton"}}), ticking)
		b.View(team)
		pass(10 * time.Minute)
		if engineers, _ := b.Everybody(); len(engineers) != 1 {
			t.Errorf("after ten minutes the calendar is matched with %v", engineers)
		}
	})
}

func TestAChangeElsewhereIsInForceOnceWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		b := running(t, m)
		b.View(team)
		m.add(t, "channel/C0NEW", 1, setup.Channel{})
		if pass(0); watches(b, "C0NEW") {
			t.Fatal("known without having been woken")
		}
		b.Wake(team)
		if pass(0); !watches(b, "C0NEW") {
			t.Error("not in force after waking")
		}
	})
}

func TestAWorkspaceIsReadAtTheStartIfWokenBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		b := newBook(t, m)
		b.Wake(team)
		select {
		case <-b.Ready():
			t.Error("ready before it runs")
		default:
		}
		ctx, cancel := context.WithCancel(t.Context())
		go b.Run(ctx)
		<-b.Ready()
		m.set(func(m *memory) {
			if m.reads[team] != 1 {
				t.Errorf("ready after it was read %d times", m.reads[team])
			}
		})
		cancel()
		synctest.Wait()
	})
}

func TestADatabaseThatHangsKeepsNobodyWaitingLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{hangs: true}
		b := running(t, m)
		b.SetBase(file(), "")
		before := time.Now()
		if !watches(b, "C0FILE") || time.Since(before) > time.Second {
			t.Errorf("what the file says, after %s: %t", time.Since(before), watches(b, "C0FILE"))
		}
		pass(10 * time.Second) // the first reading has given up
		before = time.Now()
		if b.Loaded(team) || time.Since(before) != 0 {
			t.Errorf("loaded %t, waited another %s", b.Loaded(team), time.Since(before))
		}
	})
}

func TestWhatCouldNotBeReadIsReadSoonAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := with(t, map[string]setup.Body{"channel/C0NEW": setup.Channel{}})
		m.err = errAway
		b := running(t, m)
		if watches(b, "C0NEW") || b.Loaded(team) {
			t.Fatal("known although nothing could be read")
		}
		m.set(func(m *memory) { m.err = nil })
		if pass(2 * time.Second); !watches(b, "C0NEW") || !b.Loaded(team) {
			t.Error("still not known two seconds later")
		}
		m.set(func(m *memory) { m.err = errAway })
		if pass(5 * time.Minute); !watches(b, "C0NEW") {
			t.Error("forgotten while the database was away")
		}
	})
}

func TestAnotherFileIsInForceAtOnce(t *testing.T) {
	b := newBook(t, with(t, map[string]setup.Body{"channel/C0FILE": setup.Channel{Tiers: tiers}}))
	if v := b.View(team); v.Channels["C0FILE"].Origin != setup.Slack || b.Settings(team).Channels["C0FILE"].Policy != "custom/C0FILE" {
		t.Errorf("without a file: %+v", v.Channels)
	}
	b.SetBase(file(), "")
	if v := b.View(team); v.Channels["C0FILE"].Origin != setup.File || b.Settings(team).Channels["C0FILE"].Policy != "teams" {
		t.Errorf("with the file: %+v", v.Channels)
	}
	b.SetBase(file(), other)
	if v := b.View(team); v.FileHolds || v.Channels["C0FILE"].Origin != setup.Slack {
		t.Errorf("with another workspace's file: %+v", v.Channels)
	}
}

// late is a store whose readings were made before the latest change, and arrive after it.
type late struct {
	setup.Store
	stale []setup.Setting
}

func (l *late) Settings(context.Context, string) ([]setup.Setting, error) { return l.stale, nil }

func TestAnOlderReadingTakesNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := with(t, map[string]setup.Body{"channel/C0NEW": setup.Channel{Policy: "teams"}})
		b := running(t, &late{m, m.rows})
		change(t, b, edit(1, setup.Channel{Policy: "enterprise"}))
		b.Wake(team)
		if pass(time.Minute); b.Settings(team).Channels["C0NEW"].Policy != "enterprise" {
			t.Error("the change is gone")
		}
	})
}

func TestAChangeMadeBeforeTheRestIsKnownIsNotTakenForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := with(t, map[string]setup.Body{"engineer/U0BOB": bob})
		m.blind = true
		b := running(t, m)
		change(t, b, edit(0, setup.Channel{}))
		if b.Loaded(team) || !watches(b, "C0NEW") {
			t.Errorf("loaded %t, the change in force %t", b.Loaded(team), watches(b, "C0NEW"))
		}
		m.set(func(m *memory) { m.blind = false })
		if pass(2 * time.Second); !b.Loaded(team) || len(b.View(team).Engineers) != 1 {
			t.Errorf("afterwards loaded %t, engineers %v", b.Loaded(team), b.View(team).Engineers)
		}
	})
}

// Rule 16: once a workspace is erased, nothing of it is in force, and it can be set up again.
func TestAnErasedWorkspaceIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := with(t, nil)
		db.add(t, "channel/C0NEW", 1, setup.Channel{})
		b := running(t, db)
		if !watches(b, "C0NEW") {
			t.Fatal("what was set up is not in force")
		}
		db.set(func(m *memory) { m.rows = nil })
		pass(time.Minute)
		if watches(b, "C0NEW") {
			t.Error("what was erased is in force")
		}
		db.add(t, "channel/C0AGAIN", 1, setup.Channel{})
		pass(time.Minute)
		if !watches(b, "C0AGAIN") {
			t.Error("what was set up again is not in force")
		}
	})
}
