package demo

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Configuration is the file that the demo is configured by.
//
//go:embed slabuddy.yaml
var Configuration string

// Ids that the configuration, the workspace and the story agree upon.
const (
	enterprise = "C0ENTERPRISE"
	teams      = "C0TEAMS"
	business   = "C0BUSINESS"
	startups   = "C0STARTUPS"
	ops        = "C0OPS"
	deskApp    = "A0DESK"

	ana   = "U0ANA"
	bob   = "U0BOB"
	chloe = "U0CHLOE"
	dev   = "U0DEV"
	hana  = "U0HANA"
)

// surroundings are all that the program talks to, each simulated behind HTTP on loopback, and the
// folder of its database.
type surroundings struct {
	config   *config.Config
	slack    *slacktest.Workspace
	api      *slacktest.Server
	desk     *helpdesktest.Desk
	calendar *calendartest.Server
	folder   string
}

const deskToken = "simulated-desk-token"

// surround starts everything. Close ends it, and must be called also after an error.
func surround(c *clock) (*surroundings, error) {
	s := &surroundings{desk: helpdesktest.New(deskToken)}
	s.desk.Telling(c.Steady)
	var err error
	if s.config, err = config.Parse("slabuddy.yaml", []byte(Configuration)); err != nil {
		return s, err
	}
	if s.folder, err = os.MkdirTemp("", "slabuddy-demo-"); err != nil {
		return s, fmt.Errorf("make a folder for the demo's database: %w", err)
	}
	s.slack = slacktest.New(slacktest.Options{
		App: slacktest.App{Name: "SLA Buddy"}, Now: c.Now,
		Wall: time.Now, // people click in real time, however fast the clock goes
	})
	s.populate()
	if s.api, err = s.slack.Start(""); err != nil {
		return s, err
	}
	if err := s.desk.Start(); err != nil {
		return s, fmt.Errorf("start the simulated help desk: %w", err)
	}
	if s.calendar, err = calendartest.Start(c.Now); err != nil {
		return s, err
	}
	return s, s.plan()
}

// populate fills the workspace: the engineers of the configuration, the groups that the built-in
// policies notify, the channels, and the help desk's app that posts there. Bob, and Hana who is the head
// of success, are admins: they may set the bot up.
func (s *surroundings) populate() {
	var engineers []string
	for _, e := range s.config.Engineers {
		s.slack.AddUser(slacktest.User{ID: e.Slack, Name: e.Name, Email: e.Email, Admin: e.Slack == bob})
		engineers = append(engineers, e.Slack)
	}
	s.slack.AddUser(slacktest.User{ID: hana, Name: "Hana", Email: "hana@example.com", Admin: true})
	s.slack.AddGroup(slacktest.Group{ID: "S0SUPPORT", Handle: "support", Users: engineers})
	s.slack.AddGroup(slacktest.Group{ID: "S0HEAD", Handle: "head-of-success", Users: []string{hana}})
	for id, name := range map[string]string{enterprise: "enterprise", teams: "teams", business: "business", startups: "startups", ops: "ops"} {
		s.slack.AddChannel(slacktest.Channel{ID: id, Name: name, Members: append([]string{hana}, engineers...)})
	}
	s.slack.AddApp(slacktest.App{ID: deskApp, Name: "Help desk", Classic: true})
}

// plan fills the shift calendar. People are known by title or by guest, as teams do it.
func (s *surroundings) plan() error {
	shifts := s.calendar.AddCalendar(&calendartest.Calendar{ID: s.config.Calendar.ID, Summary: "Support shifts"})
	guests := func(emails ...string) (list []calendartest.Attendee) {
		for _, e := range emails {
			list = append(list, calendartest.Attendee{Email: e, ResponseStatus: "accepted"})
		}
		return list
	}
	for _, e := range []calendartest.Event{
		{Summary: "Support", Attendees: guests("bob@example.com", "chloe@example.com"), Start: calendartest.At(monday(8, 0)), End: calendartest.At(monday(18, 0))},
		{Summary: "Embedded: Auth - Ana", Start: calendartest.At(monday(8, 0)), End: calendartest.At(monday(18, 0))},
		{Summary: "Night shift: Dev", Start: calendartest.At(monday(18, 0)), End: calendartest.At(tuesday(8, 0))},
	} {
		e.Recurrence = []string{"RRULE:FREQ=DAILY"} // the demo may go on for days
		if _, err := shifts.Insert(e); err != nil {
			return err
		}
	}
	return nil
}

// getenv is the environment that the program is started in: nothing of the real one.
func (s *surroundings) getenv(name string) string {
	return map[string]string{
		"DATABASE_URL":          "sqlite:" + filepath.Join(s.folder, "slabuddy.db"),
		"SLABUDDY_LISTEN":       "127.0.0.1:0",
		"SLABUDDY_ADMIN_LISTEN": "127.0.0.1:0",
		"SLACK_SIGNING_SECRET":  s.slack.Options().SigningSecret,
		"SLACK_BOT_TOKEN":       s.slack.Options().Token,
		"SLACK_API_URL":         s.api.APIURL,
		"GOOGLE_CALENDAR_URL":   s.calendar.URL(),
		"HELPDESK_URL":          s.desk.URL(),
		"HELPDESK_TOKEN":        deskToken,
	}[name]
}

// reader knows the names of everybody.
func (s *surroundings) reader() reader {
	names := map[string]string{
		s.slack.Options().App.UserID: s.slack.Options().App.Name,
		"S0SUPPORT":                  "@support",
		"S0HEAD":                     "@head-of-success",
		hana:                         "Hana",
	}
	for _, e := range s.config.Engineers {
		names[e.Slack] = e.Name
	}
	return reader{names}
}

// Close ends everything and removes the folder.
func (s *surroundings) Close() error {
	var errs []error
	if s.slack != nil {
		s.slack.Close()
	}
	if s.api != nil {
		errs = append(errs, s.api.Close())
	}
	errs = append(errs, s.desk.Close())
	if s.calendar != nil {
		errs = append(errs, s.calendar.Close())
	}
	if s.folder != "" {
		errs = append(errs, os.RemoveAll(s.folder))
	}
	return errors.Join(errs...)
}

// channelNames are those of the channels in which tickets are posted.
var channelNames = map[string]string{enterprise: "#enterprise", teams: "#teams", business: "#business", startups: "#startups"}

// monday and tuesday are times of the two days of the story.
func monday(hour, minute int) time.Time {
	return time.Date(2026, time.March, 2, hour, minute, 0, 0, time.UTC)
}

func tuesday(hour, minute int) time.Time { return monday(hour+24, minute) }
