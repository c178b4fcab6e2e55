package message

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// updateFault brings the message of a fault up to date. done is false if there is no such message, or no longer: then the
// post is a new message.
func (p *Poster) updateFault(ctx context.Context, post escalation.Post) (landed deliver.Landed, done bool, err error) {
	f := post.Fault
	if f == nil || f.First == "" {
		return deliver.Landed{}, false, nil
	}
	landed, found, err := p.Find(ctx, f.First, post.Thread, f.Since.Add(-5*time.Minute))
	if err == nil && !found {
		return deliver.Landed{}, false, nil
	}
	if err == nil {
		err = p.update(ctx, post.Thread, landed.TS, renderFault(f))
	}
	if beyondUpdating(err) {
		return deliver.Landed{}, false, nil
	}
	var e *queue.Error
	if errors.As(err, &e) && e.Kind == queue.KindUnknown {
		err = &queue.Error{Kind: queue.KindRetry, Err: err} // nothing was posted
	}
	return landed, true, err
}

// renderFault tells of a trouble of the bot's own, and pings nobody.
func renderFault(f *escalation.Fault) *said {
	s := &said{}
	lines := ownText(f.Words)
	if !f.Over.IsZero() {
		lines[0] = "*This is over:* " + lines[0]
		s.paragraph(lines...)
		s.aside("It began " + mrkdwn.When(f.Since, f.Over) + " and lasted " + mrkdwn.Lasting(f.Over.Sub(f.Since)) + ".")
		return s
	}
	lines[0] = "*I am in trouble:* " + lines[0]
	s.paragraph(lines...)
	since := mrkdwn.When(f.Since, f.Since)
	if f.Count > 1 {
		s.aside("Seen " + strconv.Itoa(f.Count) + " times, the first " + since + ".")
	} else {
		s.aside("Since " + since + ". I say here when it is over.")
	}
	return s
}
