package demo

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
)

// board is between the director, who plays the story, and the people who look at the page: what is going
// on is shown on it, and what people order waits on it until the director does it. So the stage is
// used by one goroutine alone.
type board struct {
	clock  *clock
	roster func() calendar.Roster
	speed  float64 // minutes that pass in a second
	orders chan order
	ended  chan struct{} // no order is done any more

	mu      sync.Mutex
	chosen  window.Speed
	rested  bool // it was the director who paused
	jump    bool
	next    time.Time
	lines   []window.Line
	tickets map[escalation.Thread]window.Ticket // without a workspace
	acted   time.Time                           // when a person last did something, in real time
	touched map[string]bool                     // tickets that people have to do with
	all     bool                                // people have changed what holds for all
}

// order is what a person wants done on the stage.
type order struct {
	do   func(*stage) error
	done chan error
}

var _ window.Play = (*board)(nil)

func newBoard(c *clock, speed float64, roster func() calendar.Roster) *board {
	return &board{
		clock: c, roster: roster, speed: speed, orders: make(chan order), ended: make(chan struct{}),
		chosen: window.Quick, tickets: map[escalation.Thread]window.Ticket{}, touched: map[string]bool{},
		lines: []window.Line{{At: curtain(), Kind: window.Scene, Text: welcome}},
	}
}

// welcome is what the page says first.
const welcome = "A support team's Slack, simulated on this machine; the SLA Buddy in it is the real program. Watch, or take part: everything can be clicked."

var errEnded = errors.New("the demo has ended: start it again to go on")

// order has the director do something.
func (b *board) order(do func(*stage) error) error {
	o := order{do, make(chan error, 1)}
	select {
	case b.orders <- o:
		return <-o.done
	case <-b.ended:
		return errEnded
	}
}

// fast is the fastest speed, in minutes a second.
func (b *board) fast() float64 { return max(b.speed, min(10*b.speed, 60)) }

// Clock implements window.Play.
func (b *board) Clock() window.Clock {
	b.mu.Lock()
	defer b.mu.Unlock()
	return window.Clock{Now: b.clock.Now(), Speed: b.chosen, Next: b.next, Speeds: map[window.Speed]string{
		window.Paused: "Pause|The clock stands still while nothing is under way",
		window.Real:   "1×|The clock goes as fast as reality",
		window.Quick:  fmt.Sprintf("%g min/s|%s each second", b.speed, minutes(b.speed)),
		window.Fast:   fmt.Sprintf("%g min/s|%s each second", b.fast(), minutes(b.fast())),
	}}
}

// SetSpeed implements window.Play.
func (b *board) SetSpeed(s window.Speed) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch s {
	case window.Paused, window.Real:
	case window.Quick:
		b.clock.SetHurry(b.speed * 60)
	case window.Fast:
		b.clock.SetHurry(b.fast() * 60)
	default:
		return fmt.Errorf("the clock knows no speed %q", s)
	}
	b.chosen, b.rested = s, false
	return nil
}

// Jump implements window.Play.
func (b *board) Jump() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next.IsZero() {
		return errors.New("nothing is due: post a new ticket, and something will be")
	}
	b.jump = true
	return nil
}

// Story implements window.Play.
func (b *board) Story(n int) []window.Line {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.lines[max(0, len(b.lines)-n):])
}

// Ticket implements window.Play.
func (b *board) Ticket(channel, ts string) (window.Ticket, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.tickets[escalation.Thread{Channel: channel, TS: ts}]
	return t, ok
}

// Find implements window.Play.
func (b *board) Find(ticket string) (window.Ticket, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.tickets {
		if t.ID == ticket {
			return t, true
		}
	}
	return window.Ticket{}, false
}

// Roster implements window.Play.
func (b *board) Roster() calendar.Roster { return b.roster() }

// Post implements window.Play.
func (b *board) Post(t window.NewTicket) error {
	b.begin()
	return b.order(func(s *stage) error { return s.write(t) })
}

// Burst implements window.Play.
func (b *board) Burst(channel string) (says string, err error) {
	if !slices.Contains([]string{enterprise, teams, business, startups}, channel) {
		channel = enterprise
	}
	b.begin()
	err = b.order(func(s *stage) error {
		for range burst {
			if err := s.write(window.NewTicket{Channel: channel, Priority: "high", Type: "bug"}); err != nil {
				return err
			}
		}
		return nil
	})
	return fmt.Sprintf("%d tickets at once. Their reminders will be one message in the channel: go on to when it comes.", burst), err
}

// begin has the clock go on, if it rested: somebody has posted something.
func (b *board) begin() {
	b.mu.Lock()
	if b.rested {
		b.chosen, b.rested = window.Quick, false
		b.clock.SetHurry(b.speed * 60)
	}
	b.acted = time.Now()
	b.mu.Unlock()
}

// Reply implements window.Play.
func (b *board) Reply(user, ticket string) error {
	return b.order(func(s *stage) error {
		if _, ok := s.tickets[ticket]; !ok || !s.replies[ticket].IsZero() {
			return errors.New("that ticket has a reply already, or is none")
		}
		b.touch(ticket, false)
		return repliesInDesk(s.watcher.reader.names[user], ticket)(s)
	})
}

// Touched implements window.Play.
func (b *board) Touched(channel, ts string) {
	b.mu.Lock()
	ticket := b.tickets[escalation.Thread{Channel: channel, TS: ts}].ID
	b.mu.Unlock()
	b.touch(ticket, channel == "")
}

// handling is how long whatever people do has real speed at the least: it is on its way before anything
// of it is to be seen.
const handling = 500 * time.Millisecond

// justNow says that somebody is doing something.
func (b *board) justNow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Since(b.acted) < handling
}

// doubleClick is longer than the program takes two clicks for one.
const doubleClick = 4 * time.Second

// touch notes that a person has to do with a ticket, or with all. What people do takes its time, also
// on a clock that has stopped: otherwise everything would be a double click.
func (b *board) touch(ticket string, all bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.chosen == window.Paused && time.Since(b.acted) > doubleClick {
		b.clock.SetForward(b.clock.Now().Add(doubleClick), b.clock.Steadied())
	}
	b.clock.Steady()
	b.acted, b.all = time.Now(), b.all || all
	if ticket != "" {
		b.touched[ticket] = true
	}
}

// lingering is how long after somebody did something no time is left out.
const lingering = time.Minute

// leavesOut says that time in which nothing happens may be left out.
func (b *board) leavesOut() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	hurried := b.chosen == window.Quick || b.chosen == window.Fast
	return hurried && !b.jump && time.Since(b.acted) > lingering
}

// mine says that people have to do with a ticket, so that the story leaves it to them.
func (b *board) mine(ticket string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all || b.touched[ticket]
}

// played says that people took part at all.
func (b *board) played() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.acted.IsZero()
}

// expect says when something happens next; zero: nothing is known of.
func (b *board) expect(next time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next = next
}

// going is the speed, and whether somebody wants to jump, which is then seen to.
func (b *board) going() (speed window.Speed, jump bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	jump, b.jump = b.jump, false
	return b.chosen, jump
}

// rest pauses once the story is over.
func (b *board) rest() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.chosen, b.rested = window.Paused, true
}

// add adds a line to what is going on.
func (b *board) add(line window.Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line)
}

// note keeps the state of a ticket.
func (b *board) note(th escalation.Thread, t window.Ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	th.Workspace = ""
	b.tickets[th] = t
}
