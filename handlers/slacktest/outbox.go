package slacktest

import (
	"context"
	"time"
)

// Event is an event on its way to the app.
type Event struct {
	ID            string // event_id
	Type, Subtype string // of the inner event
	Channel, TS   string // of the message it is about
	Body          []byte

	wrap    func(id string) []byte // the body under another event_id
	attempt int                    // 0: the first delivery
	reason  string                 // why the last one failed
}

// Fate is what becomes of an event between Slack and the app. The zero Fate is what ought to
// happen: it is delivered once, now.
type Fate struct {
	Drop     bool
	Copies   int           // delivered so many times; 0 is once
	Renumber bool          // each further copy under an event_id of its own
	Delay    time.Duration // by Options.Sleep
}

// outbox holds the events that are not delivered yet.
type outbox struct {
	queue        []Event
	open         int // queued, under way, or waiting for a retry
	workers      int
	held         bool
	mentionFirst bool
	fate         func(Event) Fate
	log          []Delivery
}

// Tamper decides the fate of every event from now on; nil leaves them alone. It is called with the
// workspace locked and must not use it.
func (w *Workspace) Tamper(fate func(Event) Fate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out.fate = fate
}

// HoldEvents keeps events back until ReleaseEvents.
func (w *Workspace) HoldEvents() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out.held = true
}

// ReleaseEvents sends what was held back, in the order into which reorder puts it (slices.Reverse,
// say); nil leaves it as it is.
func (w *Workspace) ReleaseEvents(reorder func([]Event)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if reorder != nil {
		reorder(w.out.queue)
	}
	w.out.held = false
	w.dispatch()
}

// SetRequestURL says where events go from now on; empty: nowhere.
func (w *Workspace) SetRequestURL(url string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requestURL = url
}

// Undelivered is how many events are on their way still: queued, held, or waiting for a retry.
func (w *Workspace) Undelivered() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.open
}

// push gives an event to the outbox, as often as its fate says.
func (w *Workspace) push(e Event) {
	if (w.requestURL == "" && w.cloud.Sockets() == 0) || w.ctx.Err() != nil {
		return
	}
	var fate Fate
	if w.out.fate != nil {
		fate = w.out.fate(e)
	}
	if fate.Drop {
		return
	}
	for i := range max(fate.Copies, 1) {
		copied := e
		if i > 0 && fate.Renumber && e.wrap != nil {
			copied.ID = w.opts.NewID("Ev")
			copied.Body = e.wrap(copied.ID)
		}
		w.out.open++
		if fate.Delay > 0 {
			w.later(copied, fate.Delay)
		} else {
			w.queue(copied)
		}
	}
}

func (w *Workspace) queue(e Event) {
	w.out.queue = append(w.out.queue, e)
	w.dispatch()
}

// later queues an event again after a while.
func (w *Workspace) later(e Event, d time.Duration) {
	w.work.Go(func() {
		err := w.opts.Sleep(w.ctx, d)
		w.mu.Lock()
		defer w.mu.Unlock()
		if err != nil {
			w.settle()
			return
		}
		w.queue(e)
	})
}

// dispatch sees to it that somebody works on the queue. Workers live only as long as there is
// something to do, so that an idle workspace leaves no goroutine behind.
func (w *Workspace) dispatch() {
	if w.out.held || w.ctx.Err() != nil {
		return
	}
	for range min(w.opts.Workers-w.out.workers, len(w.out.queue)) {
		w.out.workers++
		w.work.Go(w.deliverAll)
	}
}

func (w *Workspace) deliverAll() {
	for {
		e, url, ok := w.next()
		if !ok {
			return
		}
		d := w.deliver(w.ctx, url, e)
		w.finish(e, d)
	}
}

func (w *Workspace) next() (e Event, url string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out.held || len(w.out.queue) == 0 || w.ctx.Err() != nil {
		w.out.workers--
		return Event{}, "", false
	}
	e = w.out.queue[0]
	w.out.queue = w.out.queue[1:]
	return e, w.requestURL, true
}

// finish writes down a delivery, and sees to the next attempt if there is to be one.
func (w *Workspace) finish(e Event, d Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out.log = append(w.out.log, d)
	wait, again := retryAfter(e.attempt)
	if d.OK() || d.NoRetry || !again {
		w.settle()
		return
	}
	e.attempt++
	e.reason = d.Failure
	w.changed()
	w.later(e, wait)
}

func (w *Workspace) settle() {
	w.out.open--
	w.changed()
}

// retryAfter is Slack's schedule: at once, after a minute, after five, and then no more.
func retryAfter(attempt int) (wait time.Duration, again bool) {
	switch attempt {
	case 0:
		return 0, true
	case 1:
		return time.Minute, true
	case 2:
		return 5 * time.Minute, true
	}
	return 0, false
}

// deliveryContext ends as Slack's patience does.
func (w *Workspace) deliveryContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, w.opts.Patience)
}
