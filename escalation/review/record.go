package review

import (
	"context"
	"iter"
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
	// Records returns up to n timelines of tickets posted at since or later, in the order of their ids,
	// which is that of their opening: those that come after the id given; "" is before all. It may return
	// fewer, where they have much history, but none only at the end.
	Records(ctx context.Context, since time.Time, after string, n int) ([]Record, error)
}

const (
	// atOnce is how many records are read at a time: they take the database some milliseconds, and a
	// MB or two of memory.
	atOnce = 250
	// readTimeout bounds one reading, so that a database that went silent does not hold a review for ever.
	readTimeout = time.Minute
)

// All are the records of tickets posted at since or later, oldest opening first. At most atOnce are held,
// whatever there is, and between two readings nothing is held in the database: what is opened or deleted
// meanwhile may or may not be among them. An error ends them.
func All(ctx context.Context, s Store, since time.Time) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for after := ""; ; {
			some, err := read(ctx, s, since, after)
			if err != nil {
				yield(Record{}, err)
				return
			}
			if len(some) == 0 {
				return
			}
			for _, r := range some {
				if !yield(r, nil) {
					return
				}
			}
			after = some[len(some)-1].Timeline.ID
		}
	}
}

func read(ctx context.Context, s Store, since time.Time, after string) ([]Record, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return s.Records(ctx, since, after, atOnce)
}
