package scenariotest

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// Rules 13 and 14 together: a line longer than a decision is good for. What grew too old in it takes no
// turn of the channel's pace, or from the second minute on nothing would ever be posted.
func TestMoreRemindersThanAMinuteHoldsInOneChannelAllGoOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.tiers(10)
		w.walker.Tick = time.Second
		w.run()
		const tickets = 150
		var messages []escalation.Message
		for i := range tickets {
			m := w.message(fmt.Sprint(100 + i))
			w.open(m, flow.OpenedNew)
			messages = append(messages, m)
		}
		w.until(10 + tickets*1.1/60 + 0.75) // one every 1.1 s, and a little for each time the line breaks
		for _, m := range messages {
			equal(t, "reminders of ticket "+m.Ticket.ID, len(w.slack.reminders(m)), 1)
		}
	})
}
