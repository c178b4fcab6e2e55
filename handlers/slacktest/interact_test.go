package slacktest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const buttons = `[
	{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"Nobody has answered ticket 42"},
	 "accessory":{"type":"overflow","action_id":"more","options":[
		{"text":{"type":"plain_text","text":"1 hour"},"value":"1h"},{"text":{"type":"plain_text","text":"2 hours"},"value":"2h"}]}},
	{"type":"actions","block_id":"acts","elements":[
		{"type":"button","action_id":"snooze","value":"tl-42","text":{"type":"plain_text","text":"Snooze 30 min"}},
		{"type":"static_select","action_id":"length","options":[
			{"text":{"type":"plain_text","text":"45 min"},"value":"45m"},{"text":{"type":"plain_text","text":"90 min"},"value":"90m"}]},
		{"type":"users_select","action_id":"owner"}]}]`

// interactive is withApp whose app also gets clicks and commands.
func interactive(t *testing.T, o slacktest.Options) (*slacktest.Workspace, *app) {
	t.Helper()
	w, a := withApp(t, o)
	w.SetAppURL("http://app.test")
	w.HoldEvents() // only interactions are looked at
	return w, a
}

// reminder is a message of the bot with controls, in a thread.
func reminder(t *testing.T, w *slacktest.Workspace) (ts, parent string) {
	t.Helper()
	parent = say(t, w, "New ticket")
	answer := call(t, w, "chat.postMessage", "channel", support, "thread_ts", parent, "text", "42", "blocks", buttons)
	return answer["ts"].(string), parent
}

// payloads are the interactions that the app got.
func (a *app) payloads(t *testing.T) []map[string]any {
	t.Helper()
	var list []map[string]any
	for _, r := range a.requests() {
		form := must(url.ParseQuery(string(r.body)))(t)
		if !form.Has("payload") {
			continue // a command
		}
		var p map[string]any
		ok(t, json.Unmarshal([]byte(form.Get("payload")), &p))
		list = append(list, p)
	}
	return list
}

func answering(bodies ...string) []func(http.ResponseWriter) {
	var list []func(http.ResponseWriter)
	for _, body := range bodies {
		list = append(list, func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, body) })
	}
	return list
}

func TestAClickIsABlockActionsPayloadInSlacksShape(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	ts, parent := reminder(t, w)
	ack := must(w.Click(ana, support, ts, "snooze"))(t)
	if !ack.OK() || ack.Status != http.StatusOK {
		t.Fatalf("ack: %+v", ack)
	}
	if kind := a.requests()[0].header.Get("Content-Type"); kind != "application/x-www-form-urlencoded" {
		t.Errorf("content type %q", kind)
	}
	got := a.payloads(t)[0]
	message := got["message"].(map[string]any)
	if message["ts"] != ts || message["thread_ts"] != parent || message["blocks"] == nil || message["bot_id"] != "B0SLABUDDY" {
		t.Errorf("message: %v", message)
	}
	delete(got, "message")
	action := got["actions"].([]any)[0].(map[string]any)
	want := map[string]any{
		"type": "block_actions", "api_app_id": "A0SLABUDDY", "token": "simulated-verification-token",
		"team":       map[string]any{"id": "T0SLABUDDY", "domain": "acme-support"},
		"user":       map[string]any{"id": ana, "username": "ana", "name": "ana", "team_id": "T0SLABUDDY"},
		"enterprise": nil, "is_enterprise_install": false,
		"container": map[string]any{"type": "message", "message_ts": ts, "channel_id": support, "is_ephemeral": false, "thread_ts": parent},
		"channel":   map[string]any{"id": support, "name": "support"},
		"state": map[string]any{"values": map[string]any{"acts": map[string]any{
			"length": map[string]any{"type": "static_select", "selected_option": nil},
			"owner":  map[string]any{"type": "users_select", "selected_user": nil},
		}}},
		"trigger_id": ack.TriggerID, "response_url": ack.ResponseURL,
		"actions": []any{map[string]any{
			"type": "button", "action_id": "snooze", "block_id": "acts", "value": "tl-42", "action_ts": action["action_ts"],
			"text": map[string]any{"type": "plain_text", "text": "Snooze 30 min"},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAButtonInATableIsPressed(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	button := slack.NewButtonBlockElement("own#1", "tl-42", slack.NewTextBlockObject("plain_text", "I'm on it", false, false))
	table := slack.NewDataTableBlock("T", slack.DataTableBlockOptionBlockID("table")).
		AddRow(slack.NewDataTableRawTextCell("Take it")).AddRow(slack.NewDataTableActionCell(button))
	_, ts, err := client(w).PostMessageContext(t.Context(), support, slack.MsgOptionText("x", false), slack.MsgOptionBlocks(table))
	ok(t, err)
	must(w.Click(ana, support, ts, "own#1"))(t)
	action := a.payloads(t)[0]["actions"].([]any)[0].(map[string]any)
	if action["block_id"] != "table" || action["value"] != "tl-42" || action["type"] != "button" {
		t.Errorf("action: %v", action)
	}
}

func TestClientLibraryReadsAClick(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	ts, _ := reminder(t, w)
	must(w.Click(ana, support, ts, "length", "90m"))(t)
	form := must(url.ParseQuery(string(a.requests()[0].body)))(t)
	var got slack.InteractionCallback
	ok(t, json.Unmarshal([]byte(form.Get("payload")), &got))
	if got.Type != slack.InteractionTypeBlockActions || got.Container.ChannelID != support || got.MessageTs != "" ||
		got.ActionCallback.BlockActions[0].SelectedOption.Value != "90m" || got.User.ID != ana {
		t.Errorf("callback: %+v", got)
	}
}

func TestChoicesAreThoseThatTheMessageOffers(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	ts, _ := reminder(t, w)
	for _, c := range []struct{ action, chosen, member string }{
		{"more", "2h", "selected_option"}, {"length", "45m", "selected_option"}, {"owner", ana, "selected_user"},
	} {
		must(w.Click(ana, support, ts, c.action, c.chosen))(t)
		p := a.payloads(t)
		action := p[len(p)-1]["actions"].([]any)[0].(map[string]any)
		got := action[c.member]
		if option, isOption := got.(map[string]any); isOption {
			got = option["value"]
		}
		if got != c.chosen {
			t.Errorf("%s: %v", c.action, action)
		}
	}
	last := a.payloads(t)[2]["state"].(map[string]any)["values"].(map[string]any)["acts"].(map[string]any)
	if last["length"].(map[string]any)["selected_option"].(map[string]any)["value"] != "45m" || last["more"] != nil {
		t.Errorf("what was chosen before stays in the state, menus do not: %v", last)
	}
	for name, click := range map[string]func() (slacktest.Ack, error){
		"no such control": func() (slacktest.Ack, error) { return w.Click(ana, support, ts, "explode") },
		"no such option":  func() (slacktest.Ack, error) { return w.Click(ana, support, ts, "length", "3y") },
		"no such user":    func() (slacktest.Ack, error) { return w.Click(ana, support, ts, "owner", "U0NOBODY") },
		"no such message": func() (slacktest.Ack, error) { return w.Click(ana, support, "1.000000", "snooze") },
		"no such person":  func() (slacktest.Ack, error) { return w.Click("U0NOBODY", support, ts, "snooze") },
		"a bot":           func() (slacktest.Ack, error) { return w.Click(bot, support, ts, "snooze") },
		"choice in a button": func() (slacktest.Ack, error) {
			return w.Click(ana, support, ts, "snooze", "30m")
		},
		"a private channel of others": func() (slacktest.Ack, error) {
			return w.Click(w.AddUser(slacktest.User{}).ID, private, ts, "snooze")
		},
	} {
		if _, err := click(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if n := len(a.requests()); n != 3 {
		t.Errorf("%d requests: what nobody can click reaches nobody", n)
	}
}

func TestAnAppThatDoesNotAnswerWithin3sIsFoundOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a := interactive(t, slacktest.Options{})
		ts, _ := reminder(t, w)
		a.answers = []func(http.ResponseWriter){
			func(http.ResponseWriter) { time.Sleep(2900 * time.Millisecond) },
			func(http.ResponseWriter) { time.Sleep(3100 * time.Millisecond) },
			func(rw http.ResponseWriter) { rw.WriteHeader(http.StatusServiceUnavailable) },
		}
		for _, want := range []string{"", "operation_timeout", "dispatch_failed"} {
			if ack := must(w.Click(ana, support, ts, "snooze"))(t); ack.Failure != want || ack.OK() != (want == "") {
				t.Errorf("failure %q, want %q", ack.Failure, want)
			}
		}
		time.Sleep(time.Second) // the late answer, which nobody waits for, ends
		w.SetInteractivityURL("")
		if ack := must(w.Click(ana, support, ts, "snooze"))(t); ack.Failure != "dispatch_failed" {
			t.Errorf("nowhere to send to: %q", ack.Failure)
		}
	})
}

func TestACommandIsAFormInSlacksShape(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	ack := must(w.Command(ana, support, "/sla", " all "))(t)
	got := must(url.ParseQuery(string(a.requests()[0].body)))(t)
	want := url.Values{
		"token": {"simulated-verification-token"}, "team_id": {"T0SLABUDDY"}, "team_domain": {"acme-support"},
		"channel_id": {support}, "channel_name": {"support"}, "user_id": {ana}, "user_name": {"ana"}, "command": {"/sla"},
		"text": {"all"}, "api_app_id": {"A0SLABUDDY"}, "is_enterprise_install": {"false"},
		"response_url": {ack.ResponseURL}, "trigger_id": {ack.TriggerID},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(w.Ephemerals(ana)); n != 0 {
		t.Errorf("an empty answer shows nothing, not %d messages", n)
	}
}

func TestWhatACommandAnswersIsShown(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	a.answers = answering(`{"text":"for you"}`, `just text`, `{"response_type":"in_channel","text":"for all"}`, `{"blocks":[{"type":"mood_ring"}]}`)
	for range 3 {
		if ack := must(w.Command(ana, support, "/sla", ""))(t); !ack.OK() {
			t.Errorf("ack: %+v", ack)
		}
	}
	if ack := must(w.Command(ana, support, "/sla", ""))(t); ack.Failure != "invalid_blocks" {
		t.Errorf("blocks that are none: %q", ack.Failure)
	}
	var shown []string
	for _, e := range w.Ephemerals(ana) {
		shown = append(shown, e.Channel+" "+e.Text)
	}
	if diff := cmp.Diff([]string{support + " for you", support + " just text"}, shown); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"for all"}, standing(w.History(support))); diff != "" {
		t.Error(diff)
	}
}

func TestCommandsNeedTheScope(t *testing.T) {
	w, _ := interactive(t, slacktest.Options{Scopes: []string{"chat:write"}})
	if _, err := w.Command(ana, support, "/sla", ""); err == nil {
		t.Error("no error")
	}
}

func TestRepeatSendsTheSameOnceMore(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	ts, _ := reminder(t, w)
	first := must(w.Click(ana, support, ts, "snooze"))(t)
	if again := w.Repeat(first); !again.OK() || again.TriggerID != first.TriggerID {
		t.Errorf("again: %+v", again)
	}
	if r := a.requests(); len(r) != 2 || string(r[0].body) != string(r[1].body) {
		t.Errorf("%d requests", len(r))
	}
}

func respond(t *testing.T, w *slacktest.Workspace, address, body string) (status int, code string) {
	t.Helper()
	res := must(w.Client().Post(address, "application/json", strings.NewReader(body)))(t)
	defer res.Body.Close()
	var answer map[string]any
	ok(t, json.NewDecoder(res.Body).Decode(&answer))
	code, _ = answer["error"].(string)
	return res.StatusCode, code
}

func TestResponseURLServesFiveUsesInThirtyMinutes(t *testing.T) {
	c := newClock()
	w, _ := interactive(t, slacktest.Options{Now: c.Now})
	ts, parent := reminder(t, w)
	first := must(w.Click(ana, support, ts, "snooze"))(t).ResponseURL
	second := must(w.Click(ana, support, ts, "snooze"))(t).ResponseURL
	for _, body := range []string{
		`{"text":"in the channel, to you"}`, `{"text":"in the thread, to you","thread_ts":"` + parent + `"}`,
		`{"response_type":"in_channel","text":"to all","thread_ts":"` + parent + `"}`,
		`{"replace_original":true,"text":"Snoozed"}`, `{"delete_original":true}`,
	} {
		if status, code := respond(t, w, first, body); status != http.StatusOK {
			t.Errorf("%s: %d %s", body, status, code)
		}
	}
	if status, code := respond(t, w, first, `{"text":"a"}`); status != http.StatusNotFound || code != "used_url" {
		t.Errorf("sixth use: %d %s", status, code)
	}
	if diff := cmp.Diff([]string{"New ticket", "to all"}, standing(w.Thread(support, parent))); diff != "" {
		t.Error(diff)
	}
	if e := w.Ephemerals(ana); len(e) != 2 || e[1].ThreadTS != parent {
		t.Errorf("ephemerals: %+v", e)
	}
	c.Add(30*time.Minute + time.Second)
	if _, code := respond(t, w, second, `{"text":"a"}`); code != "expired_url" {
		t.Errorf("after half an hour: %s", code)
	}
	if _, code := respond(t, w, second+"x", `{"text":"a"}`); code != "no_service" {
		t.Errorf("another's: %s", code)
	}
}

func TestReplacingAMessageIsToldAsAnEdit(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	w.SetInteractivityURL("http://app.test/slack/interactions")
	ts, _ := reminder(t, w)
	ack := must(w.Click(ana, support, ts, "snooze"))(t)
	respond(t, w, ack.ResponseURL, `{"replace_original":true,"text":"Snoozed by Ana"}`)
	delivered(t, w)
	d := w.Deliveries()
	if last := d[len(d)-1]; last.Subtype != "message_changed" || last.TS != ts {
		t.Errorf("last event: %+v of %d", last, len(a.requests()))
	}
}

func TestClicksInEphemeralMessages(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	answer := call(t, w, "chat.postEphemeral", "channel", support, "user", ana, "text", "why", "blocks", buttons)
	ts := answer["message_ts"].(string)
	ack := must(w.Click(ana, support, ts, "snooze"))(t)
	p := a.payloads(t)[0]
	if p["container"].(map[string]any)["is_ephemeral"] != true || p["message"] != nil {
		t.Errorf("payload: %v", p)
	}
	respond(t, w, ack.ResponseURL, `{"replace_original":true,"text":"because"}`)
	if e := w.Ephemerals(ana); len(e) != 1 || e[0].Text != "because" {
		t.Errorf("replaced: %+v", e)
	}
	respond(t, w, ack.ResponseURL, `{"delete_original":true}`)
	if e := w.Ephemerals(""); len(e) != 0 {
		t.Errorf("deleted: %+v", e)
	}
	other := w.AddUser(slacktest.User{})
	if _, err := w.Click(other.ID, support, ts, "snooze"); err == nil {
		t.Error("somebody clicks what they do not see")
	}
}
