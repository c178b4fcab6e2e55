package scan

import (
	"context"
	"net/url"
	"strconv"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
)

// Report is what Slack says of a channel, and what its last messages are read as.
type Report struct {
	client.Channel
	Messages   int // read
	Tickets    []escalation.Message
	Unreadable []Unread // messages that look like tickets and cannot be read
}

// Unread is a message that looks like a ticket and cannot be read.
type Unread struct {
	TS string
	ticket.Problem
}

// Probe looks at a channel, and at its last messages, n at most, as tickets.
func Probe(ctx context.Context, api *client.API, workspace, channel string, n int, r *ticket.Reader) (Report, error) {
	found, err := api.Channel(ctx, workspace, channel)
	report := Report{Channel: found}
	if err != nil || !found.Member {
		return report, err
	}
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	f := url.Values{"channel": {channel}}
	got, _, err := client.ReadBatch[scanned](ctx, api, workspace, client.MethodHistory, f, "", strconv.Itoa(n))
	for _, m := range got {
		report.read(workspace, m.Message, r)
	}
	return report, err
}

func (c *Report) read(workspace string, m slackapp.Message, r *ticket.Reader) {
	if !m.Opens() {
		return
	}
	c.Messages++
	read := r.Read(&m.Message)
	at := escalation.Thread{Workspace: workspace, Channel: c.ID, TS: string(m.TS)}
	posted, err := escalation.TimeOf(at.TS)
	if err != nil {
		return
	}
	if read.Problem.Reason != "" {
		c.Unreadable = append(c.Unreadable, Unread{TS: at.TS, Problem: read.Problem})
	}
	for _, t := range read.Tickets {
		c.Tickets = append(c.Tickets, escalation.Message{Thread: at, PostedAt: posted, Ticket: t})
	}
}
