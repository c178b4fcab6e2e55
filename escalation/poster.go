package escalation

import (
	"context"
	"time"
)

// Post is a message owed to a thread: exactly one of Reminder and Note is set. As JSON it is the
// payload of a job of QueueSlack.
type Post struct {
	Thread
	Timeline string    `json:"timeline,omitempty"` // the timeline a reminder belongs to
	Round    int       `json:"round,omitempty"`    // the round of the reminder's tier it was made for
	Reminder *Reminder `json:"reminder,omitempty"`
	Note     *Note     `json:"note,omitempty"`
}

// QueueSlack is the queue of everything that is posted to Slack.
const QueueSlack = "slack"

// Poster posts to Slack. Its errors are *queue.Error where it knows what they mean for the job.
type Poster interface {
	// Post posts p with jobID in the message's metadata and returns the new message's ts. An empty
	// Thread.TS posts to the channel itself.
	Post(ctx context.Context, jobID string, p Post) (ts string, err error)
	// Find looks through all pages of the thread (of the channel, if Thread.TS is empty) since the
	// given time for the message that carries jobID.
	Find(ctx context.Context, jobID string, at Thread, since time.Time) (ts string, found bool, err error)
}

// The Slack methods that have gates of their own.
const (
	MethodPost    = "chat.postMessage"
	MethodReplies = "conversations.replies"
)

// Gates that Slack jobs wait behind; see queue.New.

// GateWorkspace is shut while a workspace's token is missing or revoked.
func GateWorkspace(workspace string) string { return "workspace/" + workspace }

// GateMethod is shut while Slack limits a method in a workspace.
func GateMethod(workspace, method string) string { return "slack/" + workspace + "/" + method }

// PaceChannel spaces the posts to one channel.
func PaceChannel(workspace, channel string) string { return "pace/" + workspace + "/" + channel }
