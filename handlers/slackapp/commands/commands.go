// Package commands answers slash commands.
//
//	/sla… ──▶ parse ──▶ what is stored ──────────────▶ the answer, in the body; its sender alone sees it
//	             └────▶ a change: Book.Change, jobs ─▶ the same, once it is durable
//	/sla-setup, /add-support-engineer ───────────────▶ nothing at once; a modal opens right after
//
// Only what Slack must be asked about is done after the answer: whether somebody may change another person's
// absence, or hand a ticket on.
package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/summary"
)

// The commands, as the app's manifest names them.
const (
	SLA         = "/sla"
	SetUp       = "/sla-setup"
	AddEngineer = "/add-support-engineer"
)

// Store is what Commands needs of the database.
type Store interface {
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error
}

// Book knows what is set up, and changes it. *setup.Book is one.
type Book interface {
	View(workspace string) *setup.View
	Change(ctx context.Context, e setup.Edit) (setup.Setting, error)
}

// Rosters know who is on shift. *setup.Rosters is one.
type Rosters interface {
	Of(workspace string) calendar.Roster
	Ahead(workspace string, d time.Duration) calendar.Outlook
	HasCalendar(workspace string) bool
}

// Pauses stamp the open timelines of a channel. *act.Pauses is one.
type Pauses interface {
	Pause(ctx context.Context, workspace, channel, by string, until time.Time) error
	Resume(ctx context.Context, workspace, channel, by string) error
}

// Rights say who may act, and who may set up. *people.People is one.
type Rights interface {
	Colleague(ctx context.Context, workspace, user string) (bool, error)
	MayNow(workspace, user string) (may, known bool)
	May(ctx context.Context, workspace, user string) (bool, error)
}

// Readers know which channels somebody may read. *readers.Readers is one.
type Readers interface {
	MayRead(ctx context.Context, workspace, user string, channels []string) map[string]bool
}

// Voice speaks to one person alone. *client.API is one.
type Voice interface {
	PostPrivately(ctx context.Context, workspace, channel, user, text string, blocks []slack.Block) error
	// PostDirectly posts in the bot's direct messages to somebody, at most once.
	PostDirectly(ctx context.Context, workspace, user, text string, blocks []slack.Block) error
}

// Window is a modal that a command opens.
type Window interface {
	Open(ctx context.Context, c slackapp.Command) (slackapp.Answer, error)
}

// Threads know the addresses of tickets' threads. *threads.Links is one.
type Threads interface {
	Of(ctx context.Context, ts []escalation.Timeline) map[escalation.Thread]string
}

// Commands answer slash commands.
type Commands struct {
	Store     Store
	Book      Book
	Rosters   Rosters
	Directory circle.Directory
	Pauses    Pauses
	Rights    Rights
	Readers   Readers
	Reports   Reports
	Voice     Voice
	Links     summary.Permalinks
	Threads   Threads
	Setup     Window // /sla-setup
	Report    Window // /sla-setup report
	Shifts    Window // /sla-setup handover
	Engineers Window // /add-support-engineer
	// Zone is the time zone that days and times of day are meant in.
	Zone func(workspace string) *time.Location
	// Assign gives a ticket to somebody, and says what came of it. It asks Slack who that is.
	Assign func(ctx context.Context, c escalation.Click, whom string) (words string, err error)
	// Emptied is called when what somebody said in a command leaves hours with nobody on shift.
	Emptied func(workspace, words string)
	// Installed says whether the bot knows the workspace.
	Installed func(workspace string) bool
	Now       func() time.Time
	NewID     func() string
	Logger    *slog.Logger
}

const notInstalled = "I do not know this workspace (any more). Please ask an admin to install me again."

// longestText is what is read of a command, in bytes: more than anybody types, and little enough to be read at once.
const longestText = 4000

// Command answers one. Nobody sends it again if it fails, so that is said to whoever typed it.
func (c *Commands) Command(ctx context.Context, cmd slackapp.Command) (slackapp.Answer, error) {
	a, err := c.answer(ctx, cmd)
	if err != nil {
		c.Logger.Warn("a command could not be carried out", "command", cmd.Name, "workspace", cmd.Workspace, "error", err)
		return say(block.Say(sorry)), nil
	}
	return a, nil
}

func (c *Commands) answer(ctx context.Context, cmd slackapp.Command) (slackapp.Answer, error) {
	if !c.Installed(cmd.Workspace) {
		return say(block.Say(notInstalled)), nil
	}
	if len(cmd.Text) > longestText {
		return say(help("Sorry, that is more than I read at once. This is what I can do:")), nil
	}
	switch cmd.Name {
	case SLA:
		return c.sla(ctx, cmd)
	case SetUp:
		switch strings.ToLower(strings.TrimSpace(cmd.Text)) {
		case "report":
			return c.Report.Open(ctx, cmd)
		case "handover", "hand-over", "shifts":
			return c.Shifts.Open(ctx, cmd)
		}
		return c.Setup.Open(ctx, cmd)
	case AddEngineer:
		return c.Engineers.Open(ctx, cmd)
	}
	return say(help(cmd.Name + " is a command that I do not know (yet).")), nil
}

func (c *Commands) sla(ctx context.Context, cmd slackapp.Command) (slackapp.Answer, error) {
	r := parse(cmd.Text)
	if !r.known {
		return say(help(notUnderstood(r.verb))), nil
	}
	if r.acts() {
		if no := c.stranger(ctx, cmd); no != nil {
			return say(no), nil
		}
	}
	var (
		a   *block.Answer
		err error
	)
	switch r.verb {
	case verbList:
		a, err = c.list(ctx, cmd)
	case verbAll:
		a, err = c.all(ctx, cmd)
	case verbWho:
		a = c.who(cmd)
	case verbHours:
		a, err = c.hours(ctx, cmd, r)
	case verbAway:
		return c.away(ctx, cmd, r)
	case verbSwap:
		return c.swap(ctx, cmd, r)
	case verbPause:
		return c.pause(ctx, cmd, r)
	case verbAssign:
		return c.assign(ctx, cmd, r)
	case verbResume:
		a, err = c.resume(ctx, cmd)
	case verbReport:
		return c.report(cmd, r), nil
	default:
		a = help("")
	}
	if err != nil {
		return slackapp.Answer{}, err
	}
	return say(a), nil
}

// say answers at once.
func say(a *block.Answer) slackapp.Answer { return slackapp.Answer{Body: a.Body()} }

// later answers at once with nothing, and then with what do says, to the sender alone.
func (c *Commands) later(cmd slackapp.Command, do func(context.Context) (*block.Answer, error)) slackapp.Answer {
	return slackapp.Answer{Later: func(ctx context.Context) error {
		a, err := do(ctx)
		if err != nil {
			c.Logger.Warn("a command could not be carried out", "command", cmd.Name, "workspace", cmd.Workspace, "error", err)
			a = block.Say(sorry)
		}
		return c.Voice.PostPrivately(ctx, cmd.Workspace, cmd.Channel, cmd.User, a.Text(), a.Blocks())
	}}
}

const sorry = "Sorry, I could not do that just now. Please try again in a minute."

// refused says why the book refused a change; an error of its own is passed on.
func refused(err error) (*block.Answer, error) {
	var problems setup.Problems
	if errors.As(err, &problems) && len(problems) > 0 {
		var words []string
		for _, p := range problems {
			words = append(words, p.Message)
		}
		return block.Say(strings.Join(words, " ") + " I changed nothing."), nil
	}
	return nil, err
}

// set puts body in force where the latest word counts, whoever spoke meanwhile; nil takes it back.
// Where nothing is left to change, the setting is zero.
func (c *Commands) set(ctx context.Context, cmd slackapp.Command, scope string, body setup.Body) (s setup.Setting, err error) {
	version := c.Book.View(cmd.Workspace).Version(scope)
	for range 5 {
		s, err = c.Book.Change(ctx, setup.Edit{Workspace: cmd.Workspace, Scope: scope, By: cmd.User, Version: version, Body: body})
		var conflict *setup.ConflictError
		if !errors.As(err, &conflict) {
			break
		}
		version = max(conflict.Latest.Version, version)
	}
	switch {
	case errors.Is(err, setup.ErrUnchanged):
		return setup.Setting{}, nil
	case err != nil:
		return setup.Setting{}, fmt.Errorf("set %s: %w", scope, err)
	}
	return s, nil
}
