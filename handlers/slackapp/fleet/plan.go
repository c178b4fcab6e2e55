// Package fleet gives the workspaces that the bot is in their turns, so that an idle one costs nothing of its own
// (rule 27): no goroutine, no timer, only a line in one plan.
//
//	At, Soon ──▶ plan, by when a turn is due ──▶ so many workers ──▶ turn(workspace) ──▶ when the next is due
//
// A workspace has one turn at a time, and one turn each before anybody has a second. A turn that takes long, because
// Slack is slow or limits the workspace, gives its worker back: so that no number of slow workspaces keeps the others
// from theirs.
package fleet

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// lookEvery is how often the plan is looked at without a reason: its clock may run faster than timers do.
const lookEvery = 10 * time.Second

// workerFor is how long a turn has a worker. Then it goes on beside the others.
const workerFor = 2 * time.Second

// Plan says when which workspace has its next turn.
type Plan struct {
	now   func() time.Time
	slots chan struct{} // one for each worker
	wake  chan struct{}

	mu      sync.Mutex
	entries map[string]*entry
	due     byTime // those that have no turn just now
}

// entry is one workspace in the plan.
type entry struct {
	workspace string
	at        time.Time // when its turn is due; while it has one, when another was asked for; zero: at no time
	has       bool      // it has its turn
	dropped   bool      // it gets no more
	place     int       // in due
}

// NewPlan returns an empty plan for so many workers.
func NewPlan(now func() time.Time, workers int) *Plan {
	return &Plan{now: now, slots: make(chan struct{}, workers), wake: make(chan struct{}, 1), entries: map[string]*entry{}}
}

// soon is before every turn that is planned: who is asked for at once does not wait for the fleet.
var soon = time.Unix(0, 0)

// Soon gives a workspace a turn before all that only have their time.
func (p *Plan) Soon(workspace string) { p.At(workspace, soon) }

// At gives a workspace a turn at a time, or earlier if one is planned. Asked for during a turn it is one more.
func (p *Plan) At(workspace string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.entries[workspace]
	switch {
	case e == nil:
		e = &entry{workspace: workspace, at: at}
		p.entries[workspace] = e
		heap.Push(&p.due, e)
	case e.has:
		e.dropped = false
		if e.at.IsZero() || at.Before(e.at) {
			e.at = at
		}
		return // it is looked at again when the turn ends
	case at.Before(e.at):
		e.at = at
		heap.Fix(&p.due, e.place)
	default:
		return
	}
	p.rouse()
}

// Drop takes a workspace out of the plan. A turn that it has goes on to its end.
func (p *Plan) Drop(workspace string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := p.entries[workspace]; {
	case e == nil:
	case e.has:
		e.at, e.dropped = time.Time{}, true
	default:
		heap.Remove(&p.due, e.place)
		delete(p.entries, workspace)
	}
}

// Has says whether a workspace is in the plan.
func (p *Plan) Has(workspace string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.entries[workspace]
	return e != nil && !e.dropped
}

func (p *Plan) rouse() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run gives turns until ctx ends, and returns when those under way have ended. turn says when the workspace's next
// turn is due; zero: when somebody asks for one.
func (p *Plan) Run(ctx context.Context, turn func(ctx context.Context, workspace string) (next time.Time)) {
	var turns sync.WaitGroup
	defer turns.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case p.slots <- struct{}{}:
		}
		e, wait := p.next()
		if e != nil {
			turns.Go(func() {
				defer p.rouse()
				giveBack := p.lend()
				next := turn(ctx, e.workspace)
				giveBack()
				p.end(e, next)
			})
			continue
		}
		<-p.slots
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-timer.C:
		}
	}
}

// next takes the workspace that is due first, or says how long to wait.
func (p *Plan) next() (e *entry, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.due) == 0 {
		return nil, lookEvery
	}
	if wait = p.due[0].at.Sub(p.now()); wait > 0 {
		return nil, min(wait, lookEvery)
	}
	e = heap.Pop(&p.due).(*entry)
	e.has, e.at = true, time.Time{}
	return e, 0
}

// end puts a workspace back into the plan after its turn.
func (p *Plan) end(e *entry, next time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.has = false
	if asked := e.at; next.IsZero() || e.dropped || !asked.IsZero() && asked.Before(next) {
		next = asked
	}
	if next.IsZero() {
		delete(p.entries, e.workspace)
		return
	}
	e.at = next
	heap.Push(&p.due, e)
}

// lend lends a worker for workerFor, unless it is given back before.
func (p *Plan) lend() (giveBack func()) {
	var once sync.Once
	back := func() { once.Do(func() { <-p.slots }) }
	timer := time.AfterFunc(workerFor, back)
	return func() {
		timer.Stop()
		back()
	}
}

// byTime is a heap: the earliest is first.
type byTime []*entry

func (b byTime) Len() int           { return len(b) }
func (b byTime) Less(i, j int) bool { return b[i].at.Before(b[j].at) }
func (b byTime) Swap(i, j int) {
	b[i], b[j] = b[j], b[i]
	b[i].place, b[j].place = i, j
}

// Push implements heap.Interface.
func (b *byTime) Push(x any) {
	e := x.(*entry)
	e.place = len(*b)
	*b = append(*b, e)
}

// Pop implements heap.Interface.
func (b *byTime) Pop() any {
	old := *b
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*b = old[:len(old)-1]
	return e
}
