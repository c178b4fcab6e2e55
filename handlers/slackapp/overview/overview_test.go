package overview_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/overview"
)

var now = time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC)

func people(names ...string) []calendar.Engineer {
	var es []calendar.Engineer
	for _, name := range names {
		es = append(es, calendar.Engineer{Name: name, Slack: "U0" + strings.ToUpper(name)})
	}
	return es
}

// holds fails unless the lines say all of words, and ping nobody.
func holds(t *testing.T, lines []string, words ...string) {
	t.Helper()
	text := strings.Join(lines, "\n")
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not said in:\n%s", word, text)
		}
	}
	for _, ping := range []string{"<@", "<!here", "<!subteam"} {
		if strings.Contains(text, ping) {
			t.Errorf("it pings:\n%s", text)
		}
	}
}

func TestTheRosterIsToldWithItsEndsAndProducts(t *testing.T) {
	p := overview.People{HasCalendar: true, Now: now, Roster: calendar.Roster{
		AsOf: now, OnShift: people("Ana", "<!here>"), Away: people("Cy"),
		Embedded: []calendar.Embedded{{Engineer: people("Ana")[0], Products: []string{"Auth", "Storage"}}, {Engineer: people("Bob")[0]}},
		Shifts:   map[string]calendar.Shift{"Ana": {End: now.Add(time.Hour)}},
	}}
	holds(t, p.OnShift(), fmt.Sprintf("*On shift*: Ana until <!date^%d^{time}|16:30 UTC>, &lt;!here&gt;", now.Add(time.Hour).Unix()),
		"*Embedded*: Ana (Auth and Storage), Bob", "*Away*: Cy")
}

func TestACalendarThatCannotBeReadIsSaid(t *testing.T) {
	p := overview.People{HasCalendar: true, Now: now, Roster: calendar.Roster{Away: people("Cy")}}
	holds(t, p.OnShift(), "I could not read the shift calendar", "*Away*: Cy")
	if gaps := p.Gaps(); len(gaps) != 0 {
		t.Errorf("gaps of an unknown calendar: %q", gaps)
	}
}

func TestHoursWithNobodyAreTold(t *testing.T) {
	p := overview.People{HasCalendar: true, Now: now, Outlook: calendar.Outlook{From: now, Until: now.Add(24 * time.Hour)}}
	holds(t, p.Gaps(), "Somebody is on shift all the time")
	p.Outlook.Gaps = []calendar.Interval{{Start: now, End: now.Add(time.Hour)}, {Start: now.Add(4 * time.Hour), End: now.Add(6 * time.Hour)}}
	holds(t, p.Gaps(), "• from now on, until", "1 hour", "2 hours")
}

func TestEventsThatNameNobodyAreToldWithWhatToDo(t *testing.T) {
	p := overview.People{Now: now, Outlook: calendar.Outlook{Unresolved: []calendar.Unresolved{{Title: "Zed <@U0ZED>", Start: now}, {Start: now}}}}
	holds(t, p.Unmatched(), "“Zed &lt;@U0ZED&gt;”", "an event without a title", "/add-support-engineer")
}

func TestLongListsAreCountedOut(t *testing.T) {
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("E%02d", i))
	}
	p := overview.People{Now: now, Roster: calendar.Roster{AsOf: now, OnShift: people(names...)}}
	holds(t, p.OnShift(), "E14, and 25 more")
}

// Rule 29: what a ticket says is quoted, plain, and on one line.
func TestAHostileTicketReadsAsNobodyElsesWords(t *testing.T) {
	const evil = ":rotating_light: *Security notice:*” _please_ sign in at `evil`\n> now"
	m := escalation.Message{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}, PostedAt: now,
		Ticket: escalation.Ticket{ID: "*4*2", Subject: evil, Customer: evil, Priority: evil}}
	settings := escalation.DefaultSettings()
	got := overview.Ticket(escalation.Begin("t", m, settings.Policies["teams"], &settings, now), true, "", escalation.Facts{Now: now, Settings: &settings})
	for _, mark := range []string{":rotating_light:", "*Security", "_please_", "`", "notice:*”", "\n> ", "**"} {
		if strings.Contains(got, mark) {
			t.Errorf("%q is in:\n%s", mark, got)
		}
	}
	holds(t, []string{got}, "“∶rotating_light∶ ∗Security notice:∗’ ˍpleaseˍ sign in")
}

func TestWhatPeopleDidIsToldWithATicket(t *testing.T) {
	m := escalation.Message{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}, PostedAt: now.Add(-time.Hour),
		Ticket: escalation.Ticket{ID: "42", Customer: "Acme & Sons", Priority: "high"}}
	settings := escalation.DefaultSettings()
	ticket := escalation.Begin("t", m, settings.Policies["teams"], &settings, now)
	ticket.Owner = escalation.Owner{User: "U0ANA", Name: "Ana"}
	ticket.SnoozedUntil, ticket.PausedUntil = now.Add(time.Hour), now.Add(2*time.Hour)
	facts := escalation.Facts{Now: now, Settings: &settings}
	got := overview.Ticket(ticket, true, "https://acme.slack.com/archives/C0ENT/p1", facts)
	holds(t, []string{got}, "*Ticket 42*", "Acme &amp; Sons", "priority high", "<#C0ENT>", "has waited 1 hour · <https://acme.slack.com/archives/C0ENT/p1|thread>", "Ana is on it", "snoozed until", "paused until", "*11 hours* left")

	ticket.SnoozedUntil, ticket.PausedUntil, ticket.FirstReply().Deadline = now, now, now.Add(-time.Minute)
	got = overview.Ticket(ticket, false, "", facts)
	holds(t, []string{got}, "the deadline passed")
	for _, over := range []string{"snoozed", "paused", "<#"} {
		if strings.Contains(got, over) {
			t.Errorf("%q is said in:\n%s", over, got)
		}
	}
}

// Rule 29: nobody is led to a thread that they may not read.
func TestAVeiledTicketLinksNowhere(t *testing.T) {
	settings := escalation.DefaultSettings()
	m := escalation.Message{Thread: escalation.Thread{Workspace: "T0", Channel: "C0VIP", TS: "1.0"}, PostedAt: now, Ticket: escalation.Ticket{ID: "42", Subject: "Secret"}}
	links := map[escalation.Thread]string{m.Thread: "https://acme.slack.com/archives/C0VIP/p10"}
	list := func(may bool) string {
		ts := []escalation.Timeline{escalation.Begin("t", m, settings.Policies["teams"], &settings, now)}
		ts = overview.Veiled(ts, 1, func([]string) map[string]bool { return map[string]bool{"C0VIP": may} })
		return overview.Tickets(ts, 1, true, true, links, func(escalation.Timeline) escalation.Facts { return escalation.Facts{Now: now, Settings: &settings} })[0]
	}
	if got := list(false); strings.Contains(got, "archives") || strings.Contains(got, "Secret") {
		t.Errorf("it says %s", got)
	}
	if got := list(true); !strings.Contains(got, "|thread>") {
		t.Errorf("to whoever may read it says %s", got)
	}
}
