package escalation

import (
	"encoding/json"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// ByHand is what becomes of the timelines whose jobs somebody cancelled, certainly unsent: the tiers of reminders
// and pages are given up, as if Slack had refused them, and the timelines go on without (rule 14).
func ByHand(jobs []queue.Job) (es Effects) {
	for _, j := range jobs {
		es = append(es, cancelledJob(j)...)
	}
	return es
}

func cancelledJob(j queue.Job) (es Effects) {
	if j.Queue != QueueSlack {
		var call CallJob
		if json.Unmarshal(j.Payload, &call) == nil && call.Page != nil {
			es = append(es, PageGivenUp{PageJob: call.Page.Job(), At: j.FinishedAt, Reason: j.LastError})
		}
		return es
	}
	var p Post
	if json.Unmarshal(j.Payload, &p) != nil {
		return nil
	}
	for _, row := range append(p.Rows, p) {
		if row.Reminder != nil {
			es = append(es, ReminderGivenUp{ReminderJob: row.ReminderJob(), At: j.FinishedAt, Reason: j.LastError})
		}
	}
	return es
}
