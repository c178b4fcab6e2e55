package deliver

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// Poster posts to Slack. Its errors are *queue.Error where it knows what they mean for the job.
type Poster interface {
	// Post posts p with jobID in the message's metadata and returns where the new message landed. An empty
	// Thread.TS posts to the channel itself.
	Post(ctx context.Context, jobID string, p escalation.Post) (Landed, error)
	// Find looks through all pages of the thread (of the channel, if Thread.TS is empty or the thread is gone)
	// since the given time for the message that carries jobID.
	Find(ctx context.Context, jobID string, at escalation.Thread, since time.Time) (landed Landed, found bool, err error)
	// Marks lists the reminders that we posted in a thread (in the channel itself, if Thread.TS is empty or the thread
	// is gone) since the given time, through all pages.
	Marks(ctx context.Context, at escalation.Thread, since time.Time) (Marks, error)
	// Refresh brings a reminder that is posted under ts up to date with its timeline. Doing so twice does
	// no harm. It is no error if the message is gone or may not be changed any more.
	Refresh(ctx context.Context, ts string, r escalation.Reminder, t escalation.Timeline) error
	// RefreshDigest does the same for a digest, whose rows are those that it named when it was posted.
	RefreshDigest(ctx context.Context, ts string, rows []DigestRow) error
}

// DigestRow is a ticket that a digest names, as it stands now.
type DigestRow struct {
	escalation.Post // the reminder, as it was decided
	Now             escalation.Timeline
}

// Landed is where a message is that was posted. Slack puts a reply to a deleted message into the channel
// itself, and says so by leaving out the thread's ts.
type Landed struct {
	TS      string
	Outside bool  // in the channel itself, not in a thread
	Rows    []int // of a digest that was found: which of its rows it names, from 1
}

// Marks are what was found in a thread or a channel.
type Marks struct {
	Ours []Marked
	// Replied is when the last reply came to each message of a channel that was read, by its ts; zero: none did.
	Replied map[string]time.Time
}

// Marked is a message of ours that holds a reminder, or of a digest several.
type Marked struct {
	TS      string
	Marks   []string // see escalation.Reminder.Mark
	Outside bool     // in the channel itself, not in a thread
	Digest  bool
}
