package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// program is what the director asks the App's store, to know whether anything is going on.
type program interface {
	Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error)
	CountJobs(ctx context.Context) (queue.Counts, error)
	memory
}

// director plays the story, and makes time pass where nothing is going on.
//
//	┌─▶ look ─▶ the beat's time has come? ─▶ play it ─────────────────────────┐
//	│     └──▶ quiet? ── no ──▶ real speed                                    │
//	│            └─ yes ─▶ hurry to what is next, or set the clock forward ───┤
//	└──────────── pause ◀── do what people ordered ◀──────────────────────────┘
//
// At the page, people set the speed: then time passes as they say, but for what is going on, which has
// real speed always. What they take into their hands, the story leaves to them.
type director struct {
	clock   *clock
	stage   *stage
	program program
	once    bool // leave out all time in which nothing is going on

	since steadied // the clock's, at the last look whether anything is going on

	reread   func()    // has the App read the shift calendar
	rereadAt time.Time // when it last had to
}

const (
	// patience is how long nothing may be due before the clock is set forward over it.
	patience = 15 * time.Minute
	// rest is how long people have to read what was shown before that.
	rest = 3 * time.Minute
	// lead is how long before something happens the clock goes on.
	lead = time.Minute
	// leash is how far the clock hurries from one look to the next, however slow the machine is: what
	// begins by itself in between keeps more of its lease (30 s) than it needs to be sent (15 s).
	leash = 12 * time.Second
)

// lookEvery is the pause between two looks, in real time.
const lookEvery = 10 * time.Millisecond

func (d *director) play(ctx context.Context, beats []beat) error {
	for _, b := range beats {
		if err := d.reach(ctx, b.at); err != nil {
			return err
		}
		if b.about != "" && d.board().mine(b.about) {
			continue
		}
		if b.does == nil {
			d.narrate(b.says)
		} else if err := b.does(d.stage); err != nil {
			return fmt.Errorf("at %s: %w", b.at.Format(hourTime), err)
		}
	}
	return d.settle(ctx)
}

func (d *director) narrate(text string) {
	d.stage.watcher.show(entry{at: d.clock.Now(), text: "— " + text, kind: window.Scene, page: text})
}

func (d *director) board() *board { return d.stage.watcher.board }

// reach lets the time come.
func (d *director) reach(ctx context.Context, at time.Time) error {
	for {
		if err := d.look(ctx); err != nil {
			return err
		}
		now := d.clock.Now()
		if !now.Before(at) {
			return nil
		}
		next, quiet, err := d.quiet(ctx, now)
		switch {
		case err != nil:
			return err
		case !quiet:
			d.clock.Steady()
		case next.IsZero() || next.After(at):
			err = d.goOn(ctx, now, at)
		default:
			err = d.goOn(ctx, now, next)
		}
		if err == nil {
			err = sleep.For(ctx, lookEvery)
		}
		if err != nil {
			return err
		}
	}
}

// goOn makes time pass until something happens next.
func (d *director) goOn(ctx context.Context, now, next time.Time) error {
	if err := d.look(ctx); err != nil { // what happened before is shown before
		return err
	}
	d.board().expect(next)
	read := now.Sub(d.stage.watcher.lastAt) >= rest
	switch {
	case d.once:
		d.clock.SetForward(next, d.since)
	case read && next.Sub(now) > patience && d.board().leavesOut():
		d.narrate(fmt.Sprintf("Nothing is due until %s. The clock is set forward.", next.Format(hourTime)))
		d.clock.SetForward(next.Add(-lead), d.since)
	default:
		d.idle(now, next)
	}
	return nil
}

// aDay is how far ahead is looked once the story is over: what expires in a month is not worth a jump.
const aDay = 24 * time.Hour

// stay goes on after the story, for as long as the people at the page wish.
func (d *director) stay(ctx context.Context) error {
	d.narrate("That was the story, and the workspace is yours: post a new ticket, answer it or let it wait, and see what comes of it.")
	d.board().rest()
	for {
		if err := d.look(ctx); err != nil {
			return err
		}
		now := d.clock.Now()
		next, quiet, err := d.quiet(ctx, now)
		if err != nil {
			return err
		}
		if next.Sub(now) > aDay {
			next = time.Time{}
		}
		d.board().expect(next)
		if quiet {
			d.idle(now, next)
		} else {
			d.clock.Steady()
		}
		if err := sleep.For(ctx, lookEvery); err != nil {
			return err
		}
	}
}

// idle makes time pass as people wish, with next to come, or nothing.
func (d *director) idle(now, next time.Time) {
	speed, jump := d.board().going()
	switch {
	case jump:
		d.clock.SetForward(next, d.since)
	case speed == window.Paused:
		d.clock.Stop()
	case speed == window.Real, d.board().justNow():
		d.clock.Steady()
	case next.IsZero() || next.Sub(now) > leash:
		d.clock.HurryTo(now.Add(leash), d.since)
	default:
		d.clock.HurryTo(next, d.since)
	}
}

// look does what people ordered, and shows what is new.
func (d *director) look(ctx context.Context) error {
	for {
		select {
		case o := <-d.board().orders:
			d.clock.Steady() // what is ordered begins
			o.done <- o.do(d.stage)
			continue
		default:
		}
		d.freshen()
		return d.stage.watcher.look(ctx, d.stage.tickets)
	}
}

// freshen has the App read the shift calendar about every minute, as it does where time is real. It would
// take the calendar for broken otherwise, and report it.
func (d *director) freshen() {
	if now := d.clock.Now(); now.Sub(d.rereadAt) >= time.Minute {
		d.rereadAt = now
		d.reread()
	}
}

// settle waits until nothing is going on any more.
func (d *director) settle(ctx context.Context) error {
	for {
		if err := d.look(ctx); err != nil {
			return err
		}
		if _, quiet, err := d.quiet(ctx, d.clock.Now()); quiet || err != nil {
			return err
		}
		if err := sleep.For(ctx, lookEvery); err != nil {
			return err
		}
	}
}

// quiet says that nothing is going on: no event on its way, no timeline due, no job to do, no reply
// that ought to have been noticed. next is when that will be otherwise; zero if never.
//
// The timelines are read twice: one whose reminder was under way at the first reading shows its next
// due time at the second. The jobs are counted after the replies were looked for: a reply that has been
// noticed makes some, from the same moment on. What begins by itself, later than it was looked for, steadies
// the clock: the help desk naming a reply, to a question that was asked before there was one.
func (d *director) quiet(ctx context.Context, now time.Time) (next time.Time, quiet bool, err error) {
	d.since = d.clock.Steadied()
	if d.stage.slack.Undelivered() > 0 {
		return time.Time{}, false, nil
	}
	before, idle, err := d.nextDue(ctx, now)
	if !idle || err != nil {
		return time.Time{}, false, err
	}
	next, idle, err = d.nextPoll(ctx, now, before)
	if !idle || err != nil {
		return time.Time{}, false, err
	}
	jobs, err := d.program.CountJobs(ctx)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("count the jobs: %w", err)
	}
	for _, states := range jobs {
		if states[queue.Pending]+states[queue.Running] > 0 {
			return time.Time{}, false, nil
		}
	}
	after, idle, err := d.nextDue(ctx, now)
	if !idle || err != nil || !after.Equal(before) {
		return time.Time{}, false, err
	}
	return next, true, nil
}

func (d *director) nextDue(ctx context.Context, now time.Time) (next time.Time, idle bool, err error) {
	due, next, err := d.program.Due(ctx, now, 1)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("look what is due: %w", err)
	}
	return next, len(due) == 0, nil
}

// nextPoll brings next forward to when the App will have noticed what is new in the help desk. It is
// not quiet while that is overdue, nor while it is asking: it notes when before the answer comes. Nor once
// it was sent, until it has made something of that.
func (d *director) nextPoll(ctx context.Context, now, next time.Time) (time.Time, bool, error) {
	for ticket, news := range d.stage.news {
		t, found, err := d.program.FindByThread(ctx, d.stage.tickets[ticket].Thread)
		if err != nil {
			return time.Time{}, false, fmt.Errorf("look up ticket %s: %w", ticket, err)
		}
		if !found || t.State != escalation.Open || news.heard(t) {
			continue
		}
		poll := t.AskedAt.Add(d.stage.config.Poll)
		if !poll.After(now) || !t.AskedAt.Before(news.at) || d.stage.desk.Told(ticket) {
			return time.Time{}, false, nil
		}
		if next.IsZero() || poll.Before(next) {
			next = poll
		}
	}
	return next, true, nil
}
