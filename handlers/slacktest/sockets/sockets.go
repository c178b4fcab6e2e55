// Package sockets is Slack's side of Socket Mode, after docs.slack.dev/apis/events-api/using-socket-mode: while a socket
// is open, events, interactions and commands of all workspaces go there, to one socket each in turn.
//
//	apps.connections.open ──▶ ws://…/link?ticket=… ──▶ hello ──▶ envelopes ⇄ acks ──▶ disconnect
//
// An event that is not acknowledged in time comes again, as over HTTP, on whichever socket is open then. Interactions and
// commands come once.
package sockets

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

// Sockets are those of one app.
type Sockets struct {
	appID   string
	newID   func(prefix string) string
	every   time.Duration // between pings
	changed func()        // called when a socket is open, and when it has ended

	mu      sync.Mutex
	tickets map[string]bool // to open a socket with, once
	open    []*Socket
	turns   int
}

// New has no socket open. changed is called without locks whenever one opens or ends.
func New(appID string, newID func(prefix string) string, every time.Duration, changed func()) *Sockets {
	return &Sockets{appID: appID, newID: newID, every: every, changed: changed, tickets: map[string]bool{}}
}

// Envelope is what Slack sends over a socket.
type Envelope struct {
	ID           string          `json:"envelope_id"`
	Type         string          `json:"type"` // events_api, interactive, slash_commands
	Payload      json.RawMessage `json:"payload"`
	Accepts      bool            `json:"accepts_response_payload"`
	RetryAttempt int             `json:"retry_attempt,omitempty"`
	RetryReason  string          `json:"retry_reason,omitempty"`
}

// ack is what an app answers to an envelope.
type ack struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
}

// Socket is one connection of an app.
type Socket struct {
	of   *Sockets
	conn *websocket.Conn
	gone chan struct{} // closed with the connection

	writing sync.Mutex // of whole messages
	mu      sync.Mutex
	waiting map[string]chan ack // by envelope id
}

// Address is where the app may open a socket, once, of a Slack that is found at base.
func (ss *Sockets) Address(base string) string {
	ticket := ss.newID("ticket-")
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.tickets[ticket] = true
	return "ws" + strings.TrimPrefix(base, "http") + "/link?ticket=" + ticket + "&app_id=" + ss.appID
}

// ServeHTTP opens a socket.
func (ss *Sockets) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	ss.mu.Lock()
	valid := ss.tickets[ticket]
	delete(ss.tickets, ticket)
	ss.mu.Unlock()
	if !valid {
		http.Error(rw, "the ticket is used or unknown: call apps.connections.open again", http.StatusUnauthorized)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return // it has answered
	}
	s := &Socket{of: ss, conn: conn, gone: make(chan struct{}), waiting: map[string]chan ack{}}
	s.serve()
}

// serve greets the app and reads its answers until the connection ends.
func (s *Socket) serve() {
	ss := s.of
	ss.mu.Lock()
	n := len(ss.open) + 1
	ss.mu.Unlock()
	s.write(map[string]any{
		"type": "hello", "num_connections": n, "connection_info": map[string]any{"app_id": ss.appID},
		"debug_info": map[string]any{"host": "applink-simulated", "build_number": 1, "approximate_connection_time": 18060},
	})
	ss.mu.Lock()
	ss.open = append(ss.open, s)
	ss.mu.Unlock()
	ss.changed()
	go s.ping(ss.every)
	for {
		var got ack
		if err := s.conn.ReadJSON(&got); err != nil {
			break
		}
		s.took(got)
	}
	ss.forget(s)
}

func (s *Socket) took(got ack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := s.waiting[got.ID]; waiting != nil {
		delete(s.waiting, got.ID)
		waiting <- got
	}
}

func (s *Socket) ping(every time.Duration) {
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

func (s *Socket) write(v any) bool {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.conn.WriteJSON(v) == nil
}

// Ask sends an envelope and waits for its ack: 3 s, or as long as the connection lasts.
func (s *Socket) Ask(ctx context.Context, e Envelope) (payload []byte, failure string) {
	e.ID = s.of.newID("envelope-")
	acked := make(chan ack, 1)
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
	case got := <-acked:
		return got.Payload, ""
	case <-ctx.Done():
		return nil, "operation_timeout"
	case <-s.gone:
		return nil, "connection_failed"
	}
}

// Next is the socket whose turn it is; nil if none is open.
func (ss *Sockets) Next() *Socket {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if len(ss.open) == 0 {
		return nil
	}
	ss.turns++
	return ss.open[ss.turns%len(ss.open)]
}

func (ss *Sockets) forget(s *Socket) {
	_ = s.conn.Close()
	ss.mu.Lock()
	ss.open = slices.DeleteFunc(ss.open, func(x *Socket) bool { return x == s })
	ss.mu.Unlock()
	close(s.gone)
	ss.changed()
}

// Open is how many there are.
func (ss *Sockets) Open() int {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return len(ss.open)
}

// Disconnect asks the open sockets to go: "warning" (it will end in a while), "refresh_requested" or
// "link_disabled". All but the warning end them, too.
func (ss *Sockets) Disconnect(reason string) {
	for _, s := range ss.all() {
		s.write(map[string]any{
			"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink-simulated"},
		})
		if reason != "warning" {
			s.hangUp()
		}
	}
}

// Cut ends all connections without a word.
func (ss *Sockets) Cut() {
	for _, s := range ss.all() {
		_ = s.conn.Close()
	}
}

func (s *Socket) hangUp() {
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	_ = s.conn.Close()
}

func (ss *Sockets) all() []*Socket {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return slices.Clone(ss.open)
}
