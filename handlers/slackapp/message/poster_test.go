package message

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// bench is a poster at work in a simulated workspace with one thread.
type bench struct {
	*slacktest.Workspace
	*Poster
	metrics *prometheus.Registry
	thread  escalation.Thread
}

func newBench(t *testing.T, o slacktest.Options) *bench {
	t.Helper()
	o.Team.ID = "T0"
	w := slacktest.New(o)
	t.Cleanup(w.Close)
	w.AddChannel(slacktest.Channel{ID: "C0ENT", Name: "enterprise"})
	desk := w.AddApp(slacktest.App{Name: "Zendesk"})
	ts, err := w.PostAs(desk.ID, "C0ENT", desks.Fields(desks.Ticket{ID: "42"}))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Workspace: w, metrics: prometheus.NewRegistry(), thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT", TS: ts}}
	b.Poster = NewPoster(slackapptest.API(t, slacktest.APIURL, w.Client(), client.OneToken(w.Options().Token), b.metrics), time.Now)
	return b
}

func (b *bench) post(t *testing.T, job string) (string, error) {
	landed, err := b.Post(t.Context(), job, escalation.Post{Thread: b.thread, Reminder: firstTier()})
	return landed.TS, err
}

// find looks back five minutes.
func (b *bench) find(t *testing.T, job string) (string, bool, error) {
	landed, found, err := b.Find(t.Context(), job, b.thread, time.Now().Add(-5*time.Minute))
	return landed.TS, found, err
}

func (b *bench) counted(method, outcome string) int {
	return escalationtest.Samples(b.metrics, "slabuddy_slack_requests_seconds", "method="+method, "outcome="+outcome)
}

func kindOf(t *testing.T, err error) *queue.Error {
	t.Helper()
	var e *queue.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *queue.Error", err)
	}
	return e
}

func TestAReminderStandsInTheThreadUnderTheTicket(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	ts, err := b.post(t, "job-1")
	if err != nil {
		t.Fatal(err)
	}
	posts := b.Thread("C0ENT", b.thread.TS)
	if len(posts) != 2 {
		t.Fatalf("%d messages in the thread, want the ticket and its reminder", len(posts))
	}
	got := posts[1]
	if got.TS != ts || got.Text != renderReminder(firstTier(), people).text() || len(got.Blocks) == 0 {
		t.Errorf("posted %+v as %s", got, ts)
	}
	meta := &slacktest.Metadata{EventType: "slabuddy_job", EventPayload: map[string]any{"id": "job-1", "marks": firstTier().Mark()}}
	if diff := cmp.Diff(meta, got.Metadata); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	call := b.Calls("chat.postMessage")[0]
	if call.Args["unfurl_links"] != "false" || call.Args["unfurl_media"] != "false" || call.Args["reply_broadcast"] != "" {
		t.Errorf("arguments %v", call.Args)
	}
	if b.counted("chat.postMessage", "ok") != 1 {
		t.Error("the call is not measured")
	}
}

func TestAnEmptyThreadIsTheChannelItself(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.thread.TS = ""
	ts, err := b.post(t, "job-1")
	if err != nil {
		t.Fatal(err)
	}
	if got, found, err := b.find(t, "job-1"); got != ts || !found || err != nil {
		t.Errorf("Find() = %s, %t, %v, want %s", got, found, err, ts)
	}
	if _, named := b.Calls("chat.postMessage")[0].Args["thread_ts"]; named {
		t.Error("the call names an empty thread")
	}
	if history := b.History("C0ENT"); len(history) != 2 {
		t.Errorf("%d messages in the channel, want 2", len(history))
	}
}

func TestSlacksErrorsMeanForAJobWhatTheyShould(t *testing.T) {
	tests := []struct {
		effect slacktest.Effect
		want   queue.Kind
		gate   string
	}{
		{slacktest.RateLimited(7 * time.Second), queue.KindLimited, "slack/T0/chat.postMessage"},
		{slacktest.Refused("ratelimited"), queue.KindLimited, "slack/T0/chat.postMessage"},
		{slacktest.Refused("invalid_auth"), queue.KindHeld, "workspace/T0"},
		{slacktest.Refused("not_authed"), queue.KindHeld, "workspace/T0"},
		{slacktest.Refused("account_inactive"), queue.KindHeld, "workspace/T0"},
		{slacktest.Refused("token_revoked"), queue.KindHeld, "workspace/T0"},
		{slacktest.Refused("missing_scope"), queue.KindHeld, "workspace/T0"},
		{slacktest.Refused("channel_not_found"), queue.KindTerminal, ""},
		{slacktest.Refused("is_archived"), queue.KindTerminal, ""},
		{slacktest.Refused("restricted_action_thread_only_channel"), queue.KindTerminal, ""},
		{slacktest.Refused("cannot_reply_to_message"), queue.KindTerminal, ""},
		{slacktest.Refused("msg_too_long"), queue.KindTerminal, ""},
		{slacktest.Refused("invalid_blocks_format"), queue.KindTerminal, ""},
		{slacktest.Refused("metadata_too_large"), queue.KindTerminal, ""},
		{slacktest.Refused("service_unavailable"), queue.KindRetry, ""},
		{slacktest.Refused("internal_error"), queue.KindUnknown, ""},
		{slacktest.Refused("fatal_error"), queue.KindUnknown, ""},
		{slacktest.Refused("request_timeout"), queue.KindUnknown, ""},
		{slacktest.Refused("never_seen_before"), queue.KindRetry, ""},
		{slacktest.Refused(""), queue.KindRetry, ""},
		{slacktest.Status(500), queue.KindUnknown, ""},
		{slacktest.Status(503), queue.KindUnknown, ""},
		{slacktest.Status(404), queue.KindRetry, ""},
		{slacktest.Status(302), queue.KindRetry, ""},
		{slacktest.Status(408), queue.KindUnknown, ""},
		{slacktest.Status(202), queue.KindUnknown, ""},
		{slacktest.Cut(), queue.KindUnknown, ""},
		{slacktest.Cut().AfterAccepting(), queue.KindUnknown, ""},
		{slacktest.Garbage(), queue.KindUnknown, ""},
		{slacktest.Garbage().AfterAccepting(), queue.KindUnknown, ""},
		{slacktest.Alter(func(a map[string]any) { delete(a, "ok") }), queue.KindUnknown, ""},
	}
	for _, tt := range tests {
		t.Run(tt.effect.String(), func(t *testing.T) {
			b := newBench(t, slacktest.Options{})
			b.Inject(slacktest.Fault{Method: "chat.postMessage", Do: tt.effect})
			_, err := b.post(t, "job-1")
			if e := kindOf(t, err); e.Kind != tt.want || e.Gate != tt.gate {
				t.Errorf("%v: kind %s, gate %q, want %s, %q", err, e.Kind, e.Gate, tt.want, tt.gate)
			}
			if strings.Contains(err.Error(), b.Options().Token) {
				t.Errorf("the token is in %q", err)
			}
			if b.counted("chat.postMessage", string(tt.want)) != 1 {
				t.Errorf("not measured as %s", tt.want)
			}
		})
	}
}

func TestAnAnswerWithoutATsIsNotUnderstood(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.Inject(slacktest.Fault{Method: "chat.postMessage", Do: slacktest.Alter(func(a map[string]any) { delete(a, "ts") })})
	_, err := b.post(t, "job-1")
	if e := kindOf(t, err); e.Kind != queue.KindUnknown {
		t.Errorf("%v is %s, want unknown", err, e.Kind)
	}
}

func TestALimitLastsAsLongAsSlackSays(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.Inject(slacktest.Fault{Method: "chat.postMessage", Do: slacktest.RateLimited(7 * time.Second)})
	_, err := b.post(t, "job-1")
	if e := kindOf(t, err); e.After != 7*time.Second {
		t.Errorf("After = %s, want 7s", e.After)
	}
}

func TestATimeOutMayHavePosted(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	release := make(chan struct{})
	defer close(release)
	b.Inject(slacktest.Fault{Method: "chat.postMessage", Do: slacktest.Hang(release)})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := b.Post(ctx, "job-1", escalation.Post{Thread: b.thread, Reminder: firstTier()})
	if e := kindOf(t, err); e.Kind != queue.KindUnknown {
		t.Errorf("%v is %s, want unknown", err, e.Kind)
	}
}

func TestWhatWasNeverSentIsTriedAgain(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	noDNS := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Name: "slack.test", IsNotFound: true}
	}}}
	for name, c := range map[string]struct {
		url    string
		client *http.Client
	}{
		"connection refused": {"http://" + closed + "/api/", nil},
		"no such host":       {slacktest.APIURL, noDNS},
		"no TLS there":       {strings.Replace(plain.URL, "http:", "https:", 1) + "/api/", nil},
	} {
		p := NewPoster(slackapptest.API(t, c.url, c.client, client.OneToken("xoxb-secret"), prometheus.NewRegistry()), time.Now)
		_, err := p.Post(t.Context(), "job-1", escalation.Post{Reminder: firstTier()})
		if e := kindOf(t, err); e.Kind != queue.KindRetry || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v is %s, want retry", name, err, e.Kind)
		}
	}
}

type noTokens struct{ err error }

func (n noTokens) Token(context.Context, string) (string, error) { return "", n.err }

func TestWithoutATokenTheWorkspaceIsHeld(t *testing.T) {
	for _, c := range []struct {
		tokens client.Tokens
		want   queue.Kind
	}{{client.OneToken(""), queue.KindHeld}, {noTokens{client.ErrNoToken}, queue.KindHeld}, {noTokens{errors.New("database gone")}, queue.KindRetry}} {
		p := NewPoster(slackapptest.API(t, slacktest.APIURL, nil, c.tokens, prometheus.NewRegistry()), time.Now)
		_, err := p.Post(t.Context(), "job-1", escalation.Post{Thread: escalation.Thread{Workspace: "T0"}, Reminder: firstTier()})
		if e := kindOf(t, err); e.Kind != c.want || (c.want == queue.KindHeld && e.Gate != "workspace/T0") {
			t.Errorf("%v: %s, gate %q, want %s", err, e.Kind, e.Gate, c.want)
		}
	}
}

func TestTheBotJoinsAPublicChannelOnce(t *testing.T) {
	for name, c := range map[string]struct {
		channel slacktest.Channel
		join    slacktest.Effect
		want    queue.Kind
		posts   bool
	}{
		"public":                 {channel: slacktest.Channel{ID: "C0NEW"}, want: queue.KindRetry, posts: true},
		"joining is not allowed": {channel: slacktest.Channel{ID: "C0NEW"}, join: slacktest.Refused("missing_scope"), want: queue.KindTerminal},
		"joining is unheard of":  {channel: slacktest.Channel{ID: "C0NEW"}, join: slacktest.Refused("unknown_method"), want: queue.KindTerminal},
		"joining is limited":     {channel: slacktest.Channel{ID: "C0NEW"}, join: slacktest.RateLimited(time.Second), want: queue.KindRetry},
		"joining breaks off":     {channel: slacktest.Channel{ID: "C0NEW"}, join: slacktest.Cut(), want: queue.KindRetry},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, slacktest.Options{})
			c.channel.NoBot = true
			b.AddChannel(c.channel)
			b.thread = escalation.Thread{Workspace: "T0", Channel: "C0NEW"}
			if !c.posts {
				b.Inject(slacktest.Fault{Method: "conversations.join", Do: c.join})
			}
			_, err := b.post(t, "job-1")
			if e := kindOf(t, err); e.Kind != c.want {
				t.Fatalf("%v is %s, want %s", err, e.Kind, c.want)
			}
			if n := len(b.Calls("conversations.join")); n != 1 {
				t.Errorf("joined %d times", n)
			}
			if _, err := b.post(t, "job-1"); (err == nil) != c.posts {
				t.Errorf("the next attempt: %v", err)
			}
		})
	}
}

// Rule 12: what Slack refuses with a code that nobody here knows did not happen: it is not looked for, and after a few
// attempts it has failed.
func TestARefusalThatNobodyKnowsEnds(t *testing.T) {
	for _, code := range []string{"never_seen_before", ""} {
		b := newBench(t, slacktest.Options{})
		b.Inject(slacktest.Fault{Method: "chat.postMessage", Do: slacktest.Refused(code)})
		_, err := b.post(t, "job-1")
		if e := kindOf(t, err); e.Kind != queue.KindRetry || e.Tries < 2 || e.Tries > 10 {
			t.Errorf("%q: %v is %s, %d attempts at most", code, err, e.Kind, e.Tries)
		}
	}
}

// A bot that has joined and still is not in the channel will not get in at the next attempt either.
func TestAJoinThatHelpsNothingEnds(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.Inject(slacktest.Fault{Method: "chat.postMessage", Do: slacktest.Refused("not_in_channel")})
	_, err := b.post(t, "job-1")
	if e := kindOf(t, err); e.Kind != queue.KindRetry || e.Tries < 2 || e.Tries > 10 || !strings.Contains(err.Error(), "joined") {
		t.Errorf("%v is %s, %d attempts at most", err, e.Kind, e.Tries)
	}
}

func TestAPostIsFoundAgainByItsJob(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.Inject(slacktest.Fault{Method: "chat.postMessage", Times: 1, Do: slacktest.Status(500).AfterAccepting()})
	if _, err := b.post(t, "job-1"); err == nil {
		t.Fatal("the lost answer is taken for one")
	}
	want := b.Thread("C0ENT", b.thread.TS)[1].TS
	if ts, found, err := b.find(t, "job-1"); ts != want || !found || err != nil {
		t.Errorf("Find() = %q, %t, %v, want %q", ts, found, err, want)
	}
	if ts, found, err := b.find(t, "job-2"); found || err != nil {
		t.Errorf("Find() of another job = %q, %t, %v", ts, found, err)
	}
	other := slacktest.Message{ThreadTS: b.thread.TS, Metadata: &slacktest.Metadata{EventType: "deploy", EventPayload: map[string]any{"id": "job-3"}}}
	if _, err := b.PostAs(b.AddApp(slacktest.App{Name: "Deploy"}).ID, "C0ENT", other); err != nil {
		t.Fatal(err)
	}
	if ts, found, err := b.find(t, "job-3"); found || err != nil {
		t.Errorf("Find() takes another app's post for ours: %q, %t, %v", ts, found, err)
	}
}

func TestALookReadsAllBatches(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	person := b.AddUser(slacktest.User{Name: "ana"})
	post := func(n int) {
		for i := range n {
			if _, err := b.PostAs(person.ID, "C0ENT", slacktest.Message{ThreadTS: b.thread.TS, Text: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	post(450)
	want, err := b.post(t, "job-1")
	if err != nil {
		t.Fatal(err)
	}
	post(1)
	b.Inject(slacktest.Fault{Method: "conversations.replies", Do: desks.OddMessages()})
	if ts, found, err := b.find(t, "job-1"); ts != want || !found || err != nil {
		t.Errorf("Find() = %q, %t, %v, want %q", ts, found, err, want)
	}
	if n := len(b.Calls("conversations.replies")); n != 3 {
		t.Errorf("%d batches read, want 3", n)
	}
	// What lies further back than the first attempt is not read.
	if _, found, err := b.Find(t.Context(), "job-1", b.thread, time.Now().Add(time.Hour)); found || err != nil {
		t.Errorf("found %t, %v before its time", found, err)
	}
}

// Rule 12: Slack puts a reply to a deleted message into the channel itself, and its answer has no thread_ts.
func TestAReplyToADeletedMessageIsKnownToStandInTheChannel(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	post := escalation.Post{Thread: b.thread, Reminder: firstTier()}
	in, err := b.Post(t.Context(), "job-0", post)
	if err != nil || in.Outside {
		t.Fatalf("in its thread: %+v, %v", in, err)
	}
	b.thread = escalation.Thread{Workspace: "T0", Channel: "C0ENT", TS: slacktest.TS(time.Now().Add(-time.Minute))}
	post.Thread = b.thread
	want, err := b.Post(t.Context(), "job-1", post)
	if err != nil || !want.Outside {
		t.Fatalf("under a message that is gone: %+v, %v", want, err)
	}
	since := time.Now().Add(-5 * time.Minute)
	if got, found, err := b.Find(t.Context(), "job-1", b.thread, since); got.TS != want.TS || got.Outside != want.Outside || !found || err != nil {
		t.Errorf("Find() = %+v, %t, %v, want %+v", got, found, err, want)
	}
	if got, found, err := b.Find(t.Context(), "job-2", b.thread, since); found || got.Outside || err != nil {
		t.Errorf("Find() of another job = %+v, %t, %v", got, found, err)
	}
}

func TestALookThatFailsProvesNothing(t *testing.T) {
	for name, effect := range map[string]slacktest.Effect{
		"limited":              slacktest.RateLimited(time.Second),
		"token revoked":        slacktest.Refused("token_revoked"),
		"no scope":             slacktest.Refused("missing_scope"),
		"channel gone":         slacktest.Refused("channel_not_found"),
		"broken":               slacktest.Status(500),
		"cut":                  slacktest.Cut(),
		"garbage":              slacktest.Garbage(),
		"not ok":               slacktest.Alter(func(a map[string]any) { a["ok"] = false }),
		"no messages":          slacktest.Alter(func(a map[string]any) { delete(a, "messages") }),
		"messages of odd type": slacktest.Alter(func(a map[string]any) { a["messages"] = "none" }),
		"more, and not where":  slacktest.Alter(func(a map[string]any) { a["has_more"] = true }),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, slacktest.Options{})
			b.Inject(slacktest.Fault{Method: "conversations.replies", Do: effect})
			_, found, err := b.find(t, "job-1")
			if found || err == nil {
				t.Fatalf("Find() = %t, %v, want an error", found, err)
			}
			if o := queue.LookFailure(err); o.Kind == queue.KindAbsent {
				t.Errorf("%v permits a post", err)
			}
			if name == "no scope" && kindOf(t, err).Gate != "" {
				t.Error("for want of a scope to look, the posts are held")
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestALookDoesNotReadTheSameBatchForEver(t *testing.T) {
	endless := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		body := `{"ok":true,"messages":[],"has_more":true,"response_metadata":{"next_cursor":"same"}}`
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body))}, nil
	})}
	p := NewPoster(slackapptest.API(t, slacktest.APIURL, endless, client.OneToken("xoxb-1"), prometheus.NewRegistry()), time.Now)
	if _, found, err := p.Find(t.Context(), "job-1", escalation.Thread{}, time.Now()); found || err == nil {
		t.Errorf("Find() = %t, %v, want an error", found, err)
	}
}

func TestAPostOfNothingIsRefused(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	_, err := b.Post(t.Context(), "job-1", escalation.Post{Thread: b.thread})
	if e := kindOf(t, err); e.Kind != queue.KindTerminal {
		t.Errorf("%v is %s, want terminal", err, e.Kind)
	}
}
