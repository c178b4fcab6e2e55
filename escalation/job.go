package escalation

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// NewPostJob is the job that owes p to Slack.
func NewPostJob(id, key string, p Post, at time.Time) queue.New {
	job := newJob(QueueSlack, id, key, p, at)
	job.Pace = PaceChannel(p.Workspace, p.Channel)
	job.Gates = []string{GateWorkspace(p.Workspace), GateMethod(p.Workspace, MethodPost)}
	look := MethodReplies
	if p.TS == "" {
		look = MethodHistory
	}
	job.LookGates = []string{GateWorkspace(p.Workspace), GateMethod(p.Workspace, look)}
	return job
}

// newJob is a job that owes p to Slack, without pace or gates.
func newJob(in, id, key string, p Post, at time.Time) queue.New {
	payload, err := json.Marshal(p)
	if err != nil { // strings, numbers and times: there is nothing in a Post that could fail
		payload = nil
	}
	return queue.New{ID: id, Key: key, Queue: in, Payload: payload, RunAt: at}
}

// ReminderKey is the key of the job that owes a tier's reminder (rule 11).
func ReminderKey(timeline string, tier, round int) string {
	return fmt.Sprintf("reminder/%s/%d/%d", timeline, tier, round)
}

// ReminderOf is the reminder that was decided for a posting of a timeline, as the history has it; nil if it
// has none.
func ReminderOf(history []Event, timeline string, p Posting) *Reminder {
	for _, e := range history {
		if e.Kind == EventDue && e.Timeline == timeline && e.Tier == p.Tier && e.Round == p.Round {
			return e.Reminder
		}
	}
	return nil
}

// RowsOf are the reminders of a digest that a job owes, or owed; none if it is no digest, or cannot be read.
func RowsOf(j queue.Job) []Post {
	var p Post
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return nil
	}
	return p.Rows
}
