// Package live asks those whom the bot depends on whether the configuration is true: Slack, the shift
// calendar, the help desk. It changes nothing and posts nothing.
//
//	token ─▶ channels ─▶ their last messages, read as tickets ─▶ help desk, asked about one of them
//	groups, people, calendar ─▶ the names in the configuration, found or not
package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/scan"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
)

// Check is what is to be checked, and by whom.
type Check struct {
	Settings *escalation.Settings // in force in the workspace
	Slack    *client.API
	Reader   *ticket.Reader
	Calendar calendar.Source // nil: there is none
	Matching calendar.Matching
	Closed   map[string]closed.Source // calendars of closed days by id
	DeskKind string
	Desk     desk.HelpDesk
	// OpsChannel is where troubles are told, in OpsWorkspace or, if that is "", in whichever is checked; "": nowhere.
	OpsChannel, OpsWorkspace string
	Now                      func() time.Time
}

// Finding is one thing that was looked at.
type Finding struct {
	Workspace string `json:"workspace,omitempty"` // "" while that is not known yet
	Area      string `json:"area"`                // token, channel, ops, group, person, calendar, closed, desk, left
	OK        bool   `json:"ok"`
	Look      bool   `json:"look,omitempty"` // it is not wrong, but somebody should look at it
	Says      string `json:"says"`           // what is the case
	Fix       string `json:"fix,omitempty"`  // what to do, if it is not right or to be looked at
}

// Left is the area of the finding that says what was not looked at.
const Left = "left"

// lastMessages is how many messages of each channel are read.
const lastMessages = 50

// Run looks at everything in a workspace; report is called with each finding as it comes. It says whether all
// was right.
func (c Check) Run(ctx context.Context, workspace string, report func(Finding)) (allRight bool) {
	p := &pass{Check: c, workspace: workspace, right: true, report: report}
	if !p.token(ctx) {
		return false
	}
	p.channels(ctx)
	p.opsChannel(ctx)
	p.groups(ctx)
	p.people(ctx)
	p.named(ctx)
	p.calendar(ctx)
	p.closedDays(ctx)
	p.desk(ctx)
	p.ok(Left, "Not looked at: whether Slack's events reach the bot (a ticket posted in a watched channel shows that), the help desk's webhook, and pages, which would call somebody.")
	return p.right
}

// pass is one run of a Check.
type pass struct {
	Check
	workspace string
	right     bool
	report    func(Finding)
	tickets   []escalation.Message // that the channels' last messages carry
}

func (p *pass) ok(area, says string, args ...any) {
	p.report(Finding{Workspace: p.workspace, Area: area, OK: true, Says: fmt.Sprintf(says, args...)})
}

// look reports what may be as it is meant to be, and what to do if it is not.
func (p *pass) look(area, fix, says string, args ...any) {
	p.report(Finding{Workspace: p.workspace, Area: area, OK: true, Look: true, Says: fmt.Sprintf(says, args...), Fix: fix})
}

func (p *pass) wrong(area, fix, says string, args ...any) {
	p.right = false
	p.report(Finding{Workspace: p.workspace, Area: area, Says: fmt.Sprintf(says, args...), Fix: fix})
}

func (p *pass) token(ctx context.Context) bool {
	t, err := p.Slack.TestToken(ctx, p.workspace)
	if err != nil {
		p.wrong("token", mend(err, "Install the app again, and if SLACK_BOT_TOKEN is set, set it to its new Bot User OAuth Token."), "Slack does not let the bot in: %v.", err)
		return false
	}
	p.workspace = t.Workspace
	p.ok("token", "The bot is in the workspace %s (%s).", t.Team, t.Workspace)
	if len(t.Lacking) > 0 {
		p.wrong("token", "Add them at https://api.slack.com/apps, OAuth & Permissions, Bot Token Scopes, and install the app again.",
			"The app lacks the scopes %s.", strings.Join(t.Lacking, ", "))
		return true
	}
	p.ok("token", "It has every scope that it needs.")
	return true
}

func (p *pass) channels(ctx context.Context) {
	if len(p.Settings.Channels) == 0 {
		p.look("channel", "Name one under channels in the configuration, or type /sla-setup in it.", "No channel is watched yet.")
	}
	for _, id := range slices.Sorted(maps.Keys(p.Settings.Channels)) {
		p.channel(ctx, id)
	}
}

func (p *pass) channel(ctx context.Context, id string) {
	report, err := scan.Probe(ctx, p.Slack, p.workspace, id, lastMessages, p.Reader)
	name := id
	if report.Name != "" {
		name = "#" + report.Name + " (" + id + ")"
	}
	switch {
	case err != nil:
		p.wrong("channel", mend(err, "Check the id (in Slack: the channel's name, About), and invite the bot if the channel is private: /invite @SLA Buddy."),
			"%s cannot be looked at: %v.", name, err)
		return
	case report.Archived:
		p.wrong("channel", "Bring it back in Slack, or take it out of channels.", "%s is archived.", name)
		return
	case !report.Member:
		p.wrong("channel", "Type /invite @SLA Buddy in it.", "The bot is not in %s, and sees no ticket there.", name)
		return
	}
	p.tickets = append(p.tickets, report.Tickets...)
	if report.Messages == 0 {
		p.look("channel", "Does the help desk post new tickets there? Run this again once it has.", "%s has no messages yet.", name)
		return
	}
	says := fmt.Sprintf("%s: %s of the last %d messages are tickets", name, count(len(report.Tickets)), report.Messages)
	if len(report.Tickets) > 0 {
		says += ", such as " + report.Tickets[0].Ticket.ID
	}
	switch {
	case len(report.Unreadable) > 0:
		first := report.Unreadable[0]
		p.wrong("channel", "Copy one into a file, try `slabuddy simulate --message FILE`, and give tickets.fields.id a pattern that finds the id.",
			"%s; %s more look like tickets, but cannot be read. That of ts %s: %s.", says, count(len(report.Unreadable)), first.TS, first.Sentence())
	case len(report.Tickets) == 0:
		p.look("channel", "Does the help desk post new tickets there? If it has, give tickets.fields.id a pattern; `slabuddy simulate --message FILE` tries it.", "%s.", says)
	default:
		p.ok("channel", "%s.", says)
	}
}

// opsChannel looks at the channel in which the bot's own troubles are told.
func (p *pass) opsChannel(ctx context.Context) {
	if p.OpsChannel == "" || p.OpsWorkspace != "" && p.OpsWorkspace != p.workspace {
		return
	}
	found, err := p.Slack.Channel(ctx, p.workspace, p.OpsChannel)
	switch {
	case err != nil:
		p.wrong("ops", mend(err, "Check the id under ops_channel, and invite the bot if the channel is private: /invite @SLA Buddy."),
			"The ops_channel %s cannot be looked at: %v.", p.OpsChannel, err)
	case found.Archived:
		p.wrong("ops", "Bring it back in Slack, or name another one under ops_channel.", "The ops_channel #%s is archived.", found.Name)
	case !found.Member:
		p.wrong("ops", "Type /invite @SLA Buddy in it.", "The bot is not in the ops_channel #%s (%s), and cannot tell of its troubles there.", found.Name, found.ID)
	default:
		p.ok("ops", "The bot tells of its own troubles in #%s (%s).", found.Name, found.ID)
	}
}

// desk asks about a ticket that really is there: that proves address, credentials and permission in one.
func (p *pass) desk(ctx context.Context) {
	if !p.Settings.HasDesk {
		p.ok("desk", "There is no help desk (kind: none); `@SLA Buddy done` in the thread closes a ticket.")
		return
	}
	if len(p.tickets) == 0 {
		p.look("desk", "Run this again once a ticket has been posted in a watched channel.", "The help desk (%s) was not asked: there is no ticket yet to ask it about.", p.DeskKind)
		return
	}
	asking, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	m := p.tickets[0]
	answers, err := p.Desk.Ask(asking, []desk.Question{{TicketID: m.Ticket.ID, Since: m.PostedAt}})
	answer, known := answers[m.Ticket.ID]
	switch {
	case err != nil:
		p.wrong("desk", "Check its address and credentials in the environment.", "The help desk (%s) could not be asked about ticket %s: %v.", p.DeskKind, m.Ticket.ID, err)
	case !known || answer.Status == desk.Unchecked:
		p.wrong("desk", "Does the ticket exist there, and may this account read it?", "The help desk (%s) says nothing of ticket %s.", p.DeskKind, m.Ticket.ID)
	default:
		p.ok("desk", "The help desk (%s) says of ticket %s: %s.", p.DeskKind, m.Ticket.ID, answer.Status)
	}
}

// mend is what to do about a call that failed: what Slack refuses for good has to be mended, and the rest
// passes.
func mend(err error, how string) string {
	var e *queue.Error
	if errors.As(err, &e) && (e.Kind == queue.KindTerminal || e.Kind == queue.KindHeld) {
		return how
	}
	return "Slack could not be asked just now: please run this again in a minute."
}

func count(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

func nobody(err error) bool { return errors.Is(err, client.ErrNobody) }

// closedDays reads the calendars of closed days.
func (p *pass) closedDays(ctx context.Context) {
	for _, id := range slices.Sorted(maps.Keys(p.Closed)) {
		reading, cancel := context.WithTimeout(ctx, 20*time.Second)
		read, err := closed.Read(reading, p.Closed[id], p.Now())
		cancel()
		switch {
		case err != nil:
			p.wrong("closed", "See the message; a private calendar has to be shared with the service account's address.", "The closed days of %s cannot be read: %v.", id, err)
		case len(read.Events) == 0:
			p.look("closed", "Is it the right one? Google's calendars of holidays hold two years or so.", "The calendar %s closes no day in the year to come.", id)
		default:
			p.ok("closed", "%d closed days and times of %s are known.", len(read.Events), id)
		}
	}
}
