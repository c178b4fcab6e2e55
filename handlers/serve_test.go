package handlers_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers"
)

// serving runs Serve with a handler that says when it was entered and waits to be let go.
func serving(t *testing.T, grace time.Duration) (url string, entered, letGo chan struct{}, stop func(), served chan error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, letGo, served = make(chan struct{}), make(chan struct{}), make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-letGo
		w.WriteHeader(http.StatusTeapot)
	})
	ctx, stop := context.WithCancel(t.Context())
	go func() { served <- handlers.Serve(ctx, slog.New(slog.DiscardHandler), ln, h, grace) }()
	return "http://" + ln.Addr().String(), entered, letGo, stop, served
}

func TestServeFinishesWhatIsInFlight(t *testing.T) {
	url, entered, letGo, stop, served := serving(t, 10*time.Second)
	answer := make(chan int, 1)
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			answer <- 0
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		answer <- resp.StatusCode
	}()
	<-entered
	stop()
	for { // until nothing more is taken in
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	close(letGo)
	if got := <-answer; got != http.StatusTeapot {
		t.Errorf("the request in flight got %d", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve() = %v", err)
	}
}

func TestServeDoesNotWaitForEver(t *testing.T) {
	url, entered, letGo, stop, served := serving(t, time.Millisecond)
	defer close(letGo)
	go func() {
		if resp, err := http.Get(url); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-entered
	stop()
	if err := <-served; err == nil {
		t.Error("Serve() = nil with a request cut off")
	}
}

func TestServeSaysWhenItCannot(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if err := handlers.Serve(t.Context(), slog.New(slog.DiscardHandler), ln, http.NotFoundHandler(), time.Second); err == nil {
		t.Error("Serve() = nil on a closed listener")
	}
}
