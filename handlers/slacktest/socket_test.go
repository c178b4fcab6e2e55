package slacktest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
)

// soon is Slack's waiting, over at once.
func soon(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// onSocket is a workspace on a real socket, whose app has no address of its own.
func onSocket(t *testing.T, o slacktest.Options) (*slacktest.Workspace, *slacktest.Server) {
	t.Helper()
	o.Sleep = soon
	w := newWorkspace(t, o)
	s := must(w.Start(""))(t)
	t.Cleanup(func() { s.Close() })
	return w, s
}

// connect opens a socket by hand and reads its hello.
func connect(t *testing.T, w *slacktest.Workspace, s *slacktest.Server) *websocket.Conn {
	t.Helper()
	before := w.Cloud().Sockets()
	_, address, err := slack.New("", slack.OptionAppLevelToken("xapp-1-simulated"), slack.OptionAPIURL(s.APIURL)).StartSocketModeContext(t.Context())
	ok(t, err)
	conn, res, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	ok(t, err)
	res.Body.Close()
	t.Cleanup(func() { conn.Close() })
	if hello := read(t, conn); hello["type"] != "hello" || hello["num_connections"] != float64(before+1) {
		t.Fatalf("hello: %v", hello)
	}
	ok(t, w.Wait(t.Context(), func() bool { return w.Cloud().Sockets() == before+1 }))
	return conn
}

func read(t *testing.T, conn *websocket.Conn) map[string]any {
	t.Helper()
	ok(t, conn.SetReadDeadline(time.Now().Add(time.Minute)))
	var m map[string]any
	ok(t, conn.ReadJSON(&m))
	return m
}

func acknowledge(t *testing.T, conn *websocket.Conn, envelope map[string]any, payload any) {
	t.Helper()
	ok(t, conn.WriteJSON(map[string]any{"envelope_id": envelope["envelope_id"], "payload": payload}))
}

func TestSocketsAreOpenedWithAnAppToken(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	for token, want := range map[string]string{"": "not_authed", "xapp-other": "invalid_auth", w.Options().Token: "not_allowed_token_type", "xapp-1-simulated": ""} {
		r := must(http.NewRequest(http.MethodPost, slacktest.APIURL+"apps.connections.open", nil))(t)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		_, answer := do(t, w, r)
		if got, _ := answer["error"].(string); got != want {
			t.Errorf("%q: %s, want %s", token, got, want)
		}
	}
	r := must(http.NewRequest(http.MethodPost, slacktest.APIURL+"auth.test", nil))(t)
	r.Header.Set("Authorization", "Bearer xapp-1-simulated")
	if _, answer := do(t, w, r); answer["error"] != "not_allowed_token_type" {
		t.Errorf("an app token elsewhere: %v", answer)
	}
}

func TestATicketOpensOneSocket(t *testing.T) {
	w, s := onSocket(t, slacktest.Options{})
	_, address, err := slack.New("", slack.OptionAppLevelToken("xapp-1-simulated"), slack.OptionAPIURL(s.APIURL)).StartSocketModeContext(t.Context())
	ok(t, err)
	for i, want := range []int{http.StatusSwitchingProtocols, http.StatusUnauthorized} {
		conn, res, _ := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
		if res == nil || res.StatusCode != want {
			t.Errorf("attempt %d: %v", i, res)
		}
		if conn != nil {
			defer conn.Close()
		}
	}
	ok(t, w.Wait(t.Context(), func() bool { return w.Cloud().Sockets() == 1 }))
}

func TestWhileASocketIsOpenEverythingGoesThere(t *testing.T) {
	a := &app{}
	w, s := onSocket(t, slacktest.Options{Transport: inprocess.Transport(a)})
	w.SetAppURL("http://app.test")
	conn := connect(t, w, s)
	ts := call(t, w, "chat.postMessage", "channel", support, "text", "a", "blocks", buttons)["ts"].(string)
	event := read(t, conn)
	acknowledge(t, conn, event, nil)
	if p := event["payload"].(map[string]any); event["type"] != "events_api" || event["accepts_response_payload"] != false || p["type"] != "event_callback" {
		t.Errorf("event: %v", event)
	}

	clicked := make(chan slacktest.Ack, 1)
	go func() { a, _ := w.Click(ana, support, ts, "snooze"); clicked <- a }()
	click := read(t, conn)
	acknowledge(t, conn, click, nil)
	if ack := <-clicked; !ack.OK() || click["type"] != "interactive" || click["payload"].(map[string]any)["type"] != "block_actions" {
		t.Errorf("click: %+v\n%v", ack, click)
	}

	go func() { a, _ := w.Command(ana, support, "/sla", "all"); clicked <- a }()
	command := read(t, conn)
	acknowledge(t, conn, command, map[string]any{"text": "three open"})
	if ack := <-clicked; !ack.OK() || command["type"] != "slash_commands" || command["payload"].(map[string]any)["text"] != "all" {
		t.Errorf("command: %+v\n%v", ack, command)
	}
	if e := w.Ephemerals(ana); len(e) != 1 || e[0].Text != "three open" {
		t.Errorf("the answer in the ack is shown: %+v", e)
	}
	delivered(t, w)
	if d := w.Deliveries(); len(d) != 1 || !d[0].Socket || !d[0].OK() {
		t.Errorf("deliveries: %+v", d)
	}

	conn.Close()
	ok(t, w.Wait(t.Context(), func() bool { return w.Cloud().Sockets() == 0 }))
	must(w.Click(ana, support, ts, "snooze"))(t)
	if n := len(a.requests()); n != 1 {
		t.Errorf("%d requests over HTTP, want the one after the socket closed", n)
	}
}

func TestAnEventThatIsNotAcknowledgedComesAgain(t *testing.T) {
	w, s := onSocket(t, slacktest.Options{})
	first := connect(t, w, s)
	say(t, w, "New ticket")
	lost := read(t, first)
	second := connect(t, w, s)
	first.Close() // without an ack
	again := read(t, second)
	acknowledge(t, second, again, nil)
	delivered(t, w)
	if again["retry_attempt"] != 1.0 || again["retry_reason"] != "connection_failed" || again["envelope_id"] == lost["envelope_id"] {
		t.Errorf("again: %v", again)
	}
	id := func(e map[string]any) any { return e["payload"].(map[string]any)["event_id"] }
	if id(again) != id(lost) {
		t.Errorf("event %v became %v", id(lost), id(again))
	}
}

func TestDisconnectIsSaidAndDone(t *testing.T) {
	w, s := onSocket(t, slacktest.Options{})
	conn := connect(t, w, s)
	w.Cloud().Disconnect("warning")
	if m := read(t, conn); m["type"] != "disconnect" || m["reason"] != "warning" || w.Cloud().Sockets() != 1 {
		t.Errorf("warning: %v", m)
	}
	w.Cloud().Disconnect("refresh_requested")
	if m := read(t, conn); m["reason"] != "refresh_requested" {
		t.Errorf("refresh: %v", m)
	}
	ok(t, w.Wait(t.Context(), func() bool { return w.Cloud().Sockets() == 0 }))
}

func TestSocketsArePinged(t *testing.T) {
	w, s := onSocket(t, slacktest.Options{PingEvery: time.Millisecond})
	conn := connect(t, w, s)
	pinged := make(chan string, 1)
	conn.SetPingHandler(func(text string) error {
		select {
		case pinged <- text:
		default:
		}
		return nil
	})
	go func() { _, _, _ = conn.ReadMessage() }()
	select {
	case text := <-pinged:
		if !strings.HasPrefix(text, "Ping from applink") {
			t.Errorf("ping: %q", text)
		}
	case <-time.After(time.Minute):
		t.Error("no ping")
	}
}

func TestClientLibraryRunsOnASocket(t *testing.T) {
	w, s := onSocket(t, slacktest.Options{})
	api := slack.New(w.Options().Token, slack.OptionAppLevelToken("xapp-1-simulated"), slack.OptionAPIURL(s.APIURL))
	c := socketmode.New(api)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.RunContext(ctx) }()
	ok(t, w.Wait(t.Context(), func() bool { return w.Cloud().Sockets() == 1 }))
	say(t, w, "New ticket")
	var got string
	for e := range c.Events {
		if e.Type == socketmode.EventTypeEventsAPI {
			got = e.Data.(slackevents.EventsAPIEvent).InnerEvent.Data.(*slackevents.MessageEvent).Text
			ok(t, c.Ack(*e.Request))
			break
		}
	}
	delivered(t, w)
	if diff := cmp.Diff("New ticket", got); diff != "" {
		t.Error(diff)
	}
	if d := w.Deliveries(); len(d) != 1 || !d[0].OK() {
		t.Errorf("deliveries: %+v", d)
	}
	cancel()
	<-ended
}

func TestEnvelopesCarryTheEventAsItIs(t *testing.T) {
	w, s := onSocket(t, slacktest.Options{})
	conn := connect(t, w, s)
	w.SendEvent(map[string]any{"type": "message", "text": "a/b <c>"})
	e := read(t, conn)
	acknowledge(t, conn, e, nil)
	inner := e["payload"].(map[string]any)["event"].(map[string]any)
	if inner["text"] != "a/b <c>" {
		t.Errorf("event: %v", must(json.Marshal(e))(t))
	}
}
