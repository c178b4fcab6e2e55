package slackapp

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
)

const (
	subtypeEdited = "message_changed"
	// completing is how long after its post an app may complete it: some apps post first, and fill the post in at once.
	completing = 5 * time.Minute
)

// edited opens the tickets of a message that an app has completed: it had none before, and was posted a moment ago. All
// other edits, and unfurls, open nothing (rule 1).
func (a *App) edited(ctx context.Context, e *envelope) (outcome string, err error) {
	now, before := e.Event.Edited, e.Event.Before
	if now == nil || before == nil || now.BotID == "" || !now.Opens() {
		return outcomeIgnored, nil
	}
	now.Channel, now.Type = e.Event.Channel, typeMessage
	posted := *e
	posted.Event = *now
	at := escalation.Thread{Workspace: e.workspace(), Channel: string(now.Channel), TS: string(now.TS)}
	first, err := escalation.TimeOf(at.TS)
	if err != nil || at.Workspace == "" || at.Channel == "" {
		return outcomeOdd, nil
	}
	last, err := escalation.TimeOf(string(e.Event.TS))
	if err != nil || last.Sub(first) > completing || a.own(&posted) {
		return outcomeIgnored, nil
	}
	if !a.Settings().Watches(at.Workspace, at.Channel) {
		return outcomeUnwatched, nil // apps edit much, and all of it would be read twice
	}
	reader := a.Settings().Reader(at.Workspace)
	if was := reader.Read(&before.Message).Verdict; was != ticket.None && was != ticket.Unreadable {
		return outcomeIgnored, nil
	}
	if reader.Read(&now.Message).Verdict != ticket.Readable {
		return outcomeIgnored, nil
	}
	return a.open(ctx, now, escalation.Message{Thread: at, PostedAt: first})
}

// renamed reports that a watched channel has another id. The channel is not watched under its new id until somebody
// changes the settings.
func (a *App) renamed(e *envelope) (outcome string) {
	before, now := string(e.Event.OldChannel), string(e.Event.NewChannel)
	if before == "" || now == "" || !a.Settings().Watches(e.workspace(), before) {
		return outcomeUnwatched
	}
	a.Log.Error("a watched channel has another id in Slack from now on: put the new one where the old one is set up, or nobody is reminded of its tickets",
		"workspace", e.workspace(), "channel", before, "now", now)
	if a.Renamed != nil {
		a.Renamed(e.workspace(), before, now)
	}
	return outcomeRenamed
}
