package review

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// shelf holds so many records, and notes what is read.
type shelf struct {
	holds int
	fails int // the reading that fails, from 1

	mu     sync.Mutex
	after  []string // of each reading
	bounds []bool   // each reading had a time limit
}

func (s *shelf) readings() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.after)
}

var errGone = errors.New("gone")

func (s *shelf) Records(ctx context.Context, _ string, _ time.Time, after string, n int) ([]Record, error) {
	_, bound := ctx.Deadline()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after, s.bounds = append(s.after, after), append(s.bounds, bound)
	if len(s.after) == s.fails {
		return nil, errGone
	}
	from := 0
	if after != "" {
		var err error
		if from, err = strconv.Atoi(after); err != nil {
			return nil, err
		}
	}
	var some []Record
	for i := from + 1; i <= min(s.holds, from+n); i++ {
		some = append(some, Record{Timeline: escalation.Timeline{ID: fmt.Sprintf("%09d", i)}})
	}
	return some, nil
}

// All records come, each once and in order; no more is read than the page after the one that is looked at, and
// each reading has an end.
func TestRecordsAreReadAPageAtATime(t *testing.T) {
	t.Parallel()
	for _, holds := range []int{0, 1, atOnce - 1, atOnce, atOnce + 1, 3*atOnce + 7} {
		s := &shelf{holds: holds}
		n := 0
		for r, err := range All(t.Context(), s, "", posted) {
			if n++; err != nil || r.Timeline.ID != fmt.Sprintf("%09d", n) {
				t.Fatalf("of %d, number %d is %q, %v", holds, n, r.Timeline.ID, err)
			}
			if read, most := s.readings(), (n-1)/atOnce+2; read > most {
				t.Fatalf("of %d, %d were asked for, and %d pages read", holds, n, read)
			}
		}
		if n != holds {
			t.Errorf("%d of %d records came", n, holds)
		}
		for i, bound := range s.bounds {
			if !bound {
				t.Errorf("of %d, reading %d might never end", holds, i+1)
			}
		}
	}
}

func TestWhoeverHasSeenEnoughReadsNoFurther(t *testing.T) {
	t.Parallel()
	s := &shelf{holds: 10 * atOnce}
	for range All(t.Context(), s, "", posted) {
		break
	}
	if read := s.readings(); read > 2 {
		t.Errorf("%d pages were read", read)
	}
}

func TestAnErrorEndsTheRecords(t *testing.T) {
	t.Parallel()
	s := &shelf{holds: 10 * atOnce, fails: 2}
	var good, bad int
	for _, err := range All(t.Context(), s, "", posted) {
		switch {
		case err == nil:
			good++
		case errors.Is(err, errGone):
			bad++
		}
	}
	if good != atOnce || bad != 1 || len(s.after) != 2 {
		t.Errorf("%d records, %d errors, %d readings", good, bad, len(s.after))
	}
}

func TestACancelledReadingIsAnError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range All(ctx, &shelf{holds: 10 * atOnce}, "", posted) {
		if n++; n == 1 {
			cancel()
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) || n > 3*atOnce {
		t.Errorf("%d records, and then %v", n, last)
	}
}
