package slacktest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Socket Mode, after docs.slack.dev/apis/events-api/using-socket-mode: while a socket is open, events,
// interactions and commands of all workspaces go there, to one socket each in turn.
//
//	apps.connections.open ──▶ ws://…/link?ticket=… ──▶ hello ──▶ envelopes ⇄ acks ──▶ disconnect
//
// An event that is not acknowledged within 3 s comes again, as over HTTP, on whichever socket is open
// then. Interactions and commands come once.

// envelope is what Slack sends over a socket.
type envelope struct {
	ID           string          `json:"envelope_id"`
	Type         string          `json:"type"` // events_api, interactive, slash_commands
	Payload      json.RawMessage `json:"payload"`
	Accepts      bool            `json:"accepts_response_payload"`
	RetryAttempt int             `json:"retry_attempt,omitempty"`
	RetryReason  string          `json:"retry_reason,omitempty"`
}

// socketAck is what an app answers to an envelope.
type socketAck struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
}

// socket is one connection of an app.
type socket struct {
	cloud *Cloud
	conn  *websocket.Conn
	gone  chan struct{} // closed with the connection

	writing sync.Mutex // of whole messages
	mu      sync.Mutex
	waiting map[string]chan socketAck // by envelope id
}

func (w *Workspace) appsConnectionsOpen(args) answer {
	base := w.cloud.url()
	ticket := w.opts.NewID("ticket-")
	w.cloud.mu.Lock()
	defer w.cloud.mu.Unlock()
	w.cloud.tickets[ticket] = true
	return answer{"ok": true, "url": "ws" + strings.TrimPrefix(base, "http") + "/link?ticket=" + ticket + "&app_id=" + w.opts.App.ID}
}

func (c *Cloud) serveSocket(rw http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	c.mu.Lock()
	valid := c.tickets[ticket]
	delete(c.tickets, ticket)
	c.mu.Unlock()
	if !valid {
		http.Error(rw, "the ticket is used or unknown: call apps.connections.open again", http.StatusUnauthorized)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return // it has answered
	}
	s := &socket{cloud: c, conn: conn, gone: make(chan struct{}), waiting: map[string]chan socketAck{}}
	s.serve()
}

// serve greets the app and reads its answers until the connection ends.
func (s *socket) serve() {
	c := s.cloud
	c.mu.Lock()
	n := len(c.sockets) + 1
	c.mu.Unlock()
	s.write(map[string]any{
		"type": "hello", "num_connections": n, "connection_info": map[string]any{"app_id": c.opts.App.ID},
		"debug_info": map[string]any{"host": "applink-simulated", "build_number": 1, "approximate_connection_time": 18060},
	})
	c.mu.Lock()
	c.sockets = append(c.sockets, s)
	c.mu.Unlock()
	c.news()
	go s.ping(c.opts.PingEvery)
	for {
		var ack socketAck
		if err := s.conn.ReadJSON(&ack); err != nil {
			break
		}
		s.took(ack)
	}
	c.forget(s)
}

func (s *socket) took(ack socketAck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := s.waiting[ack.ID]; waiting != nil {
		delete(s.waiting, ack.ID)
		waiting <- ack
	}
}

func (s *socket) ping(every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			_ = s.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-simulated"), time.Now().Add(time.Second))
		case <-s.gone:
			return
		}
	}
}

func (s *socket) write(v any) bool {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.conn.WriteJSON(v) == nil
}

// ask sends an envelope and waits for its ack: 3 s, or as long as the connection lasts.
func (s *socket) ask(ctx context.Context, e envelope) (payload []byte, failure string) {
	e.ID = s.cloud.opts.NewID("envelope-")
	acked := make(chan socketAck, 1)
	s.mu.Lock()
	s.waiting[e.ID] = acked
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiting, e.ID)
	}()
	if !json.Valid(e.Payload) || !s.write(e) {
		return nil, "connection_failed"
	}
	select {
	case ack := <-acked:
		return ack.Payload, ""
	case <-ctx.Done():
		return nil, "operation_timeout"
	case <-s.gone:
		return nil, "connection_failed"
	}
}

// link is the socket whose turn it is; nil if none is open.
func (c *Cloud) link() *socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sockets) == 0 {
		return nil
	}
	c.nextSocket++
	return c.sockets[c.nextSocket%len(c.sockets)]
}

func (c *Cloud) forget(s *socket) {
	_ = s.conn.Close()
	c.mu.Lock()
	c.sockets = slices.DeleteFunc(c.sockets, func(x *socket) bool { return x == s })
	c.mu.Unlock()
	close(s.gone)
	c.news()
}

// Sockets is how many Socket Mode connections are open.
func (c *Cloud) Sockets() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sockets)
}

// Disconnect asks the open sockets to go: "warning" (it will end in a while), "refresh_requested" or
// "link_disabled". All but the warning end them, too.
func (c *Cloud) Disconnect(reason string) {
	for _, s := range c.openSockets() {
		s.write(map[string]any{
			"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink-simulated"},
		})
		if reason != "warning" {
			s.hangUp()
		}
	}
}

// CutSockets ends all connections without a word.
func (c *Cloud) CutSockets() {
	for _, s := range c.openSockets() {
		_ = s.conn.Close()
	}
}

func (s *socket) hangUp() {
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	_ = s.conn.Close()
}

func (c *Cloud) openSockets() []*socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sockets)
}
