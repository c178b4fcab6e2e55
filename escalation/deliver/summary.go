package deliver

import (
	"errors"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

var errNoSummary = errors.New("nobody knows any more where the summary stands that these details are of")

// under puts details into the thread of their summary, of which its job keeps the ts.
func (d *delivery) under(posted map[string]queue.Job) {
	s := d.post.Summary
	if s.Under == "" {
		return
	}
	if d.post.TS = posted[s.Under].Result.Body; d.post.TS == "" {
		d.broken = errNoSummary
	}
}
