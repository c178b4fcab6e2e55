package demo

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/handlers/reportpage"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/store"
)

// The two months before the story: made up, the same each time, and lived through by what decides live. On Mondays nobody
// is on shift before ten, which shows.
const (
	monthDays    = 60 // with the month before it, which the report compares
	ticketsADay  = 9
	aMonth       = 30 * 24 * time.Hour
	mondaysBegin = 10
)

// month makes up what was lived through by now.
type month struct {
	random     *rand.Rand
	workspace  string
	conditions replay.Conditions
	now        time.Time
}

// live has the month stored.
func (m month) live(ctx context.Context, s store.Store) error {
	m.conditions.Rosters = m.shifts()
	for _, r := range m.conditions.Rosters {
		if _, err := s.AddRoster(ctx, m.workspace, r); err != nil {
			return err
		}
	}
	var opened []escalation.Timeline
	var lived []escalation.Change
	for day := range monthDays {
		for range ticketsADay {
			was, is := m.ticket(len(opened), m.now.AddDate(0, 0, day-monthDays))
			if was.Timeline.PostedAt.After(m.now.Add(-12 * time.Hour)) {
				continue // all of them are over when the story begins
			}
			is.Timeline.Version = 1
			opened = append(opened, was.Timeline)
			lived = append(lived, escalation.Change{Timeline: &is.Timeline, Events: is.History})
		}
	}
	if _, err := s.Open(ctx, opened); err != nil {
		return err
	}
	_, err := s.Save(ctx, lived)
	return err
}

// shifts are who was on: by day Ana and Dev, in the evening Chloe, at night nobody.
func (m month) shifts() (all review.Rosters) {
	first := m.now.AddDate(0, 0, -monthDays)
	midnight := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, time.UTC)
	for day := range monthDays {
		date := midnight.AddDate(0, 0, day)
		since := func(hour int, on ...string) {
			all = append(all, review.RosterSince{At: date.Add(time.Duration(hour) * time.Hour), Roster: calendar.Snapshot{Known: true, OnShift: on}})
		}
		begin := 8
		if date.Weekday() == time.Monday {
			begin = mondaysBegin
		}
		since(begin, "Ana", "Dev")
		since(17, "Chloe")
		since(22)
	}
	return all
}

// ticket is one that a customer wrote on a day, and what became of it.
func (m month) ticket(n int, day time.Time) (was, is review.Record) {
	hour := min(max(9+3*m.random.NormFloat64(), 0), 23)
	posted := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC).Add(time.Duration(hour * float64(time.Hour))).Truncate(time.Second)
	channel, wait := enterprise, (4+m.random.ExpFloat64()*11)*float64(time.Minute)
	if m.random.IntN(3) == 0 {
		channel, wait = teams, wait*6
	}
	if posted.Weekday() == time.Monday && posted.Hour() < mondaysBegin {
		wait += float64(time.Duration(mondaysBegin-posted.Hour()) * 40 * time.Minute)
	}
	message := escalation.Message{
		Thread:   escalation.Thread{Workspace: m.workspace, Channel: channel, TS: fmt.Sprintf("%d.%06d", posted.Unix(), n)},
		PostedAt: posted,
		Ticket: escalation.Ticket{
			ID: fmt.Sprint(3000 + n), Priority: []string{"normal", "high", "urgent"}[m.random.IntN(3)], Customer: []string{"Northwind", "Globex", "Initech"}[n%3],
			Subject: []string{"Cannot log in", "Invoice is wrong", "The export never ends", "A webhook is called twice"}[n%4],
		},
	}
	policy, _ := escalation.Opens(message, m.conditions.Settings)
	found := posted.Add(time.Second)
	if posted.YearDay()%13 == 0 && posted.Hour() == 9 { // the bot was stopped for a while
		found = posted.Add(14 * time.Minute)
	}
	answer := escalation.Details{Desk: desk.Answered, ReplyAt: posted.Add(time.Duration(wait)).Truncate(time.Second)}
	switch m.random.IntN(25) {
	case 0:
		answer = escalation.Details{Desk: desk.Withdrawn, ReplyAt: answer.ReplyAt, Cause: "solved"}
	case 1: // somebody snoozes, and forgets
		answer.ReplyAt = answer.ReplyAt.Add(90 * time.Minute)
	}
	at := answer.ReplyAt
	if answer.Desk == desk.Withdrawn {
		answer.ReplyAt = time.Time{}
	}
	id := uuidAt(posted, n)
	was = review.Record{
		Timeline: escalation.Begin(id, message, policy, m.conditions.Settings, found),
		History:  []escalation.Event{{Timeline: id, At: at, Kind: escalation.EventDesk, Details: answer}},
	}
	return was, replay.Run(was, m.conditions, m.now).Record
}

// uuidAt is an id that sorts by its time.
func uuidAt(at time.Time, n int) string {
	var id uuid.UUID
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6], id[8], id[14], id[15] = 0x70, 0x80, byte(n>>8), byte(n)
	return id.String()
}

// pictures are the pages beside the workspace: the report of the last 30 days, and what they would have been had the
// enterprise plan counted office hours only.
func pictures(a *app.App, settings *escalation.Settings) []window.Page {
	return []window.Page{
		{Path: "/report", Title: "Report", Policy: reportpage.Policy, Write: func(ctx context.Context, w io.Writer) error {
			r, err := a.Report(ctx, aMonth)
			if err != nil {
				return err
			}
			return reportpage.Write(w, r)
		}},
		{Path: "/what-if", Title: "What if", Policy: reportpage.Policy, Write: func(ctx context.Context, w io.Writer) error {
			r, err := a.Replay(ctx, aMonth, "the Enterprise plan, had it counted office hours only", inOfficeHours(settings))
			if err != nil {
				return err
			}
			return reportpage.WriteReplay(w, r)
		}},
	}
}

func inOfficeHours(s *escalation.Settings) *escalation.Settings {
	trying := *s
	trying.Policies = map[string]policy.Policy{}
	for name, p := range s.Policies {
		if name == policy.Default {
			p.Hours = "office"
		}
		trying.Policies[name] = p
	}
	return &trying
}

// groupIDs is the directory of the simulated workspace.
type groupIDs struct{ slack *slacktest.Workspace }

func (g groupIDs) Group(_, handle string) (id string, ok bool) {
	for _, group := range g.slack.Groups() {
		if group.Handle == handle {
			return group.ID, true
		}
	}
	return "", false
}

func (groupIDs) UserByEmail(_, _ string) (string, bool) { return "", false }
func (groupIDs) Gone(_, _ string) bool                  { return false }
func (groupIDs) Zone(_, _ string) *time.Location        { return nil }
