package review

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// Record is a timeline with all that happened to it, in the order in which it was written, both as of
// one moment.
type Record struct {
	Timeline escalation.Timeline
	History  []escalation.Event
}

// Store is what a review needs of the database.
type Store interface {
	// Records returns up to n timelines of tickets that were posted at since or later in a workspace, or with ""
	// in any, in the order of their ids, which is that of their opening: those that come after the id given; ""
	// is before all. It may return fewer, where they have much history, but none only at the end.
	Records(ctx context.Context, workspace string, since time.Time, after string, n int) ([]Record, error)
}

const (
	// atOnce is how many records are read at a time: they take the database some milliseconds, and a
	// MB or two of memory.
	atOnce = 250
	// readTimeout bounds one reading, so that a database that went silent does not hold a review for ever.
	readTimeout = time.Minute
)

// All are the records of tickets posted in a workspace, or with "" in any, at since or later, oldest opening first.
// While one batch is looked at, the next is read: two batches are in memory at most. Between two batches no
// transaction is open, so what is opened or deleted meanwhile may or may not be among them. An error ends them.
func All(ctx context.Context, s Store, workspace string, since time.Time) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		reading, stop := context.WithCancel(ctx)
		var ended sync.WaitGroup
		defer ended.Wait()
		defer stop()
		read := make(chan some)
		ended.Go(func() { readAll(reading, s, workspace, since, read) })
		for next := range read {
			for _, r := range next.records {
				if !yield(r, nil) {
					return
				}
			}
			if next.err != nil {
				yield(Record{}, next.err)
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Record{}, err)
		}
	}
}

// some are the records of one reading, or why there are none.
type some struct {
	records []Record
	err     error
}

// readAll closes to once it has sent all there are, or an error, or nobody wants more.
func readAll(ctx context.Context, s Store, workspace string, since time.Time, to chan<- some) {
	defer close(to)
	for after := ""; ctx.Err() == nil; {
		records, err := read(ctx, s, workspace, since, after)
		if err == nil && len(records) == 0 {
			return
		}
		select {
		case to <- some{records, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
		after = records[len(records)-1].Timeline.ID
	}
}

func read(ctx context.Context, s Store, workspace string, since time.Time, after string) ([]Record, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return s.Records(ctx, workspace, since, after, atOnce)
}
