package walk

import (
	"errors"
	"sync"

	"github.com/slabuddy/slabuddy/escalation"
)

// mostBeside is how many timelines are asked about beside the walks at most. With more of them the walk waits: the help
// desk is away, and what comes due has to be decided without it anyway.
const mostBeside = 5 * walkSize

// beside are the timelines that are asked about beside the walks: they are due, and no walk takes them.
type beside struct {
	asks sync.WaitGroup

	mu   sync.Mutex
	ids  map[string]bool
	errs error // of those that have ended
}

// begin runs decide beside the walk. If there is no room, the walk waits for it.
func (b *beside) begin(ts []escalation.Timeline, decide func() error) {
	run := func() {
		err := decide()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, t := range ts {
			delete(b.ids, t.ID)
		}
		b.errs = errors.Join(b.errs, err)
	}
	b.mu.Lock()
	if b.ids == nil {
		b.ids = map[string]bool{}
	}
	for _, t := range ts {
		b.ids[t.ID] = true
	}
	room := len(b.ids) <= mostBeside
	b.mu.Unlock()
	if room {
		b.asks.Go(run)
	} else {
		run()
	}
}

func (b *beside) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ids)
}

// without leaves out the timelines that are being asked about already.
func (b *beside) without(due []escalation.Timeline) []escalation.Timeline {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.ids) == 0 {
		return due
	}
	left := due[:0]
	for _, t := range due {
		if !b.ids[t.ID] {
			left = append(left, t)
		}
	}
	return left
}

// failed is what went wrong since it was last called.
func (b *beside) failed() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.errs
	b.errs = nil
	return err
}
