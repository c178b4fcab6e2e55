package socket

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

func TestWhyNoConnectionIsHadReadsWellAndHoldsNoTicket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "ws://" + l.Addr().String() + "/link"
	l.Close()
	c := &Client{Config: Config{APIURL: "http://127.0.0.1/api/"}, timing: timing{call: 5 * time.Second}}
	for _, query := range []string{"", "?ticket=secret"} {
		_, err := c.dial(t.Context(), address+query)
		if err == nil || !strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "secret") {
			t.Errorf("with %q: %v", query, err)
		}
	}
}

func TestPingsKeepAConnectionAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, slack := piped(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan struct{})
		go func() { defer close(ended); l.serve(ctx) }()
		var dead atomic.Bool
		pong := slack.PingHandler()
		slack.SetPingHandler(func(data string) error {
			if dead.Load() {
				return nil
			}
			return pong(data)
		})
		go func() { _, _, _ = slack.ReadMessage() }() // whoever reads answers pings
		time.Sleep(time.Hour)
		select {
		case <-ended:
			t.Fatal("a connection on which nothing was said but pongs is taken for dead")
		default:
		}
		dead.Store(true)
		select {
		case <-ended:
		case <-time.After(l.timing.silence + l.timing.ping):
			t.Error("a dead connection is not noticed")
		}
	})
}

// piped is a connection with Slack's end of it, without a network: so it keeps the time of a bubble.
func piped(t *testing.T) (*link, *websocket.Conn) {
	t.Helper()
	here, there := net.Pipe()
	upgraded := make(chan *websocket.Conn, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
		}
		upgraded <- conn
	})}
	line := make(oneCall, 1)
	line <- there
	go server.Serve(line)
	dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return here, nil }}
	conn, _, err := dialer.Dial("ws://slack.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	slack := <-upgraded
	t.Cleanup(func() {
		slack.Close()
		server.Close()
	})
	c, err := New(Config{Token: "xapp-1", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return &link{Client: c, conn: conn, leaving: make(chan struct{}), slots: make(chan struct{}, atOnce)}, slack
}

// oneCall is a listener to which one connection comes.
type oneCall chan net.Conn

func (l oneCall) Accept() (net.Conn, error) {
	if conn, ok := <-l; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (l oneCall) Close() error { close(l); return nil }

func (oneCall) Addr() net.Addr { return &net.UnixAddr{} }
