package calendartest

import (
	"crypto/rsa"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Server is the simulated Google. It is an http.Handler; Start also makes it listen.
type Server struct {
	now    func() time.Time
	mux    *http.ServeMux
	listen net.Listener
	http   *http.Server

	mu        sync.Mutex // guards what follows, and the calendars
	calendars map[string]*Calendar
	requests  []*url.URL
	fault     Fault
	faults    int // how many more requests meet the fault; negative: all
	pageSize  int
	emptyPage bool
	key       string
	accounts  map[string]*rsa.PublicKey // service accounts by e-mail
	tokens    map[string]token
}

// New returns a server that does not listen. now dates what is created.
func New(now func() time.Time) *Server {
	s := &Server{
		now: now, mux: http.NewServeMux(),
		calendars: map[string]*Calendar{},
		pageSize:  maxPage,
		accounts:  map[string]*rsa.PublicKey{},
		tokens:    map[string]token{},
	}
	s.mux.HandleFunc("GET /calendar/v3/calendars/{calendarId}/events", s.list)
	s.mux.HandleFunc("POST /token", s.issueToken)
	return s
}

// Start returns a server that listens on a loopback port of the kernel's choice.
func Start(now func() time.Time) (*Server, error) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("calendartest: %w", err)
	}
	s := New(now)
	s.listen = listen
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(listen)
	return s, nil
}

// URL replaces https://www.googleapis.com. Only a started server has one.
func (s *Server) URL() string { return "http://" + s.listen.Addr().String() }

// Close cuts all connections of a started server.
func (s *Server) Close() error { return s.http.Close() }

// Requests are the URLs that were asked for so far, in order.
func (s *Server) Requests() []*url.URL {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// SetBatches makes every batch of events (Google calls it a page) hold size at most, whatever the client asks
// for; with emptyOnes an empty one comes before each, as Google may send them.
func (s *Server) SetBatches(size int, emptyOnes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pageSize, s.emptyPage = size, emptyOnes
}

// Fail makes the next requests meet the fault: so many of them, or all if times is negative.
func (s *Server) Fail(f Fault, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.faults = f, times
}

// Recover ends all faults.
func (s *Server) Recover() { s.Fail(nil, 0) }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.URL)
	var fault Fault
	if s.faults != 0 {
		fault = s.fault
		if s.faults > 0 {
			s.faults--
		}
	}
	s.mu.Unlock()

	if fault != nil && fault(w, r) {
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		notFoundPage(w)
		return
	}
	s.mux.ServeHTTP(w, r)
}
