package trouble_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/trouble"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// flaky fails to store the book as often as fail says.
type flaky struct {
	store.Store
	fail atomic.Int32
}

func (f *flaky) Put(ctx context.Context, key string, value []byte, at time.Time) error {
	if f.fail.Load() > 0 {
		f.fail.Add(-1)
		return errors.New("the disk is full")
	}
	return f.Store.Put(ctx, key, value, at)
}

func reporter(s trouble.Store, replica int) *trouble.Reporter {
	ids := 0
	return &trouble.Reporter{
		Store: s, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Channel: func() (trouble.Channel, bool) { return trouble.Channel{Workspace: "T1", Channel: "C0OPS"}, true },
		NewID: func() string {
			ids++
			return fmt.Sprintf("00000000-0000-7000-8000-%04d%08d", replica, ids)
		},
	}
}

// posted are the faults that jobs were added for, with the job that each belongs to.
func posted(t *testing.T, s store.Store) (faults []escalation.Fault, ids []string) {
	t.Helper()
	jobs, err := s.Jobs(t.Context(), queue.Filter{Queue: escalation.QueueSlack})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		var p escalation.Post
		if err := json.Unmarshal(j.Payload, &p); err != nil || p.Fault == nil || p.Channel != "C0OPS" {
			t.Fatalf("job %s: %v, %+v", j.Key, err, p)
		}
		faults, ids = append(faults, *p.Fault), append(ids, j.ID)
	}
	return faults, ids
}

func TestWhatSeveralReplicasSeeIsPostedOnceAndItsEndNamesTheFirstMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &flaky{Store: sqlitetest.Open(t)}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		reporters := []*trouble.Reporter{reporter(s, 1), reporter(s, 2)}
		for i, r := range reporters {
			time.Sleep(time.Duration(i) * time.Second)
			go r.Run(ctx)
		}
		for range 20 { // ten minutes
			for _, r := range reporters {
				r.Report(trouble.Report{Name: "desk", Words: "The help desk does not answer."})
			}
			time.Sleep(30 * time.Second)
		}
		if faults, _ := posted(t, s); len(faults) != 1 || faults[0].First != "" || !faults[0].Over.IsZero() {
			t.Fatalf("while it lasts: %+v", faults)
		}
		time.Sleep(10 * time.Minute)
		faults, ids := posted(t, s)
		if len(faults) != 2 || faults[1].First != ids[0] || faults[1].Over.IsZero() {
			t.Fatalf("once it is over: %+v, jobs %v", faults, ids)
		}
		cancel()
		synctest.Wait()
	})
}

func TestABookThatCannotBeStoredPostsNothingTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &flaky{Store: sqlitetest.Open(t)}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := reporter(s, 1)
		go r.Run(ctx)
		s.fail.Store(3)
		r.Report(trouble.Report{Name: "failed", Words: "A reminder could not be posted.", Incident: true})
		time.Sleep(65 * time.Second) // now it is in the book
		s.fail.Store(3)              // and that it was posted cannot be stored
		time.Sleep(2 * time.Minute)
		faults, ids := posted(t, s)
		if len(faults) != 1 {
			t.Fatalf("posted %d times: %+v", len(faults), faults)
		}
		time.Sleep(time.Hour)
		if faults, _ = posted(t, s); len(faults) != 2 || faults[1].First != ids[0] {
			t.Fatalf("its end does not find the message of job %s: %+v", ids[0], faults)
		}
		cancel()
		synctest.Wait()
	})
}

// Replicas that were started seconds apart look into the book at the same distance for ever.
func TestAReplicaWhoseTurnIsAlwaysTakenIsHeardAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &flaky{Store: sqlitetest.Open(t)}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		first, second := reporter(s, 1), reporter(s, 2)
		go first.Run(ctx)
		time.Sleep(2 * time.Second)
		go second.Run(ctx)
		second.Report(trouble.Report{Name: "unreadable", Words: "Messages cannot be read.", Incident: true})
		time.Sleep(time.Minute)
		if faults, _ := posted(t, s); len(faults) != 1 {
			t.Errorf("posted %+v", faults)
		}
		cancel()
		synctest.Wait()
	})
}
