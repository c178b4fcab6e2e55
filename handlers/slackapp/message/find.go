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
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// metadataType marks the bot's posts. Any app of the workspace can read the metadata: it holds the
// job's id and, of a digest, which of the job's rows it has.
const metadataType = "slabuddy_job"

type metadata struct {
	EventType tolerant.Text `json:"event_type"`
	Payload   payload       `json:"event_payload"`
}

type payload struct {
	ID   tolerant.Text `json:"id"`
	Rows tolerant.Text `json:"rows,omitempty"` // of a digest: the numbers of its rows
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
		landed, found, err = p.search(ctx, escalation.MethodReplies, jobID, at, since)
		if !client.Refused(err, "thread_not_found") {
			return landed, found, err
		}
	}
	landed, found, err = p.search(ctx, client.MethodHistory, jobID, at, since)
	landed.Outside = found
	return landed, found, err
}

// search reads batch after batch. It says "not found" only after the last.
func (p *Poster) search(ctx context.Context, method, jobID string, at escalation.Thread, since time.Time) (m deliver.Landed, found bool, err error) {
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
			return deliver.Landed{}, false, err
		}
		for _, m := range messages {
			if m.Metadata.EventType == metadataType && string(m.Metadata.Payload.ID) == jobID {
				return deliver.Landed{TS: string(m.TS), Rows: numbers(string(m.Metadata.Payload.Rows))}, true, nil
			}
		}
		if next == "" {
			return deliver.Landed{}, false, nil
		}
		cursor = next
	}
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
