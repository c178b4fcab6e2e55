package message

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// metadataType marks the bot's posts. Any app of the workspace can read the metadata. So they hold only the job's id, the
// marks of reminders and the numbers of a digest's rows.
const metadataType = "slabuddy_job"

type metadata struct {
	EventType tolerant.Text `json:"event_type"`
	Payload   payload       `json:"event_payload"`
}

type payload struct {
	ID    tolerant.Text `json:"id"`
	Rows  tolerant.Text `json:"rows,omitempty"`  // of a digest: the numbers of its rows
	Marks tolerant.Text `json:"marks,omitempty"` // of its reminders
}

// marked holds the parts of a message by which it is found again.
type marked struct {
	TS       tolerant.Text
	BotID    tolerant.Text `json:"bot_id"`
	Metadata metadata

	LatestReply tolerant.Text `json:"latest_reply"` // of a thread's first message
}

// ours says that it is marked as one of the bot's posts.
func (m marked) ours() bool { return m.Metadata.EventType == metadataType }

// Find implements deliver.Poster. If the thread is gone it looks in the channel itself: there Slack posts replies to a
// deleted message.
func (p *Poster) Find(ctx context.Context, jobID string, at escalation.Thread, since time.Time) (landed deliver.Landed, found bool, err error) {
	outside, err := p.readBack(ctx, at, since, func(m marked) bool {
		if found = m.ours() && string(m.Metadata.Payload.ID) == jobID; found {
			landed = deliver.Landed{TS: string(m.TS), Rows: numbers(string(m.Metadata.Payload.Rows))}
		}
		return found
	})
	landed.Outside = found && outside
	return landed, found, err
}

// Marks implements deliver.Poster. Nobody can guess a job's id, but others can guess a mark: only our own posts count.
func (p *Poster) Marks(ctx context.Context, at escalation.Thread, since time.Time) (deliver.Marks, error) {
	ours := ""
	if p.BotID != nil {
		ours = p.BotID(at.Workspace)
	}
	all := deliver.Marks{Replied: map[string]time.Time{}}
	outside, err := p.readBack(ctx, at, since, func(m marked) bool {
		replied, _ := escalation.TimeOf(string(m.LatestReply)) // zero without a reply
		all.Replied[string(m.TS)] = replied
		marks := strings.Fields(string(m.Metadata.Payload.Marks))
		if m.ours() && len(marks) > 0 && (ours == "" || ours == string(m.BotID)) {
			all.Ours = append(all.Ours, deliver.Marked{TS: string(m.TS), Marks: marks, Digest: m.Metadata.Payload.Rows != ""})
		}
		return false
	})
	for i := range all.Ours {
		all.Ours[i].Outside = outside
	}
	if !outside {
		all.Replied = nil
	}
	return all, err
}

// readBack reads the messages of a thread, or of the channel itself if there is no thread or it is gone, until one is
// found or all are read. outside says that it read the channel.
func (p *Poster) readBack(ctx context.Context, at escalation.Thread, since time.Time, found func(marked) bool) (outside bool, err error) {
	if at.TS != "" {
		err = p.search(ctx, gate.MethodReplies, at, since, found)
		if !client.Refused(err, "thread_not_found") {
			return false, err
		}
	}
	return true, p.search(ctx, client.MethodHistory, at, since, found)
}

// search reads one batch after another until a message is found.
func (p *Poster) search(ctx context.Context, method string, at escalation.Thread, since time.Time, found func(marked) bool) error {
	f := url.Values{
		"channel":              {at.Channel},
		"oldest":               {fmt.Sprintf("%d.%06d", since.Unix(), since.Nanosecond()/1000)},
		"include_all_metadata": {"true"},
	}
	if method == gate.MethodReplies {
		f.Set("ts", at.TS)
	}
	for cursor := ""; ; {
		messages, next, err := client.ReadBatch[marked](ctx, p.api, at.Workspace, method, f, cursor, client.FullBatch)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if found(m) {
				return nil
			}
		}
		if next == "" {
			return nil
		}
		cursor = next
	}
}

// marksOf are the marks of a post's reminders, as its metadata holds them.
func marksOf(p escalation.Post) tolerant.Text {
	var marks []string
	if p.Reminder != nil {
		marks = append(marks, p.Reminder.Mark())
	}
	for _, row := range p.Rows {
		marks = append(marks, row.Reminder.Mark())
	}
	return tolerant.Text(strings.Join(marks, " "))
}

// rowsOf are the numbers of a digest's rows, as its metadata holds them; numbers reads them.
func rowsOf(p escalation.Post) tolerant.Text {
	var ns []string
	for _, row := range p.Rows {
		ns = append(ns, strconv.Itoa(row.Row))
	}
	return tolerant.Text(strings.Join(ns, " "))
}

func numbers(rows string) (ns []int) {
	for field := range strings.FieldsSeq(rows) {
		if n, err := strconv.Atoi(field); err == nil {
			ns = append(ns, n)
		}
	}
	return ns
}
