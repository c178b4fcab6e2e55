package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Pager is the handler of the HTTP queues: it makes the calls that somebody added as they are, and pages
// after a last look at the timeline and a last question to the help desk.
//
//	still wanted? ─▶ reminder's link ─▶ help desk: answered? ─▶ call, secrets filled in ─▶ sent
//	     │ no             │ not yet            │ yes   │ silent                │ unknown: again, unless Once
//	     ▼                ▼                    ▼       ▼                       ▼
//	  dropped         in a while            dropped  in a while, 10 min    backs off
type Pager struct {
	escalation.Deps
	Timelines PagerStore
	Caller    Caller
	Links     Permalinks
	Headers   func(queue string) map[string]string         // a queue's default headers; nil: none
	Grant     func(queue string) page.Grant                // what calls of a queue that page for nobody may be given; nil: nothing
	Secret    func(name string) (value string, isSet bool) // of the environment
	// GaveUp, if set, is told of pages that could not be sent. The error holds no secret.
	GaveUp func(o escalation.PageOrder, err error)
}

// PagerStore is what a Pager needs of the database.
type PagerStore interface {
	Load(ctx context.Context, ids []string) ([]escalation.Timeline, error)
}

// Caller makes HTTP calls. Its errors are *queue.Error: retry and terminal if the call surely had no
// effect, unknown if it may have had. Neither result nor error holds a secret.
type Caller interface {
	Call(ctx context.Context, r page.Request) (queue.Result, error)
}

// Permalinks knows the addresses of messages in Slack.
type Permalinks interface {
	Permalink(ctx context.Context, workspace, channel, ts string) (string, error)
}

// Prepare reads the timelines of a whole batch in one go.
func (p *Pager) Prepare(ctx context.Context, jobs []queue.Job) ([]queue.Task, error) {
	tasks := make([]queue.Task, len(jobs))
	calls := make([]*calling, len(jobs))
	var ids []string
	for i, j := range jobs {
		c := &calling{Pager: p, job: j}
		tasks[i], calls[i] = c, c
		if err := json.Unmarshal(j.Payload, &c.CallJob); err != nil {
			c.broken = fmt.Errorf("payload of job %s is no call: %w", j.ID, err)
			continue
		}
		if c.Page != nil {
			tasks[i] = &paging{c}
			ids = append(ids, c.Page.Timeline)
		}
	}
	if len(ids) == 0 {
		return tasks, nil
	}
	timelines, err := p.Timelines.Load(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("re-read timelines: %w", err)
	}
	byID := make(map[string]*escalation.Timeline, len(timelines))
	for i := range timelines {
		byID[timelines[i].ID] = &timelines[i]
	}
	for _, c := range calls {
		if c.Page != nil {
			c.timeline = byID[c.Page.Timeline]
		}
	}
	return tasks, nil
}

// calling is one call on its way.
type calling struct {
	*Pager
	escalation.CallJob
	job      queue.Job
	timeline *escalation.Timeline // of a page, as of just before sending; nil once purged
	broken   error
}

// Send makes a call that was added as it is.
func (c *calling) Send(ctx context.Context) queue.Outcome { return c.send(ctx, nil, nil) }

// send makes the call of the facts. effect is that of its success.
func (c *calling) send(ctx context.Context, facts any, effect queue.Effect) queue.Outcome {
	if c.broken != nil {
		return queue.Failure(&queue.Error{Kind: queue.KindTerminal, Err: c.broken})
	}
	call := c.Call
	if c.Headers != nil {
		call = call.WithHeaders(c.Headers(c.job.Queue))
	}
	if len(call.Headers) == 0 {
		call.Headers = map[string]string{}
	}
	req, err := call.Request(facts, page.Secrets{Grant: c.grant(), Lookup: c.Secret})
	var refused *page.GrantError
	switch {
	case errors.As(err, &refused):
		return queue.Failure(&queue.Error{Kind: queue.KindTerminal, Err: err})
	case err != nil: // it was checked, so the environment has changed; mending that takes a restart
		return queue.Failure(&queue.Error{Kind: queue.KindRetry, Err: err})
	}
	maps.DeleteFunc(req.Headers, func(_, v string) bool { return v == "" })
	result, err := c.Caller.Call(ctx, req)
	out := queue.Sent(effect)
	if err != nil {
		out = c.failure(err)
	}
	out.Result = result
	return out
}

// grant is what the configuration gives to the call: to a page what it names itself, to any other call
// what its queue has.
func (c *calling) grant() page.Grant {
	var headers map[string]string
	if c.Headers != nil {
		headers = c.Headers(c.job.Queue)
	}
	switch {
	case c.Page != nil:
		return c.Settings(c.Page.Facts.Thread.Workspace).Pages[c.Page.Name].Grant(headers, c.Secret)
	case c.Grant != nil:
		return c.Grant(c.job.Queue)
	}
	return nil
}

// failure is the outcome of a call that failed: one of unknown outcome is made again, for there is no
// way of looking for it, unless it must not be.
func (c *calling) failure(err error) queue.Outcome {
	o := queue.Failure(err)
	if o.Kind == queue.KindUnknown {
		o.Kind = queue.KindRetry
		if c.Call.Once {
			o.Kind, o.Err = queue.KindTerminal, fmt.Errorf("nobody knows whether it got through, and it must not be made twice: %w", err)
		}
	}
	if o.Kind == queue.KindLimited && c.Page != nil {
		o.Gate = escalation.GatePage(c.Page.Name)
	}
	return o
}

var errOnce = errors.New("this process ended while the call was under way, and it must not be made twice")

// Look is for calls that a process left behind: there is nothing to be found, so they are made again,
// but for those that must not be.
func (c *calling) Look(context.Context) queue.Outcome {
	if c.Call.Once && c.broken == nil {
		return queue.LookFailure(&queue.Error{Kind: queue.KindTerminal, Err: errOnce})
	}
	return queue.Absent()
}

// GiveUp has no effect on anything but the job.
func (c *calling) GiveUp(error) queue.Effect { return nil }
