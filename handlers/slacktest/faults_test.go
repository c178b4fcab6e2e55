package slacktest_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

func postMessage(ctx context.Context, c *slack.Client) error {
	_, _, err := c.PostMessageContext(ctx, support, slack.MsgOptionText("Reminder", false))
	return err
}

func TestFaultsStrikeBeforeOrAfterTheMessageStands(t *testing.T) {
	released := make(chan struct{})
	close(released)
	tests := map[string]struct {
		effect slacktest.Effect
		err    string // part of what a client sees; "": nothing is wrong
		stands bool   // without AfterAccepting
	}{
		"429":                 {slacktest.RateLimited(1500 * time.Millisecond), "slack rate limit exceeded, retry after 2s", false},
		"500":                 {slacktest.Status(500), "slack server error: 500 Internal Server Error", false},
		"internal_error":      {slacktest.Refused("internal_error"), "internal_error", false},
		"service_unavailable": {slacktest.Refused("service_unavailable"), "service_unavailable", false},
		"token_revoked":       {slacktest.Refused("token_revoked"), "token_revoked", false},
		"cut":                 {slacktest.Cut(), "EOF", false},
		"garbage":             {slacktest.Garbage(), "invalid character '<'", false},
		"hang, released":      {slacktest.Hang(released), "", true},
		"late, released":      {slacktest.Late(released), "", true},
		"altered":             {slacktest.Alter(func(answer map[string]any) { answer["ok"] = false; answer["error"] = "odd" }), "odd", true},
	}
	for name, test := range tests {
		for _, after := range []bool{false, true} {
			for _, socket := range []bool{false, true} {
				t.Run(describe(name, after, socket), func(t *testing.T) {
					w := newWorkspace(t, slacktest.Options{})
					c := client(w)
					if socket {
						c = overSocket(t, w)
					}
					effect, stands := test.effect, test.stands
					if after {
						effect, stands = effect.AfterAccepting(), true
					}
					injected := w.Inject(slacktest.Fault{Method: "chat.postMessage", Times: 1, Do: effect})
					switch err := postMessage(t.Context(), c); {
					case test.err == "":
						ok(t, err)
					case err == nil || !strings.Contains(err.Error(), test.err):
						t.Errorf("err = %v, want %s", err, test.err)
					}
					if got := len(w.History(support)); (got == 1) != stands || injected.Hits() != 1 {
						t.Errorf("%d messages stand, %d hits", got, injected.Hits())
					}
					ok(t, postMessage(t.Context(), c)) // once is enough
				})
			}
		}
	}
}

func describe(name string, after, socket bool) string {
	if after {
		name += ", after accepting"
	}
	if socket {
		name += ", over a socket"
	}
	return name
}

func overSocket(t *testing.T, w *slacktest.Workspace) *slack.Client {
	t.Helper()
	s := must(w.Start(""))(t)
	t.Cleanup(func() { ok(t, s.Close()) })
	return slack.New(w.Options().Token, slack.OptionAPIURL(s.APIURL), slack.OptionHTTPClient(&http.Client{}))
}

func TestRateLimitedTellsWhenToComeBack(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.Inject(slacktest.Fault{Do: slacktest.RateLimited(30 * time.Second)})
	_, err := client(w).AuthTestContext(t.Context())
	var limited *slack.RateLimitedError
	if !errors.As(err, &limited) || limited.RetryAfter != 30*time.Second {
		t.Errorf("err = %v", err)
	}
}

func TestHangingClientGivesUp(t *testing.T) {
	for name, test := range map[string]struct {
		effect func(release <-chan struct{}) slacktest.Effect
		stands int // after the client has left and the call was released
	}{
		"before accepting":         {slacktest.Hang, 0},
		"after accepting":          {func(r <-chan struct{}) slacktest.Effect { return slacktest.Hang(r).AfterAccepting() }, 1},
		"accepted though too late": {slacktest.Late, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorkspace(t, slacktest.Options{Now: time.Now})
				release := make(chan struct{})
				w.Inject(slacktest.Fault{Do: test.effect(release)})
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				began := time.Now()
				if err := postMessage(ctx, client(w)); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("err = %v", err)
				}
				if took := time.Since(began); took != 5*time.Second {
					t.Errorf("gave up after %s", took)
				}
				synctest.Wait()
				close(release)
				ok(t, w.Wait(t.Context(), func() bool { return w.Calls()[0].Done }))
				if got := len(w.History(support)); got != test.stands {
					t.Errorf("%d messages stand, want %d", got, test.stands)
				}
			})
		})
	}
}

func TestClientOverASocketLeavesAHangingCall(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	c := overSocket(t, w)
	w.Inject(slacktest.Fault{Do: slacktest.Hang(nil)})
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() { left <- postMessage(ctx, c) }()
	ok(t, w.Wait(t.Context(), func() bool { return len(w.Calls()) == 1 && w.Calls()[0].Fault == "hang" }))
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	ok(t, w.Wait(t.Context(), func() bool { return w.Calls()[0].Done }))
	if got := w.History(support); len(got) != 0 {
		t.Errorf("%d messages stand", len(got))
	}
}

func TestCloseLetsGoOfHangingCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorkspace(t, slacktest.Options{Now: time.Now})
		w.Inject(slacktest.Fault{Do: slacktest.Late(nil)})
		left := make(chan error, 1)
		go func() { left <- postMessage(t.Context(), client(w)) }()
		synctest.Wait()
		w.Close()
		<-left
	})
}

func TestFaultsChooseTheirCalls(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	broken := w.Inject(slacktest.Fault{
		Method: "chat.postMessage",
		When:   func(c slacktest.Call) bool { return c.Args["channel"] == private },
		Do:     slacktest.Refused("fatal_error"),
	})
	refused := func(channel string) bool {
		return call(t, w, "chat.postMessage", "channel", channel, "text", "a")["error"] == "fatal_error"
	}
	if refused(support) || !refused(private) || !refused(private) {
		t.Error("every call to the private channel is refused, and no other")
	}
	if answer := call(t, w, "conversations.info", "channel", private); answer["ok"] != true {
		t.Error("other methods work")
	}
	broken.Clear()
	if refused(private) || broken.Hits() != 2 {
		t.Errorf("a cleared fault strikes no more; %d hits", broken.Hits())
	}
}

func TestCallsTellWhatBecameOfThem(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.Inject(slacktest.Fault{Times: 1, Do: slacktest.Status(500).AfterAccepting()})
	w.Inject(slacktest.Fault{Times: 1, Do: slacktest.Status(502)})
	for range 3 {
		_ = postMessage(t.Context(), client(w))
	}
	type fate struct {
		Accepted bool
		Fault    string
	}
	var got []fate
	for _, c := range w.Calls() {
		got = append(got, fate{c.Accepted, c.Fault})
	}
	want := []fate{{true, "status 500 after accepting"}, {false, "status 502"}, {true, ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOddMessagesChokeAStrictClient(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	call(t, w, "chat.postMessage", "channel", support, "text", "a", "thread_ts", parent, "metadata", `{"event_type":"e","event_payload":{"job":"j"}}`)
	w.Inject(slacktest.Fault{Method: "conversations.replies", Do: desks.OddMessages()})
	_, _, _, err := client(w).GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: support, Timestamp: parent})
	if err == nil {
		t.Error("the client library read the page")
	}
	answer := call(t, w, "conversations.replies", "channel", support, "ts", parent, "include_all_metadata", "true")
	if m := objects(t, answer, "messages")[1]; m["metadata"] == nil || m["text"] != "a" {
		t.Errorf("by hand it is readable: %v", m)
	}
}

func TestChaosStrikesAsOftenAsItIsTold(t *testing.T) {
	run := func(seed uint64) []string {
		w := newWorkspace(t, slacktest.Options{})
		w.Chaos(rand.New(rand.NewPCG(seed, 0)), 0.3, "chat.postMessage",
			slacktest.Status(500), slacktest.Cut().AfterAccepting(), slacktest.Refused("internal_error").AfterAccepting())
		for range 200 {
			_ = postMessage(t.Context(), client(w))
		}
		var faults []string
		for _, c := range w.Calls() {
			faults = append(faults, c.Fault)
		}
		return faults
	}
	first := run(1)
	struck := 0
	for _, name := range []string{"status 500", "connection cut after accepting", "internal_error after accepting"} {
		n := len(slices.DeleteFunc(slices.Clone(first), func(f string) bool { return f != name }))
		if n < 10 {
			t.Errorf("%s struck %d times of 200", name, n)
		}
		struck += n
	}
	if struck < 40 || struck > 80 {
		t.Errorf("%d of 200 calls were struck, want about 60", struck)
	}
	if diff := cmp.Diff(first, run(1)); diff != "" {
		t.Errorf("the same seed strikes differently:\n%s", diff)
	}
	if cmp.Equal(first, run(2)) {
		t.Error("another seed strikes the same")
	}
}

func TestPostsAreLimitedToOneASecondPerChannel(t *testing.T) {
	c := newClock()
	w := newWorkspace(t, slacktest.Options{Now: c.Now})
	w.SetLimits(slacktest.SlackLimits()...)
	try := func(channel string) error {
		_, _, err := client(w).PostMessageContext(t.Context(), channel, slack.MsgOptionText("a", false))
		return err
	}
	ok(t, try(support))
	ok(t, try(private))
	var limited *slack.RateLimitedError
	for range 3 { // refused calls do not make the wait longer
		if err := try(support); !errors.As(err, &limited) || limited.RetryAfter != time.Second {
			t.Fatalf("err = %v", err)
		}
	}
	c.Add(time.Second)
	ok(t, try(support))
	if got := w.Calls("chat.postMessage")[2]; got.Accepted || got.Error != "ratelimited" {
		t.Errorf("call: %+v", got)
	}
	if got := len(w.History(support)); got != 2 {
		t.Errorf("%d messages stand", got)
	}
}

func TestLimitsAllowTheirBurst(t *testing.T) {
	c := newClock()
	w := newWorkspace(t, slacktest.Options{Now: c.Now})
	w.SetLimits(slacktest.Limit{Method: "users.info", Every: 3 * time.Second, Burst: 2})
	passes := func() bool { return call(t, w, "users.info", "user", ana)["ok"] == true }
	got := []bool{passes(), passes(), passes()} // the burst, and one too many
	c.Add(3 * time.Second)
	got = append(got, passes(), passes()) // one more, and one too many
	if want := []bool{true, true, false, true, false}; !slices.Equal(got, want) {
		t.Errorf("passed: %v, want %v", got, want)
	}
	w.SetLimits()
	if !passes() {
		t.Error("without limits everything passes")
	}
}
