package commands_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/commands"
	"github.com/slabuddy/slabuddy/handlers/slackapp/home"
	"github.com/slabuddy/slabuddy/handlers/slackapp/people"
	"github.com/slabuddy/slabuddy/handlers/slackapp/readers"
	"github.com/slabuddy/slabuddy/handlers/slackapp/threads"
	"github.com/slabuddy/slabuddy/handlers/slackapp/views"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

const (
	team    = "T0SLABUDDY"
	channel = "C0ENT"
	other   = "C0TEAMS" // the file watches this one
	admin   = "U0HANA"
	member  = "U0ANA"
	bob     = "U0BOB"
	guest   = "U0GUEST" // of several channels
	lone    = "U0LONE"  // a guest of one
)

// start is a Wednesday afternoon, in winter, when Lisbon's clocks show UTC.
var start = time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC)

// world is a workspace with the bot in it, as far as commands, modals and the home tab go.
type world struct {
	*slacktest.Workspace
	t     *testing.T
	store store.Store
	book  *setup.Book
	file  escalation.Settings
	clock atomic.Int64 // nanoseconds since start
	shift shifts
	// emptied is what was told of hours with nobody on shift.
	emptied []string
	app     *slackapp.App
	known   bool
}

// shifts is a calendar that was read just now.
type shifts struct {
	mu sync.Mutex
	in *calendar.InForce
}

func (s *shifts) InForce() *calendar.InForce {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in
}

func (w *world) now() time.Time        { return start.Add(time.Duration(w.clock.Load())) }
func (w *world) pass(d time.Duration)  { w.clock.Add(int64(d)) }
func (w *world) installed(string) bool { return w.known }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, known: true, file: escalation.DefaultSettings()}
	w.file.Channels = map[string]policy.Channel{other: {Policy: "teams"}}
	w.file.Engineers = []calendar.Engineer{{Name: "Ana Silva", Aliases: []string{"Ana"}, Slack: member}, {Name: "Bob Lee", Slack: bob}}
	w.shift.in = &calendar.InForce{HasCalendar: true, Matching: calendar.DefaultMatching(), Reading: calendar.Reading{
		ReadAt: start, From: start.Add(-48 * time.Hour), To: start.Add(8 * 24 * time.Hour),
		Events: []calendar.Event{
			{Title: "Ana", Start: start.Add(-time.Hour), End: start.Add(3 * time.Hour)},
			{Title: "Bob Lee", Start: start.Add(3 * time.Hour), End: start.Add(10 * time.Hour)},
			{Title: "Zed on call", Start: start.Add(10 * time.Hour), End: start.Add(12 * time.Hour)},
			{Title: "Bob Lee", Start: start.Add(12 * time.Hour), End: start.Add(7 * 24 * time.Hour)},
		},
	}}
	var app *slackapp.App
	var served http.Handler
	w.Workspace = slacktest.New(slacktest.Options{
		Now: w.now, InteractivityURL: "http://app/slack/interactions", CommandURL: "http://app/slack/commands", RequestURL: "http://app/slack/events",
		Transport: inprocess.Transport(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { served.ServeHTTP(rw, r) })),
	})
	t.Cleanup(w.Close)
	for _, u := range []slacktest.User{{ID: admin, Name: "hana", Admin: true}, {ID: member, Name: "ana"}, {ID: bob, Name: "bob"}, {ID: guest, Name: "gus", Guest: true}, {ID: lone, Name: "lo", SingleChannel: true}, {ID: "U0CY", Name: "cy", RealName: "Cy Young", Email: "cy@example.com"}} {
		w.AddUser(u)
	}
	everybody := []string{admin, member, bob, guest, lone, "U0CY"}
	for _, id := range []string{channel, other, "C0NEW"} {
		w.AddChannel(slacktest.Channel{ID: id, Name: strings.ToLower(id), Members: everybody, NoBot: id == "C0NEW"})
	}
	app = w.build(t)
	w.app = app
	served = handlers.Public(slog.New(slog.DiscardHandler), handlers.Site{Slack: app})
	return w
}

func (w *world) build(t *testing.T) *slackapp.App {
	t.Helper()
	w.store = sqlitetest.Open(t)
	log := slog.New(slog.DiscardHandler)
	registry := prometheus.NewRegistry()
	api, err := client.New(client.Config{
		URL: "http://slack/api/", Tokens: client.OneToken(w.Options().Token), HTTP: w.Client(), Now: w.now, Registerer: registry,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.book = setup.NewBook(setup.BookConfig{Store: w.store, Directory: groups{}, Now: w.now, Log: log})
	w.book.SetBase(&w.file, "")
	rosters := setup.NewRosters(&w.shift, w.book, w.now)
	knowing := people.New(api, func(workspace string) []string { return w.book.View(workspace).Settings.Admins }, w.now)
	reading := readers.New(api, knowing, w.now)
	config := views.Config{
		Slack: api, Book: w.book, People: knowing, Readers: reading, Roster: rosters.Of, Directory: groups{}, Replay: w.replay, Zone: func() *time.Location { return time.UTC }, Now: w.now, Logger: log,
		Reach: func(in string) circle.Reach {
			return circle.Reach{Workspace: in, HasCalendar: rosters.HasCalendar(in), Directory: groups{}}
		},
	}
	channels, engineers, report, shifts := views.NewChannels(config), views.NewEngineers(config), views.NewWeekReport(config), views.NewShifts(config)
	linked := threads.New(api)
	tab := &home.Home{
		Store: w.store, Week: w.week, View: w.book.View, Rosters: rosters, Directory: groups{}, Readers: reading, Threads: linked, Publisher: api,
		Assign: w.assign, Installed: w.installed, Now: w.now, NewID: uuid.NewString, Logger: log,
	}
	app, err := slackapp.New(slackapp.Config{
		SigningSecret: w.Options().SigningSecret, Opener: nobody{}, Hearer: nobody{}, Deleter: nobody{}, Now: w.now, Log: log, Registerer: registry,
		Self: func(string) client.Identity { return client.Identity{} },
		Surfaces: commands.Surfaces{
			Channels: channels, Engineers: engineers, Report: report, Shifts: shifts, Home: tab,
			Commands: &commands.Commands{
				Store: w.store, Book: w.book, Rosters: rosters, Directory: groups{},
				Pauses: &act.Pauses{Deps: flow.Deps{Now: w.now, Logger: log, Metrics: flow.NewMetrics(prometheus.NewRegistry())}, Store: w.store},
				Rights: knowing, Readers: reading, Reports: reports{w}, Voice: api, Links: api, Threads: linked, Setup: channels, Engineers: engineers, Report: report, Shifts: shifts,
				Assign:    w.assign,
				Emptied:   func(workspace, words string) { w.emptied = append(w.emptied, workspace+": "+words) },
				Zone:      func(string) *time.Location { return time.UTC },
				Installed: w.installed, Now: w.now, NewID: uuid.NewString, Logger: log,
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := app.Drain(ctx); err != nil {
			t.Error(err)
		}
	})
	return app
}

// nobody takes in messages: here nobody writes any.
type nobody struct{}

func (nobody) Open(context.Context, ...escalation.Message) (flow.OpenOutcome, error) {
	return flow.OpenedUnwatched, nil
}
func (nobody) Hear(context.Context, escalation.Mention) error   { return nil }
func (nobody) Deleted(context.Context, escalation.Thread) error { return nil }

// assign keeps what it is asked for.
func (w *world) assign(_ context.Context, c escalation.Click, whom string) (string, error) {
	return "Handed " + c.Timeline + " of " + c.Workspace + " from " + c.Name + " to " + whom + ".", nil
}

// groups is a directory with one user group.
type groups struct{}

func (groups) Group(workspace, handle string) (string, bool) {
	return "S0SUPPORT", workspace == team && handle == "support"
}
func (groups) Zone(string, string) *time.Location { return nil }
func (groups) Gone(string, string) bool           { return false }

func (groups) UserByEmail(string, string) (string, bool) { return "", false }

// idAt is a timeline's id of that time, as the program makes them: what is read of the past goes by it.
func idAt(at time.Time) string {
	id := uuid.Must(uuid.NewV7())
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|uint64(binary.BigEndian.Uint16(id[6:8])))
	return id.String()
}

// open opens the timelines of tickets that were posted in a channel so long ago.
func (w *world) open(workspace, channel string, ago time.Duration, ids ...string) []escalation.Timeline {
	w.t.Helper()
	var ts []escalation.Timeline
	for i, id := range ids {
		at := w.now().Add(-ago + time.Duration(i)*time.Second)
		m := escalation.Message{
			Thread:   escalation.Thread{Workspace: workspace, Channel: channel, TS: fmt.Sprintf("%d.%06d", at.Unix(), i)},
			PostedAt: at, Ticket: escalation.Ticket{ID: id, Subject: "It <!here> burns", Link: "https://desk.example.com/" + id},
		}
		ts = append(ts, escalation.Begin(idAt(at), m, policy.BuiltIn()["enterprise"], &escalation.Settings{GiveUp: w.file.GiveUp}, at))
	}
	if _, err := w.store.Open(w.t.Context(), ts); err != nil {
		w.t.Fatal(err)
	}
	return ts
}

// types sends a command and returns what its sender alone sees right away; "" if nothing.
func (w *world) types(user, channel, text string) string {
	w.t.Helper()
	before := len(w.Ephemerals(user))
	command, rest, _ := strings.Cut(text, " ")
	ack, err := w.Command(user, channel, command, rest)
	if err != nil || !ack.OK() {
		w.t.Fatalf("%s: %+v, %v", text, ack, err)
	}
	after := w.Ephemerals(user)
	if len(after) == before {
		return ""
	}
	return after[len(after)-1].Text
}

// waits until cond holds, for what is done after the answer.
func (w *world) waits(what string, cond func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	if err := w.Wait(ctx, cond); err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// modal waits for the modal before somebody to say something, and returns it.
func (w *world) modal(user, says string) slacktest.View {
	w.t.Helper()
	var v slacktest.View
	cond := func() bool {
		vs := w.Views(user)
		if len(vs) == 0 {
			return false
		}
		v = vs[len(vs)-1]
		return strings.Contains(read(v.Blocks), says)
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	if err := w.Wait(ctx, cond); err != nil {
		w.t.Fatalf("no modal says %q but %s; calls: %+v", says, read(v.Blocks), w.Calls())
	}
	return v
}

// read is blocks without JSON's own escapes.
func read(blocks json.RawMessage) string {
	var v any
	if json.Unmarshal(blocks, &v) != nil {
		return string(blocks)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return string(blocks)
	}
	return b.String()
}

// says fails unless text holds all of words.
func says(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not said in:\n%s", word, text)
		}
	}
}

// keepsQuiet fails if text holds any of words.
func keepsQuiet(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(text, word) {
			t.Errorf("%q is said in:\n%s", word, text)
		}
	}
}
