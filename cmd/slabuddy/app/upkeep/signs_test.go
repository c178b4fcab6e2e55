package upkeep

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation/deliver"
)

// base is a database that can be set back.
type base struct {
	lineage string
	away    atomic.Bool
	value   []byte
	at      time.Time
}

func (b *base) Lineage(context.Context) (string, error) {
	if b.away.Load() {
		return "", errors.New("connection refused")
	}
	return b.lineage, nil
}

func (b *base) Get(context.Context, string) (value []byte, at time.Time, found bool, err error) {
	return b.value, b.at, !b.at.IsZero(), nil
}

func (b *base) Put(_ context.Context, _ string, value []byte, at time.Time) error {
	if !at.Before(b.at) {
		b.value, b.at = value, at
	}
	return nil
}

// process is one that has the database, at the time that now holds.
func process(b *base, now *time.Time) *Signs {
	return &Signs{Store: b, Hold: func() bool { return false }, Now: func() time.Time { return *now }, Logger: slog.New(slog.DiscardHandler)}
}

// Rule 15: that the database went back in time is noticed before anything is posted.
func TestThatTheDatabaseWentBackInTimeIsNoticed(t *testing.T) {
	sec := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }
	for _, tt := range []struct {
		name string
		then func(b *base, now *time.Time, w *Signs) *Signs // after a sign of life at second 10
		want deliver.Doubt
	}{
		{"it goes on", func(_ *base, now *time.Time, w *Signs) *Signs { *now = sec(100); return w }, deliver.Doubt{}},
		{"another process starts at once", func(b *base, now *time.Time, _ *Signs) *Signs {
			*now = sec(14)
			return process(b, now)
		}, deliver.Doubt{}},
		{"another process starts after a while", func(b *base, now *time.Time, _ *Signs) *Signs {
			*now = sec(100)
			return process(b, now)
		}, deliver.Doubt{Since: sec(10), Until: sec(100)}},
		{"a standby takes over", func(b *base, now *time.Time, w *Signs) *Signs {
			*now, b.lineage = sec(12), "1/2"
			return w
		}, deliver.Doubt{Since: sec(10), Until: sec(12)}},
		{"a standby takes over while nobody runs", func(b *base, now *time.Time, _ *Signs) *Signs {
			*now, b.lineage = sec(12), "1/2"
			return process(b, now)
		}, deliver.Doubt{Since: sec(10), Until: sec(12)}},
		{"a standby takes over, as another replica noticed", func(b *base, now *time.Time, w *Signs) *Signs {
			*now, b.lineage = sec(12), "1/2"
			if err := w.sign(t.Context(), true); err != nil {
				t.Error(err)
			}
			*now = sec(15)
			return process(b, now)
		}, deliver.Doubt{Since: sec(10), Until: sec(12)}},
		{"what was written is gone, without any other sign", func(b *base, now *time.Time, w *Signs) *Signs {
			*now, b.at = sec(12), sec(4)
			if err := w.sign(t.Context(), true); err != nil {
				t.Error(err)
			}
			return w
		}, deliver.Doubt{Since: sec(4), Until: sec(12)}},
		{"a day later nothing is in doubt any more", func(b *base, now *time.Time, w *Signs) *Signs {
			*now, b.lineage = sec(12), "1/2"
			for range 2 {
				if err := w.sign(t.Context(), true); err != nil {
					t.Error(err)
				}
				*now = now.Add(doubtFor + time.Minute)
			}
			return w
		}, deliver.Doubt{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, now := &base{lineage: "1/1"}, sec(10)
			w := process(b, &now)
			if err := w.sign(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			got, err := tt.then(b, &now, w).Doubt(t.Context())
			if err != nil || !got.Since.Equal(tt.want.Since) || !got.Until.Equal(tt.want.Until) {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

// A clock that is ahead leaves no sign of life, which would hide those that follow.
func TestNoSignOfLifeIsStoredByAClockThatIsOff(t *testing.T) {
	b, now := &base{}, noon
	w := process(b, &now)
	w.Hold = func() bool { return true }
	if err := w.sign(t.Context(), true); err != nil || !b.at.IsZero() {
		t.Errorf("stored at %v, %v", b.at, err)
	}
}

// Rule 5: replicas know of each other by their signs of life, those that start, that end and that are gone.
func TestReplicasKnowWhoIsAtWork(t *testing.T) {
	b, now := &base{}, noon
	var all []*Signs
	for _, name := range []string{"a", "b", "c"} {
		w := process(b, &now)
		w.Worker = name
		all = append(all, w)
	}
	share := func(w *Signs) [2]int { i, of := w.Share(); return [2]int{i, of} }
	sign := func(walks bool, ws ...*Signs) {
		t.Helper()
		for _, w := range ws {
			now = now.Add(time.Second)
			if err := w.sign(t.Context(), walks); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := share(all[0]); got != [2]int{0, 1} {
		t.Errorf("before the first sign: %v", got)
	}
	sign(true, all...)
	sign(true, all...)
	for i, w := range all {
		if got := share(w); got != [2]int{i, 3} {
			t.Errorf("%s of three is %v", w.Worker, got)
		}
	}
	sign(false, all[0]) // it ends
	sign(true, all[1:]...)
	if got := [][2]int{share(all[0]), share(all[1]), share(all[2])}; got[0] != [2]int{0, 1} || got[1] != [2]int{0, 2} || got[2] != [2]int{1, 2} {
		t.Errorf("once the first has ended: %v", got)
	}
	now = now.Add(goneAfter)
	sign(true, all[1])
	if got := share(all[1]); got != [2]int{0, 1} {
		t.Errorf("once the last is gone without a word: %v", got)
	}
}

// Rule 5: a replica that cannot leave a sign of life takes it that it is alone, and leaves no ticket to another.
func TestAReplicaWithoutASignIsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &base{}
		replica := func(name string) *Signs {
			return &Signs{
				Store: b, Worker: name, Hold: func() bool { return false }, Walks: func() bool { return true },
				Now: time.Now, Logger: slog.New(slog.DiscardHandler),
			}
		}
		if err := replica("a").sign(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		w := replica("b")
		ctx, end := context.WithCancel(t.Context())
		go w.Run(ctx)
		synctest.Wait()
		if i, of := w.Share(); i != 1 || of != 2 {
			t.Errorf("at work: %d of %d", i, of)
		}
		b.away.Store(true)
		time.Sleep(2 * signEvery)
		if i, of := w.Share(); i != 0 || of != 1 {
			t.Errorf("without the database: %d of %d", i, of)
		}
		end()
		synctest.Wait()
	})
}
