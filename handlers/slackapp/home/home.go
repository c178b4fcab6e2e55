// Package home shows each person their home tab: their own open tickets, who is on shift, when nobody
// is, how the team did, how punctual the bot has been, and how to get help.
//
//	app_home_opened, Refresh ──▶ ack ──▶ read the store ──▶ views.publish
package home

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
	"github.com/slabuddy/slabuddy/handlers/slackapp/overview"
)

// The names of the tab, and of its button.
const (
	Callback       = "slabuddy_home_tab"
	ActionRefresh  = "slabuddy_home_refresh"
	ActionHandOver = "slabuddy_home_hand_over" // a menu of people; its block names the timeline
)

// Store is what is read of the database.
type Store interface {
	act.WaitingStore
	Lateness(ctx context.Context, workspace string, since time.Time, n int) ([]time.Duration, error)
}

// Rosters know who is on shift. *setup.Rosters is one.
type Rosters interface {
	Of(workspace string) calendar.Roster
	Ahead(workspace string, d time.Duration) calendar.Outlook
	HasCalendar(workspace string) bool
}

// Publisher shows somebody their home tab. *client.API is one.
type Publisher interface {
	PublishHome(ctx context.Context, workspace, user string, v slack.HomeTabViewRequest) error
}

// Readers know which channels somebody may read. *readers.Readers is one.
type Readers interface {
	MayRead(ctx context.Context, workspace, user string, channels []string) map[string]bool
}

// Threads know the addresses of tickets' threads. *threads.Links is one.
type Threads interface {
	Of(ctx context.Context, ts []escalation.Timeline) map[escalation.Thread]string
}

// Home shows home tabs.
type Home struct {
	Store Store
	// Week tells what became of the first replies of the last seven days, and of the seven before: from memory,
	// wherever it can.
	Week      func(ctx context.Context, workspace string) (now, before report.Counts, err error)
	View      func(workspace string) *setup.View
	Rosters   Rosters
	Directory circle.Directory
	Readers   Readers
	Threads   Threads
	Publisher Publisher
	// Assign gives a ticket to somebody, and says what came of it.
	Assign    func(ctx context.Context, c escalation.Click, whom string) (words string, err error)
	Installed func(workspace string) bool // says whether the bot knows the workspace
	Now       func() time.Time
	NewID     func() string
	Logger    *slog.Logger

	mu       sync.Mutex
	readings map[string]*reading // by workspace
}

const (
	mostLooked = 1000 // open timelines that are looked through for somebody's own
	mostShown  = 20
	lately     = 7 * 24 * time.Hour
	mostCounts = 50_000 // reminders of lately
)

// Open answers app_home_opened, and the button.
func (h *Home) Open(workspace, user string) slackapp.Answer {
	return h.after(workspace, user, func(context.Context) string { return "" })
}

// after shows the tab once something was done, and says above it what came of that.
func (h *Home) after(workspace, user string, do func(context.Context) string) slackapp.Answer {
	if !h.Installed(workspace) {
		return slackapp.Answer{}
	}
	return slackapp.Answer{Later: func(ctx context.Context) error {
		words := do(ctx)
		tab := h.render(ctx, workspace, user)
		if words != "" {
			tab.Blocks.BlockSet = slices.Insert(tab.Blocks.BlockSet, 0, slack.Block(block.Section(words)))
		}
		return h.Publisher.PublishHome(ctx, workspace, user, tab)
	}}
}

// Interact takes in what is done in the tab.
func (h *Home) Interact(_ context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	if len(i.Actions) == 0 || i.Actions[0].ID != ActionHandOver {
		return h.Open(i.Workspace, i.User), nil
	}
	return h.after(i.Workspace, i.User, func(ctx context.Context) string { return h.handOver(ctx, i) }), nil
}

// handOver gives one of somebody's tickets to a colleague.
func (h *Home) handOver(ctx context.Context, i slackapp.Interaction) string {
	c := escalation.Click{
		Thread:   escalation.Thread{Workspace: i.Workspace},
		Timeline: strings.TrimPrefix(i.Actions[0].Block, ofTimeline), User: i.User, Name: i.UserName, At: h.Now(),
	}
	if e, ok := h.View(i.Workspace).Engineer(i.User, h.Directory); ok {
		c.Name = e.Name
	}
	words, err := h.Assign(ctx, c, i.Actions[0].Selected)
	if err != nil {
		h.Logger.Warn("a ticket could not be handed over", "workspace", i.Workspace, "timeline", c.Timeline, "error", err)
		return "Sorry, I could not do that just now, so nothing has changed. Please try again in a minute."
	}
	return words
}

// ofTimeline begins the block_id of a ticket, before its timeline.
const ofTimeline = "slabuddy_home/"

// render reads and draws. What cannot be read is said in its place: the rest is of use all the same.
func (h *Home) render(ctx context.Context, workspace, user string) slack.HomeTabViewRequest {
	now := h.Now()
	theirs, punctual := []slack.Block{block.Section(unread)}, unread
	if r, err := h.read(ctx, workspace, user); err == nil {
		punctual = r.punctual
		if r.err == nil {
			theirs = h.mine(ctx, workspace, user, r.waiting.Of(user))
		}
	}
	people := overview.People{
		Roster: h.Rosters.Of(workspace), Outlook: h.Rosters.Ahead(workspace, lately),
		HasCalendar: h.Rosters.HasCalendar(workspace), Now: now,
	}
	blocks := slices.Concat(
		[]slack.Block{block.Heading("Your tickets")}, theirs,
		section("Who is there", people.OnShift()),
	)
	if gaps := people.Gaps(); people.HasCalendar && len(gaps) > 0 {
		blocks = append(blocks, section("Coverage in the next days", gaps)...)
	}
	blocks = append(blocks, section("The team's last seven days", []string{h.week(ctx, workspace)})...)
	blocks = append(blocks, section("How punctual I am", []string{punctual})...)
	blocks = append(blocks, section("Help", help(len(h.View(workspace).Channels)))...)
	return block.Home(Callback, append(blocks,
		block.Buttons("", block.Button(ActionRefresh, "", "Refresh")),
		block.Small("As of "+mrkdwn.Moment(now, now)+"."),
	))
}

func section(heading string, lines []string) []slack.Block {
	return []slack.Block{block.Heading(heading), block.Section(lines...)}
}

const unread = "I could not look that up just now. Please refresh in a minute."

func (h *Home) mine(ctx context.Context, workspace, user string, mine []escalation.Timeline) []slack.Block {
	if len(mine) == 0 {
		return []slack.Block{block.Section(":sparkles: Nothing waits for you. When a reminder mentions you, or you say that you are on it, the ticket is listed here until it is answered.")}
	}
	mine = overview.Veiled(mine, mostShown, func(channels []string) map[string]bool {
		return h.Readers.MayRead(ctx, workspace, user, channels)
	})
	var blocks []slack.Block
	for n, line := range overview.Tickets(mine, mostShown, true, true, h.Threads.Of(ctx, mine[:min(mostShown, len(mine))]), h.facts) {
		section := block.Section(line)
		if n < min(mostShown, len(mine)) && mine[n].Owner.User == user && mine[n].Owner.On(h.Now()) {
			section = block.SectionWith(block.People(ActionHandOver, "Hand over to…"), line)
			section.BlockID = ofTimeline + mine[n].ID
		}
		blocks = append(blocks, section)
	}
	return blocks
}

func (h *Home) facts(t escalation.Timeline) escalation.Facts {
	return escalation.Facts{
		Now: h.Now(), Roster: h.Rosters.Of(t.Workspace), Directory: h.Directory,
		Settings: h.View(t.Workspace).Settings, NewID: h.NewID,
	}
}

func (h *Home) week(ctx context.Context, workspace string) string {
	now, before, err := h.Week(ctx, workspace)
	if err != nil {
		h.Logger.Warn("the team's week could not be read", "workspace", workspace, "error", err)
		return unread
	}
	if now.All() == 0 {
		return "No ticket came in."
	}
	percent, decided := now.Attainment()
	said := fmt.Sprintf("%d kept, %d breached, %d open, %d withdrawn", now.Kept, now.Breached, now.Open, now.Withdrawn)
	if !decided {
		return said + "."
	}
	said = "*" + report.Percent(percent) + "* of first replies in time: " + said
	if was, ok := before.Attainment(); ok {
		said += fmt.Sprintf(". In the seven days before: %s, %d kept and %d breached", report.Percent(was), before.Kept, before.Breached)
	}
	return said + ". `/sla report` tells more."
}

func (h *Home) punctuality(ctx context.Context, workspace string) string {
	late, err := h.Store.Lateness(ctx, workspace, h.Now().Add(-lately), mostCounts)
	if err != nil {
		h.Logger.Warn("the lateness of reminders could not be read", "workspace", workspace, "error", err)
		return unread
	}
	return Punctuality(late)
}

// Punctuality says how late reminders were.
func Punctuality(late []time.Duration) string {
	if len(late) == 0 {
		return "I had nothing to remind of in the last 7 days."
	}
	late = slices.Sorted(slices.Values(late))
	n := len(late)
	punctual, _ := slices.BinarySearch(late, time.Minute+1)
	over := n - punctual
	words := "In the last 7 days I posted *" + mrkdwn.Plural(n, "reminder") + "*"
	if n == 1 {
		words += ", " + seconds(late[0]) + " after its time."
	} else {
		words += fmt.Sprintf(": half within %s of their time, ", seconds(late[(n-1)/2]))
		if n >= 100 {
			words += fmt.Sprintf("99 in 100 within %s, ", seconds(late[(n*99-1)/100]))
		}
		words += "the latest after " + seconds(late[n-1]) + "."
	}
	switch over {
	case 0:
		return words + " None was more than a minute late."
	case 1:
		return words + " One was more than a minute late."
	}
	return words + fmt.Sprintf(" %d were more than a minute late.", over)
}

// seconds says a short time as exactly as it is of interest.
func seconds(d time.Duration) string {
	switch {
	case d < 100*time.Millisecond:
		return "a tenth of a second"
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return mrkdwn.Lasting(d)
}

func help(channels int) []string {
	watching := "I watch " + mrkdwn.Plural(channels, "channel") + " here."
	if channels == 0 {
		watching = "I watch no channel yet: go to the one where your help desk posts its tickets, and type `/sla-setup`."
	}
	return []string{
		watching,
		"`/sla` in a channel lists its open tickets, `/sla all` those of every channel, `/sla who` says who is on shift, and `/sla help` says all that I can do.",
		"In a ticket's thread, press a button of a reminder, or mention me to put its reminders off.",
	}
}
