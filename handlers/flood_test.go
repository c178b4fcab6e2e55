package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Rule 29: past the bound of all bodies the answer is 503 at once, though the rest of the body is yet to come;
// and once the others have gone, all is as before.
func TestPastTheBoundTheAnswerIs503AtOnce(t *testing.T) {
	srv := httptest.NewServer(public(t, io.Discard, store{}))
	defer srv.Close()
	const senders, fit = 300, 16 << 20 / (64 << 10)
	began := time.Now()
	var conns []net.Conn
	for range senders { // each sends 64 KiB of a body, and waits
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
		fmt.Fprintf(conn, "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"+
			"X-Slack-Request-Timestamp: %d\r\nX-Slack-Signature: v0=0\r\n\r\n%s", 1<<20, now.Unix(), strings.Repeat("x", 64<<10))
	}
	refused := make(chan int, senders)
	for _, conn := range conns {
		go func() {
			r, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				refused <- 0
				return
			}
			r.Body.Close()
			refused <- r.StatusCode
		}()
	}
	for range senders - fit {
		select {
		case code := <-refused:
			if code != http.StatusServiceUnavailable {
				t.Fatalf("status %d", code)
			}
		case <-time.After(2 * time.Second): // those who are let in are cut off half a second later
			t.Fatalf("no answer %s after the first", time.Since(began))
		}
	}
	for _, conn := range conns {
		conn.Close()
	}
	for try := 0; ; try++ {
		r := signed("/slack/events", ticketPosted)
		r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", srv.Listener.Addr().String()
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return
		}
		if try == 1000 {
			t.Fatalf("afterwards: status %d", answer.StatusCode)
		}
	}
}
