package slackapp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// surfaces keep what they get, and answer what they are told to.
type surfaces struct {
	mu     sync.Mutex
	got    []any
	answer Answer
	err    error
	panics bool
}

func (s *surfaces) take(what any) (Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.panics {
		panic("oh no")
	}
	s.got = append(s.got, what)
	return s.answer, s.err
}

func (s *surfaces) Interact(_ context.Context, i Interaction) (Answer, error) { return s.take(i.Type) }

func (s *surfaces) Command(_ context.Context, c Command) (Answer, error) { return s.take(c.Name) }

func (s *surfaces) OpenHome(_ context.Context, h HomeOpened) (Answer, error) { return s.take(h) }

func (f *fixture) request(path, body string, serve func(http.ResponseWriter, *http.Request) error) (*httptest.ResponseRecorder, error) {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	slacktest.SignRequest(r, secret, now, []byte(body))
	w := httptest.NewRecorder()
	return w, serve(w, r)
}

func (f *fixture) interact(payload string) (*httptest.ResponseRecorder, error) {
	return f.request("/slack/interactions", url.Values{"payload": {payload}}.Encode(), f.Interactions)
}

func (f *fixture) drained(t *testing.T) {
	t.Helper()
	if err := f.Drain(t.Context()); err != nil {
		t.Error(err)
	}
}

const click = `{"type":"block_actions","team":{"id":"T0"},"user":{"id":"U0ANA"},"actions":[{"action_id":"x"}]}`

func TestWhatPeopleDoIsHandedOnAndAnswered(t *testing.T) {
	f := newApp(t)
	s := &surfaces{answer: Answer{Body: map[string]string{"response_action": "clear"}}}
	f.Surfaces = s
	submission := strings.Replace(click, "block_actions", "view_submission", 1)
	for _, payload := range []string{click, submission} {
		w, err := f.interact(payload)
		if err != nil || w.Code != 200 || w.Body.String() != `{"response_action":"clear"}` || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
			t.Errorf("answered %d %s, %v", w.Code, w.Body, err)
		}
	}
	s.answer = Answer{}
	if w, err := f.request("/slack/commands", "command=%2Fsla&team_id=T0&user_id=U0ANA", f.Commands); err != nil || w.Body.Len() > 0 || w.Code != 200 {
		t.Errorf("answered %d %q, %v, want nothing", w.Code, w.Body, err)
	}
	home := `{"type":"event_callback","team_id":"T0","event":{"type":"app_home_opened","user":"U0ANA","channel":"D0","tab":"home"}}`
	if _, err := f.send(home); err != nil {
		t.Error(err)
	}
	want := []any{"block_actions", "view_submission", "/sla", HomeOpened{"T0", "U0ANA"}}
	if diff := cmp.Diff(want, s.got); diff != "" {
		t.Errorf("handed on (-want +got):\n%s", diff)
	}
	for _, label := range []string{"block_actions", "view_submission", "command", "app_home_opened"} {
		if f.counted(label, outcomeAnswered) != 1 {
			t.Errorf("%s is not counted", label)
		}
	}
}

func TestWhatMeansNothingIsTakenAllTheSame(t *testing.T) {
	for name, do := range map[string]func(f *fixture) (*httptest.ResponseRecorder, error){
		"an empty payload": func(f *fixture) (*httptest.ResponseRecorder, error) { return f.interact(`{}`) },
		"an unknown type": func(f *fixture) (*httptest.ResponseRecorder, error) {
			return f.interact(`{"type":"block_suggestion","team":{"id":"T0"},"user":{"id":"U"}}`)
		},
		"without a user": func(f *fixture) (*httptest.ResponseRecorder, error) {
			return f.interact(`{"type":"block_actions","team":{"id":"T0"}}`)
		},
		"the messages tab": func(f *fixture) (*httptest.ResponseRecorder, error) {
			return f.send(`{"type":"event_callback","team_id":"T0","event":{"type":"app_home_opened","user":"U0ANA","tab":"messages"}}`)
		},
		"no payload": func(f *fixture) (*httptest.ResponseRecorder, error) {
			return f.request("/slack/interactions", "x=1", f.Interactions)
		},
		"a nameless command": func(f *fixture) (*httptest.ResponseRecorder, error) {
			return f.request("/slack/commands", "text=x", f.Commands)
		},
		"a look at our TLS": func(f *fixture) (*httptest.ResponseRecorder, error) {
			return f.request("/slack/commands", "ssl_check=1&token=x", f.Commands)
		},
	} {
		f := newApp(t)
		s := &surfaces{}
		f.Surfaces = s
		if w, err := do(f); err != nil || w.Code != 200 || len(s.got) > 0 {
			t.Errorf("%s: %d, %v, handed on %v", name, w.Code, err, s.got)
		}
	}
}

func TestWithoutSurfacesClicksAreAcknowledged(t *testing.T) {
	f := newApp(t)
	if w, err := f.interact(click); err != nil || w.Code != 200 {
		t.Errorf("%d, %v", w.Code, err)
	}
	if w, err := f.request("/slack/commands", "command=%2Fsla&team_id=T0&user_id=U0ANA", f.Commands); err != nil || w.Code != 200 {
		t.Errorf("%d, %v", w.Code, err)
	}
}

func TestWhatIsNotUnderstoodIsMalformed(t *testing.T) {
	f := newApp(t)
	for name, err := range map[string]error{
		"a broken form":    second(f.request("/slack/interactions", "payload=%zz", f.Interactions)),
		"a broken payload": second(f.interact(`{"type":`)),
	} {
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second(_ *httptest.ResponseRecorder, err error) error { return err }

func TestNothingUnsignedIsActedOn(t *testing.T) {
	for name, sign := range map[string]func(*http.Request, string){
		"unsigned": func(*http.Request, string) {},
		"forged":   func(r *http.Request, body string) { slacktest.SignRequest(r, "another", now, []byte(body)) },
		"replayed": func(r *http.Request, body string) {
			slacktest.SignRequest(r, secret, now.Add(-6*time.Minute), []byte(body))
		},
		"tampered": func(r *http.Request, body string) { slacktest.SignRequest(r, secret, now, []byte(body+"&x=1")) },
	} {
		f := newApp(t)
		s := &surfaces{}
		f.Surfaces = s
		body := url.Values{"payload": {click}, "command": {"/sla"}, "team_id": {"T0"}, "user_id": {"U"}}.Encode()
		for _, serve := range []func(http.ResponseWriter, *http.Request) error{f.Interactions, f.Commands, f.Other} {
			r := httptest.NewRequest("POST", "/slack/x", strings.NewReader(body))
			sign(r, body)
			if err := serve(httptest.NewRecorder(), r); !errors.Is(err, ErrUnsigned) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(s.got) > 0 {
			t.Errorf("%s: handed on %v", name, s.got)
		}
	}
}

// With Socket Mode there may be no secret, and an empty one must open nothing.
func TestWithoutASecretNoRequestIsBelieved(t *testing.T) {
	f := newApp(t)
	f.SigningSecret, f.SocketOnly = "", true
	body := url.Values{"payload": {click}}.Encode()
	r := httptest.NewRequest("POST", "/slack/interactions", strings.NewReader(body))
	slacktest.SignRequest(r, "", now, []byte(body))
	if err := f.Interactions(httptest.NewRecorder(), r); !errors.Is(err, ErrUnsigned) {
		t.Errorf("Interactions() = %v", err)
	}
	if _, err := f.Interaction(t.Context(), []byte(click)); err != nil {
		t.Errorf("through the socket: %v", err)
	}
}

func TestWhatFailsIsNotAcknowledged(t *testing.T) {
	f := newApp(t)
	gone := errors.New("database gone")
	f.Surfaces = &surfaces{err: gone, answer: Answer{Later: func(context.Context) error { return nil }}}
	if _, err := f.interact(click); !errors.Is(err, gone) {
		t.Errorf("Interactions() = %v", err)
	}
	f.Surfaces = &surfaces{panics: true}
	if _, err := f.Command(t.Context(), url.Values{"command": {"/sla"}, "team_id": {"T0"}, "user_id": {"U"}}); err == nil || !strings.Contains(err.Error(), "oh no") {
		t.Errorf("Command() = %v, want the panic", err)
	}
	if f.later.reserved != 0 {
		t.Errorf("%d places are kept for what will not come", f.later.reserved)
	}
}

// Slack waits three seconds for the acknowledgement, whatever its own API does meanwhile.
func TestTheAcknowledgementWaitsForNothingThatCallsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newApp(t)
		began, done := time.Now(), make(chan error, 1)
		f.Surfaces = &surfaces{answer: Answer{Later: func(ctx context.Context) error {
			<-ctx.Done() // Slack hangs
			done <- ctx.Err()
			return ctx.Err()
		}}}
		if _, err := f.interact(click); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("acknowledged after %s", took)
		}
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != laterTimeout {
			t.Errorf("given up after %s: %v", time.Since(began), err)
		}
		f.drained(t)
		if !strings.Contains(f.log.String(), "level=WARN") {
			t.Errorf("the log lacks it:\n%s", f.log.String())
		}
	})
}

func TestSoManyAreAnsweredAtOnceAndTheRestWaitTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newApp(t)
		var running, most, total int
		var mu sync.Mutex
		f.Surfaces = &surfaces{answer: Answer{Later: func(context.Context) error {
			mu.Lock()
			running++
			most, total = max(most, running), total+1
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return nil
		}}}
		for i := range 100 {
			if _, err := f.interact(clickOf(i)); err != nil {
				t.Fatal(err)
			}
		}
		f.drained(t)
		if most != laterAtOnce || total != 100 {
			t.Errorf("%d at once, %d in all", most, total)
		}
	})
}

// clickOf is a click of somebody else in another workspace for each n.
func clickOf(n int) string {
	return strings.NewReplacer(`"T0"`, fmt.Sprintf(`"T0%d"`, n), `"U0ANA"`, fmt.Sprintf(`"U0%d"`, n)).Replace(click)
}

// Rule 29: a flood of one person, or of one workspace, leaves places and turns for the others.
func TestNobodyTakesWhatOthersNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, flood := range []struct {
			name           string
			user           func(i int) string
			places, atOnce int
		}{
			{"a person", func(int) string { return "U0EVE" }, waitingOfPerson, atOnceOfPerson},
			{"a workspace", func(i int) string { return fmt.Sprint("U", i) }, waitingOfWorkspace, atOnceOfWorkspace},
		} {
			l := newLater(slog.New(slog.DiscardHandler))
			var running atomic.Int32
			taken := 0
			for i := range 2 * laterWaiting {
				by := sender{"T0FLOOD", flood.user(i)}
				if l.reserve(by) != nil {
					continue
				}
				taken++
				l.run(by, "a flood", func(ctx context.Context) error { running.Add(1); <-ctx.Done(); return nil })
			}
			synctest.Wait()
			if taken != flood.places || int(running.Load()) != flood.atOnce {
				t.Errorf("%s has %d places, and %d at once", flood.name, taken, running.Load())
			}
			other := sender{"T0OTHER", "U0BOB"}
			answered := false
			if err := l.reserve(other); err != nil {
				t.Fatalf("%s: %v for another workspace", flood.name, err)
			}
			l.run(other, "another", func(context.Context) error { answered = true; return nil })
			synctest.Wait()
			if !answered {
				t.Errorf("%s holds up another workspace", flood.name)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_ = l.drain(ctx)
			synctest.Wait()
			if len(l.shares) != 0 {
				t.Errorf("%d shares are kept for nothing", len(l.shares))
			}
		}
	})
}

func TestTooManyAreAskedToTryAgainBeforeAnythingIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newApp(t)
		s := &surfaces{answer: Answer{Later: func(ctx context.Context) error { <-ctx.Done(); return nil }}}
		f.Surfaces = s
		for i := range laterWaiting {
			if _, err := f.interact(clickOf(i)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.interact(click); !errors.Is(err, errBusy) {
			t.Errorf("Interactions() = %v, want errBusy", err)
		}
		w, err := f.request("/slack/commands", "command=%2Fsla&team_id=T0&user_id=U0ANA", f.Commands)
		if err != nil || !strings.Contains(w.Body.String(), "try again") {
			t.Errorf("a command is answered %q, %v", w.Body, err)
		}
		if len(s.got) != laterWaiting {
			t.Errorf("%d were acted on", len(s.got))
		}
		if n := f.counted("block_actions", outcomeBusy) + f.counted("command", outcomeBusy); n != 2 {
			t.Errorf("%d counted as busy", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := f.Drain(ctx); err == nil {
			t.Error("Drain() = nil with answers cut off")
		}
		synctest.Wait()
		if err := f.later.reserve(sender{}); !errors.Is(err, errBusy) {
			t.Error("something is taken on after Drain")
		}
	})
}

func TestAPanicCostsOneAnswer(t *testing.T) {
	f := newApp(t)
	f.Surfaces = &surfaces{answer: Answer{Later: func(context.Context) error { panic("oh no") }}}
	for range 2 {
		if _, err := f.interact(click); err != nil {
			t.Fatal(err)
		}
	}
	f.drained(t)
	if n := strings.Count(f.log.String(), "panic: oh no"); n != 2 {
		t.Errorf("logged %d times:\n%s", n, f.log.String())
	}
}

// The answer is on its way before anything is begun.
func TestTheAnswerIsFlushedBeforeAnythingIsBegun(t *testing.T) {
	f := newApp(t)
	order := make(chan string, 2)
	ack := &acknowledgement{body: []byte(`{}`), start: func() { order <- "begun" }}
	ack.send(flushing{httptest.NewRecorder(), order})
	if got := fmt.Sprint(<-order, " ", <-order); got != "flushed begun" {
		t.Error(got)
	}
	f.drained(t)
}

type flushing struct {
	*httptest.ResponseRecorder
	order chan string
}

func (f flushing) Flush() { f.order <- "flushed" }

func TestAWorkspaceThatLeavesIsHandedOn(t *testing.T) {
	const envelope = `{"type":"event_callback","team_id":"T0","event_time":1777885200,"event":%s}`
	for event, want := range map[string]string{
		`{"type":"app_uninstalled"}`:                                      "T0 at 09:00: the app was removed from the workspace",
		`{"type":"tokens_revoked","tokens":{"oauth":[],"bot":["U0BOT"]}}`: "T0 at 09:00: the bot's token was revoked",
		`{"type":"tokens_revoked","tokens":{"oauth":["U0ANA"],"bot":[]}}`: "",
		`{"type":"tokens_revoked","tokens":{"oauth":["U0ANA"]}}`:          "",
		`{"type":"tokens_revoked","tokens":["bot"]}`:                      "",
	} {
		f := newApp(t)
		got := ""
		f.Uninstalled = func(_ context.Context, workspace, why string, at time.Time) error {
			got = workspace + " at " + at.Format("15:04") + ": " + why
			return nil
		}
		if _, err := f.send(fmt.Sprintf(envelope, event)); err != nil || got != want {
			t.Errorf("%s: handed on %q, %v", event, got, err)
		}
		gone := errors.New("database gone")
		f.Uninstalled = func(context.Context, string, string, time.Time) error { return gone }
		if _, err := f.send(fmt.Sprintf(envelope, event)); want != "" && !errors.Is(err, gone) {
			t.Errorf("%s: not kept, and yet %v", event, err)
		}
	}
}

func TestOurOwnJoiningIsTold(t *testing.T) {
	for event, want := range map[string]bool{
		`"type":"member_joined_channel","user":"U0BOT","team":"T0"`: true,
		`"type":"message","subtype":"channel_join","user":"U0BOT"`:  true,
		`"type":"message","subtype":"group_join","user":"U0BOT"`:    true,
		`"type":"member_joined_channel","user":"U0ANA"`:             false,
		`"type":"message","subtype":"channel_join","user":"U0ANA"`:  false,
		`"type":"message","user":"U0BOT"`:                           false,
	} {
		f := newApp(t)
		got := false
		f.Joined = func(workspace, channel string) { got = workspace == "T0" && channel == "C0ENT" }
		if _, err := f.send(inChannel(event)); err != nil || got != want {
			t.Errorf("%s: told %t, %v", event, got, err)
		}
	}
}

func inChannel(fields string) string {
	return `{"type":"event_callback","team_id":"T0","event":{"channel":"C0ENT","ts":"1799999999.000100",` + fields + `}}`
}
