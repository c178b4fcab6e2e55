package slacktest_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func status(code int) func(http.ResponseWriter) {
	return func(rw http.ResponseWriter) { rw.WriteHeader(code) }
}

// attempts are the times since the event, in seconds, with what Slack says of each attempt.
type attempt struct {
	After  time.Duration
	Num    int
	Reason string
	Result string
}

func attempts(w *slacktest.Workspace, since time.Time) []attempt {
	var list []attempt
	for _, d := range w.Deliveries() {
		list = append(list, attempt{d.At.Sub(since), d.RetryNum, d.RetryReason, d.Failure})
	}
	return list
}

func TestFailedDeliveryIsRetriedAtOnceAfterAMinuteAndAfterFive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a := withApp(t, slacktest.Options{Now: time.Now})
		a.answers = slices.Repeat([]func(http.ResponseWriter){status(503)}, 10)
		since := time.Now()
		say(t, w, "a")
		delivered(t, w)
		want := []attempt{
			{0, 0, "", "http_error"},
			{0, 1, "http_error", "http_error"},
			{time.Minute, 2, "http_error", "http_error"},
			{6 * time.Minute, 3, "http_error", "http_error"},
		}
		if diff := cmp.Diff(want, attempts(w, since)); diff != "" {
			t.Error(diff)
		}
		for i, r := range a.requests() {
			num, reason := r.header.Get("X-Slack-Retry-Num"), r.header.Get("X-Slack-Retry-Reason")
			if wantNum := []string{"", "1", "2", "3"}[i]; num != wantNum || (reason == "http_error") != (i > 0) {
				t.Errorf("request %d: num %q, reason %q", i, num, reason)
			}
			if r.envelope(t)["event_id"] != a.requests()[0].envelope(t)["event_id"] {
				t.Error("a retry keeps its event_id")
			}
		}
	})
}

func TestSlackWaitsThreeSecondsForAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a := withApp(t, slacktest.Options{Now: time.Now})
		a.answers = []func(http.ResponseWriter){
			func(http.ResponseWriter) { time.Sleep(4 * time.Second) },
			func(http.ResponseWriter) { time.Sleep(2 * time.Second) },
		}
		since := time.Now()
		say(t, w, "a")
		delivered(t, w)
		want := []attempt{{0, 0, "", "http_timeout"}, {3 * time.Second, 1, "http_timeout", ""}}
		if diff := cmp.Diff(want, attempts(w, since)); diff != "" {
			t.Error(diff)
		}
		time.Sleep(time.Second) // the slow handler ends
	})
}

func TestHowDeliveriesFail(t *testing.T) {
	tests := map[string]struct {
		answer  func(http.ResponseWriter)
		failure string
	}{
		"connection cut": {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, "connection_failed"},
		"redirects": {func(rw http.ResponseWriter) {
			rw.Header().Set("Location", requestURL)
			rw.WriteHeader(http.StatusTemporaryRedirect)
		}, "too_many_redirects"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, a := withApp(t, slacktest.Options{Sleep: noWait})
			a.answers = slices.Repeat([]func(http.ResponseWriter){test.answer}, 3)
			say(t, w, "a")
			delivered(t, w)
			if got := w.Deliveries()[0]; got.Failure != test.failure || got.OK() {
				t.Errorf("delivery: %+v", got)
			}
		})
	}
}

func noWait(context.Context, time.Duration) error { return nil }

func TestAppCanTurnRetriesDown(t *testing.T) {
	w, a := withApp(t, slacktest.Options{Sleep: noWait})
	a.answers = []func(http.ResponseWriter){func(rw http.ResponseWriter) {
		rw.Header().Set("X-Slack-No-Retry", "1")
		rw.WriteHeader(http.StatusInternalServerError)
	}}
	say(t, w, "a")
	delivered(t, w)
	if got := w.Deliveries(); len(got) != 1 || got[0].Status != 500 || !got[0].NoRetry {
		t.Errorf("deliveries: %+v", got)
	}
}

func TestTamper(t *testing.T) {
	tests := map[string]struct {
		fate          slacktest.Fate
		arrive, named int // requests, and different event_ids among them
	}{
		"left alone":         {slacktest.Fate{}, 1, 1},
		"dropped":            {slacktest.Fate{Drop: true}, 0, 0},
		"twice":              {slacktest.Fate{Copies: 2}, 2, 1},
		"under another name": {slacktest.Fate{Copies: 3, Renumber: true}, 3, 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, a := withApp(t, slacktest.Options{})
			w.Tamper(func(e slacktest.Event) slacktest.Fate {
				if e.Type != "message" || e.Channel != support || e.ID == "" {
					t.Errorf("event: %+v", e)
				}
				return test.fate
			})
			say(t, w, "a")
			delivered(t, w)
			ids := map[any]bool{}
			for _, r := range a.requests() {
				ids[r.envelope(t)["event_id"]] = true
			}
			if len(a.requests()) != test.arrive || len(ids) != test.named {
				t.Errorf("%d requests under %d ids, want %d under %d", len(a.requests()), len(ids), test.arrive, test.named)
			}
		})
	}
}

func TestEventsCanBeDelayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := withApp(t, slacktest.Options{Now: time.Now})
		w.Tamper(func(slacktest.Event) slacktest.Fate { return slacktest.Fate{Delay: 90 * time.Second} })
		since := time.Now()
		say(t, w, "late")
		w.Tamper(nil)
		say(t, w, "on time")
		delivered(t, w)
		if diff := cmp.Diff([]attempt{{}, {After: 90 * time.Second}}, attempts(w, since)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEventsCanBeHeldAndReordered(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	w.HoldEvents()
	for _, text := range []string{"1", "2", "3"} {
		say(t, w, text)
	}
	if n := w.Undelivered(); n != 3 || len(a.requests()) != 0 {
		t.Errorf("%d undelivered, %d arrived", n, len(a.requests()))
	}
	w.ReleaseEvents(slices.Reverse)
	delivered(t, w)
	var got []any
	for _, e := range a.events(t) {
		got = append(got, e["text"])
	}
	if diff := cmp.Diff([]any{"3", "2", "1"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutARequestURLEventsGoNowhere(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	w.SetRequestURL("")
	say(t, w, "unheard")
	w.SetRequestURL(requestURL)
	say(t, w, "heard")
	delivered(t, w)
	if got := a.events(t); len(got) != 1 || got[0]["text"] != "heard" {
		t.Errorf("events: %v", got)
	}
}

func TestWorkersDeliverSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a := withApp(t, slacktest.Options{Now: time.Now, Workers: 3})
		slow := func(http.ResponseWriter) { time.Sleep(2 * time.Second) }
		a.answers = []func(http.ResponseWriter){slow, slow, slow}
		since := time.Now()
		for range 3 {
			say(t, w, "a")
		}
		delivered(t, w)
		if took := time.Since(since); took != 2*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestCloseEndsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a := withApp(t, slacktest.Options{Now: time.Now})
		a.answers = slices.Repeat([]func(http.ResponseWriter){status(500)}, 4)
		since := time.Now()
		say(t, w, "a")
		synctest.Wait() // it now waits for the retry after a minute
		w.Close()
		say(t, w, "b")
		if took := time.Since(since); took != 0 || len(a.requests()) != 2 {
			t.Errorf("took %s, %d requests", took, len(a.requests()))
		}
	})
}
