package postgres_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/postgres"
	"github.com/slabuddy/slabuddy/store/storetest"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// Rule 15: behind a pooler in transaction mode all holds that holds without one.
func TestPostgresBehindAPooler(t *testing.T) {
	url := pgtest.URL(t)
	pooled := pgtest.Pooler(t, url)
	migrate(t, open(t, pooled))
	storetest.Run(t, func(t *testing.T) store.Store {
		pgtest.Wipe(t, url, "goose_db_version", "schema_floor")
		return open(t, pooled)
	})
}

func TestItSaysAtStartWhetherAPoolerAnswers(t *testing.T) {
	url := pgtest.URL(t)
	for address, want := range map[string]string{url: "is reached directly", pgtest.Pooler(t, url): "is behind a pooler"} {
		var log strings.Builder
		s, err := store.Open(t.Context(), address, store.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		if !strings.Contains(log.String(), want) {
			t.Errorf("it says %q", log.String())
		}
	}
}

func TestReplicasBehindAPoolerMigrateOnce(t *testing.T) {
	pooled := pgtest.Pooler(t, pgtest.URL(t))
	var wg sync.WaitGroup
	for range 3 {
		s := open(t, pooled)
		wg.Go(func() {
			if err := s.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// What a replica changes, another one learns of within seconds, whichever of them is behind the pooler.
func TestNewsReachReplicasBehindAPooler(t *testing.T) {
	url := pgtest.URL(t)
	pooled := pgtest.Pooler(t, url)
	direct := open(t, url)
	migrate(t, direct)
	for name, writer := range map[string]store.Store{"direct": direct, "pooled": open(t, pooled)} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			heard := make(chan string, 1000)
			listener := open(t, pooled)
			go func() { _ = listener.Listen(ctx, storetest.Heard(heard)) }()
			for n := int64(1); ; n++ {
				if _, err := writer.AddSetting(ctx, setup.Setting{Workspace: "T" + name, Scope: "s", Version: n, At: t0}); err != nil {
					t.Fatal(err)
				}
				select {
				case topic := <-heard:
					if topic != "settings/T"+name {
						t.Errorf("heard %q", topic)
					}
					return
				case <-time.After(100 * time.Millisecond):
				case <-ctx.Done():
					t.Fatal("nothing was heard")
				}
			}
		})
	}
}

func TestAMoveThroughAPoolerIsRefused(t *testing.T) {
	s, err := postgres.Open(t.Context(), pgtest.Pooler(t, pgtest.URL(t)), postgres.Options{Moving: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Receive(t.Context()); err == nil || !strings.Contains(err.Error(), "the database's own address") {
		t.Errorf("got %v", err)
	}
}
