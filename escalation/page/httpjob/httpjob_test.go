package httpjob_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/page/httpjob"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const token = "t0p-s3cret"

func client(t *testing.T) *httpjob.Client {
	t.Helper()
	c, err := httpjob.New(httpjob.Config{Now: func() time.Time { return now }, Registerer: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// call makes a call with a secret in its header.
func call(t *testing.T, ctx context.Context, address string) (queue.Result, *queue.Error) {
	t.Helper()
	template := page.Call{Method: "POST", URL: address, Headers: map[string]string{"Authorization": "Bearer ${T}"}, Body: "hello"}
	req, err := template.Request(nil, page.Secrets{
		Grant: page.Grant{"T": {page.Origin(address)}}, Lookup: func(string) (string, bool) { return token, true },
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := client(t).Call(ctx, req)
	if err == nil {
		return result, nil
	}
	var known *queue.Error
	if !errors.As(err, &known) {
		t.Fatalf("%v says nothing of the job", err)
	}
	if strings.Contains(err.Error()+result.Body, token) {
		t.Errorf("a secret in %v, %q", err, result.Body)
	}
	return result, known
}

func serve(t *testing.T, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestWhatAnAnswerMeansForTheJob(t *testing.T) {
	for _, test := range []struct {
		status int
		header string // Retry-After
		kind   queue.Kind
		after  time.Duration
	}{
		{200, "", "", 0}, {202, "", "", 0}, {204, "", "", 0},
		{429, "", queue.KindLimited, 30 * time.Second}, {429, "7", queue.KindLimited, 7 * time.Second},
		{429, "Mon, 04 May 2026 12:01:00 GMT", queue.KindLimited, time.Minute}, {429, "999999999", queue.KindLimited, time.Hour},
		{408, "", queue.KindUnknown, 0}, {500, "", queue.KindUnknown, 0}, {503, "9", queue.KindUnknown, 9 * time.Second},
		{301, "", queue.KindTerminal, 0}, {307, "", queue.KindTerminal, 0}, {400, "", queue.KindTerminal, 0}, {401, "", queue.KindTerminal, 0}, {404, "", queue.KindTerminal, 0},
	} {
		t.Run(fmt.Sprint(test.status, test.header), func(t *testing.T) {
			calls := 0
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				w.Header().Set("Retry-After", test.header)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(test.status)
				if test.status != 204 {
					body, _ := io.ReadAll(r.Body)
					fmt.Fprintf(w, "%s with %s", body, r.Header.Get("Authorization"))
				}
			})
			result, err := call(t, t.Context(), address)
			var kind queue.Kind
			var after time.Duration
			if err != nil {
				kind, after = err.Kind, err.After
			}
			if kind != test.kind || after != test.after || result.Status != test.status || calls != 1 {
				t.Errorf("%q after %s, status %d, %d calls", kind, after, result.Status, calls)
			}
			if test.status != 204 && result.Body != "hello with Bearer ***" {
				t.Errorf("kept %q", result.Body)
			}
		})
	}
}

func TestWhatWasNeverSentMayBeSentAgainAndWhatMayHaveBeenIsUnknown(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if _, err := call(t, t.Context(), gone.URL); err == nil || err.Kind != queue.KindRetry {
		t.Errorf("nobody listens: %v", err)
	}
	cut := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	})
	if _, err := call(t, t.Context(), cut); err == nil || err.Kind != queue.KindUnknown {
		t.Errorf("cut off: %v", err)
	}
	silent := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // or the server does not notice that the caller hung up
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := call(t, ctx, silent); err == nil || err.Kind != queue.KindUnknown || !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("no answer: %v", err)
	}
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(untrusted.Close)
	if _, err := call(t, t.Context(), untrusted.URL); err == nil || err.Kind != queue.KindRetry || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody's: %v", err)
	}
}

func TestALongAnswerIsCutAndNoSecretIsLeftAtTheCut(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Repeat("ü", 2045), token, "\x00\xff", strings.Repeat("x", 100_000))
	})
	result, err := call(t, t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Body) > 4096 || strings.Contains(result.Body, "t0p") || strings.Contains(result.Body, "\x00") || !utf8.ValidString(result.Body) {
		t.Errorf("kept %d bytes, ending %q", len(result.Body), result.Body[len(result.Body)-20:])
	}
}
