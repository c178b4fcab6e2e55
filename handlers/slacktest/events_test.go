package slacktest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack/slackevents"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
)

// app plays the app under test: it checks signatures and keeps what it gets.
type app struct {
	mu      sync.Mutex
	got     []received
	answers []func(http.ResponseWriter) // one for each request, then 200
}

type received struct {
	header http.Header
	body   []byte
}

const requestURL = "http://app.test/slack/events"

func (a *app) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("X-Slack-Signature") !=
		slacktest.Sign("simulated-signing-secret", r.Header.Get("X-Slack-Request-Timestamp"), body) {
		rw.WriteHeader(http.StatusUnauthorized)
		return
	}
	a.mu.Lock()
	a.got = append(a.got, received{r.Header.Clone(), body})
	var answer func(http.ResponseWriter)
	if len(a.answers) > 0 {
		answer, a.answers = a.answers[0], a.answers[1:]
	}
	a.mu.Unlock()
	if answer != nil {
		answer(rw)
	}
}

func (a *app) requests() []received {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.got)
}

// events are the inner events in the order of arrival.
func (a *app) events(t *testing.T) []map[string]any {
	t.Helper()
	var list []map[string]any
	for _, r := range a.requests() {
		list = append(list, r.envelope(t)["event"].(map[string]any))
	}
	return list
}

func (r received) envelope(t *testing.T) map[string]any {
	t.Helper()
	var e map[string]any
	ok(t, json.Unmarshal(r.body, &e))
	return e
}

// withApp is a workspace whose events go to an app, in process.
func withApp(t *testing.T, o slacktest.Options) (*slacktest.Workspace, *app) {
	t.Helper()
	a := &app{}
	o.RequestURL, o.Transport = requestURL, inprocess.Transport(a)
	return newWorkspace(t, o), a
}

// delivered waits until no event is on its way.
func delivered(t *testing.T, w *slacktest.Workspace) {
	t.Helper()
	ok(t, w.Wait(t.Context(), func() bool { return w.Undelivered() == 0 }))
}

func TestMessageEventIsWrappedAndSignedAsSlackDoes(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	ts := say(t, w, "See https://example.com")
	delivered(t, w)
	requests := a.requests()
	if len(requests) != 1 {
		t.Fatalf("%d requests", len(requests))
	}
	if h := requests[0].header; h.Get("Content-Type") != "application/json" || h.Get("X-Slack-Retry-Num") != "" ||
		h.Get("X-Slack-Request-Timestamp") != "1772442000" {
		t.Errorf("header: %v", h)
	}
	if !strings.Contains(string(requests[0].body), `https:\/\/example.com`) {
		t.Error("Slack escapes slashes")
	}
	e := requests[0].envelope(t)
	inner := e["event"].(map[string]any)
	delete(e, "event")
	wantEnvelope := map[string]any{
		"token": "simulated-verification-token", "team_id": "T0SLABUDDY", "context_team_id": "T0SLABUDDY",
		"context_enterprise_id": nil, "api_app_id": "A0SLABUDDY", "type": "event_callback",
		"event_id": e["event_id"], "event_time": 1772442000.0, "is_ext_shared_channel": false,
		"event_context": "4-" + e["event_id"].(string),
		"authorizations": []any{map[string]any{
			"enterprise_id": nil, "team_id": "T0SLABUDDY", "user_id": bot, "is_bot": true, "is_enterprise_install": false,
		}},
	}
	if diff := cmp.Diff(wantEnvelope, e); diff != "" {
		t.Errorf("envelope:\n%s", diff)
	}
	wantInner := map[string]any{
		"type": "message", "user": ana, "team": "T0SLABUDDY", "text": "See https://example.com", "ts": ts, "event_ts": ts,
		"channel": support, "channel_type": "channel", "client_msg_id": inner["client_msg_id"], "blocks": inner["blocks"],
	}
	if diff := cmp.Diff(wantInner, inner); diff != "" {
		t.Errorf("event:\n%s", diff)
	}
}

func TestEventsAreReadableByAnotherImplementation(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	must(w.Mention(ana, support, parent, "2h"))(t)
	call(t, w, "chat.postMessage", "channel", support, "text", "Snoozed", "thread_ts", parent, "reply_broadcast", "1")
	ok(t, w.Edit(support, parent, "Ticket"))
	ok(t, w.Unfurl(support, parent, "https://example.com", "Example"))
	delivered(t, w)
	var kinds []string
	for _, r := range a.requests() {
		e, err := slackevents.ParseEvent(r.body, slackevents.OptionNoVerifyToken())
		ok(t, err)
		kinds = append(kinds, e.InnerEvent.Type)
	}
	want := []string{"message", "message", "app_mention", "message", "message", "message"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestOwnPostsAreEchoed(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	call(t, w, "chat.postMessage", "channel", private, "text", "Reminder")
	delivered(t, w)
	got := a.events(t)[0]
	for name, want := range map[string]any{
		"user": bot, "bot_id": "B0SLABUDDY", "app_id": "A0SLABUDDY", "channel_type": "group", "subtype": nil,
	} {
		if got[name] != want {
			t.Errorf("%s = %v, want %v", name, got[name], want)
		}
	}
	if profile, _ := got["bot_profile"].(map[string]any); profile["app_id"] != "A0SLABUDDY" {
		t.Errorf("bot_profile: %v", profile)
	}
}

func TestHelpDesksPostAsClassicOrAsCurrentApps(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	classic := w.AddApp(slacktest.App{Name: "Zendesk", Classic: true})
	current := w.AddApp(slacktest.App{Name: "Freshdesk"})
	post(t, w, classic.ID, support, desks.Fields(desks.Ticket{ID: "42"}))
	post(t, w, current.BotID, support, desks.Section(desks.Ticket{ID: "43"}))
	delivered(t, w)
	old, now := a.events(t)[0], a.events(t)[1]
	if old["subtype"] != "bot_message" || old["username"] != "Zendesk" || old["bot_id"] != classic.BotID || old["user"] != nil || old["text"] != "" {
		t.Errorf("classic: %v", old)
	}
	if now["subtype"] != nil || now["user"] != current.UserID || now["bot_id"] != current.BotID || now["bot_profile"] == nil {
		t.Errorf("current: %v", now)
	}
}

func TestMentionArrivesTwiceInEitherOrder(t *testing.T) {
	for first, want := range map[bool][]string{false: {"message", "app_mention"}, true: {"app_mention", "message"}} {
		w, a := withApp(t, slacktest.Options{})
		w.MentionFirst(first)
		ts := must(w.Mention(ana, support, "", "45m"))(t)
		delivered(t, w)
		var kinds []string
		for _, e := range a.events(t) {
			kinds = append(kinds, e["type"].(string))
			if e["ts"] != ts || e["user"] != ana || e["text"] != "<@U0SLABUDDY> 45m" {
				t.Errorf("event: %v", e)
			}
		}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhichTextsMentionTheBot(t *testing.T) {
	for text, want := range map[string]int{
		"<@U0SLABUDDY>": 2, "hey <@U0SLABUDDY|slabuddy> 1h": 2, "<@U0ANA> and <@U0SLABUDDY>": 2,
		"<@U0SLABUDDYX>": 1, "@slabuddy": 1, "U0SLABUDDY": 1, "<@ <@U0SLABUDDY>": 2,
	} {
		w, a := withApp(t, slacktest.Options{})
		say(t, w, text)
		delivered(t, w)
		if got := len(a.requests()); got != want {
			t.Errorf("%q: %d events, want %d", text, got, want)
		}
	}
}

func TestChangesAreTold(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	ts := say(t, w, "before")
	ok(t, w.Edit(support, ts, "after"))
	ok(t, w.Unfurl(support, ts, "https://example.com", "Example"))
	ok(t, w.Delete(support, ts))
	delivered(t, w)
	events := a.events(t)[1:]
	edit, unfurl, gone := events[0], events[1], events[2]
	message := func(e map[string]any, name string) map[string]any { m, _ := e[name].(map[string]any); return m }

	for _, e := range events {
		if e["hidden"] != true || e["channel"] != support || e["channel_type"] != "channel" || e["ts"] == ts || e["ts"] != e["event_ts"] {
			t.Errorf("event: %v", e)
		}
	}
	if edit["subtype"] != "message_changed" || message(edit, "message")["text"] != "after" || message(edit, "message")["ts"] != ts ||
		message(edit, "previous_message")["text"] != "before" || message(edit, "message")["edited"] == nil ||
		message(edit, "previous_message")["edited"] != nil {
		t.Errorf("edit: %v", edit)
	}
	if unfurl["subtype"] != "message_changed" || message(unfurl, "message")["attachments"] == nil ||
		message(unfurl, "previous_message")["attachments"] != nil {
		t.Errorf("unfurl: %v", unfurl)
	}
	if gone["subtype"] != "message_deleted" || gone["deleted_ts"] != ts || gone["message"] != nil || message(gone, "previous_message")["ts"] != ts {
		t.Errorf("deletion: %v", gone)
	}
}

func TestMentionEditedInArrivesAsAMentionOfTheSameMessage(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	ts := say(t, w, "snooze")
	ok(t, w.Edit(support, ts, "<@U0SLABUDDY> snooze"))
	delivered(t, w)
	last := a.events(t)[2]
	if last["type"] != "app_mention" || last["ts"] != ts || last["edited"] == nil {
		t.Errorf("event: %v", last)
	}
}

func TestBroadcastCarriesItsRoot(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	post(t, w, ana, support, slacktest.Message{ThreadTS: parent, Subtype: "thread_broadcast", Text: "Done"})
	delivered(t, w)
	got := a.events(t)[1]
	root, _ := got["root"].(map[string]any)
	if got["subtype"] != "thread_broadcast" || got["thread_ts"] != parent || root["ts"] != parent || root["reply_count"] != 1.0 {
		t.Errorf("event: %v", got)
	}
}

func TestJoiningIsAMessageWithItsSubtype(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	w.AddUser(slacktest.User{ID: "U0BO"})
	ok(t, w.Join("U0BO", support))
	delivered(t, w)
	if got := a.events(t); len(got) != 1 || got[0]["subtype"] != "channel_join" || got[0]["text"] != "<@U0BO> has joined the channel" {
		t.Errorf("events: %v", got)
	}
}

func TestPeopleFromOutsideAreToldApart(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	w.AddUser(slacktest.User{ID: "U0GUEST", Team: "T0OTHER"})
	w.AddChannel(slacktest.Channel{ID: "C0SHARED", ExtShared: true})
	must(w.Mention("U0GUEST", "C0SHARED", "", "2h"))(t)
	delivered(t, w)
	for _, r := range a.requests() {
		e := r.envelope(t)
		inner := e["event"].(map[string]any)
		if e["is_ext_shared_channel"] != true || e["team_id"] != "T0SLABUDDY" || inner["user_team"] != "T0OTHER" || inner["team"] != "T0OTHER" {
			t.Errorf("envelope: %v", e)
		}
	}
}

func TestWhatTheAppMayNotHearIsNotSent(t *testing.T) {
	tests := map[string]struct {
		scopes  []string
		channel slacktest.Channel
		want    int
	}{
		"everything":               {slacktest.DefaultScopes(), slacktest.Channel{}, 2},
		"not a member":             {slacktest.DefaultScopes(), slacktest.Channel{NoBot: true}, 0},
		"no channels:history":      {[]string{"app_mentions:read"}, slacktest.Channel{}, 1},
		"no app_mentions:read":     {[]string{"channels:history"}, slacktest.Channel{}, 1},
		"private, no groups scope": {[]string{"channels:history"}, slacktest.Channel{Private: true}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, a := withApp(t, slacktest.Options{Scopes: test.scopes})
			test.channel.ID = "C0TEST"
			w.AddChannel(test.channel)
			must(w.Mention(ana, "C0TEST", "", "hello"))(t)
			delivered(t, w)
			if got := len(a.requests()); got != test.want {
				t.Errorf("%d events, want %d", got, test.want)
			}
		})
	}
}

func TestEventsOfAnyShapeCanBeSent(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	w.SendEvent(map[string]any{"type": "mood_changed"})
	w.SendBody([]byte("not JSON"))
	w.SendAppRateLimited()
	delivered(t, w)
	got := a.requests()
	if inner := got[0].envelope(t)["event"].(map[string]any); inner["type"] != "mood_changed" {
		t.Errorf("event: %v", inner)
	}
	if string(got[1].body) != "not JSON" {
		t.Errorf("body: %s", got[1].body)
	}
	want := map[string]any{
		"token": "simulated-verification-token", "type": "app_rate_limited", "team_id": "T0SLABUDDY",
		"minute_rate_limited": float64(start.Unix()), "api_app_id": "A0SLABUDDY",
	}
	if diff := cmp.Diff(want, got[2].envelope(t)); diff != "" {
		t.Error(diff)
	}
}

func TestRequestURLIsVerifiedByItsAnswer(t *testing.T) {
	for answer, accepted := range map[string]bool{
		"text/plain|CHALLENGE": true, "application/x-www-form-urlencoded|challenge=CHALLENGE": true,
		`application/json|{"challenge":"CHALLENGE"}`: true, "text/plain|": false, "text/plain|something else": false,
	} {
		a := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			var sent struct{ Type, Challenge string }
			if json.NewDecoder(r.Body).Decode(&sent) != nil || sent.Type != "url_verification" {
				rw.WriteHeader(http.StatusBadRequest)
				return
			}
			kind, body, _ := strings.Cut(answer, "|")
			rw.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(rw, strings.ReplaceAll(body, "CHALLENGE", sent.Challenge))
		})
		w := newWorkspace(t, slacktest.Options{RequestURL: requestURL, Transport: inprocess.Transport(a)})
		if err := w.VerifyRequestURL(t.Context()); (err == nil) != accepted {
			t.Errorf("%s: %v", answer, err)
		}
	}
}
