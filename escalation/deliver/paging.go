package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// paging is a call that pages for a timeline, or takes a page back.
type paging struct {
	by       *Pager
	job      queue.Job
	what     escalation.CallJob
	order    escalation.PageOrder // what.Page
	timeline *escalation.Timeline // as of just before sending; nil once purged
}

// waitAgain is how long a page waits before the next try when it waits for Slack or the help desk.
const waitAgain = 15 * time.Second

func (p *paging) Send(ctx context.Context) queue.Outcome {
	order := p.order
	if order.Resolve {
		return p.sendFacts(ctx, order, "resolved", "")
	}
	if reason, again := escalation.Unwanted(p.timeline, order, p.by.Now()); reason != "" {
		return p.drop(order, escalation.PageUnwanted{Reason: reason, Again: again})
	}
	link, err := p.link(ctx, order)
	if err != nil {
		return waiting(err)
	}
	order.Facts.Permalink = link
	answer := p.ask(ctx)
	switch facts := p.facts(answer); {
	case answer.Status == desk.Answered && escalation.Settles(*p.timeline, order.Tier-1, facts):
		return p.drop(order, escalation.PageUnwanted{Reason: "the help desk says that somebody has replied", Answered: true})
	case answer.Status == desk.Withdrawn:
		return p.drop(order, escalation.PageUnwanted{Reason: "the help desk says that there is nothing left to answer", Answered: true})
	case answer.Status == desk.Unchecked:
		if p.by.Now().Before(latest(order)) {
			return waiting(errSilent)
		}
		order.Facts.Unchecked = true
		return p.sendFacts(ctx, order, "unchecked", "the help desk could not be asked")
	}
	return p.sendFacts(ctx, order, "sent", "")
}

// facts are the facts with the help desk's answer.
func (p *paging) facts(a desk.Answer) escalation.Facts {
	f := p.by.Facts(p.timeline.Workspace)
	f.Answer = a
	return f
}

// deskPatience is how long a page waits for a verified answer.
const deskPatience = 10 * time.Minute

// latest is how long the page waits for the help desk. A page that is late already waits a minute.
func latest(o escalation.PageOrder) time.Time {
	until, atLeast := o.Facts.Due.Add(deskPatience), o.Decided.Add(time.Minute)
	if atLeast.After(until) {
		return atLeast
	}
	return until
}

var errSilent = errors.New("the help desk has not said whether somebody has replied")

// waiting tries the page again in a while. That costs no attempt.
func waiting(why error) queue.Outcome {
	return queue.Failure(&queue.Error{Kind: queue.KindLimited, After: waitAgain, Err: fmt.Errorf("not sent yet: %w", why)})
}

// sendFacts sends the page with the facts as of now.
func (p *paging) sendFacts(ctx context.Context, o escalation.PageOrder, outcome, cause string) queue.Outcome {
	o.Facts.Now = p.by.Now()
	out := p.by.call(ctx, p.job, p.what, o.Facts)
	if out.Kind != queue.KindSent {
		return out
	}
	at := p.by.Now()
	out.Effect = escalation.PageTaken{PageJob: o.Job(), At: at, Cause: cause}
	p.by.Metrics.Page(o.Name, outcome)
	if !o.Resolve {
		p.by.Metrics.PageLate(max(at.Sub(o.Facts.Due), 0))
	}
	p.by.Logger.Info("page sent", "page", o.Name, "outcome", outcome, "timeline", o.Timeline, "ticket", o.Facts.Ticket.ID, "tier", o.Tier, "job", p.job.ID)
	return out
}

// drop does not send the page. If an earlier attempt may have got through, it counts as sent, so that
// what takes it back follows.
func (p *paging) drop(o escalation.PageOrder, why escalation.PageUnwanted) queue.Outcome {
	why.PageJob, why.At = o.Job(), p.by.Now()
	if p.job.Attempts > 1 {
		p.by.Metrics.Page(o.Name, "sent")
		return queue.Sent(escalation.PageTaken{PageJob: why.PageJob, At: why.At, Cause: "an attempt may have got through before: " + why.Reason})
	}
	outcome := "dropped"
	if why.Answered {
		outcome = "answered"
	}
	p.by.Metrics.Page(o.Name, outcome)
	p.by.Logger.Info("page not sent", "page", o.Name, "reason", why.Reason, "timeline", o.Timeline, "ticket", o.Facts.Ticket.ID, "tier", o.Tier)
	return queue.Dropped(why.Reason, why)
}

func (p *paging) Look(context.Context) queue.Outcome { return look(p.what.Call) }

func (p *paging) GiveUp(err error) queue.Effect {
	o := p.order
	p.by.Metrics.Page(o.Name, "failed")
	p.by.Logger.Warn("a page could not be sent and was given up", "page", o.Name, "resolve", o.Resolve,
		"timeline", o.Timeline, "ticket", o.Facts.Ticket.ID, "tier", o.Tier, "job", p.job.ID, "error", err)
	if p.by.GaveUp != nil {
		p.by.GaveUp(o, err)
	}
	return escalation.PageGivenUp{PageJob: o.Job(), At: p.by.Now(), Reason: err.Error()}
}

// link is the permalink of the reminder, for the page. Slack has to be asked for it: it documents no other way. After an
// error the page waits for the link. If Slack does not tell it for long, the page goes without.
func (p *paging) link(ctx context.Context, o escalation.PageOrder) (string, error) {
	if o.Reminder == nil {
		return "", nil
	}
	ts := p.timeline.PostedTS(*o.Reminder)
	if ts == "" {
		return "", nil // it was posted, and so many came after it that the timeline no longer remembers it
	}
	ask, cancel := context.WithTimeout(ctx, desk.AskShare)
	defer cancel()
	link, err := p.by.Links.Permalink(ask, o.Facts.Thread.Workspace, o.Facts.Thread.Channel, ts)
	switch {
	case err == nil:
		return link, nil
	case p.by.Now().Sub(o.Facts.Due) < escalation.LinkPatience:
		return "", fmt.Errorf("the reminder's link is not known: %w", err)
	}
	p.by.Logger.Warn("a page goes without the link of its reminder", "page", o.Name, "timeline", o.Timeline, "error", err)
	return "", nil
}

// ask is the help desk's answer, as it counts for the timeline (rule 5). Without a help desk the page does not wait.
func (p *paging) ask(ctx context.Context) desk.Answer {
	t := *p.timeline
	a, err := p.by.AskAbout(ctx, t)
	if err != nil {
		p.by.Logger.Warn("the help desk did not answer about a page", "ticket", t.Ticket.ID, "error", err)
	}
	if escalation.Earlier(t, a) {
		return desk.Answer{Status: desk.Unanswered}
	}
	return a
}
