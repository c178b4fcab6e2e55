package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/app/upkeep"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/trouble"
)

const (
	lookEvery = 15 * time.Second
	// readingTooOld: a calendar is read every minute, so it has surely been failing if its last reading is so old.
	readingTooOld  = 5 * time.Minute
	lookTimeout    = 5 * time.Second
	mostUnfollowed = 64        // messages that wait to be reported
	waitSoon       = time.Hour // a ticket counts as waiting if its next tier is due within it
)

// watchTroubles looks for troubles that last. It also reports messages that look like tickets and are not followed, because
// Slack has to be asked before that.
func (a *App) watchTroubles(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case u := <-a.unfollowed:
			a.reportUnfollowed(ctx, u)
		case <-tick.C:
			a.lookForTroubles(ctx)
		}
	}
}

func (a *App) lookForTroubles(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	a.lookAtCalendar(ctx)
	a.lookAtClosedDays()
	a.lookAtDesk()
	a.lookAtReach()
	a.lookAtGates(ctx)
}

// lookAtGates reports that nothing can be posted.
func (a *App) lookAtGates(ctx context.Context) {
	gates, err := a.store.Gates(ctx, a.now())
	if err != nil {
		return // said elsewhere
	}
	for _, g := range gates {
		if workspace, ok := upkeep.HeldWorkspace(g); ok {
			a.reportOf(workspace, trouble.Report{Name: faultToken + "/" + workspace, Words: fmt.Sprintf(
				"Nothing can be posted in workspace %s: %s. Its reminders are held until that is mended.", workspace, g.Reason)})
		}
	}
}

// lookAtCalendar reports a calendar that cannot be read, and a roster with nobody on shift while tickets wait. Without
// tickets, at night for example, an empty roster is no trouble.
func (a *App) lookAtCalendar(ctx context.Context) {
	if !a.config.Load().Calendar.IsConfigured() {
		return
	}
	read := a.follower.InForce().Reading.ReadAt
	if a.now().Sub(read) > readingTooOld {
		words := "The shift calendar has never been read."
		if !read.IsZero() {
			words = "The shift calendar cannot be read since " + read.UTC().Format("Jan 2 15:04 MST") + "; the last roster stays in use for a while."
		}
		a.troubles.Report(trouble.Report{Name: faultCalendar, Words: words + " See the log; is it still shared with the service account?"})
		return
	}
	workspaces, err := a.waiting(ctx, a.now().Add(waitSoon))
	if err != nil {
		return // said elsewhere
	}
	for _, workspace := range workspaces {
		if roster := a.rosters.Of(workspace); !roster.AsOf.IsZero() && len(roster.OnShift) == 0 {
			a.reportOf(workspace, trouble.Report{Name: faultRoster + "/" + workspace, Words: "Tickets wait, and nobody is on shift: their first tiers go to the next circle. See `/sla who`."})
		}
	}
}

// lookAtDesk reports a help desk that did not answer the last question. With few open tickets that may be minutes ago. A
// replica that has not asked for two polls says nothing: another one knows better.
func (a *App) lookAtDesk() {
	t := a.deskTrouble.Load()
	if t != nil && a.now().Sub(t.at) <= 2*a.settings("").Poll+time.Minute {
		a.troubles.Report(trouble.Report{Name: faultDesk, Words: t.words})
	}
}

const (
	// closedTooLong is how long reading a calendar of closed days, once a day, has to fail before that is reported.
	closedTooLong = 24 * time.Hour
	// hardlyHours is how long hours may stay closed before somebody should look at what closes them.
	hardlyHours = 31 * 24 * time.Hour
)

// lookAtClosedDays reports calendars of closed days that cannot be read, and such as close everything.
func (a *App) lookAtClosedDays() {
	now := a.now()
	for _, f := range a.closed.Failing() {
		if words := unread(f, now); words != "" {
			a.troubles.Report(trouble.Report{Name: faultClosed + "/" + f.Calendar, Words: words})
		}
	}
	for name, h := range a.config.Load().Hours {
		if words := hardlyOpen(name, h, now); words != "" {
			a.troubles.Report(trouble.Report{Name: faultClosed + "/" + name, Words: words})
		}
	}
}

// unread says that a calendar of closed days cannot be read, once that has lasted for a while.
func unread(f closed.Failing, now time.Time) string {
	words := fmt.Sprintf("The closed days of calendar %s cannot be read since %s; those that were read before hold on.", f.Calendar, f.ReadAt.UTC().Format("Jan 2 15:04 MST"))
	late := now.Sub(f.Since) >= closedTooLong || now.Sub(f.ReadAt) >= 2*closedTooLong
	if f.ReadAt.IsZero() {
		words = fmt.Sprintf("The closed days of calendar %s have never been read, so working hours count as if there were none.", f.Calendar)
		late = now.Sub(f.Since) >= readingTooOld
	}
	if !late {
		return ""
	}
	return words + " See the log; is its id right under hours, and may the service account read it?"
}

// hardlyOpen says that hours stay closed for long: most likely a calendar is not one of holidays.
func hardlyOpen(name string, h *hours.Hours, now time.Time) string {
	opens := h.Add(now, 0)
	if opens.Sub(now) <= hardlyHours {
		return ""
	}
	return fmt.Sprintf("hours.%s are closed until %s, and nobody is reminded till then. Is each calendar under closed one of holidays?", name, opens.In(h.Zone()).Format("Mon 2 Jan 2006"))
}

// lookAtReach reports tiers of the channels of the file's workspace that can reach nobody (rule 8), and logs them when
// that changes.
func (a *App) lookAtReach() {
	workspace, ok := a.filesWorkspace()
	if !ok || !a.book.Loaded(workspace) {
		return
	}
	words := unreached(a.settings(workspace), a.reach(workspace))
	if words != "" {
		a.troubles.Report(trouble.Report{Name: faultReach, Words: words})
	}
	if before := a.unreached.Swap(&words); words != "" && (before == nil || *before != words) {
		a.log.Warn("tiers can reach nobody: "+words, "workspace", workspace)
	}
}

// unreached says which tiers of the watched channels' policies can reach nobody; "" if each can reach somebody.
func unreached(s *escalation.Settings, r circle.Reach) string {
	var said []string
	looked := map[string]bool{}
	for _, channel := range slices.Sorted(maps.Keys(s.Channels)) {
		picked := slices.DeleteFunc(s.Channels[channel].Policies(), func(policy string) bool { return looked[policy] })
		for _, policy := range picked {
			looked[policy] = true
		}
		for _, u := range s.Unreached(picked, r) {
			words := u.Words()
			if u.Policy == setup.OwnPolicy {
				words = "Channel " + channel + ": " + words
			}
			said = append(said, words)
		}
	}
	if len(said) == 0 {
		return ""
	}
	return strings.Join(append(said, "See /sla-setup in the channel, or policies in slabuddy.yaml."), "\n")
}

// reach is whom tiers may reach in a workspace, as far as is known.
func (a *App) reach(workspace string) circle.Reach {
	r := circle.Reach{Workspace: workspace, HasCalendar: a.rosters.HasCalendar(workspace)}
	if a.directory.KnowsGroups(workspace) {
		r.Directory = a.directory
	}
	return r
}
