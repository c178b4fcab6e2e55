package demo

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"text/template"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
)

// front is the page's listener. It is none of the App's: the product's own router knows nothing of a demo.
type front struct {
	URL    string // "" if there is no page
	window *window.Window
	server *http.Server
	done   chan error
}

// listenFront listens at an address of the loopback interface, and has tickets link there; "" listens nowhere.
func listenFront(o Options, s *surroundings) (net.Listener, error) {
	if o.Listen == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen for the demo's page: %w", err)
	}
	if at, ok := l.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		l.Close()
		return nil, fmt.Errorf("the demo's page is for this machine alone: listen at 127.0.0.1, not at %s", o.Listen)
	}
	s.config.Link, err = template.New("link").Parse("http://" + l.Addr().String() + "/tickets/{{.ID}}")
	return l, err
}

// openFront serves the page at a listener; nil serves nothing.
func openFront(o Options, l net.Listener, s *surroundings, b *board, pages []window.Page) (*front, error) {
	if l == nil {
		return &front{}, nil
	}
	w, err := window.New(window.Config{
		Slack: s.slack, Play: b, Log: o.Logger, Host: l.Addr().String(), Cast: cast(), Rooms: rooms(), Pages: pages,
	})
	if err != nil {
		l.Close()
		return nil, err
	}
	f := &front{
		URL: "http://" + l.Addr().String(), window: w, done: make(chan error, 1),
		server: &http.Server{Handler: w, ReadHeaderTimeout: 5 * time.Second},
	}
	go func() { f.done <- f.server.Serve(l) }()
	return f, nil
}

// Close lets go of all who look, and stops.
func (f *front) Close() error {
	if f.server == nil {
		return nil
	}
	f.window.End()
	err := f.server.Close()
	if served := <-f.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// cast is whom one can be at the page.
func cast() []string { return []string{bob, ana, chloe, dev, hana} }

func rooms() []window.Room {
	return []window.Room{
		{ID: enterprise, About: "Enterprise plan: reminders after 10, 20, 35, 50 min"},
		{ID: teams, About: "Teams plan: reminders after 1, 3, 6, 12 hours"},
		{ID: business, About: "Business plan: working hours, warnings, next replies, solutions"},
		{ID: startups, About: "A plan that nobody has set up yet: try /sla-setup"},
		{ID: ops, About: "Where SLA Buddy tells its own troubles"},
	}
}
