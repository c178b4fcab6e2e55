package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

const (
	// maxFrame bounds what is read: Slack's envelopes are a few KiB, views some hundred.
	maxFrame = 4 << 20
	// atOnce is how many envelopes are in hand at most. Slack waits with the rest.
	atOnce = 64
)

// link is one connection.
type link struct {
	*Client
	conn    *websocket.Conn
	leaving chan struct{} // closed once another connection has to be opened
	leave   sync.Once
	writing sync.Mutex
	slots   chan struct{}

	mu     sync.Mutex
	ended  bool // nothing more is taken in hand
	inHand sync.WaitGroup
}

// connect opens a connection and waits for Slack's hello.
func (c *Client) connect(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timing.call)
	defer cancel()
	api := slack.New("", slack.OptionAppLevelToken(c.Token), slack.OptionAPIURL(c.APIURL), slack.OptionHTTPClient(c.HTTP))
	_, address, err := api.StartSocketModeContext(ctx)
	if err != nil {
		return nil, explain(err)
	}
	conn, err := c.dial(ctx, address)
	if err != nil {
		return nil, err
	}
	l := &link{Client: c, conn: conn, leaving: make(chan struct{}), slots: make(chan struct{}, atOnce)}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	e, err := l.read()
	if err == nil && e.Type == "disconnect" {
		err = reasonError(e.Reason)
	}
	if err == nil && e.Type != "hello" {
		err = fmt.Errorf("no hello: Slack begins with %.40q", e.Type)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return l, nil
}

// dial opens the WebSocket. Its address holds a ticket, which must not be seen.
func (c *Client) dial(ctx context.Context, address string) (*websocket.Conn, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, errors.New("the address that Slack gives to connect to is none")
	}
	if u.Scheme != "wss" && !(u.Scheme == "ws" && strings.HasPrefix(c.APIURL, "http:")) {
		return nil, errors.New("the address that Slack gives to connect to is not safe (wss)")
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: c.timing.call}
	conn, resp, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("connect to %s: HTTP status %d", u.Host, resp.StatusCode)
		}
		words := err.Error()
		if u.RawQuery != "" {
			words = strings.ReplaceAll(words, u.RawQuery, "…")
		}
		return nil, fmt.Errorf("connect to %s: %s", u.Host, words)
	}
	conn.SetReadLimit(maxFrame)
	return conn, nil
}

func reasonError(reason string) error {
	if reason == "link_disabled" {
		return errors.New("switched off by Slack (link_disabled): " + socketModeOff)
	}
	return fmt.Errorf("ended by Slack (%.40q)", reason)
}

// read reads the next envelope. What is not JSON is left out: it is not for us.
func (l *link) read() (e envelope, err error) {
	for {
		kind, data, err := l.conn.ReadMessage()
		if err != nil {
			return envelope{}, err
		}
		l.heard()
		if kind == websocket.TextMessage && json.Unmarshal(data, &e) == nil {
			return e, nil
		}
	}
}

// heard puts off the moment at which the connection is taken for dead.
func (l *link) heard() {
	_ = l.conn.SetReadDeadline(time.Now().Add(l.timing.silence)) // fails only on a connection that is closed
}

// serve takes in envelopes until the connection ends, or ctx does.
func (l *link) serve(ctx context.Context) {
	defer l.conn.Close()
	defer l.goes()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.heard()
	l.conn.SetPongHandler(func(string) error { l.heard(); return nil })
	l.conn.SetPingHandler(func(data string) error {
		l.heard()
		return l.control(websocket.PongMessage, []byte(data))
	})
	read := make(chan error, 1)
	go func() { read <- l.readAll(ctx) }()
	l.mind(ctx, read)
}

// mind pings Slack until the connection ends or is to end, and then lets what is in hand finish.
func (l *link) mind(ctx context.Context, read <-chan error) {
	ping := time.NewTicker(l.timing.ping)
	defer ping.Stop()
	leaving := l.leaving
	var gone <-chan time.Time
	for {
		select {
		case err := <-read:
			l.Log.Debug("a Socket Mode connection ended", "error", err)
			l.finish()
			return
		case <-ctx.Done():
			l.finish()
			_ = l.control(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
			return
		case <-leaving:
			leaving = nil
			timer := time.NewTimer(l.timing.leaving)
			defer timer.Stop()
			gone = timer.C
		case <-gone:
			l.finish()
			return
		case <-ping.C:
			_ = l.control(websocket.PingMessage, nil) // a dead connection is known by its silence
		}
	}
}

// readAll hands on each envelope.
func (l *link) readAll(ctx context.Context) error {
	for {
		e, err := l.read()
		if err != nil {
			return err
		}
		switch {
		case e.Type == "disconnect":
			l.Log.Debug("Slack asks for a new Socket Mode connection", "reason", e.Reason)
			l.goes()
		case e.ID != "":
			l.slots <- struct{}{}
			if !l.begin() {
				return errors.New("no more is taken in")
			}
			go func() {
				defer l.inHand.Done()
				defer func() { <-l.slots }()
				l.take(context.WithoutCancel(ctx), e)
			}()
		}
	}
}

// begin says whether one more may be taken in hand.
func (l *link) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.inHand.Add(1)
	}
	return !l.ended
}

// goes has another connection opened.
func (l *link) goes() { l.leave.Do(func() { close(l.leaving) }) }

// finish takes nothing more in, and waits for what is in hand, but not for ever.
func (l *link) finish() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	done := make(chan struct{})
	go func() {
		l.inHand.Wait()
		close(done)
	}()
	timer := time.NewTimer(l.timing.drain)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

func (l *link) write(v any) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.conn.SetWriteDeadline(time.Now().Add(l.timing.call)); err != nil {
		return err
	}
	return l.conn.WriteJSON(v)
}

func (l *link) control(kind int, data []byte) error {
	return l.conn.WriteControl(kind, data, time.Now().Add(time.Second))
}
