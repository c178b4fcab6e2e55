package config

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata/bad")

// Patterns, templates and zones are the same if they are written the same.
var compare = cmp.Options{
	cmp.Comparer(func(a, b *regexp.Regexp) bool { return a == b || a != nil && b != nil && a.String() == b.String() }),
	cmp.Comparer(func(a, b *template.Template) bool {
		return a == b || a != nil && b != nil && a.Root.String() == b.Root.String()
	}),
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b *hours.Hours) bool { return a.Version() == b.Version() }),
}

func TestFullFile(t *testing.T) {
	got, err := Load("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	engineers := []calendar.Engineer{
		{Name: "Ana Silva", Aliases: []string{"Ana", "asilva"}, Slack: "U0ANA", Email: "ana@example.com", Products: []string{"Auth"}},
		{Name: "Bob", Email: "bob@example.com"},
	}
	products := map[string][]string{"Auth": {"auth", "login"}, "Storage": {"upload"}}
	want := &Config{
		File:       "testdata/full.yaml",
		Workspace:  "T0ACME",
		OpsChannel: "C0OPS",
		Settings: escalation.Settings{
			Admins:      []string{"U0HANA", "W0IVAN"},
			Snooze:      20 * time.Minute,
			MaxSnooze:   3 * time.Hour,
			DigestFrom:  7,
			Report:      escalation.Weekly{Channel: "C0LEADS", At: weekly.Moment{Day: time.Friday, Hour: 16, Minute: 30}},
			Handover:    escalation.HandoverSettings{Channel: "C0SHIFT", Outlook: &weekly.Moment{Day: time.Monday, Hour: 9}},
			GiveUp:      21 * day,
			MaxAge:      48 * time.Hour,
			IgnoreTypes: []string{"feedback", "praise"},
			Policies: map[string]policy.Policy{
				"enterprise-urgent": {Name: "enterprise-urgent", Deadline: 30 * time.Minute, Tiers: []policy.Tier{
					{After: 5 * time.Minute, Notify: []string{"on-shift"}},
					{After: 10 * time.Minute, Notify: []string{"@support"}, Message: "Ticket {{.Ticket.ID}} is burning.", Repeat: 10 * time.Minute},
				}},
				"enterprise": {Name: "enterprise", Tiers: []policy.Tier{
					{After: 15 * time.Minute, Notify: []string{"non-embedded"}},
					{After: day, Notify: []string{"on-shift", "embedded", "@Ana", "U0VP", "S0OPS", "here"}, Page: "oncall"},
					{After: 2 * day, Page: "hook"},
				}},
				"slow":  {Name: "slow", Hours: "everest", Deadline: 2 * day, Tiers: []policy.Tier{{After: 36 * time.Hour, Notify: []string{"on-shift"}}}},
				"teams": policy.BuiltIn()["teams"],
				"promising": {
					Name: "promising", Hours: "berlin", Deadline: 50 * time.Minute, Tiers: []policy.Tier{
						{After: 10 * time.Minute, Notify: []string{"assignee", "non-embedded"}},
						{Before: 15 * time.Minute, Notify: []string{"on-shift"}},
						{After: 50 * time.Minute, Notify: []string{"@head-of-success"}},
					},
					NextReply: &policy.Promise{Deadline: 2 * time.Hour, Tiers: []policy.Tier{
						{Before: 30 * time.Minute, Notify: []string{"assignee"}}, {After: 2 * time.Hour, Notify: []string{"on-shift"}},
					}},
					Resolution: &policy.Promise{
						Deadline: 16 * time.Hour, Pause: []desk.Status{desk.StatusPending, desk.StatusHold},
						Tiers: []policy.Tier{{Before: 2 * time.Hour, Notify: []string{"on-shift"}}},
					},
				},
			},
			Channels: map[string]policy.Channel{
				"C0ENTERPRISE": {Policy: "enterprise", ByPriority: map[string]string{"urgent": "enterprise-urgent", "1": "teams"}, Hours: policy.AroundTheClock},
				"G0TEAMS":      {Policy: "teams", Hours: "berlin"},
				"C0CHOOSES": {Policy: "enterprise", Choose: []policy.Choice{
					{Types: []string{"outage"}, Policy: "promising"},
					{Priorities: []string{"urgent", "high"}, Products: []string{"Auth"}, Customer: regexp.MustCompile(`(?i)^acme`), Policy: "enterprise-urgent"},
				}},
				"C0PLAIN": {},
			},
			Engineers:  engineers,
			Products:   products,
			HasDesk:    false,
			Poll:       3 * time.Minute,
			PollBudget: 90,
			Pages:      fullPages(),
			Hours:      fullHours(t),
		},
		DeskKind: "none",
		Calendar: Calendar{ID: "shifts@group.calendar.google.com", Matching: calendar.Matching{
			Embedded:   regexp.MustCompile(`(?i)^embedded: (?P<product>\w+) - (?P<name>.+)$`),
			Away:       regexp.MustCompile(`(?i)\bleave\b`),
			Ignore:     regexp.MustCompile(`(?i)lunch`),
			DayStarts:  calendar.TimeOfDay(6*time.Hour + 30*time.Minute),
			Location:   berlin,
			StaleAfter: 6 * time.Hour,
			Engineers:  engineers,
			Products:   products,
		}},
		From:    From{Bots: []string{"B0DESK", "A0DESK"}},
		Updates: regexp.MustCompile(`(?i)^aktualisiert`),
		Link:    template.Must(template.New("link").Parse("https://desk.example.com/tickets/{{.ID}}")),
		Fields: Fields{
			ID:       regexp.MustCompile(`Ticket #(\d+)`),
			Priority: regexp.MustCompile(`Prio: (\w+)`),
			Type:     regexp.MustCompile(`Kind: (\w+)`),
			Customer: regexp.MustCompile(`From: (.+)`),
			Subject:  regexp.MustCompile(`Re: (.+)`),
		},
		KeepTimelines: 365 * day,
		KeepJobs:      14 * day, KeepLeft: 10 * day,
		SlackWorkers: 64,
		WorkingHours: writtenHours(t),
		Queues: map[string]Queue{
			"page": {
				Workers: 2, Attempts: 5, Timeout: 10 * time.Second, Rate: queue.Rate{Jobs: 30, Per: time.Minute},
				Headers: map[string]string{"X-Team": "support", "X-Key": "${QUEUE_KEY}"}, Secrets: page.Grant{"QUEUE_KEY": {"https://hooks.example.com:443"}, "JOB_URL": {page.Self}}, Backoff: time.Second, BackoffMost: 2 * time.Minute,
			},
			"hooks": DefaultQueue(),
		},
	}
	if looks := got.Looks; len(looks) != 2 || !strings.Contains(looks[0].What, "promising.next_reply counts nothing") || !strings.Contains(looks[1].What, "promising.resolution counts nothing") {
		t.Errorf("without a help desk, next replies and resolutions are to be looked at: %+v", looks)
	}
	got.Looks = nil
	if diff := cmp.Diff(want, got, compare); diff != "" {
		t.Errorf("testdata/full.yaml is read differently (-want +got):\n%s", diff)
	}
}

// TestBadFiles holds what an operator gets to read about each file of testdata/bad, to the letter.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse("slabuddy.yaml", src)
			if err == nil {
				t.Fatal("this file was taken")
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEmptyFileIsTheDefaults(t *testing.T) {
	for _, src := range []string{"", "\n", "# nothing yet\n", "---\n", "\ufeff", "channels:\n", "calendar:\nengineers: []\n"} {
		got, err := Parse("slabuddy.yaml", []byte(src))
		if err != nil {
			t.Errorf("%q: %v", src, err)
			continue
		}
		got.File = ""
		got.Channels, got.Engineers, got.Calendar.Engineers = nil, nil, nil
		if diff := cmp.Diff(Default(), got, compare); diff != "" {
			t.Errorf("%q (-want +got):\n%s", src, diff)
		}
	}
}

func TestDefaultsAreThoseOfTheDesign(t *testing.T) {
	c := Default()
	for name, ok := range map[string]bool{
		"snooze 30m":           c.Snooze == 30*time.Minute,
		"max_snooze 4h":        c.MaxSnooze == 4*time.Hour,
		"give_up 30d":          c.GiveUp == 30*day,
		"retention.timelines":  c.KeepTimelines == 400*day,
		"retention.jobs":       c.KeepJobs == 30*day,
		"help_desk.kind http":  c.DeskKind == "http" && c.HasDesk,
		"poll 5m":              c.Poll == 5*time.Minute,
		"poll_budget 60":       c.PollBudget == 60,
		"day_starts 02:00":     c.Calendar.DayStarts == calendar.TimeOfDay(2*time.Hour),
		"timezone UTC":         c.Calendar.Location == time.UTC,
		"stale_after 12h":      c.Calendar.StaleAfter == 12*time.Hour,
		"ignore_types":         len(c.IgnoreTypes) == 1 && c.IgnoreTypes[0] == "feedback",
		"max_age 72h":          c.MaxAge == 72*time.Hour,
		"slack workers 32":     c.SlackWorkers == 32,
		"one queue of pages":   len(c.Queues) == 1 && c.Queues["page"].Workers == 4 && c.Queues["page"].Attempts == 10 && c.Queues["page"].Timeout == 15*time.Second,
		"no pages":             len(c.Pages) == 0,
		"policies":             len(c.Policies) == 2 && len(c.Policies["enterprise"].Tiers) == 4 && len(c.Policies["teams"].Tiers) == 4,
		"embedded, any case":   c.Calendar.Embedded.MatchString("EMBEDDED: Auth"),
		"away: known words":    c.Calendar.Away == nil && !c.Calendar.NoAwayWords,
		"ignore: birthdays":    c.Calendar.Ignore == nil && !c.Calendar.NoIgnoreWords,
		"any workspace":        c.Workspace == "" && c.OpsChannel == "" && len(c.Admins) == 0,
		"channels: none":       len(c.Channels) == 0,
		"no calendar, no link": !c.Calendar.IsConfigured() && c.Link == nil,
	} {
		if !ok {
			t.Errorf("the default is another: %s", name)
		}
	}
}

// Two configurations must not share what one of them changes.
func TestConfiguredPolicyLeavesTheBuiltInAlone(t *testing.T) {
	if _, err := Load("testdata/full.yaml"); err != nil {
		t.Fatal(err)
	}
	if n := len(Default().Policies["enterprise"].Tiers); n != 4 {
		t.Errorf("the built-in enterprise has %d tiers after a file was read", n)
	}
}

func TestOnlyTheDefaultFileMayBeMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := Load("")
	if err != nil || c.File != "" {
		t.Errorf("without slabuddy.yaml: %v, read %q", err, c.File)
	}
	if _, err := Load("slabuddy.yaml"); err == nil || !strings.Contains(err.Error(), "there is no configuration file slabuddy.yaml") {
		t.Errorf("slabuddy.yaml named, and missing: %v", err)
	}
	if err := os.WriteFile(DefaultFile, []byte("snooze: 7m\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if c, err = Load(""); err != nil || c.Snooze != 7*time.Minute || c.File != DefaultFile {
		t.Errorf("with slabuddy.yaml: %v, snooze %v, read %q", err, c.Snooze, c.File)
	}
	if _, err := Load("."); err == nil {
		t.Error("a folder was read as a configuration")
	}
}

func TestTakenAsMeant(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want func(*Config) bool
	}{
		"windows line ends":    {"snooze: 7m\r\ntickets:\r\n  max_age: 1h\r\n", func(c *Config) bool { return c.Snooze == 7*time.Minute && c.MaxAge == time.Hour }},
		"folded message":       {"policies:\n  teams:\n    tiers:\n    - after: 1m\n      notify: here\n      message: >-\n        two\n        lines\n", func(c *Config) bool { return c.Policies["teams"].Tiers[0].Message == "two lines" }},
		"alias of an anchor":   {"policies:\n  teams: &t\n    tiers: [{after: 1m, notify: here}]\n  gold: *t\n", func(c *Config) bool { return c.Policies["gold"].Name == "gold" && len(c.Policies["gold"].Tiers) == 1 }},
		"pattern switched off": {"calendar: {id: x, embedded: ''}\n", func(c *Config) bool { return c.Calendar.Embedded == nil }},
		"words switched off": {"calendar: {id: x, ignore: '', away: ''}\n", func(c *Config) bool {
			return c.Calendar.NoIgnoreWords && c.Calendar.NoAwayWords && c.Calendar.Away == nil
		}},
		"further words": {"calendar: {id: x, away: gone}\n", func(c *Config) bool {
			return !c.Calendar.NoAwayWords && c.Calendar.Away.MatchString("Ana gone")
		}},
		"tickets from apps":        {"tickets: {from: apps}\n", func(c *Config) bool { return !c.From.Anyone && c.From.Bots == nil }},
		"tickets from anyone":      {"tickets: {from: anyone}\n", func(c *Config) bool { return c.From.Anyone }},
		"tickets from one bot":     {"tickets: {from: B0DESK}\n", func(c *Config) bool { return slices.Equal(c.From.Bots, []string{"B0DESK"}) }},
		"channel says nothing":     {"channels:\n  C0A:\n  C0B: {}\n", func(c *Config) bool { return len(c.Channels) == 2 && c.Channels["C0A"].For("high") == "enterprise" }},
		"days with hours":          {"give_up: 1d12h\n", func(c *Config) bool { return c.GiveUp == 36*time.Hour }},
		"nothing to be ignored":    {"tickets: {ignore_types: []}\n", func(c *Config) bool { return len(c.IgnoreTypes) == 0 }},
		"channel before policy":    {"channels:\n  C0A: {policy: gold}\npolicies:\n  gold:\n    tiers: [{after: 1m, notify: here}]\n", func(c *Config) bool { return c.Channels["C0A"].Policy == "gold" }},
		"unquoted time of day":     {"calendar:\n  id: x\n  day_starts: 07:05\n", func(c *Config) bool { return c.Calendar.DayStarts.String() == "07:05" }},
		"zendesk":                  {"help_desk: {kind: Zendesk}\n", func(c *Config) bool { return c.DeskKind == "zendesk" && c.HasDesk }},
		"freshdesk":                {"help_desk: {kind: freshdesk}\n", func(c *Config) bool { return c.DeskKind == "freshdesk" && c.HasDesk }},
		"rt":                       {"help_desk: {kind: RT}\n", func(c *Config) bool { return c.DeskKind == "rt" && c.HasDesk }},
		"intercom":                 {"help_desk: {kind: intercom}\n", func(c *Config) bool { return c.DeskKind == "intercom" && c.HasDesk }},
		"nobody is an admin":       {"admins: []\n", func(c *Config) bool { return len(c.Admins) == 0 }},
		"alias however it's cased": {"engineers: [{name: Ana, slack: U0ANA}]\npolicies: {p: {tiers: [{after: 1m, notify: ANA}]}}\n", func(c *Config) bool { return c.Policies["p"].Tiers[0].Notify[0] == "ANA" }},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("slabuddy.yaml", []byte(test.src))
			if err != nil {
				t.Fatal(err)
			}
			if !test.want(c) {
				t.Errorf("read as %+v", c)
			}
		})
	}
}
