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

// opsChannel is where troubles are posted: a channel of the workspace that the file holds for, or of the
// only one that there is. Among several nobody could say whose channel it is.
func (a *App) opsChannel() (trouble.Channel, bool) {
	c := a.config.Load()
	if c.OpsChannel == "" || a.clock.Hold() { // by a clock that is off, all that is posted would be wrong
		return trouble.Channel{}, false
	}
	workspace, ok := a.filesWorkspace()
	return trouble.Channel{Workspace: workspace, Channel: c.OpsChannel}, ok
}

// filesWorkspace is the one whose channels the file names: the one that it is for, or the only one that there is.
func (a *App) filesWorkspace() (workspace string, ok bool) {
	if workspace = a.config.Load().Workspace; workspace != "" {
		return workspace, true
	}
	if known := a.directory.Workspaces(); len(known) == 1 {
		return known[0], true
	}
	return "", false
}

// told says that what goes wrong in a workspace may be told in ops_channel. It is read in one workspace: it would show
// that one's people another's tickets and channels, and whoever can install the bot could fill it (rule 29). What goes
// wrong elsewhere is in the log.
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

// deskTrouble is what the help desk last answered, if that was no answer.
type deskTrouble struct {
	words string
	at    time.Time
}

// deskAsked notes how the last asking of the help desk went. A reminder says so too; ops_channel says it
// to those who can mend it.
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

// unreadable takes in that a message is not followed. Slack waits for an answer meanwhile, so it is reported later.
func (a *App) unreadable(at escalation.Thread, p ticket.Problem) {
	if !a.told(at.Workspace) { // whoever floods us with such messages would keep out our own
		return
	}
	select {
	case a.unfollowed <- unfollowed{at, p}:
	default: // those that wait are enough to look into
	}
}

// reportUnfollowed reports a message that is not followed. It is quoted to none but those who may read it: in its own
// workspace, and where its channel is open to everybody, or is the ops channel itself (rule 29).
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

// shut reports a watched channel that the bot sees nothing of.
func (a *App) shut(workspace, channel string, err error) {
	a.reportOf(workspace, trouble.Report{Name: faultShut + "/" + workspace + "/" + channel, Incident: true, Words: fmt.Sprintf(
		"I cannot read channel %s, so I miss its tickets: %s.", channel, clean(err))})
}

// emptied reports that somebody has left hours with nobody on shift. That is said in the workspace's own channel,
// or in none.
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

// clean is an error as it may be shown in a channel: on one line, and short.
func clean(err error) string {
	const most = 300
	words := plain.Words(err.Error())
	if r := []rune(words); len(r) > most {
		words = string(r[:most]) + "…"
	}
	return strings.TrimRight(words, ". ")
}
