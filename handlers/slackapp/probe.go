package slackapp

import (
	"context"
	"strconv"

	"github.com/slabuddy/slabuddy/escalation"
)

// Report is what Slack says of a channel, and what its last messages are read as.
type Report struct {
	Channel
	Messages   int // read
	Tickets    []escalation.Message
	Unreadable []string // ts of messages that look like tickets and cannot be read
}

// Probe looks at a channel, and at its last messages, n at most, as tickets.
func Probe(ctx context.Context, api *API, workspace, channel string, n int, r *Reader) (Report, error) {
	found, err := api.Channel(ctx, workspace, channel)
	report := Report{Channel: found}
	if err != nil || !found.Member {
		return report, err
	}
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	var f form
	f.set("channel", channel)
	got, _, err := ReadBatch[scanned](ctx, api, workspace, MethodHistory, f, "", strconv.Itoa(n))
	for _, m := range got {
		report.read(workspace, m.message, r)
	}
	return report, err
}

func (c *Report) read(workspace string, m message, r *Reader) {
	if !m.opens() {
		return
	}
	c.Messages++
	ticket, found := r.read(&m)
	at := escalation.Thread{Workspace: workspace, Channel: c.ID, TS: string(m.TS)}
	posted, err := escalation.TimeOf(at.TS)
	switch {
	case found == unreadable:
		c.Unreadable = append(c.Unreadable, at.TS)
	case found != noTicket && err == nil:
		c.Tickets = append(c.Tickets, escalation.Message{Thread: at, PostedAt: posted, Ticket: ticket})
	}
}
