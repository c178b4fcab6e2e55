package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// read reads what a command printed for programs.
func read[T any](t *testing.T, o outcome) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(o.stdout), &v); err != nil {
		t.Fatalf("this is no JSON: %v\n%s%s", err, o.stdout, o.stderr)
	}
	return v
}

// Exit codes: 0 done, 1 failed, 2 misused.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	tests := []struct {
		args   string
		code   int
		stdout string // a part
		stderr string // a part
	}{
		{args: "--help", stdout: "simulate --message=FILE"},
		{args: "serve --help", stdout: "SIGHUP reloads the configuration"},
		{args: "", stdout: "Usage: slabuddy <command>"},
		{args: "version", stdout: "slabuddy "},
		{args: "check", stdout: "Good: "},
		{args: "check --config nowhere.yaml", code: 1, stderr: "there is no configuration file"},
		{args: "simulate --message nowhere.json", code: 1, stderr: "read the message: open nowhere.json"},
		{args: "chek", code: 2, stderr: "Try: slabuddy --help"},
		{args: "check --jsn", code: 2, stderr: "unknown flag --jsn"},
		{args: "check twice", code: 2, stderr: "unexpected argument twice"},
		{args: "simulate", code: 2, stderr: "missing flags: --message=FILE\nTry: slabuddy simulate --help"},
		{args: "manifest", code: 2, stderr: "as in --url https://slabuddy.example.com; or use --socket"},
		{args: "queue list --older soon", code: 2, stderr: "--older: write a duration such as"},
		{args: "queue stats", code: 1, stderr: "slabuddy.db: set DATABASE_URL"},
		{args: "simulate --message x --at yesterday", code: 2, stderr: "write it as 2026-01-02T09:00:00Z"},
		{args: "migrate", code: 2, stderr: `expected one of "up", "status"`},
	}
	for _, tt := range tests {
		got := w.run(strings.Fields(tt.args)...)
		if got.code != tt.code {
			t.Errorf("slabuddy %s: exit code %d, want %d\n%s", tt.args, got.code, tt.code, got.stderr)
		}
		expect(t, got.stdout, tt.stdout)
		expect(t, got.stderr, tt.stderr)
		if (got.code == 0) != (got.stderr == "") {
			t.Errorf("slabuddy %s: exit code %d, and on stderr: %q", tt.args, got.code, got.stderr)
		}
	}
}

// check says what a good configuration comes to, and where a bad one is wrong and what would be right.
func TestCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), `
calendar: {id: shifts@group.calendar.google.com}
policies: {urgent: {tiers: [{after: 5m, notify: [on-shift, '@support']}]}}
channels: {C0ENTERPRISE: {by_priority: {high: urgent}}, C0TEAMS: {policy: teams}, C0WORK: {policy: urgent, hours: berlin}}
hours: {berlin: {timezone: Europe/Berlin, week: {mon-fri: '09:00-17:00'}}}
`)
	good := w.run("check")
	if strings.Contains(good.stdout, "! ") {
		t.Errorf("there is nothing to look at:\n%s", good.stdout)
	}
	expect(t, good.stdout, "slabuddy.yaml.\n", "Help desk http: it tells replies, customer's messages",
		"C0ENTERPRISE: enterprise (10m non-embedded, 20m on-shift, 35m @support, 50m @head-of-success)\n",
		"  priority high: urgent (5m on-shift+@support)\n", "C0TEAMS: teams (1h non-embedded,",
		"C0WORK: urgent (5m on-shift+@support), in hours berlin\n")
	type problem struct {
		Line, Column        int
		What, Fix, Variable string
	}
	type report struct {
		OK                    bool
		File, Error           string
		Problems, Environment []problem
	}
	if got := read[report](t, w.run("check", "--json")); !got.OK || filepath.Base(got.File) != "slabuddy.yaml" || len(got.Problems)+len(got.Environment) > 0 {
		t.Errorf("a good configuration: %+v", got)
	}

	w.configure(`
help_desk: {kind: none}
policies:
  promising:
    tiers: [{after: 1h, notify: here}]
    next_reply: {deadline: 2h, tiers: [{before: 30m, notify: on-shift}]}
products: {Auth: [login]}
channels:
  C0TEAMS: {by_priority: {urgnt: promising}, choose: [{priority: [high, "1"], product: Autth, policy: promising}]}
`)
	complete := w.env
	w.env = append(slices.Clone(complete), "SLACK_SIGNING_SECRET=", "SLACK_BOT_TOKEN=")
	look := w.run("check")
	if look.code != 0 {
		t.Errorf("what is to be looked at fails: %d\n%s", look.code, look.stderr)
	}
	expect(t, look.stdout, "✓ Good: ", "Tier 1 of promising (next reply) reaches nobody: without a shift calendar", "slabuddy.yaml:9:3: channels.C0TEAMS: Tiers 1 and 2 of enterprise reach nobody", "slabuddy.yaml:6:17: policies.promising.next_reply counts nothing: without a help desk",
		"! ", "slabuddy.yaml:9:27: channels.C0TEAMS.by_priority has the priority \"urgnt\"", "Did you mean urgent?",
		"has the product \"Autth\", which is not under products", "! Before it can serve:\n    SLACK_SIGNING_SECRET is missing\n", "    SLACK_BOT_TOKEN is missing\n",
		"  priority high or 1, product Autth: promising (1h here), next reply within 2h (30m before on-shift)\n")
	type marked struct {
		OK          bool
		Look, Unset []struct{ Variable, What string }
		Environment []any
	}
	marks := read[marked](t, w.run("check", "--json", "--offline"))
	if !marks.OK || len(marks.Look) != 5 || len(marks.Unset) != 2 || len(marks.Environment) != 0 {
		t.Errorf("for programs: %+v", marks)
	}
	w.env = append(w.env, "SLACK_BOT_TOKN=xoxb-1", "SLABUDDY_PROFILS=off")
	expect(t, w.run("check").stdout, "! SLABUDDY_PROFILS is no variable of SLA Buddy\n    Did you mean SLABUDDY_PROFILES?", "! SLACK_BOT_TOKN is no")
	expect(t, w.run("check", "--json").stdout, `"variable": "SLABUDDY_PROFILS"`)
	expect(t, w.run("serve").stderr, "SLACK_BOT_TOKEN is missing\n", "SLACK_BOT_TOKN is no variable of SLA Buddy\n    Did you mean SLACK_BOT_TOKEN?")
	if got := w.run("check", "--live"); got.code != 1 || !strings.Contains(got.stderr, "SLACK_BOT_TOKEN is missing") {
		t.Errorf("--live without a token: %d\n%s", got.code, got.stderr)
	}
	if got := w.run("check", "--live", "--offline"); got.code != 2 {
		t.Errorf("both: %d\n%s", got.code, got.stderr)
	}
	w.env = complete

	w.configure("snooze: soon\nchannels:\n  C0ENTERPRISE: {policy: enterprize}\n")
	w.env = append(w.env, "LOG_LEVEL=loud", "SLACK_SIGNING_SECRET=")
	bad := w.run("check")
	if bad.code != 1 {
		t.Errorf("exit code %d, want 1", bad.code)
	}
	expect(t, bad.stderr,
		"slabuddy.yaml:1:9: snooze is a duration, not \"soon\"\n    snooze: soon\n            ^^^^\n    Write a duration such as",
		"slabuddy.yaml:3:26: there is no policy \"enterprize\"", "Did you mean \"enterprise\"?",
		"✗ LOG_LEVEL cannot be \"loud\"\n    Write debug, info, warn or error.")
	if strings.Contains(bad.stderr, "SLACK_SIGNING_SECRET") {
		t.Errorf("what is missing here is no error of the file:\n%s", bad.stderr)
	}
	asJSON := w.run("check", "--json")
	if asJSON.code != 1 || asJSON.stderr != "" {
		t.Errorf("exit code %d, want 1; on stderr: %q", asJSON.code, asJSON.stderr)
	}
	got := read[report](t, asJSON)
	if got.OK || len(got.Problems) != 2 || len(got.Environment) != 1 {
		t.Fatalf("got %+v", got)
	}
	if p := got.Problems[1]; p.Line != 3 || p.Column != 26 || p.Fix != `Did you mean "enterprise"?` {
		t.Errorf("the second problem is %+v", p)
	}
	if v := got.Environment[0].Variable; v != "LOG_LEVEL" {
		t.Errorf("the environment is wrong in %s", v)
	}

	w.env = append(w.env, "SLABUDDY_CONFIG=nowhere.yaml")
	if got := read[report](t, w.run("check", "--json")); got.OK || !strings.Contains(got.Error, "there is no configuration file") || len(got.Environment) != 1 {
		t.Errorf("without the file: %+v", got)
	}
}

// plan is what simulate prints for programs.
type plan struct {
	Ticket  struct{ ID, Priority, Type, Customer, Subject string }
	Channel string
	Policy  string
	Opens   bool
	Why     string
	Tiers   []struct {
		Tier    int
		At      time.Time
		Notify  []string
		Mention []struct{ Kind, ID, Name string }
		Gaps    []struct {
			Circle string
			GaveTo int `json:"gave_to"`
		}
	}
	Deadline time.Time
}

const nine = "2026-03-02T09:00:00Z"

// simulation writes a message into a file, as the help desk would post it at nine, and simulates it.
func (w *world) simulation(m slacktest.Message, args ...string) outcome {
	w.t.Helper()
	at, err := time.Parse(time.RFC3339, nine)
	w.check(err)
	m.Type, m.Subtype, m.BotID, m.TS = "message", "bot_message", "B0DESK", slacktest.TS(at)
	data, err := json.Marshal(again(m, enterprise))
	w.check(err)
	file := filepath.Join(w.dir, "message.json")
	w.check(os.WriteFile(file, data, 0o600))
	return w.run(append([]string{"simulate", "--message", file}, args...)...)
}

// simulate tells what a message would start, in whatever shape the help desk posts it, and posts nothing.
func TestSimulateReadsEveryShape(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), `
engineers: [{name: Ana, slack: U0ANA}]
policies: {short: {deadline: 30m, tiers: [{after: 10m, notify: non-embedded}, {after: 20m, notify: '@Ana'}]}}
channels: {C0ENTERPRISE: {policy: short}}
`)
	w.env = append(w.env, "SLACK_SIGNING_SECRET=", "SLACK_BOT_TOKEN=", "HELPDESK_URL=") // it needs none
	ticket := desks.Ticket{ID: "42", Priority: "high", Type: "bug", Customer: "Northwind", Subject: "Cannot log in"}
	for _, shape := range desks.Shapes() {
		got := read[plan](t, w.simulation(shape.Message(ticket), "--json"))
		if !got.Opens || got.Policy != "short" || got.Channel != enterprise || len(got.Tiers) != 2 {
			t.Errorf("%s: %+v", shape.Name, got)
			continue
		}
		want := desks.Ticket{ID: got.Ticket.ID, Priority: got.Ticket.Priority, Type: got.Ticket.Type, Customer: got.Ticket.Customer, Subject: got.Ticket.Subject}
		if diff := cmp.Diff(ticket, want); diff != "" {
			t.Errorf("%s (-want +got):\n%s", shape.Name, diff)
		}
		if at := got.Tiers[1].At.Format(time.RFC3339); at != "2026-03-02T09:20:00Z" || got.Deadline.Format(time.RFC3339) != "2026-03-02T09:30:00Z" {
			t.Errorf("%s: tier 2 at %s, deadline %s", shape.Name, at, got.Deadline)
		}
		first := got.Tiers[0]
		if len(first.Mention) != 1 || first.Mention[0].ID != "U0ANA" || len(first.Gaps) != 1 || first.Gaps[0].GaveTo != 2 {
			t.Errorf("%s: tier 1 is %+v", shape.Name, first)
		}
	}
	text := w.simulation(desks.Plain(ticket))
	expect(t, text.stdout, "Ticket 42 in C0ENTERPRISE, posted Mon 2 Mar 09:00:00 UTC\n", "Policy short, deadline Mon 2 Mar 09:30:00 UTC\n",
		"Tier 1 of 2, Mon 2 Mar 09:10:00 UTC: non-embedded\n  pings Ana U0ANA\n  non-embedded is empty: the calendar is not configured",
		"Tier 2 of 2, Mon 2 Mar 09:20:00 UTC: @Ana\n  pings Ana U0ANA\n", "Nothing was posted, and Slack was not asked")
	moved := read[plan](t, w.simulation(desks.Plain(ticket), "--json", "--at", "2026-03-02T12:00:00+01:00"))
	if at := moved.Tiers[0].At.Format(time.RFC3339); at != "2026-03-02T11:10:00Z" {
		t.Errorf("posted at noon in Berlin, tier 1 is at %s", at)
	}
	if calls := w.slack.Calls(); len(calls) > 0 {
		t.Errorf("Slack was called: %v", calls)
	}
}

// simulate tells each clock: its deadline, its tiers, and how they are counted.
func TestSimulateTellsEachClockAndTheSum(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), `
hours: {office: {timezone: Europe/Berlin, week: {mon-fri: '09:00-17:00'}}}
policies:
  promising:
    hours: office
    deadline: 50m
    tiers: [{after: 10m, notify: here}, {before: 15m, notify: '@support'}, {after: 50m, notify: here}]
    next_reply: {deadline: 2h, tiers: [{before: 30m, notify: assignee}, {after: 2h, notify: here}]}
    resolution: {deadline: 16h, pause: [pending, hold], tiers: [{before: 2h, notify: here}]}
channels: {C0ENTERPRISE: {policy: promising}}
`)
	friday := []string{"--at", "2026-11-27T16:40:00+01:00"}
	ticket := desks.Plain(desks.Ticket{ID: "42"})
	expect(t, w.simulation(ticket, friday...).stdout,
		"posted Fri 27 Nov 16:40:00 CET\n", "Policy promising, deadline Mon 30 Nov 09:30:00 CET\n  counted in office (Europe/Berlin)\n",
		"  Fri 16:40–17:00 20 min · Sat, Sun closed · Mon 09:00–09:30 30 min → due Mon 09:30\n",
		"Tier 1 of 3, Fri 27 Nov 16:50:00 CET: here\n", "Tier 2 of 3, Mon 30 Nov 09:15:00 CET, 15m before the deadline: @support\n",
		"The next reply, within 2h of what the customer writes after the first one\n", "Tier 1 of 2, 30m before its deadline: assignee\n", "Tier 2 of 2, 2h after that: here\n",
		"The resolution within 16h, deadline Tue 1 Dec 16:40:00 CET\n", "  waits while the ticket is pending or hold\n", "Tier 1 of 1, Tue 1 Dec 14:40:00 CET, 2h before the deadline: here\n")
	type run struct {
		Clock, Sum string
		Within     int
		Deadline   time.Time
		Pause      []string
		Tiers      []struct{ Tier, Before, After int }
	}
	got := read[struct {
		Hours    string
		Deadline time.Time
		Tiers    []any
		Clocks   []run
	}](t, w.simulation(ticket, append(friday, "--json")...))
	if len(got.Clocks) != 3 || len(got.Tiers) != 3 || got.Hours != "office" || !got.Deadline.Equal(got.Clocks[0].Deadline) {
		t.Fatalf("got %+v", got)
	}
	if c := got.Clocks[1]; c.Clock != "next_reply" || !c.Deadline.IsZero() || c.Within != 7200 || len(c.Tiers) != 2 || c.Tiers[0].Before != 1800 || c.Tiers[1].Tier != 2 {
		t.Errorf("the next reply: %+v", c)
	}
	if c := got.Clocks[2]; c.Clock != "resolution" || !strings.HasSuffix(c.Sum, "→ due Tue 16:40") || len(c.Pause) != 2 {
		t.Errorf("the resolution: %+v", c)
	}
}

// What only Slack knows, simulate takes to be there: the user groups that a policy names, and the accounts of those
// who are known by e-mail address.
func TestSimulateTakesGroupsAndAddressesToBeThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), `
engineers: [{name: Ana Silva, aliases: [ana], email: ana@example.com}]
policies: {short: {tiers: [{after: 10m, notify: on-shift}, {after: 20m, notify: ['@support', '@head-of-success', '@ana']}]}}
channels: {C0ENTERPRISE: {policy: short}}
`)
	ticket := desks.Plain(desks.Ticket{ID: "42"})
	expect(t, w.simulation(ticket).stdout,
		"Tier 1 of 2, Mon 2 Mar 09:10:00 UTC: on-shift\n  pings @support, @head-of-success, Ana Silva\n  on-shift is empty",
		"Tier 2 of 2, Mon 2 Mar 09:20:00 UTC: @support, @head-of-success, @ana\n  pings @support, @head-of-success, Ana Silva\n\n")
	for _, m := range read[plan](t, w.simulation(ticket, "--json")).Tiers[1].Mention {
		if m.ID != "" {
			t.Errorf("%s has the id %q, which Slack never gave", m.Name, m.ID)
		}
	}
}

// simulate says why a message would open nothing. That is no failure.
func TestSimulateSaysWhyAMessageOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	ticket := desks.Plain(desks.Ticket{ID: "42"})
	tests := []struct {
		name    string
		message slacktest.Message
		args    []string
		why     string
	}{
		{"in a channel that is not watched", ticket, []string{"--channel", "C0OTHER"}, "channel C0OTHER is not watched"},
		{"with no ticket in it", slacktest.Message{Text: "Lunch?"}, nil, "it carries no ticket"},
		{"of another app, in a shape unknown", desks.OddMessage(), nil, "it carries no ticket"},
		{"of an ignored type", desks.Plain(desks.Ticket{ID: "42", Type: "Feedback"}), nil, "tickets of type Feedback are ignored"},
	}
	for _, tt := range tests {
		asText, asJSON := w.simulation(tt.message, tt.args...), w.simulation(tt.message, append(tt.args, "--json")...)
		expect(t, asText.stdout, "This message opens nothing: "+tt.why)
		if got := read[plan](t, asJSON); got.Opens || !strings.HasPrefix(got.Why, tt.why) || len(got.Tiers) > 0 {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if asText.code != 0 || asJSON.code != 0 {
			t.Errorf("%s: exit codes %d and %d", tt.name, asText.code, asJSON.code)
		}
	}
}

// A message that does not say where or when it was posted is not taken to be anywhere.
func TestSimulateRefusesAMessageWithoutItsPlaceOrTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	for message, says := range map[string]string{
		`{"bot_id":"B0","ts":"1767610800.000100","text":"Ticket ID: 42"}`:        "the message does not say its channel: name it with --channel C…",
		`{"bot_id":"B0","channel":"C0ENTERPRISE","text":"Ticket ID: 42"}`:        "the message has no ts: say with --at when it is posted",
		`{"bot_id":"B0","channel":"C0ENTERPRISE","ts":"now","text":"Ticket ID"}`: "the message has no ts",
	} {
		file := filepath.Join(t.TempDir(), "message.json")
		w.check(os.WriteFile(file, []byte(message), 0o600))
		got := w.run("simulate", "--message", file)
		if got.code == 0 {
			t.Errorf("%s: exit code 0", message)
		}
		expect(t, got.stderr, says)
	}
}

// A message with several tickets starts a timeline for each.
func TestSimulateTellsEachTicketOfAMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	two := slacktest.Message{Attachments: json.RawMessage(`[{"fields":[{"title":"Ticket ID","value":"61"},{"title":"Type","value":"feedback"}]},
		{"fields":[{"title":"Ticket ID","value":"62"},{"title":"Priority","value":"high"},{"title":"Subject","value":"No mail"}]}]`)}
	expect(t, w.simulation(two).stdout, "This message carries 2 tickets.", "Ticket 61 opens nothing: tickets of type feedback are ignored.", "Ticket 62 in C0ENTERPRISE", "Subject   No mail")
	got := read[struct {
		Opens   bool
		Tickets []struct {
			ID, Priority, Subject, Policy string
			Opens                         bool
			Tiers                         []any
		}
	}](t, w.simulation(two, "--json"))
	if !got.Opens || len(got.Tickets) != 2 || got.Tickets[0].Opens || got.Tickets[0].ID != "61" || !got.Tickets[1].Opens ||
		got.Tickets[1].ID != "62" || got.Tickets[1].Priority != "high" || got.Tickets[1].Subject != "No mail" || len(got.Tickets[1].Tiers) == 0 {
		t.Errorf("%+v", got)
	}
}

// migrate brings a database up to date, and says where it stands.
func TestMigrate(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, plain)
		type migration struct {
			Version int
			Name    string
			Applied bool
		}
		if file, is := strings.CutPrefix(database, "sqlite:"); is {
			if got := w.run("migrate", "status"); got.code != 1 || !strings.Contains(got.stderr, "there is no database") {
				t.Errorf("without a file: %d %s", got.code, got.stderr)
			}
			w.check(os.WriteFile(file, nil, 0o600))
		}
		before := read[[]migration](t, w.run("migrate", "status", "--json"))
		if len(before) == 0 || before[0].Applied || before[0].Version != 1 {
			t.Fatalf("before: %+v", before)
		}
		expect(t, w.run("migrate", "status").stdout, "VERSION  NAME", "no")
		for range 2 {
			expect(t, w.run("migrate", "up").stdout, "is up to date.")
		}
		for _, m := range read[[]migration](t, w.run("migrate", "status", "--json")) {
			if !m.Applied {
				t.Errorf("not applied: %+v", m)
			}
		}
		w.start() // on what was migrated
		w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute))
	})
}
