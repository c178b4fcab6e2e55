package helpdesktest

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// host is what all simulated desks have in common: a listener, a delay, faults, a quota, and a record
// of the calls that reached it.
type host struct {
	server  *http.Server
	address string
	closed  chan struct{}

	mu     sync.Mutex
	delay  time.Duration
	faults []injected
	calls  []string
	quota  int // what is left of it; counted only while it is limited
	metred bool
}

func newHost() host { return host{closed: make(chan struct{})} }

// start serves h on a loopback port of the kernel's choosing.
func (h *host) start(handler http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	h.address = "http://" + l.Addr().String()
	h.server = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go h.server.Serve(l)
	return nil
}

// Close ends a started desk and every request to it.
func (h *host) Close() error {
	close(h.closed)
	if h.server == nil {
		return nil
	}
	if err := h.server.Close(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Delay makes every answer take so long.
func (h *host) Delay(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.delay = by
}

// Quota leaves so many calls (credits, where the desk counts those), and then answers 429.
func (h *host) Quota(left int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.quota, h.metred = left, true
}

// Calls are the requests so far, as method and path, those refused included.
func (h *host) Calls() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.calls)
}

// pause waits for a while and reports whether there is still somebody to answer.
func (h *host) pause(ctx context.Context, by time.Duration) bool {
	t := time.NewTimer(by)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-h.closed:
		return false
	}
}

// reply is what a simulated vendor says to one call.
type reply struct {
	code   int
	body   any
	cost   int // of the quota; 0 for 1
	header http.Header
}

// vendor is a simulated desk of one make.
type vendor interface {
	authorized(r *http.Request) bool
	unauthorized() reply
	answer(r *http.Request) reply // the host is locked
	quotaHeaders(h http.Header, left, cost int)
}

// serve answers one call of v's API, in the way that faults, credentials and quota allow.
func (h *host) serve(v vendor, w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.calls = append(h.calls, r.Method+" "+r.URL.Path)
	fault, delay := h.nextFault(), h.delay
	said := v.unauthorized()
	if v.authorized(r) {
		said = v.answer(r)
	}
	cost := max(said.cost, 1)
	if h.metred {
		if h.quota < cost {
			fault = Limited
		} else {
			h.quota -= cost
		}
		v.quotaHeaders(w.Header(), h.quota, cost)
	}
	h.mu.Unlock()
	if delay > 0 && !h.pause(r.Context(), delay) {
		return
	}
	for key, values := range said.header {
		w.Header()[key] = values
	}
	body, err := json.Marshal(said.body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if !h.misbehave(w, r, fault) {
		write(w, said.code, rewrite(body, fault), fault)
	}
}

// at writes a time as most vendors do; null for none.
func at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// num is an id as a JSON number.
func num(id string) json.Number { return json.Number(id) }

func intOf(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return otherwise
}

// part is the nth part of a path, from 0; "" if there is none.
func part(r *http.Request, n int) string {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if n >= len(parts) {
		return ""
	}
	return parts[n]
}
