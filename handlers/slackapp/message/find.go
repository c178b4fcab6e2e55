package message

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// metadataType marks the bot's posts. Any app of the workspace can read the metadata: it holds the
// job's id and nothing else.
const metadataType = "slabuddy_job"

type metadata struct {
	EventType tolerant.Text `json:"event_type"`
	Payload   payload       `json:"event_payload"`
}

type payload struct {
	ID tolerant.Text `json:"id"`
}

// marked is as much of a message as is needed to find one again.
type marked struct {
	TS       tolerant.Text
	Metadata metadata
}

// Find implements escalation.Poster. Where the thread is gone it looks in the channel itself: there
// Slack puts replies to a message that has been deleted.
func (p *Poster) Find(ctx context.Context, jobID string, at escalation.Thread, since time.Time) (landed deliver.Landed, found bool, err error) {
	if at.TS != "" {
		landed.TS, found, err = p.search(ctx, escalation.MethodReplies, jobID, at, since)
		if !client.Refused(err, "thread_not_found") {
			return landed, found, err
		}
	}
	landed.TS, found, err = p.search(ctx, client.MethodHistory, jobID, at, since)
	landed.Outside = found
	return landed, found, err
}

// search reads batch after batch. It says "not found" only after the last.
func (p *Poster) search(ctx context.Context, method, jobID string, at escalation.Thread, since time.Time) (ts string, found bool, err error) {
	f := url.Values{
		"channel":              {at.Channel},
		"oldest":               {fmt.Sprintf("%d.%06d", since.Unix(), since.Nanosecond()/1000)},
		"include_all_metadata": {"true"},
	}
	if method == escalation.MethodReplies {
		f.Set("ts", at.TS)
	}
	for cursor := ""; ; {
		messages, next, err := client.ReadBatch[marked](ctx, p.api, at.Workspace, method, f, cursor, client.FullBatch)
		if err != nil {
			return "", false, err
		}
		for _, m := range messages {
			if m.Metadata.EventType == metadataType && string(m.Metadata.Payload.ID) == jobID {
				return string(m.TS), true, nil
			}
		}
		if next == "" {
			return "", false, nil
		}
		cursor = next
	}
}
