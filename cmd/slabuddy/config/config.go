// Package config decodes and explains what an operator configures: the file slabuddy.yaml, and the
// environment.
//
//	slabuddy.yaml ──Load──▶ Config ─┐
//	                                ├─▶ cmd/slabuddy wires the program from both
//	environment ──ReadEnv─▶ Env ────┘
//
// The file is strict: whatever is not understood is an error. All errors of a file are reported in
// one go (Error), each with its place and what would be right; so are all of the environment
// (EnvError). Secrets are in the environment only, as values of type Secret, which do not print.
//
// There is a file for each part of the configuration (tickets.go, hours.go, pages.go, …), over reader.go and scalars.go,
// which know no meaning, and problem.go, which explains. env*.go read the environment. They are one package, as either
// side is held to the other: the environment to what the file asks for, the file to names that are not the program's own.
package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"text/template"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// DefaultFile is read if no file is named and it is there.
const DefaultFile = "slabuddy.yaml"

// Config is the configuration file, with defaults for what it does not say.
type Config struct {
	escalation.Settings

	File          string             // what was read; "" if there is no file
	Workspace     string             // workspace: the one it is for, T…; "": it names none
	AllWorkspaces bool               // workspace: '*', for every one that installs the bot
	OpsChannel    string             // ops_channel: where the bot tells its own troubles; "": nowhere
	DeskKind      string             // help_desk.kind
	Calendar      Calendar           // calendar
	From          From               // tickets.from
	Updates       *regexp.Regexp     // tickets.updates; nil: the usual words
	Link          *template.Template // tickets.link, over escalation.Ticket; nil: none is configured
	Fields        Fields             // tickets.fields
	KeepTimelines time.Duration      // retention.timelines: so long after closing
	KeepJobs      time.Duration      // retention.jobs: so long after finishing
	KeepLeft      time.Duration      // retention.uninstalled: all of a workspace, so long after it removed the bot
	SlackWorkers  int                // queues.slack.workers
	Queues        map[string]Queue   // queues but slack, by name; page is always there
	WorkingHours  map[string]Hours   // hours, as they are written; Settings.Hours are made of them
	Looks         []Problem          // what is not wrong, but should be looked at
}

// Calendar says where the shifts stand and what its events mean, the engineers and products included.
type Calendar struct {
	ID string // "": there is none, and nobody is known to be on shift
	calendar.Matching
}

// IsConfigured says that there is a calendar of shifts.
func (c Calendar) IsConfigured() bool { return c.ID != "" }

// Fields are the patterns that find a ticket in what a message's reader sees and in the addresses behind
// it, each in its only group. Nil: the field is found by its label.
type Fields struct {
	ID, Priority, Type, Customer, Subject *regexp.Regexp
}

// Default is the configuration of an empty file.
func Default() *Config {
	settings := escalation.DefaultSettings()
	settings.Pages = map[string]page.Page{}
	return &Config{
		Settings:      settings,
		DeskKind:      helpdesk.HTTPKind,
		Calendar:      Calendar{Matching: calendar.DefaultMatching()},
		KeepTimelines: 400 * day,
		KeepJobs:      30 * day,
		KeepLeft:      30 * day,
		SlackWorkers:  32,
		Queues:        map[string]Queue{escalation.QueuePage: DefaultQueue()},
	}
}

// Load reads the configuration from file. With no file named it reads DefaultFile, or returns the
// defaults if that does not exist. A *Error tells what is wrong in the file; with it comes what could be
// read, which is good for asking the environment about the rest (ReadEnv), and not for running.
func Load(file string) (*Config, error) {
	named := file != ""
	if !named {
		file = DefaultFile
	}
	src, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return Default(), nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no configuration file %s; check --config and SLABUDDY_CONFIG", file)
	case err != nil:
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(file, src)
}

// Parse reads a configuration from src; file is its name in errors. It returns what Load does.
func Parse(file string, src []byte) (*Config, error) {
	src = bytes.TrimPrefix(src, []byte("\ufeff")) // editors on Windows begin files with it
	root, syntax := parseYAML(src)
	if syntax != nil {
		return Default(), newError(file, src, []Problem{*syntax})
	}
	c := Default()
	c.File = file
	r := newReader(root)
	if root != nil {
		r.config(r.valueOf(root, place{line: 1, column: 1, width: 1}), c)
	}
	c.Calendar.Engineers, c.Calendar.Products = c.Engineers, c.Products
	if len(r.looks) > 0 {
		c.Looks = newError(file, src, r.looks).Problems
	}
	if len(r.problems) > 0 {
		return c, newError(file, src, r.problems)
	}
	return c, nil
}

// config reads the whole file. Policies come after the engineers whom they notify and
// the pages they send and the hours they count in, pages after the queues they run in, channels after the policies that they name.
func (r *reader) config(v value, c *Config) {
	found := r.object(v, "the configuration",
		field{"workspace", func(v value) { r.workspace(v, c) }},
		field{"ops_channel", r.channelID(&c.OpsChannel, "ops_channel")},
		field{"admins", func(v value) { c.Admins = r.userIDs(v, "admins") }},
		field{"last_resort", func(v value) { c.LastResort = r.lastResort(v) }},
		field{"snooze", r.duration(&c.Snooze, "snooze")},
		field{"max_snooze", r.duration(&c.MaxSnooze, "max_snooze")},
		field{"give_up", r.duration(&c.GiveUp, "give_up")},
		field{"help_desk", func(v value) { r.helpDesk(v, c) }},
		field{"calendar", func(v value) { r.calendar(v, &c.Calendar) }},
		field{"engineers", func(v value) { c.Engineers = r.engineers(v) }},
		field{"products", func(v value) { c.Products = r.products(v) }},
		field{"queues", func(v value) { r.queues(v, c) }},
		field{"digest", func(v value) { r.object(v, "digest", field{"from", r.number(&c.DigestFrom, "digest.from", 0, 1000)}) }},
		field{"handover", func(v value) { r.handover(v, c) }},
		field{"report", func(v value) { r.weekly(v, "report", &c.Report) }},
		field{"pages", func(v value) { r.pages(v, c) }},
		field{"hours", func(v value) { r.hours(v, c) }},
		field{"policies", func(v value) { r.policies(v, c) }},
		field{"channels", func(v value) { c.Channels = r.channels(v, c) }},
		field{"tickets", func(v value) { r.tickets(v, c) }},
		field{"retention", func(v value) { r.retention(v, c) }},
	)
	if _, checked := found["retention"]; !checked && c.KeepTimelines < c.MaxAge {
		r.failRetention(found["tickets"], c)
	}
	if c.MaxSnooze < c.Snooze {
		r.fail(cmp.Or(found["max_snooze"], found["snooze"]), "Raise max_snooze or lower snooze.", "max_snooze (%s) is shorter than snooze (%s)",
			FormatDuration(c.MaxSnooze), FormatDuration(c.Snooze))
	}
}

const workspaceFix = "Write the workspace's id, T…: it is in the address of Slack in a browser, https://app.slack.com/client/T…."

func (r *reader) workspace(v value, c *Config) {
	s, ok := r.name(v, "workspace")
	switch {
	case !ok:
	case s == "*":
		c.AllWorkspaces = true
	case !slackid.IsWorkspace(s):
		r.fail(v.at, workspaceFix+" Or '*', for every one that installs the bot.", "workspace cannot be %q", s)
	default:
		c.Workspace = s
	}
}

// CheckWorkspace refuses, as a *Error, a file that does not say whose it is while any workspace can install
// the bot: its desk, people and pages would be everybody's.
func (c *Config) CheckWorkspace(e Env) error {
	if !e.OAuth() || c.Workspace != "" || c.AllWorkspaces {
		return nil
	}
	return &Error{File: cmp.Or(c.File, DefaultFile), Problems: []Problem{{
		Line: 1, Column: 1,
		What: "no workspace is named, and any workspace can install the bot (SLACK_CLIENT_ID is set): to whom do the desk, the people and the pages belong?",
		Fix:  "Add the line workspace: T… (" + strings.TrimPrefix(workspaceFix, "Write ") + ") Or workspace: '*', if you trust everybody who can install it.",
	}}}
}

// lastResort reads whom the last tier mentions when its circle is empty.
func (r *reader) lastResort(v value) string {
	s, ok := r.name(v, "last_resort")
	switch {
	case !ok, s == "none":
		return ""
	case s != circle.Here:
		r.fail(v.at, "Write here, or none.", "last_resort cannot be %q", s)
	}
	return circle.Here
}

func (r *reader) helpDesk(v value, c *Config) {
	r.object(v, "help_desk",
		field{"kind", func(v value) {
			s, ok := r.name(v, "help_desk.kind")
			if !ok {
				return
			}
			kind, known := helpdesk.Find(strings.ToLower(s))
			if !known {
				r.fail(v.at, "There are "+deskKinds()+".", "help_desk.kind cannot be %q", s)
				return
			}
			c.DeskKind, c.HasDesk = kind.Name, kind.Name != helpdesk.NoneKind
		}},
		field{"poll", r.duration(&c.Poll, "help_desk.poll")},
		field{"poll_budget", r.number(&c.PollBudget, "help_desk.poll_budget", 1, 10_000)},
	)
}

// deskKinds names them all, for people.
func deskKinds() string {
	var names []string
	for _, k := range helpdesk.Kinds() {
		name := k.Name
		if !strings.EqualFold(k.Title, k.Name) {
			name += " (" + k.Title + ")"
		}
		names = append(names, name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func (r *reader) retention(v value, c *Config) {
	found := r.object(v, "retention",
		field{"timelines", r.duration(&c.KeepTimelines, "retention.timelines")},
		field{"jobs", r.duration(&c.KeepJobs, "retention.jobs")},
		field{"uninstalled", r.duration(&c.KeepLeft, "retention.uninstalled")},
	)
	if c.KeepTimelines < c.MaxAge {
		r.failRetention(cmp.Or(found["timelines"], v.at), c)
	}
}

// failRetention: a message is known as opened by its timeline; forgotten sooner than max_age, a late
// repeat of the message would open another.
func (r *reader) failRetention(at place, c *Config) {
	r.fail(at, "Keep timelines at least as long as tickets.max_age, or their messages could open them again.",
		"retention.timelines (%s) is shorter than tickets.max_age (%s)", FormatDuration(c.KeepTimelines), FormatDuration(c.MaxAge))
}
