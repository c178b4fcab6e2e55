package views

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

const (
	latelyDays  = 30
	latelyWaits = 5 * time.Second // somebody looks at the window meanwhile
	mostChanged = 10              // tickets that are named
)

// lately says what the last days would have been like with what is filled in, to somebody who may set up and reads the
// channel: first the figures, then what nobody can know.
func (c *Channels) lately(ctx context.Context, i slackapp.Interaction, s channelState, f fields) []string {
	view := c.book.View(i.Workspace)
	channel := f.trying(view.Settings)
	if f.own && len(channel.Tiers) == 0 || c.refusedIn(ctx, i, s.Channel, c.readers) != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, latelyWaits)
	defer cancel()
	r, err := c.replay(ctx, i.Workspace, s.Channel, c.now().AddDate(0, 0, -latelyDays), view.Trying(s.Channel, channel))
	switch {
	case ctx.Err() != nil:
		return []string{"The last 30 days hold too much to look through it here. Whoever runs me can: `slabuddy replay`."}
	case err != nil:
		c.log.Warn("the last days could not be replayed", "workspace", i.Workspace, "channel", s.Channel, "error", err)
		return []string{"What the last 30 days would have been like, I could not find out just now."}
	case r.Before.All() == 0:
		return []string{"In the last 30 days no ticket came in here."}
	}
	return append([]string{"*The last 30 days under this:* " + lower(r.Sentence()) + changes(r)}, r.Limits...)
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// changes names the tickets that would have come to another end.
func changes(r replay.Result) string {
	if len(r.Changed) == 0 {
		return " No ticket comes to another end."
	}
	var named []string
	for _, c := range r.Changed[:min(len(r.Changed), mostChanged)] {
		before, after := string(c.Before), string(c.After)
		if before == "" {
			before = "not promised"
		}
		if after == "" {
			after = "not promised"
		}
		named = append(named, fmt.Sprintf("%s (%s → %s)", mrkdwn.EscapeLine(c.Ticket, 40), before, after))
	}
	words := "\nThese change: " + strings.Join(named, ", ")
	if more := len(r.Changed) + r.Unlisted - len(named); more > 0 {
		words += fmt.Sprintf(", and %d more", more)
	}
	return words + "."
}
