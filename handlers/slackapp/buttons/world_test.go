package buttons_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/intake"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/walk"
	"github.com/slabuddy/slabuddy/handlers"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/message"
	"github.com/slabuddy/slabuddy/handlers/slackapp/people"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

const (
	secret  = "simulated-signing-secret"
	channel = "C0ENT"
	ana     = "U0ANA"
	bob     = "U0BOB"
	guest   = "U0GUEST"
)

// world is a simulated workspace, a help desk, and between them the program with a real store: what is
// clicked arrives signed at the public routes. It lives in a synctest bubble, without sockets.
type world struct {
	t     *testing.T
	slack *slacktest.Workspace
	app   *slackapp.App
	store store.Store
	desk  *scriptedDesk
	ids   atomic.Int64
}

// scriptedDesk answers what it was told to, for every ticket alike.
type scriptedDesk struct {
	mu     sync.Mutex
	answer desk.Answer
	asked  int
}

func (d *scriptedDesk) Ask(_ context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	all := map[string]desk.Answer{}
	for _, q := range qs {
		if d.answer.Status != desk.Unchecked {
			all[q.TicketID] = d.answer
		}
	}
	return all, nil
}

func (d *scriptedDesk) says(a desk.Answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer = a
}

// inWorld runs a scenario: it begins with a ticket that was posted ten minutes ago, and the first
// tier's reminder under it.
func inWorld(t *testing.T, scenario func(w *world, ticket, reminder string)) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))) // a bubble begins too early for Slack's ts
		w := &world{t: t, desk: &scriptedDesk{answer: desk.Answer{Status: desk.Unanswered}}}
		var stop []func()
		w.build(func(run func(context.Context)) {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { defer close(ended); run(ctx) }()
			stop = append(stop, func() { cancel(); <-ended })
		})
		defer w.end(stop)
		app := w.slack.AddApp(slacktest.App{Name: "Zendesk"})
		ticket := w.ok(w.slack.PostAs(app.ID, channel, desks.Fields(desks.Ticket{ID: "42"})))
		w.pass(10 * time.Minute)
		if len(w.replies(ticket)) != 1 {
			t.Fatalf("%d replies, want the first tier's reminder", len(w.replies(ticket)))
		}
		scenario(w, ticket, w.replies(ticket)[0].TS)
	})
}

func (w *world) end(stop []func()) {
	if err := w.app.Drain(w.t.Context()); err != nil {
		w.t.Error(err)
	}
	for _, s := range stop {
		s()
	}
	w.slack.Close()
	w.store.Close()
}

func (w *world) build(begin func(func(context.Context))) {
	log, reg := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	w.store = sqlitetest.Open(w.t)
	settings := escalation.DefaultSettings()
	settings.Channels = map[string]policy.Channel{channel: {}}
	settings.Poll = 24 * time.Hour
	rules := func(string) *escalation.Settings { return &settings }
	settings.Engineers = []calendar.Engineer{{Name: "Ana Silva", Slack: ana}, {Name: "Bob", Slack: bob}}
	roster := func(string) calendar.Roster {
		return calendar.Roster{AsOf: time.Now(), OnShift: settings.Engineers,
			Shifts: map[string]calendar.Shift{"Ana Silva": {Title: "On shift: Ana", Start: time.Now().Add(-time.Hour), End: time.Now().Add(8 * time.Hour)}}}
	}
	newID := func() string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", w.ids.Add(1)) }

	w.slack = slacktest.New(slacktest.Options{
		Team: slacktest.Team{ID: "T0"}, SigningSecret: secret, Now: time.Now, Workers: 1,
		Transport: inprocess.Transport(w.public(log)),
	})
	w.slack.SetAppURL("http://app.test")
	w.slack.AddUser(slacktest.User{ID: ana, Name: "ana"})
	w.slack.AddUser(slacktest.User{ID: bob, Name: "bob"})
	w.slack.AddUser(slacktest.User{ID: guest, Name: "gus", Guest: true})
	w.slack.AddChannel(slacktest.Channel{ID: channel, Name: "enterprise", Members: []string{ana, bob, guest, w.slack.Options().App.UserID}})
	api, err := client.New(client.Config{
		URL: slacktest.APIURL, Tokens: client.OneToken(w.slack.Options().Token), HTTP: w.slack.Client(), Now: time.Now, Registerer: reg,
	})
	w.must(err)
	poster := message.NewPoster(api, time.Now)
	deps := flow.Deps{Colleague: people.New(api, nil, time.Now).Colleague, Desk: w.desk, Roster: roster, Settings: rules, Now: time.Now, NewID: newID, Logger: log, Metrics: flow.NewMetrics(reg)}
	actions := &act.Actions{Deps: deps, Store: w.store}
	mentions := &intake.Mentions{Deps: deps, Store: w.store}
	w.app, err = slackapp.New(slackapp.Config{
		SigningSecret: secret, Hearer: mentions, Deleter: &intake.Deletions{Deps: deps, Store: w.store}, Keys: w.store,
		Now: time.Now, Log: log, Registerer: reg,
		Settings: func() *slackapp.Settings {
			return &slackapp.Settings{Watches: func(_, c string) bool { return c == channel }, Reader: func(string) *ticket.Reader { return ticket.NewReader(ticket.Patterns{From: ticket.From{Anyone: true}}) }}
		},
		Colleague: people.New(api, nil, time.Now).Colleague,
		Self: func(string) client.Identity {
			app := w.slack.Options().App
			return client.Identity{Workspace: "T0", User: app.UserID, BotID: app.BotID}
		},
		Opener: &intake.Opener{
			Deps: deps, Store: w.store, Mentions: mentions, Replies: &intake.Replies{Deps: deps, Store: w.store},
		},
		Surfaces: buttons.Route{Reminders: &buttons.Buttons{Actions: actions, Colleagues: people.New(api, nil, time.Now), Voice: poster, Now: time.Now, Logger: log}},
	})
	w.must(err)
	walker := &walk.Walker{Deps: deps, Store: w.store, Hold: func() bool { return false }, Tick: time.Minute}
	deliverer := &deliver.Deliverer{Deps: deps, Store: w.store, Poster: poster}
	engine, err := queue.NewEngine(queue.Config{
		Store: w.store, Now: time.Now, Rand: func() float64 { return 0.5 }, Logger: log, Registerer: reg, Worker: "one", Poll: time.Minute,
		Queues: []queue.QueueConfig{
			{Name: escalation.QueueSlack, Handler: deliverer, Workers: 4},
			{Name: escalation.QueueUpdates, Handler: deliverer, Workers: 2},
		},
	})
	w.must(err)
	begin(walker.Run)
	begin(func(ctx context.Context) { _ = engine.Run(ctx) })
	begin(func(ctx context.Context) {
		_ = w.store.Listen(ctx, store.Listener{Jobs: engine.Wake})
	})
}

// public is the program's public side; the App is made after the workspace that calls it.
func (w *world) public(log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		handlers.Public(log, handlers.Site{Slack: w.app}).ServeHTTP(rw, r)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) ok(ts string, err error) string {
	w.t.Helper()
	w.must(err)
	return ts
}

// pass lets time pass, and everything settle that came of it.
func (w *world) pass(d time.Duration) {
	time.Sleep(d + 10*time.Second)
	synctest.Wait()
}

// click presses a button as a user does.
func (w *world) click(user, ts, action string, chosen ...string) slacktest.Ack {
	w.t.Helper()
	ack, err := w.slack.Click(user, channel, ts, action, chosen...)
	w.must(err)
	if !ack.OK() || len(ack.Body) > 0 {
		w.t.Errorf("acknowledged %+v", ack)
	}
	w.pass(0)
	return ack
}

// replies are the bot's, oldest first.
func (w *world) replies(ticket string) []slacktest.Message {
	return w.slack.Thread(channel, ticket)[1:]
}

// shows checks what a message of the bot says now; parts that begin with "not " must be missing.
func (w *world) shows(ticket, ts string, parts ...string) {
	w.t.Helper()
	for _, m := range w.replies(ticket) {
		if m.TS == ts {
			w.says(m.Text+string(m.Blocks), parts...)
			return
		}
	}
	w.t.Errorf("no message %s in the thread", ts)
}

func (w *world) says(text string, parts ...string) {
	w.t.Helper()
	for _, part := range parts {
		missing, not := strings.CutPrefix(part, "not ")
		if not == strings.Contains(text, missing) {
			w.t.Errorf("want %q in:\n%s", part, text)
		}
	}
}

// told checks the last thing that a user alone was told, in the thread.
func (w *world) told(user, ticket string, parts ...string) {
	w.t.Helper()
	all := w.slack.Ephemerals(user)
	if len(all) == 0 {
		w.t.Fatalf("%s was told nothing, want %q", user, parts)
	}
	last := all[len(all)-1]
	if last.ThreadTS != ticket || last.Channel != channel {
		w.t.Errorf("told in %s, thread %s", last.Channel, last.ThreadTS)
	}
	w.says(last.Text, parts...)
}

func (w *world) timeline(ticket string) escalation.Timeline {
	w.t.Helper()
	t, found, err := w.store.FindByThread(w.t.Context(), escalation.Thread{Workspace: "T0", Channel: channel, TS: ticket})
	w.must(err)
	if !found {
		w.t.Fatal("no timeline")
	}
	return t
}
