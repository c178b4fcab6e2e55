package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// workspace is one in which all is right, until a test changes something.
type workspace struct {
	*slacktest.Workspace
	settings escalation.Settings
	events   []calendar.Event
	unread   error // why the calendar cannot be read
	answers  map[string]desk.Answer
	silent   error // why the help desk does not answer
	wrong    []Finding
	ops      string // ops_channel
	closed   map[string]closed.Source
}

var now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	p := &workspace{
		Workspace: slacktest.New(slacktest.Options{Team: slacktest.Team{ID: "T0", Name: "Acme"}, Now: func() time.Time { return now }}),
		settings:  escalation.DefaultSettings(),
		events:    []calendar.Event{{Title: "On-call: Ana", Start: now.Add(-time.Hour), End: now.Add(time.Hour)}},
		answers:   map[string]desk.Answer{"42": {Status: desk.Unanswered}},
	}
	t.Cleanup(p.Close)
	p.AddUser(slacktest.User{ID: "U0ANA", Name: "ana", Email: "ana@example.com"})
	p.AddUser(slacktest.User{ID: "U0BOB", Name: "bob", Email: "bob@example.com"})
	p.AddChannel(slacktest.Channel{ID: "C0ENT", Name: "enterprise"})
	p.AddGroup(slacktest.Group{ID: "S0SUP", Handle: "support"})
	p.AddGroup(slacktest.Group{ID: "S0HEAD", Handle: "head-of-success"})
	p.settings.Channels = map[string]policy.Channel{"C0ENT": {}}
	p.settings.Engineers = []calendar.Engineer{{Name: "Ana", Slack: "U0ANA"}, {Name: "Bob", Email: "bob@example.com"}}
	p.post(t, "C0ENT", desks.Plain(desks.Ticket{ID: "42"}))
	return p
}

func (p *workspace) post(t *testing.T, channel string, m slacktest.Message) {
	t.Helper()
	if _, err := p.PostAs("U0ANA", channel, m); err != nil {
		t.Fatal(err)
	}
}

// Events implements calendar.Source.
func (p *workspace) Events(context.Context, time.Time, time.Time) ([]calendar.Event, error) {
	return p.events, p.unread
}

// Ask implements desk.HelpDesk.
func (p *workspace) Ask(context.Context, []desk.Question) (map[string]desk.Answer, error) {
	return p.answers, p.silent
}

// notifies has the one policy in use notify these.
func (p *workspace) notifies(words ...string) {
	p.settings.Policies["enterprise"] = policy.Policy{Name: "enterprise", Tiers: []policy.Tier{{After: time.Minute, Notify: words}}}
}

// run returns what was found, "✓ area" or "✗ area: …".
func (p *workspace) run(t *testing.T) (found []string, right bool) {
	t.Helper()
	api, err := client.New(client.Config{
		URL: slacktest.APIURL, Tokens: client.OneToken(p.Options().Token), HTTP: p.Client(), Now: time.Now, Registerer: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	matching := calendar.DefaultMatching()
	matching.Engineers = p.settings.Engineers
	c := Check{
		Settings: &p.settings, Slack: api, Reader: ticket.NewReader(ticket.Patterns{From: ticket.From{Anyone: true}}), Calendar: p, Matching: matching, Closed: p.closed,
		Desk: p, DeskKind: "zendesk", OpsChannel: p.ops, Now: func() time.Time { return now },
	}
	right = c.Run(t.Context(), "", func(f Finding) {
		if f.Look {
			found = append(found, "! "+f.Area+": "+f.Says)
			return
		}
		if f.OK {
			found = append(found, "✓ "+f.Area)
			return
		}
		found = append(found, "✗ "+f.Area+": "+f.Says)
		p.wrong = append(p.wrong, f)
		if f.Fix == "" {
			t.Errorf("%q does not say what to do", f.Says)
		}
	})
	if v := slacktest.Violations(p.Calls()); len(v) > 0 {
		t.Errorf("Slack would not take our calls: %v", v)
	}
	if posted := p.Calls("chat.postMessage", "chat.postEphemeral", "chat.update", "conversations.join"); len(posted) > 0 {
		t.Errorf("it changed something: %v", posted)
	}
	return found, right
}

func TestAllIsRight(t *testing.T) {
	found, right := newWorkspace(t).run(t)
	want := []string{"✓ token", "✓ token", "✓ channel", "✓ group", "✓ group", "✓ person", "✓ calendar", "✓ calendar", "✓ desk", "✓ left"}
	if d := cmp.Diff(want, found); d != "" || !right {
		t.Errorf("right: %t, found (-want +got):\n%s", right, d)
	}
}

// closedDays is a calendar of closed days.
type closedDays struct {
	events []closed.Event
	err    error
}

func (c closedDays) Closed(context.Context, time.Time, time.Time) ([]closed.Event, error) {
	return c.events, c.err
}

func TestCalendarsOfClosedDaysAreRead(t *testing.T) {
	p := newWorkspace(t)
	p.closed = map[string]closed.Source{
		"full@example.com":  closedDays{events: []closed.Event{{First: now.Format(time.DateOnly), Last: now.Format(time.DateOnly)}}},
		"empty@example.com": closedDays{},
	}
	found, right := p.run(t)
	all := strings.Join(found, "\n")
	if !right || !strings.Contains(all, "! closed: The calendar empty@example.com closes no day") || !strings.Contains(all, "✓ closed") {
		t.Errorf("right: %t, found:\n%s", right, all)
	}
	p.closed["empty@example.com"] = closedDays{err: errors.New("no such calendar")}
	found, right = p.run(t)
	if right || !strings.Contains(strings.Join(found, "\n"), "✗ closed: The closed days of empty@example.com cannot be read: no such calendar.") {
		t.Errorf("right: %t, found:\n%s", right, found)
	}
}

// An event that names nobody may be a meeting: somebody should look at it, and it is no reason to fail.
func TestAnEventThatNamesNobodyIsToBeLookedAt(t *testing.T) {
	p := newWorkspace(t)
	p.events = append(p.events,
		calendar.Event{Title: "On-call: Zed", Start: now, End: now.Add(time.Hour)},
		calendar.Event{Private: true, Start: now, End: now.Add(time.Hour)})
	found, right := p.run(t)
	all := strings.Join(found, "\n")
	if !right || !strings.Contains(all, `! calendar: The event "On-call: Zed"`) || !strings.Contains(all, "! calendar: The event without a title") {
		t.Errorf("right: %t, found:\n%s", right, all)
	}
}

// A calendar without a single event is seldom the right one.
func TestAnEmptyCalendarIsToBeLookedAt(t *testing.T) {
	p := newWorkspace(t)
	p.events = nil
	found, right := p.run(t)
	if all := strings.Join(found, "\n"); !right || !strings.Contains(all, "! calendar: The calendar has no event until") {
		t.Errorf("right: %t, found:\n%s", right, all)
	}
}

// A channel in which no ticket was posted yet is no reason to fail, and what could not be asked is said.
func TestAChannelWithoutATicketYetIsToBeLookedAt(t *testing.T) {
	p := newWorkspace(t)
	p.AddChannel(slacktest.Channel{ID: "C0NEW", Name: "new"})
	p.AddChannel(slacktest.Channel{ID: "C0CHAT", Name: "chat"})
	p.post(t, "C0CHAT", slacktest.Message{Text: "lunch?"})
	p.settings.Channels = map[string]policy.Channel{"C0NEW": {}, "C0CHAT": {}}
	found, right := p.run(t)
	all := strings.Join(found, "\n")
	for _, part := range []string{
		"! channel: #new (C0NEW) has no messages yet", "! channel: #chat (C0CHAT): none of the last 1 messages are tickets",
		"! desk: The help desk (zendesk) was not asked",
	} {
		if !right || !strings.Contains(all, part) {
			t.Errorf("right: %t, it does not say %q:\n%s", right, part, all)
		}
	}
}

// A workspace in which the app was just installed has no channel yet: that is said, and is no reason to fail.
func TestAWorkspaceWithoutAChannelYetIsToBeLookedAt(t *testing.T) {
	p := newWorkspace(t)
	p.settings.Channels = nil
	found, right := p.run(t)
	if all := strings.Join(found, "\n"); !right || !strings.Contains(all, "! channel: No channel is watched yet") {
		t.Errorf("right: %t, found:\n%s", right, all)
	}
}

func TestWhatIsNotRightIsSaidWithWhatToDo(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(t *testing.T, p *workspace)
		says  string // in the one finding that is not right
	}{
		"the token is no good": {func(_ *testing.T, p *workspace) { p.RevokeToken() }, "Slack does not let the bot in"},
		"not in the channel": {func(t *testing.T, p *workspace) {
			p.AddChannel(slacktest.Channel{ID: "C0TEAMS", Name: "teams", NoBot: true})
			p.settings.Channels["C0TEAMS"] = policy.Channel{Policy: "teams"}
		}, "The bot is not in #teams (C0TEAMS)"},
		"an archived channel": {func(t *testing.T, p *workspace) {
			p.AddChannel(slacktest.Channel{ID: "C0OLD", Name: "old", Archived: true})
			p.settings.Channels["C0OLD"] = policy.Channel{}
		}, "#old (C0OLD) is archived"},
		"a channel that is none": {func(t *testing.T, p *workspace) {
			p.settings.Channels["C0NONE"] = policy.Channel{}
		}, "C0NONE cannot be looked at"},
		"an ops channel that is none": {func(_ *testing.T, p *workspace) { p.ops = "C0NONE" }, "The ops_channel C0NONE cannot be looked at"},
		"an ops channel without the bot": {func(_ *testing.T, p *workspace) {
			p.AddChannel(slacktest.Channel{ID: "C0OPS", Name: "ops", NoBot: true})
			p.ops = "C0OPS"
		}, "The bot is not in the ops_channel #ops (C0OPS)"},
		"an archived ops channel": {func(_ *testing.T, p *workspace) {
			p.AddChannel(slacktest.Channel{ID: "C0OPS", Name: "ops", Archived: true})
			p.ops = "C0OPS"
		}, "The ops_channel #ops is archived"},
		"a disabled group's id": {func(_ *testing.T, p *workspace) {
			p.AddGroup(slacktest.Group{ID: "S0DEAD", Handle: "dead", Disabled: true})
			p.notifies("S0DEAD", "S0SUP", "U0ANA")
		}, "Slack has no user group S0DEAD, or it is disabled"},
		"the id of somebody gone": {func(_ *testing.T, p *workspace) {
			p.AddUser(slacktest.User{ID: "U0GONE", Name: "zoe", Deactivated: true})
			p.notifies("U0GONE")
		}, "zoe's Slack account (U0GONE) is deactivated"},
		"an id that nobody has": {func(_ *testing.T, p *workspace) { p.notifies("U0NEVER") }, "Nobody in Slack has the id U0NEVER"},
		"unreadable tickets": {func(t *testing.T, p *workspace) {
			p.post(t, "C0ENT", slacktest.Message{Text: "*Ticket ID*:\n*Ticket priority*: high"})
		}, "1 more look like tickets, but cannot be read"},
		"an unknown group": {func(t *testing.T, p *workspace) {
			p.notifies("@suport", "@Ana")
		}, "@suport is neither a user group nor an engineer's alias"},
		"a plan without groups": {func(t *testing.T, p *workspace) {
			p.Inject(slacktest.Fault{Method: "usergroups.list", Do: slacktest.Refused("plan_upgrade_required")})
		}, "The workspace's plan has no user groups"},
		"nobody's address":    {func(t *testing.T, p *workspace) { p.settings.Engineers[1].Email = "rob@example.com" }, "Nobody in Slack has what is configured for Bob"},
		"no account":          {func(t *testing.T, p *workspace) { p.settings.Engineers[1].Email = "" }, "Bob cannot be pinged"},
		"somebody gone":       {func(t *testing.T, p *workspace) { p.Deactivate("U0ANA") }, "Ana's Slack account is deactivated"},
		"an unread calendar":  {func(t *testing.T, p *workspace) { p.unread = errors.New("404") }, "The calendar cannot be read: 404"},
		"no word of the desk": {func(t *testing.T, p *workspace) { p.answers = nil }, "The help desk (zendesk) says nothing of ticket 42"},
		"a desk that refuses": {func(t *testing.T, p *workspace) { p.silent = errors.New("401") }, "could not be asked about ticket 42: 401"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newWorkspace(t)
			tc.spoil(t, p)
			found, right := p.run(t)
			wrong := slices.DeleteFunc(found, func(s string) bool { return strings.HasPrefix(s, "✓") })
			if right || len(wrong) != 1 || !strings.Contains(wrong[0], tc.says) {
				t.Errorf("right: %t, found:\n%s", right, fmt.Sprint(strings.Join(wrong, "\n")))
			}
		})
	}
}

// Nobody should install an app again, or hunt for a channel's id, because Slack was busy.
func TestWhatPassesByItselfIsNotToBeMended(t *testing.T) {
	for method, do := range map[string]slacktest.Effect{
		"auth.test": slacktest.Garbage(), "conversations.info": slacktest.Status(503),
		"conversations.history": slacktest.RateLimited(time.Minute), "usergroups.list": slacktest.RateLimited(time.Minute),
	} {
		t.Run(method, func(t *testing.T) {
			p := newWorkspace(t)
			p.Inject(slacktest.Fault{Method: method, Do: do})
			p.run(t)
			if wrong := p.wrong[0]; !strings.Contains(wrong.Fix, "again in a minute") {
				t.Errorf("%s\n→ %s", wrong.Says, wrong.Fix)
			}
		})
	}
}
