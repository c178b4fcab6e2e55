package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Whatever is asked for in whatever way, the public address shows nothing of the operator's and nothing unsigned is
// taken: no answer is 2xx, none is 5xx but that a method or a version is not known.
func TestOddPathsAndHeadersGetNothing(t *testing.T) {
	s := httptest.NewServer(public(t, io.Discard, store{}))
	defer s.Close()
	paths := []string{
		"/", "//", "/.", "/..", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%00", "/%ff", "/%zz", "/\x7f",
		"/metrics", "/debug/pprof/", "/debug/vars", "/report", "/report?since=30d", "/readyz", "/.git/config", "/.env", "/slabuddy.yaml", "/slabuddy.db",
		"/slack", "/slack/", "/slack/events", "/slack/events/", "/slack//events", "/slack/./events", "/slack/../metrics", "/slack/%2e%2e/metrics",
		"/SLACK/EVENTS", "/slack/events;x=1", "/slack/events%00", "/slack/events?a=%zz", "/slack/interactions", "/slack/commands", "/slack/oauth_redirect?code=1&state=2",
		"/helpdesk", "/helpdesk/", "/helpdesk/none", "/helpdesk/zendesk", "/helpdesk/%7Bkind%7D", "/helpdesk/../slack/events", "/helpdesk/" + strings.Repeat("a", 5000),
		"/" + strings.Repeat("a/", 2000), "/?" + strings.Repeat("x=1&", 1000), "*", "http://metrics.internal/metrics", "http://[::1]:9090/metrics", "slack/events", "",
	}
	headers := []string{
		"", "X-Forwarded-For: 127.0.0.1", "X-Original-URL: /metrics", "X-HTTP-Method-Override: GET", "Content-Length: -1", "Content-Length: 5\r\nContent-Length: 6",
		"Transfer-Encoding: chunked\r\nContent-Length: 3", "Transfer-Encoding: gzip", "Expect: 100-continue", "Upgrade: websocket\r\nConnection: Upgrade",
		"X-Slack-Signature: v0=\r\nX-Slack-Request-Timestamp: 1800000000", "X-Slack-Signature: \r\nX-Slack-Request-Timestamp: 99999999999999999999", "Bad Header", ": none", "Cookie: " + strings.Repeat("a=b;", 1000),
	}
	refused := 0
	ask := func(method, path, header string) {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
		if header != "" {
			header += "\r\n"
		}
		fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: bot.example\r\nConnection: close\r\n%s\r\n", method, path, header)
		if c, ok := conn.(*net.TCPConn); ok {
			_ = c.CloseWrite()
		}
		line, _ := bufio.NewReader(conn).ReadString('\n')
		if strings.HasPrefix(line, "HTTP/1.1 4") {
			refused++
		}
		if code := strings.TrimPrefix(line, "HTTP/1.1 "); line != "" && (strings.HasPrefix(code, "2") || strings.HasPrefix(code, "5") && !strings.HasPrefix(code, "501") && !strings.HasPrefix(code, "505")) {
			t.Errorf("%s %.60q %.60q: %s", method, path, header, strings.TrimSpace(line))
		}
	}
	for _, path := range paths {
		for _, method := range []string{"GET", "POST", "PUT", "TRACE", "CONNECT", "gEt", "\x00"} {
			ask(method, path, "")
		}
	}
	for _, header := range headers {
		for _, path := range []string{"/slack/events", "/slack/commands", "/helpdesk/zendesk", "/metrics"} {
			ask("POST", path, header)
			ask("GET", path, header)
		}
	}
	if refused < 300 {
		t.Errorf("%d were refused, the rest was not answered", refused)
	}
}
