package scan

import (
	"context"
	"net/url"
	"strconv"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// Report is what Slack says of a channel, and what its last messages are read as.
type Report struct {
	client.Channel
	Messages   int // read
	Tickets    []escalation.Message
	Unreadable []string // ts of messages that look like tickets and cannot be read
}

// Probe looks at a channel, and at its last messages, n at most, as tickets.
func Probe(ctx context.Context, api *client.API, workspace, channel string, n int, r *slackapp.Reader) (Report, error) {
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

func (c *Report) read(workspace string, m slackapp.Message, r *slackapp.Reader) {
	if !m.Opens() {
		return
	}
	c.Messages++
	ticket, found := r.Read(&m)
	at := escalation.Thread{Workspace: workspace, Channel: c.ID, TS: string(m.TS)}
	posted, err := escalation.TimeOf(at.TS)
	switch {
	case found == slackapp.Unreadable:
		c.Unreadable = append(c.Unreadable, at.TS)
	case found != slackapp.NoTicket && err == nil:
		c.Tickets = append(c.Tickets, escalation.Message{Thread: at, PostedAt: posted, Ticket: ticket})
	}
}
