package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

var t0 = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func job(n int) queue.New {
	return queue.New{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Key: fmt.Sprint(n), Queue: "q", RunAt: t0, Pace: "C1"}
}

func TestReplicasThatStartAtOnceMigrateOnce(t *testing.T) {
	url := pgtest.URL(t)
	var wg sync.WaitGroup
	for range 3 {
		s := open(t, url)
		wg.Go(func() {
			if err := s.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	ms, err := open(t, url).MigrationStatus(t.Context())
	if err != nil || len(ms) == 0 || !ms[0].Applied {
		t.Errorf("got %+v, %v", ms, err)
	}
}

func TestReplicasShareOnePaceAndNoJob(t *testing.T) {
	url := pgtest.URL(t)
	a, b := open(t, url), open(t, url)
	migrate(t, a)
	var all []queue.New
	for n := range 20 {
		all = append(all, job(n))
	}
	if err := a.AddJobs(t.Context(), all, t0); err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for second := range 10 {
		now := t0.Add(time.Duration(second) * time.Second)
		var mu sync.Mutex
		var wg sync.WaitGroup
		started := 0
		for i := range 6 {
			s := []store.Store{a, b}[i%2]
			wg.Go(func() {
				got, err := s.Claim(t.Context(), queue.Request{Queue: "q", N: 5, Now: now, Lease: time.Hour, Pace: time.Second})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				started += len(got.Jobs)
				for _, j := range got.Jobs {
					times[j.ID]++
				}
			})
		}
		wg.Wait()
		if started != 1 {
			t.Errorf("in second %d %d jobs started", second, started)
		}
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("%s started %d times", id, n)
		}
	}
}

func TestAfterARestartOfTheDatabaseWritingAndListeningGoOn(t *testing.T) {
	cluster, err := pgtest.Start("", "fsync=off")
	if err != nil {
		t.Fatalf("%v\n`make test` installs Postgres", err)
	}
	t.Cleanup(func() {
		if err := cluster.Remove(); err != nil {
			t.Error(err)
		}
	})
	a, b := open(t, cluster.URL("postgres")), open(t, cluster.URL("postgres"))
	migrate(t, a)
	heard := make(chan string, 1000)
	go func() { _ = b.Listen(t.Context(), storetest.Heard(heard)) }()
	hear(t, a, heard, 0)

	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := a.Ping(t.Context()); err == nil {
		t.Error("a database that is away answers")
	}
	if _, err := a.Open(t.Context(), nil); err == nil {
		t.Error("something was opened in a database that is away")
	}
	if err := cluster.Restart(); err != nil {
		t.Fatal(err)
	}
	hear(t, a, heard, 1000)
}

// hear adds jobs until the listener hears of one. Errors are those of connections that broke.
func hear(t *testing.T, s store.Store, heard <-chan string, from int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for n := from; ; n++ {
		err := s.AddJobs(ctx, []queue.New{job(n)}, t0)
		select {
		case topic := <-heard:
			if topic != "jobs/q" {
				t.Errorf("heard %q", topic)
			}
			return
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("nothing was heard; the last job: %v", err)
		}
	}
}

func migrate(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}
