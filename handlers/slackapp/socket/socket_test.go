package socket

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// app is an App that notes what it is handed.
type app struct {
	mu      sync.Mutex
	events  []string
	forms   []url.Values
	clicks  []string
	failing int // so many events fail
	hold    chan struct{}
	answer  string
}

func (a *app) Event(ctx context.Context, payload []byte) error {
	a.mu.Lock()
	a.events = append(a.events, string(payload))
	fail, hold := a.failing > 0, a.hold
	a.failing--
	a.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if fail {
		return errors.New("database gone")
	}
	return ctx.Err()
}

func (a *app) Interaction(_ context.Context, payload []byte) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clicks = append(a.clicks, string(payload))
	return []byte(a.answer), nil
}

func (a *app) Command(_ context.Context, form url.Values) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forms = append(a.forms, form)
	return []byte(a.answer), nil
}

func (a *app) seen() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.events)
}

// line is a Client at work with a simulated Slack.
type line struct {
	*Client
	t     *testing.T
	cloud *slacktest.Cloud
	slack *slacktest.Workspace
	app   *app
	log   *slackapptest.Log
	stop  func()
}

const channel = "C0TICKETS"

func connect(t *testing.T, prepare func(*line)) *line {
	t.Helper()
	l := &line{t: t, app: &app{}, log: &slackapptest.Log{}}
	hurried := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	l.slack = slacktest.New(slacktest.Options{Sleep: hurried})
	l.cloud = l.slack.Cloud()
	l.slack.AddChannel(slacktest.Channel{ID: channel, Name: "tickets", Members: []string{l.slack.Options().App.UserID}})
	l.slack.AddUser(slacktest.User{ID: "U0ANA", Name: "ana"})
	server, err := l.slack.Start("")
	if err != nil {
		t.Fatal(err)
	}
	l.Client, err = New(Config{
		App: l.app, Token: l.slack.Options().AppToken, APIURL: server.APIURL,
		Rand: func() float64 { return 0 }, Log: slog.New(slog.NewTextHandler(l.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	l.timing.firstTry, l.timing.lastTry, l.timing.settled = time.Millisecond, 20*time.Millisecond, 0
	prepare(l)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	l.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
	t.Cleanup(func() {
		l.stop()
		l.slack.Close()
		_ = server.Close()
	})
	return l
}

func asIs(*line) {}

// until waits for cond.
func (l *line) until(what string, cond func() bool) {
	l.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !cond() {
		if time.Now().After(deadline) {
			l.t.Fatalf("waited in vain: %s\n%s", what, l.log)
		}
		time.Sleep(time.Millisecond)
	}
}

func (l *line) connected() {
	l.t.Helper()
	l.until("a connection", func() bool { return l.cloud.Sockets() == 1 && l.Ready(l.t.Context()) == nil })
}

func (l *line) says(text string) {
	l.t.Helper()
	if _, err := l.slack.PostAs("U0ANA", channel, slacktest.Message{Text: text}); err != nil {
		l.t.Fatal(err)
	}
}

func TestEventsComeThroughAsTheyAre(t *testing.T) {
	t.Parallel()
	l := connect(t, asIs)
	l.connected()
	l.says("Ticket ID: 42")
	l.until("an event", func() bool { return l.app.seen() == 1 })
	if got := l.app.events[0]; !strings.Contains(got, `"event_id"`) || !strings.Contains(got, "Ticket ID: 42") {
		t.Errorf("the payload is %s", got)
	}
}

// Durable first: what the App could not take in is not acknowledged, and comes again.
func TestWhatIsNotTakenInIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	l := connect(t, func(l *line) { l.app.failing = 1 })
	l.connected()
	l.says("Ticket ID: 42")
	l.until("the second delivery", func() bool { return l.app.seen() == 2 })
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	for _, e := range l.app.events[1:] {
		if e != l.app.events[0] {
			t.Errorf("another event came:\n%s\n%s", l.app.events[0], e)
		}
	}
}

func TestANewConnectionOpensBeforeTheOldOneGoes(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			l := connect(t, asIs)
			l.connected()
			l.cloud.Disconnect(reason)
			opens := func() int { return len(l.slack.Calls("apps.connections.open")) }
			l.until("a second connection", func() bool { return opens() == 2 && l.cloud.Sockets() > 0 })
			if reason == "warning" {
				l.until("both are open", func() bool { return l.cloud.Sockets() == 2 })
			}
			l.until("fit for work", func() bool { return l.Ready(t.Context()) == nil })
			l.says("Ticket ID: 43")
			l.until("an event", func() bool { return l.app.seen() == 1 })
		})
	}
}

func TestAWarnedConnectionIsClosedInTheEnd(t *testing.T) {
	t.Parallel()
	l := connect(t, func(l *line) { l.timing.leaving = 50 * time.Millisecond })
	l.connected()
	l.cloud.Disconnect("warning")
	l.until("the second", func() bool { return len(l.slack.Calls("apps.connections.open")) == 2 })
	l.connected() // one again
}

func TestACutConnectionIsOpenedAgain(t *testing.T) {
	t.Parallel()
	l := connect(t, asIs)
	l.connected()
	l.cloud.CutSockets()
	l.until("another connection", func() bool { return len(l.slack.Calls("apps.connections.open")) == 2 })
	l.connected()
	l.says("Ticket ID: 44")
	l.until("an event", func() bool { return l.app.seen() == 1 })
}

func TestASilentConnectionIsTakenForDead(t *testing.T) {
	t.Parallel()
	l := connect(t, func(l *line) { l.timing.silence, l.timing.ping = 50*time.Millisecond, time.Hour })
	l.until("another connection", func() bool { return len(l.slack.Calls("apps.connections.open")) > 1 })
}

func TestWhatIsInHandAtTheEndIsFinished(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	l := connect(t, func(l *line) { l.app.hold = hold })
	l.connected()
	l.says("Ticket ID: 45")
	l.until("an event", func() bool { return l.app.seen() == 1 })
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		l.stop()
	}()
	select {
	case <-stopped:
		t.Error("stopped with an event in hand")
	case <-time.After(50 * time.Millisecond):
	}
	close(hold)
	<-stopped
	l.until("the acknowledgement", func() bool { return len(l.slack.Deliveries()) == 1 })
	if d := l.slack.Deliveries()[0]; !d.OK() {
		t.Errorf("the acknowledgement was lost: %s", d.Failure)
	}
}

func TestACommandIsAnswered(t *testing.T) {
	t.Parallel()
	l := connect(t, func(l *line) { l.app.answer = `{"response_type":"ephemeral","text":"Nothing is open."}` })
	l.connected()
	ack, err := l.slack.Command("U0ANA", channel, "/sla", "who")
	if err != nil || !ack.OK() {
		t.Fatalf("%+v, %v", ack, err)
	}
	form := l.app.forms[0]
	got := map[string]string{"command": form.Get("command"), "text": form.Get("text"), "channel_id": form.Get("channel_id"), "user_id": form.Get("user_id")}
	want := map[string]string{"command": "/sla", "text": "who", "channel_id": channel, "user_id": "U0ANA"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the form (-want +got):\n%s", diff)
	}
	if heard := l.slack.Ephemerals("U0ANA"); len(heard) != 1 || heard[0].Text != "Nothing is open." {
		t.Errorf("the user sees %+v", heard)
	}
}

func TestTooLongAnAnswerIsLeftOutAndTheCommandAcknowledged(t *testing.T) {
	t.Parallel()
	l := connect(t, func(l *line) { l.app.answer = `{"text":"` + strings.Repeat("x", maxAnswer) + `"}` })
	l.connected()
	ack, err := l.slack.Command("U0ANA", channel, "/sla", "all")
	if err != nil || !ack.OK() || len(ack.Body) > 0 || !strings.Contains(l.log.String(), "larger than Slack takes") {
		t.Errorf("%+v, %v\n%s", ack, err, l.log)
	}
}

func TestWhatIsWrongIsSaidOnceAndTriedAgain(t *testing.T) {
	t.Parallel()
	for code, says := range map[string]string{
		"not_allowed_token_type": "begins with xapp-",
		"invalid_auth":           "SLACK_APP_TOKEN is no good",
		"missing_scope":          "connections:write",
		"access_denied":          "Socket Mode may be off",
	} {
		t.Run(code, func(t *testing.T) {
			var fault *slacktest.Injected
			l := connect(t, func(l *line) {
				fault = l.slack.Inject(slacktest.Fault{Method: "apps.connections.open", Do: slacktest.Refused(code)})
			})
			l.until("three tries", func() bool { return len(l.slack.Calls("apps.connections.open")) >= 3 })
			if err := l.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("Ready() = %v, want it to say %q", err, says)
			}
			if n := strings.Count(l.log.String(), "level=WARN"); n != 1 {
				t.Errorf("said %d times:\n%s", n, l.log)
			}
			fault.Clear()
			l.connected()
			if strings.Contains(l.log.String(), l.Token) || strings.Contains(l.log.String(), "ticket") {
				t.Errorf("a secret is in the log:\n%s", l.log)
			}
		})
	}
}

func TestALinkThatIsSwitchedOffIsSaid(t *testing.T) {
	t.Parallel()
	l := connect(t, asIs)
	l.connected()
	l.slack.Inject(slacktest.Fault{Method: "apps.connections.open", Do: slacktest.Refused("access_denied")})
	l.cloud.Disconnect("link_disabled")
	l.until("trouble", func() bool {
		err := l.Ready(t.Context())
		return err != nil && strings.Contains(err.Error(), "Socket Mode may be off")
	})
}

func TestOnlyAnAppLevelTokenWillDo(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "xoxb-hunter2", "hunter2"} {
		if _, err := New(Config{Token: token}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("New(%q) = %v", token, err)
		}
	}
}

func TestBackingOffGrowsAndDiffersAndHeedsSlack(t *testing.T) {
	t.Parallel()
	c, err := New(Config{Token: "xapp-1", Rand: func() float64 { return 0.5 }})
	if err != nil {
		t.Fatal(err)
	}
	var got []time.Duration
	for tries := 1; tries <= 8; tries++ {
		got = append(got, c.backOff(tries, nil))
	}
	ms := time.Millisecond
	want := []time.Duration{750 * ms, 1500 * ms, 3000 * ms, 6000 * ms, 12000 * ms, 24000 * ms, 45000 * ms, 45000 * ms}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
