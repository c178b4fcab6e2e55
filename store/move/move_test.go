package move

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/internal/table"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// livedIn is the address of a file in which a bot has lived, and all that its store returned.
func livedIn(t *testing.T) (address string, said map[string]any) {
	t.Helper()
	address = "sqlite:" + filepath.Join(t.TempDir(), "slabuddy.db")
	migrate(t, address)
	s, err := store.Open(t.Context(), address, store.Options{})
	must(t, err)
	defer s.Close()
	liveIn(t, s)
	return address, allOf(t, s)
}

func options(from, to string) Options {
	return Options{From: from, To: to, Now: func() time.Time { return after(24 * time.Hour) }}
}

func TestEverythingThatAStoreTellsItTellsAfterTheMove(t *testing.T) {
	t.Parallel()
	from, said := livedIn(t)
	to := pgtest.URL(t)
	r, err := Run(t.Context(), options(from, to))
	must(t, err)
	s := openStore(t, to)
	if d := cmp.Diff(said, allOf(t, s), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("what the store returns (-SQLite +Postgres):\n%s", d)
	}
	for _, c := range r.Tables {
		if c.Rows == 0 {
			t.Errorf("nothing was in %s: the test holds nothing about it", c.Name)
		}
	}
	t.Run("what happens next comes after what happened", func(t *testing.T) {
		before, err := s.History(t.Context(), id(1, 1))
		must(t, err)
		tl, err := s.Load(t.Context(), []string{id(1, 1)})
		must(t, err)
		e := escalation.Event{Timeline: id(1, 1), At: after(0), Kind: escalation.EventWithdrawn}
		saved, err := s.Save(t.Context(), []escalation.Change{{Timeline: &tl[0], Events: []escalation.Event{e}}})
		must(t, err)
		now, err := s.History(t.Context(), id(1, 1))
		must(t, err)
		if saved[0] != escalation.SavedOK || len(now) != len(before)+1 || now[len(before)].Kind != escalation.EventWithdrawn {
			t.Errorf("%v; the history is %+v", saved, now)
		}
	})
	t.Run("a job left running is taken over when its lease ends, not before", func(t *testing.T) {
		for _, c := range []struct {
			at   time.Duration
			want int
		}{{29 * time.Second, 0}, {31 * time.Second, 2}} {
			got, err := s.Claim(t.Context(), queue.Request{Queue: "calls", Worker: "w2", N: 10, Now: after(c.at), Lease: time.Minute})
			must(t, err)
			over := 0
			for _, j := range got.Jobs {
				if j.ID == id(2, 14) || j.ID == id(2, 15) {
					over++
				}
			}
			if over != c.want {
				t.Errorf("after %s %d were taken over, want %d: %+v", c.at, over, c.want, got.Jobs)
			}
		}
	})
}

func TestAnEmptyFileIsMovedToo(t *testing.T) {
	t.Parallel()
	path, to := filepath.Join(t.TempDir(), "new.db"), pgtest.URL(t)
	must(t, os.WriteFile(path, nil, 0o600))
	_, err := Run(t.Context(), options("sqlite:"+path, to))
	must(t, err)
	s := openStore(t, to)
	liveIn(t, s)
}

// Else a slip of the pen would be moved, and the bot would have forgotten everything.
func TestAFileThatIsNotThereIsNotMoved(t *testing.T) {
	t.Parallel()
	path, to := filepath.Join(t.TempDir(), "slabudy.db"), pgtest.URL(t)
	_, err := Run(t.Context(), options("sqlite:"+path, to))
	says(t, err, "there is no file "+path, "set DATABASE_URL")
	_, _, err = Undo(t.Context(), "sqlite:"+path)
	says(t, err, "there is no file "+path)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file: %v", err)
	}
	there, _ := livedIn(t)
	_, err = Run(t.Context(), options(there, to))
	must(t, err)
}

func TestOnlyOneSideCanBeServedFrom(t *testing.T) {
	t.Parallel()
	from, _ := livedIn(t)
	to := pgtest.URL(t)
	_, err := Run(t.Context(), options(from, to))
	must(t, err)
	openStore(t, to)
	refused(t, from, "was moved to ", "set DATABASE_URL", "slabuddy move --undo")

	t.Run("running it again is no harm", func(t *testing.T) {
		r, err := Run(t.Context(), options(from, to))
		must(t, err)
		if !r.Already {
			t.Errorf("%+v", r)
		}
	})
	t.Run("nor can it be moved elsewhere", func(t *testing.T) {
		_, err := Run(t.Context(), options(from, pgtest.URL(t)))
		says(t, err, "was moved to", "already")
	})
	t.Run("until somebody says so", func(t *testing.T) {
		_, address, err := Undo(t.Context(), from)
		must(t, err)
		if !strings.Contains(address, "slabuddy_test_") {
			t.Errorf("moved to %q", address)
		}
		openStore(t, from)
		_, address, err = Undo(t.Context(), from)
		if err != nil || address != "" {
			t.Errorf("undone again: %q, %v", address, err)
		}
		_, err = Run(t.Context(), options(from, to))
		says(t, err, "was filled by a move of", "Name an empty database")
	})
}

func TestHalfAMoveCanBeServedFromOnNeitherSide(t *testing.T) {
	t.Parallel()
	from, _ := livedIn(t)
	to := pgtest.URL(t)
	cutOff(t, from, to)
	refused(t, from, "is being moved to", "run the same slabuddy move again", "slabuddy move --undo")
	refused(t, to, "is not finished", "run the same slabuddy move again", "empty this database")

	t.Run("nor filled from another file", func(t *testing.T) {
		other, _ := livedIn(t)
		_, err := Run(t.Context(), options(other, to))
		says(t, err, "holds half of another move", "empty the database")
		openStore(t, other)
	})
	t.Run("given up, the file is as it was", func(t *testing.T) {
		_, _, err := Undo(t.Context(), from)
		must(t, err)
		openStore(t, from)
		_, err = Run(t.Context(), options(from, to))
		says(t, err, "holds half of another move")
	})
}

// Somebody changes his mind about where to: only one of the databases may be filled to the end.
func TestAFileThatIsMovedElsewhereIsMovedNoMoreToTheFirstDatabase(t *testing.T) {
	t.Parallel()
	from, said := livedIn(t)
	first, second := pgtest.URL(t), pgtest.URL(t)
	cutOff(t, from, first)
	cutOff(t, from, second)
	_, err := Run(t.Context(), options(from, first))
	says(t, err, "holds half of another move", "empty the database")
	r, err := Run(t.Context(), options(from, second))
	must(t, err)
	if d := cmp.Diff(said, allOf(t, openStore(t, second)), cmpopts.EquateEmpty()); !r.Resumed || d != "" {
		t.Errorf("%+v (-SQLite +Postgres):\n%s", r, d)
	}
	_, err = Run(t.Context(), options(from, first))
	says(t, err, "was moved to", "already")
	refused(t, first, "is not finished")
}

// It would walk over what is half there, and go on with it after a move that fails.
func TestADatabaseThatABotIsAtWorkOnIsNotFilled(t *testing.T) {
	t.Parallel()
	from, _ := livedIn(t)
	to := pgtest.URL(t)
	migrate(t, to)
	bot, err := store.Open(t.Context(), to, store.Options{Exclusive: true})
	must(t, err)
	_, err = Run(t.Context(), options(from, to))
	says(t, err, "a slabuddy is at work on that database already: stop it first")
	openStore(t, from)
	bot.Close()

	t.Run("nor if it began just before the mark", func(t *testing.T) {
		m, end, err := connect(t.Context(), options(from, to))
		must(t, err)
		defer end()
		late := &lateBot{destination: m.dst, begin: func() {
			bot, err = store.Open(t.Context(), to, store.Options{Exclusive: true})
			must(t, err)
		}}
		m.dst = late
		_, err = m.run(t.Context())
		says(t, err, "a slabuddy is at work on that database already")
		refused(t, to, "is not finished")
		bot.Close()
		_, err = m.run(t.Context())
		must(t, err)
	})
}

// lateBot is a bot that begins between the look for one and the mark that refuses it.
type lateBot struct {
	destination
	begin func()
}

func (b *lateBot) Begin(ctx context.Context, m table.Mark) error {
	b.begin()
	return b.destination.Begin(ctx, m)
}

func TestADatabaseThatTurnsTextsIntoOthersIsRefused(t *testing.T) {
	t.Parallel()
	from, _ := livedIn(t)
	to, err := url.Parse(pgtest.URL(t))
	must(t, err)
	to.RawQuery += "&client_encoding=LATIN1"
	_, err = Run(t.Context(), options(from, to.String()))
	says(t, err, "keeps texts as UTF8, and its client_encoding is LATIN1: both have to be UTF8")
	openStore(t, from)
}

// cutOff begins a move that is killed after its first batch.
func cutOff(t *testing.T, from, to string) {
	t.Helper()
	if err := runWithFuse(t, from, to, 6); !errors.Is(err, errKilled) {
		t.Fatalf("not cut off: %v", err)
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	from, _ := livedIn(t)
	to := pgtest.URL(t)
	migrate(t, to)
	s := openStore(t, to)
	must(t, s.Put(t.Context(), "roster", []byte("theirs"), t0))
	_, err := Run(t.Context(), options(from, to))
	says(t, err, "is not empty (kept has rows)", "Name an empty database")
	value, _, _, err := s.Get(t.Context(), "roster")
	if err != nil || string(value) != "theirs" {
		t.Errorf("kept: %q, %v", value, err)
	}
	openStore(t, from)
}

func TestAServerOnTheFileIsNotDisturbed(t *testing.T) {
	t.Parallel()
	from, _ := livedIn(t)
	server, err := store.Open(t.Context(), from, store.Options{Exclusive: true})
	must(t, err)
	defer server.Close()
	_, err = Run(t.Context(), options(from, pgtest.URL(t)))
	says(t, err, "is in use by another slabuddy: stop that one first")
}

// says checks what an error says to people, and that it gives no password away.
func says(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v\ndoes not say %q", err, w)
		}
	}
}

func refused(t *testing.T, address string, words ...string) {
	t.Helper()
	s, err := store.Open(context.WithoutCancel(t.Context()), address, store.Options{Exclusive: true})
	if err == nil {
		s.Close()
	}
	says(t, err, words...)
}
