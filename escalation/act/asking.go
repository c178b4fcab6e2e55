package act

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// asking asks the help desk for those who press *Check again* (rules 5 and 29). One call answers everybody who asks
// about a ticket at about the same time. The calls take half of poll_budget at most, however often people press.
//
//	press ─▶ somebody waits for an answer? ──yes──▶ theirs
//	             └─no─▶ a turn is free, soon ──yes──▶ ask, and tell all who wait
//	                          └─no─▶ polling asks about it next
//
// No answer is kept: somebody who has just replied wants the bot to see that.
type asking struct {
	calls singleflight.Group // by timeline
}

// result is what a call to the desk came to.
type result struct {
	answer desk.Answer
	asked  bool // false: no turn came free in time
}

const (
	// turnPatience is how long somebody waits for a turn at most.
	turnPatience = 3 * time.Second
	// turnCheck is the gate for this half of the budget. Each of its turns is one of TurnDesk, the whole budget, as
	// well.
	turnCheck = "helpdesk/check"
)

// ask asks about a timeline. asked is false if the budget allows no question now.
func (a *Actions) ask(ctx context.Context, t escalation.Timeline) (answer desk.Answer, asked bool, err error) {
	call := a.asking.calls.DoChan(t.ID, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnPatience+desk.AskShare) // others wait for it, even if the first one leaves
		defer cancel()
		answer, asked, err := a.askInTurn(ctx, t)
		return result{answer, asked}, err
	})
	select {
	case c := <-call:
		r, _ := c.Val.(result)
		return r.answer, r.asked, c.Err
	case <-ctx.Done():
		return answer, false, fmt.Errorf("ask the help desk: %w", ctx.Err())
	}
}

func (a *Actions) askInTurn(ctx context.Context, t escalation.Timeline) (answer desk.Answer, asked bool, err error) {
	s := a.Settings(t.Workspace)
	if !s.HasDesk {
		return desk.Answer{Status: desk.None}, true, nil
	}
	every := flow.AskEvery(s)
	until := a.Now().Add(turnPatience)
	for _, turn := range []struct {
		gate  string
		every time.Duration
	}{{turnCheck, 2 * every}, {flow.TurnDesk, every}} {
		if asked, err = a.takeTurn(ctx, turn.gate, turn.every, until); !asked {
			return answer, false, err
		}
	}
	answer, err = a.AskAbout(ctx, t)
	if err != nil {
		a.Logger.Warn("the help desk did not answer", "ticket", t.Ticket.ID, "error", err)
	}
	return answer, true, nil
}

// takeTurn waits for a turn that comes free by until.
func (a *Actions) takeTurn(ctx context.Context, gate string, every time.Duration, until time.Time) (ok bool, err error) {
	for {
		now := a.Now()
		ok, next, err := a.Store.TakeTurn(ctx, gate, now, every)
		if err != nil {
			return false, fmt.Errorf("take a turn: %w", err)
		}
		if ok || next.After(until) {
			return ok, nil
		}
		_ = sleep.For(ctx, max(next.Sub(now), time.Millisecond))
		if ctx.Err() != nil {
			return false, fmt.Errorf("wait for a turn: %w", ctx.Err())
		}
	}
}
