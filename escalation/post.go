package escalation

import (
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/fields"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Post is a message to be posted in a thread. Exactly one of Reminder, Rows, Note, Refresh, Fault, Summary, Handover and
// Outlook is set. As JSON it is the payload of a job of QueueSlack, or, with Refresh, of QueueUpdates.
type Post struct {
	Thread
	Timeline string    `json:"timeline,omitempty"` // the timeline that a reminder or a note is about
	Digest   string    `json:"digest,omitempty"`   // the id of the digest's job, if the reminder is a row of a digest; "": it is a message of its own
	Round    int       `json:"round,omitempty"`    // the round of the reminder's tier it was made for
	Reminder *Reminder `json:"reminder,omitempty"`
	Rows     []Post    `json:"rows,omitempty"` // of a digest, which is posted in the channel itself: its reminders
	Row      int       `json:"-"`              // the number of its row in the digest, from 1: other rows may be left out
	Note     *Note     `json:"note,omitempty"`
	Refresh  *Posting  `json:"refresh,omitempty"`  // a posted reminder, which is brought up to date with its timeline
	Fault    *Fault    `json:"fault,omitempty"`    // a trouble of the bot's own, posted in ops_channel
	Summary  *Summary  `json:"summary,omitempty"`  // how the team did
	Handover *Handover `json:"handover,omitempty"` // a change of shift, posted in handover.channel
	Outlook  *Outlook  `json:"outlook,omitempty"`  // when nobody is on shift in the coming week, posted there as well
}

// Fault is a trouble of the bot's own. It is posted once, brought up to date in place, and in the end says that it is
// over.
type Fault struct {
	Name  string    `json:"name"`  // which one: "desk", "calendar", "token", …
	Words string    `json:"words"` // what is wrong and what to do, as plain text
	Since time.Time `json:"since"`
	Count int       `json:"count,omitempty"` // how often it was seen; 0: it is a state, not an incident
	Over  time.Time `json:"over,omitzero"`   // when it ended; zero while it lasts
	First string    `json:"first,omitempty"` // the job whose message is brought up to date; "": this is the first
}

// Handing over a shift (rule 24): a card at each change, and an outlook each week, both in the channel that
// handover.channel names. Package handover makes them.

// Handover is the card of a change of shift, as data.
type Handover struct {
	At    time.Time        `json:"at"`
	Goes  []string         `json:"goes,omitempty"`
	Comes []string         `json:"comes,omitempty"`
	On    []string         `json:"on,omitempty"`
	Open  []HandoverTicket `json:"open,omitempty"` // the nearest deadline first
	More  int              `json:"more,omitempty"` // so many more are open
}

// HandoverTicket is an open timeline on the card.
type HandoverTicket struct {
	Timeline string    `json:"timeline"`
	Ticket   Ticket    `json:"ticket"`
	Channel  string    `json:"channel"`
	Deadline time.Time `json:"deadline"`
	Owner    string    `json:"owner,omitempty"`    // by name
	OwnerID  string    `json:"owner_id,omitempty"` // Slack user id, where no name is known
	Snoozed  time.Time `json:"snoozed,omitzero"`
}

// Outlook is when nobody is on shift in the time ahead.
type Outlook struct {
	From  time.Time           `json:"from"`
	Until time.Time           `json:"until"` // the calendar was read that far, a week at most
	Gaps  []calendar.Interval `json:"gaps,omitempty"`
}

// Summary is how the team did in a span of time, for a message in Slack. The first message is a sentence, a picture and
// a table. With Under it is the details, in the thread of the first.
type Summary struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Zone     string    `json:"zone"` // of days and weeks
	Sentence string    `json:"sentence,omitempty"`
	Bars     []Bar     `json:"bars,omitempty"`
	Missed   []Missed  `json:"missed,omitempty"`   // the latest breaches, newest first
	Breaches int       `json:"breaches,omitempty"` // the number of all breaches
	Details  []string  `json:"details,omitempty"`  // a line each, as plain text
	Under    string    `json:"under,omitempty"`    // key of the job that posted the first message
}

// Bar is what became of the first replies of a day, or of a week.
type Bar struct {
	Label    string `json:"label"`
	Kept     int    `json:"kept"`
	Breached int    `json:"breached"`
}

// Missed is a promise that was broken.
type Missed struct {
	Channel string           `json:"channel"`
	Thread  string           `json:"thread,omitempty"` // ts of the thread; "" for those who may not read its channel
	Ticket  Ticket           `json:"ticket"`           // without subject, customer and link for those who may not read its channel
	Clock   policy.ClockKind `json:"clock"`
	At      time.Time        `json:"at"`
	Because string           `json:"because"`
	Late    string           `json:"late,omitempty"` // by how much
	Link    string           `json:"link,omitempty"` // to the thread, in Slack
}

// SummaryKey is the key of the job that posts a workspace's summary of the span that ended then. So there is only one.
func SummaryKey(workspace string, to time.Time) string {
	return "summary/" + workspace + "/" + to.UTC().Format("2006-01-02T15:04")
}

// DetailsKey is the key of the job that posts the details under the summary.
func DetailsKey(workspace string, to time.Time) string { return SummaryKey(workspace, to) + "/details" }

// The queues of what goes to Slack.
const (
	QueueSlack = "slack" // everything that is posted
	// QueueUpdates brings posted reminders up to date. In the same queue, many updates at once, which Slack is slow to
	// take, would hold every worker that a reminder needs.
	QueueUpdates = "slack-updates"
)

// NewPostJob is the job that posts p.
func NewPostJob(id, key string, p Post, at time.Time) queue.New {
	job := newJob(QueueSlack, id, key, p, at)
	job.Pace = gate.PaceChannel(p.Workspace, p.Channel)
	job.Gates = []string{gate.Workspace(p.Workspace), gate.Method(p.Workspace, gate.MethodPost)}
	look := gate.MethodReplies
	if p.TS == "" {
		look = gate.MethodHistory
	}
	job.LookGates = []string{gate.Workspace(p.Workspace), gate.Method(p.Workspace, look)}
	return job
}

// newJob is a job that posts p, without pace or gates.
func newJob(in, id, key string, p Post, at time.Time) queue.New {
	payload, err := fields.Marshal(&p, postFields)
	if err != nil { // strings, numbers and times: there is nothing in a Post that could fail
		payload = nil
	}
	return queue.New{ID: id, Key: key, Queue: in, Payload: payload, RunAt: at}
}

// ReadPost is the post of a job.
func ReadPost(j queue.Job) (p Post, err error) {
	if err := fields.Unmarshal(string(j.Payload), &p, postFields); err != nil {
		return p, fmt.Errorf("payload of job %s: %w", j.ID, err)
	}
	return p, nil
}

// reminderKey is the key of the job that posts a tier's reminder (rule 11).
func reminderKey(timeline string, tier, round int) string {
	return fmt.Sprintf("reminder/%s/%d/%d", timeline, tier, round)
}

// ReminderOf finds in the history the reminder that was decided for a posting of a timeline; nil if it is not there.
func ReminderOf(history []Event, timeline string, p Posting) *Reminder {
	for _, e := range history {
		if e.Kind == EventDue && e.Timeline == timeline && e.Tier == p.Tier && e.Round == p.Round {
			return e.Reminder
		}
	}
	return nil
}

// DigestOf finds in the history the timelines of the digest in which a reminder was posted, in the digest's order; nil
// if they are not there.
func DigestOf(history []Event, timeline string, p Posting) []string {
	for _, e := range history {
		if e.Kind == EventPosted && e.Timeline == timeline && e.Tier == p.Tier && e.Round == p.Round {
			return e.With
		}
	}
	return nil
}
