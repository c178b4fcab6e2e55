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

// flood has 300 senders send 64 KiB of a body each, and wait. It says whether those beyond the 16 MiB that fit were
// answered 503 before those who are let in are cut off, after two and a half seconds.
func flood(t *testing.T, addr string) error {
	t.Helper()
	const senders, fit = 300, 16 << 20 / (64 << 10)
	began := time.Now()
	var conns []net.Conn
	for range senders {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
		fmt.Fprintf(conn, "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"+
			"X-Slack-Request-Timestamp: %d\r\nX-Slack-Signature: v0=0\r\n\r\n%s", 1<<20, now.Unix(), strings.Repeat("x", 64<<10))
	}
	answered := make(chan int, senders)
	for _, conn := range conns {
		go func() {
			r, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				answered <- 0
				return
			}
			r.Body.Close()
			answered <- r.StatusCode
		}()
	}
	for range senders - fit {
		select {
		case code := <-answered:
			if code != http.StatusServiceUnavailable {
				return fmt.Errorf("status %d %s after the first", code, time.Since(began))
			}
		case <-time.After(2 * time.Second):
			return fmt.Errorf("no answer %s after the first", time.Since(began))
		}
	}
	return nil
}

// Rule 29: past the bound of all bodies the answer is 503 at once, though the rest of the body is yet to come;
// and once the others have gone, all is as before.
func TestPastTheBoundTheAnswerIs503AtOnce(t *testing.T) {
	srv := httptest.NewServer(public(t, io.Discard, store{}))
	defer srv.Close()
	addr := srv.Listener.Addr().String()
	err := flood(t, addr)
	for try := 0; err != nil && try < 4; try++ { // a busy machine may need longer to send it all than anybody is waited for
		err = flood(t, addr)
	}
	if err != nil {
		t.Fatal(err)
	}
	for try := 0; ; try++ {
		r := signed("/slack/events", ticketPosted)
		r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", addr
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
