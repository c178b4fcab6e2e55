package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/escalation/trouble"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
)

// Faults that ops_channel shows. Each makes one message.
const (
	faultDesk       = "desk"
	faultDeskSays   = "desk_says"
	faultCalendar   = "calendar"
	faultClosed     = "closed"
	faultRoster     = "roster"
	faultToken      = "token"
	faultUnreadable = "unreadable"
	faultFailed     = "failed"
	faultPage       = "page"
	faultShut       = "shut"
	faultEmptied    = "emptied"
	faultRenamed    = "renamed"
	faultReach      = "reach"
)

// opsChannel is where troubles are posted: a channel of the workspace that the file holds for, or of the only workspace.
// With several workspaces it is unknown whose channel it is.
func (a *App) opsChannel() (trouble.Channel, bool) {
	c := a.config.Load()
	if c.OpsChannel == "" || a.clock.Hold() { // with a clock that is off, every post would be wrong
		return trouble.Channel{}, false
	}
	workspace, ok := a.filesWorkspace()
	return trouble.Channel{Workspace: workspace, Channel: c.OpsChannel}, ok
}

// filesWorkspace is the workspace whose channels the file names: the one that it is for, or the only one.
func (a *App) filesWorkspace() (workspace string, ok bool) {
	if workspace = a.config.Load().Workspace; workspace != "" {
		return workspace, true
	}
	if known := a.directory.Workspaces(); len(known) == 1 {
		return known[0], true
	}
	return "", false
}

// told says that troubles of a workspace may be posted in ops_channel. People of one workspace read that channel: it must
// not show them the tickets and channels of another, and nobody who installs the bot may fill it (rule 29). Troubles of
// other workspaces are in the log.
func (a *App) told(workspace string) bool {
	ours, known := a.filesWorkspace()
	return !known || ours == workspace
}

// reportOf reports a trouble of a workspace.
func (a *App) reportOf(workspace string, r trouble.Report) {
	if a.told(workspace) {
		a.troubles.Report(r)
	}
}

// deskTrouble is the help desk's last error, if its last answer was one.
type deskTrouble struct {
	words string
	at    time.Time
}

// deskAsked notes the result of the last question to the help desk. Reminders mention it, too; ops_channel tells those
// who can repair it.
func (a *App) deskAsked(kind string, err error) {
	if err == nil {
		a.deskTrouble.Store(nil)
		return
	}
	a.deskTrouble.Store(&deskTrouble{at: a.now(), words: fmt.Sprintf(
		"The help desk (%s) does not answer as it should: %s. Reminders go out all the same, and say that the reply could not be checked.", kind, clean(err))})
}

// unfollowed is a message that looks like a ticket and is not followed.
type unfollowed struct {
	at      escalation.Thread
	problem ticket.Problem
}

// unreadable takes in that a message is not followed. It is reported later, because Slack waits for an answer meanwhile.
func (a *App) unreadable(at escalation.Thread, p ticket.Problem) {
	if !a.told(at.Workspace) { // another workspace that floods us with such messages would keep out our own
		return
	}
	select {
	case a.unfollowed <- unfollowed{at, p}:
	default: // enough of them wait already
	}
}

// reportUnfollowed reports a message that is not followed. It quotes the message only to people who may read it: in the
// same workspace, and if its channel is public or the ops channel itself (rule 29).
func (a *App) reportUnfollowed(ctx context.Context, u unfollowed) {
	said := "See tickets.fields.id; `slabuddy check --live` tells more."
	if ops, ok := a.opsChannel(); ok && a.mayQuote(ctx, ops, u.at) {
		said = u.problem.Sentence() + ". `slabuddy check --live` tells more."
	}
	a.troubles.Report(trouble.Report{Name: faultUnreadable, Incident: true, Words: fmt.Sprintf(
		"Messages look like tickets, but cannot be read, so nobody is reminded of them; the last one is in channel %s, ts %s: %s", u.at.Channel, u.at.TS, said)})
}

func (a *App) mayQuote(ctx context.Context, ops trouble.Channel, at escalation.Thread) bool {
	if ops.Workspace != at.Workspace {
		return false
	}
	return ops.Channel == at.Channel || a.readers.Public(ctx, at.Workspace, []string{at.Channel})[at.Channel]
}

// renamed reports that a watched channel has another id.
func (a *App) renamed(workspace, before, now string) {
	a.reportOf(workspace, trouble.Report{Name: faultRenamed + "/" + workspace + "/" + before, Incident: true, Words: fmt.Sprintf(
		"Slack has given channel %s another id, %s, so I no longer see its tickets. Please put the new id into slabuddy.yaml, or say /sla-setup in the channel, and invite me there.", before, now)})
}

// shut reports a watched channel that the bot cannot read.
func (a *App) shut(workspace, channel string, err error) {
	a.reportOf(workspace, trouble.Report{Name: faultShut + "/" + workspace + "/" + channel, Incident: true, Words: fmt.Sprintf(
		"I cannot read channel %s, so I miss its tickets: %s.", channel, clean(err))})
}

// emptied reports that somebody has left hours without anybody on shift. It is posted in the workspace's own ops channel,
// or nowhere.
func (a *App) emptied(workspace, words string) {
	if ops, ok := a.opsChannel(); ok && ops.Workspace == workspace {
		a.troubles.Report(trouble.Report{Name: faultEmptied, Incident: true, Words: words})
	}
}

// failed reports a reminder that was given up.
func (a *App) failed(p escalation.Post, err error) {
	a.reportOf(p.Workspace, trouble.Report{Name: faultFailed, Incident: true, Words: fmt.Sprintf(
		"Reminders could not be posted and were given up; the last one is of ticket %s in channel %s: %s.", plain.Words(p.Reminder.Ticket.ID), p.Channel, clean(err))})
}

// notPaged reports a page that was given up.
func (a *App) notPaged(o escalation.PageOrder, err error) {
	a.troubles.Report(trouble.Report{Name: faultPage, Incident: true, Words: fmt.Sprintf(
		"Pages could not be sent and were given up; the last one is %s, of ticket %s: %s. See `slabuddy queue list --state=failed`.", o.Name, plain.Words(o.Facts.Ticket.ID), clean(err))})
}

// clean makes an error fit to be shown in a channel: one short line.
func clean(err error) string {
	const most = 300
	words := plain.Words(err.Error())
	if r := []rune(words); len(r) > most {
		words = string(r[:most]) + "…"
	}
	return strings.TrimRight(words, ". ")
}
