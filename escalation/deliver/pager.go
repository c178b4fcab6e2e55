package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Pager is the handler of the HTTP queues. It makes the calls that operators added as they are. It sends pages after a
// last look at the timeline and a last question to the help desk.
//
//	still wanted? ─▶ reminder's link ─▶ help desk: answered? ─▶ call, secrets filled in ─▶ sent
//	     │ no             │ not yet            │ yes   │ silent                │ unknown: again, unless Once
//	     ▼                ▼                    ▼       ▼                       ▼
//	  dropped         in a while            dropped  in a while, 10 min    backs off
type Pager struct {
	flow.Deps
	Store   Timelines
	Caller  Caller
	Links   Permalinks
	Headers func(queue string) map[string]string         // a queue's default headers; nil: none
	Grant   func(queue string) page.Grant                // the secrets that an operator's calls in a queue may have; nil: none
	Secret  func(name string) (value string, isSet bool) // of the environment
	// GaveUp, if set, is called for pages that could not be sent. The error holds no secret.
	GaveUp func(o escalation.PageOrder, err error)
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
	calls := make([]calling, len(jobs))
	var ids []string
	for i, j := range jobs {
		c := &calls[i]
		c.by, c.job = p, j
		if err := json.Unmarshal(j.Payload, &c.what); err != nil {
			c.broken = fmt.Errorf("payload of job %s is no call: %w", j.ID, err)
			continue
		}
		if c.what.Page != nil {
			ids = append(ids, c.what.Page.Timeline)
		}
	}
	timelines, err := load(ctx, p.Store, ids)
	if err != nil {
		return nil, err
	}
	tasks := make([]queue.Task, len(jobs))
	for i := range calls {
		c := &calls[i]
		tasks[i] = c
		if c.broken == nil && c.what.Page != nil {
			tasks[i] = &paging{by: p, job: c.job, what: c.what, order: *c.what.Page, timeline: timelines[c.what.Page.Timeline]}
		}
	}
	return tasks, nil
}

// calling is a call of an operator on its way.
type calling struct {
	by     *Pager
	job    queue.Job
	what   escalation.CallJob
	broken error
}

func (c *calling) Send(ctx context.Context) queue.Outcome {
	if c.broken != nil {
		return queue.Failure(&queue.Error{Kind: queue.KindTerminal, Err: c.broken})
	}
	return c.by.call(ctx, c.job, c.what, nil)
}

func (c *calling) Look(context.Context) queue.Outcome {
	if c.broken != nil {
		return queue.Absent()
	}
	return look(c.what.Call)
}

// GiveUp has no effect on anything but the job.
func (c *calling) GiveUp(error) queue.Effect { return nil }

// call makes a job's call, of the facts.
func (p *Pager) call(ctx context.Context, job queue.Job, what escalation.CallJob, facts any) queue.Outcome {
	call := what.Call
	if p.Headers != nil {
		call = call.WithHeaders(p.Headers(job.Queue))
	}
	if len(call.Headers) == 0 {
		call.Headers = map[string]string{}
	}
	req, err := call.Request(facts, page.Secrets{Grant: p.grant(job, what), Lookup: p.Secret})
	var refused *page.GrantError
	switch {
	case errors.As(err, &refused):
		return queue.Failure(&queue.Error{Kind: queue.KindTerminal, Err: err})
	case err != nil: // it was checked before, so the environment has changed; to correct that takes a restart
		return queue.Failure(&queue.Error{Kind: queue.KindRetry, Err: err})
	}
	maps.DeleteFunc(req.Headers, func(_, v string) bool { return v == "" })
	result, err := p.Caller.Call(ctx, req)
	out := queue.Sent(nil)
	if err != nil {
		out = failure(err, what)
	}
	out.Result = result
	return out
}

// grant are the secrets that the configuration gives to the call: to a page those that it names, to any other call
// those of its queue.
func (p *Pager) grant(job queue.Job, what escalation.CallJob) page.Grant {
	var headers map[string]string
	if p.Headers != nil {
		headers = p.Headers(job.Queue)
	}
	switch {
	case what.Page != nil:
		return p.Settings(what.Page.Facts.Thread.Workspace).Pages[what.Page.Name].Grant(headers, p.Secret)
	case p.Grant != nil:
		return p.Grant(job.Queue)
	}
	return nil
}

// failure is the outcome of a call that failed. A call of unknown outcome is made again, because nobody can look for it,
// unless it must not be made twice.
func failure(err error, what escalation.CallJob) queue.Outcome {
	o := queue.Failure(err)
	if o.Kind == queue.KindUnknown {
		o.Kind = queue.KindRetry
		if what.Call.Once {
			o.Kind, o.Err = queue.KindTerminal, fmt.Errorf("nobody knows whether it got through, and it must not be made twice: %w", err)
		}
	}
	if o.Kind == queue.KindLimited && what.Page != nil {
		o.Gate = gate.Page(what.Page.Name)
	}
	return o
}

var errOnce = errors.New("this process ended while the call was under way, and it must not be made twice")

// look is for calls that another process had begun. Nobody can look for them, so they are made again, unless they must
// not be made twice.
func look(c page.Call) queue.Outcome {
	if c.Once {
		return queue.LookFailure(&queue.Error{Kind: queue.KindTerminal, Err: errOnce})
	}
	return queue.Absent()
}
