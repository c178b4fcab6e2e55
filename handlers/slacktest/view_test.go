package slacktest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const modal = `{"type":"modal","callback_id":"setup","private_metadata":"C0SUPPORT","notify_on_close":true,
	"title":{"type":"plain_text","text":"Set up"},"submit":{"type":"plain_text","text":"Save"},"blocks":[
	{"type":"input","block_id":"after","label":{"type":"plain_text","text":"After"},
	 "element":{"type":"plain_text_input","action_id":"after_text","initial_value":"10m","max_length":5}},
	{"type":"input","block_id":"who","optional":true,"label":{"type":"plain_text","text":"Whom"},
	 "element":{"type":"multi_users_select","action_id":"who_users"}},
	{"type":"actions","block_id":"more","elements":[
	 {"type":"button","action_id":"add","value":"1","text":{"type":"plain_text","text":"Add a tier"}}]}]}`

const home = `{"type":"home","blocks":[{"type":"actions","block_id":"h","elements":[
	{"type":"button","action_id":"mine","text":{"type":"plain_text","text":"Refresh"}}]}]}`

// opened is a modal that the app opened after a command.
func opened(t *testing.T, w *slacktest.Workspace) string {
	t.Helper()
	ack := must(w.Command(ana, support, "/sla-setup", ""))(t)
	return viewID(t, call(t, w, "views.open", "trigger_id", ack.TriggerID, "view", modal))
}

func viewID(t *testing.T, answer map[string]any) string {
	t.Helper()
	v, isView := answer["view"].(map[string]any)
	if !isView {
		t.Fatalf("no view: %v", answer)
	}
	return v["id"].(string)
}

func TestATriggerOpensOneModalWithin3s(t *testing.T) {
	c := newClock()
	w, _ := interactive(t, slacktest.Options{Now: c.Now})
	first := must(w.Command(ana, support, "/sla-setup", ""))(t).TriggerID
	second := must(w.Command(ana, support, "/sla-setup", ""))(t).TriggerID
	c.Add(3 * time.Second)
	viewID(t, call(t, w, "views.open", "trigger_id", first, "view", modal))
	c.Add(time.Millisecond)
	for trigger, want := range map[string]string{first: "exchanged_trigger_id", second: "expired_trigger_id", "1.2.3": "invalid_trigger_id", "": "invalid_arguments"} {
		if got := call(t, w, "views.open", "trigger_id", trigger, "view", modal)["error"]; got != want {
			t.Errorf("trigger %q: %v, want %s", trigger, got, want)
		}
	}
	views := w.Views(ana)
	if len(views) != 1 || views[0].CallbackID != "setup" || views[0].User != ana || views[0].PrivateMetadata != support {
		t.Errorf("views: %+v", views)
	}
}

func TestTriggersAgeByTheWallClock(t *testing.T) {
	c, wall := newClock(), newClock()
	w, _ := interactive(t, slacktest.Options{Now: c.Now, Wall: wall.Now})
	trigger := must(w.Command(ana, support, "/sla-setup", ""))(t).TriggerID
	c.Add(time.Hour)
	viewID(t, call(t, w, "views.open", "trigger_id", trigger, "view", modal))
}

func TestViewsAreValidatedAsSlackDoes(t *testing.T) {
	w, _ := interactive(t, slacktest.Options{})
	long := strings.Repeat("x", 3001)
	divider := `{"type":"divider"}`
	input := `{"type":"input","label":{"type":"plain_text","text":"L"},"element":{"type":"plain_text_input","action_id":"a"}}`
	view := func(title, blocks, more string) string {
		return fmt.Sprintf(`{"type":"modal","title":{"type":"plain_text","text":%q},"blocks":[%s]%s}`, title, blocks, more)
	}
	for name, test := range map[string]struct{ view, want string }{
		"title of 25":        {view(strings.Repeat("t", 25), divider, ""), "must be less than 25 characters [json-pointer:/view/title/text]"},
		"101 blocks":         {view("t", strings.Repeat(divider+",", 100)+divider, ""), "no more than 100 items allowed [json-pointer:/view/blocks]"},
		"private_metadata":   {view("t", divider, `,"private_metadata":"`+long+`"`), "must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		"callback_id":        {view("t", divider, `,"callback_id":"`+long[:256]+`"`), "must be less than 256 characters [json-pointer:/view/callback_id]"},
		"input, no submit":   {view("t", input, ""), "missing required field: submit [json-pointer:/view]"},
		"home as a modal":    {home, "must be modal [json-pointer:/view/type]"},
		"button in an input": {view("t", strings.Replace(input, "plain_text_input", "button", 1), `,"submit":{"type":"plain_text","text":"S"}`), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"},
		"select without options": {view("t", `{"type":"actions","elements":[{"type":"static_select","action_id":"s","options":[]}]}`, ""),
			"no less than 1 items allowed [json-pointer:/view/blocks/0/elements/0/options]"},
		"option not offered": {view("t", `{"type":"actions","elements":[{"type":"static_select","action_id":"s",
			"initial_option":{"text":{"type":"plain_text","text":"B"},"value":"b"},"options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]}]}`, ""),
			`the initial option "b" is not among the options [json-pointer:/view/blocks/0/elements/0]`},
		"not JSON": {"{", "must provide an object [json-pointer:/view]"},
	} {
		trigger := must(w.Command(ana, support, "/sla-setup", ""))(t).TriggerID
		answer := call(t, w, "views.open", "trigger_id", trigger, "view", test.view)
		m, _ := answer["response_metadata"].(map[string]any)
		said := fmt.Sprint(m["messages"])
		if answer["error"] != "invalid_arguments" || !strings.Contains(said, test.want) {
			t.Errorf("%s: %v %s", name, answer["error"], said)
		}
		viewID(t, call(t, w, "views.open", "trigger_id", trigger, "view", modal)) // a refused view uses no trigger up
	}
	if got := call(t, w, "views.open", "trigger_id", "1", "view", strings.Repeat("x", 250_001))["error"]; got != "view_too_large" {
		t.Errorf("a huge view: %v", got)
	}
}

func TestViewsUpdateKeepsWhatIsFilledInAndMindsTheHash(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	id := opened(t, w)
	a.answers = answering(`{"response_action":"errors","errors":{"after":"too short"}}`)
	must(w.Submit(ana, id, slacktest.Values{"after": {"5m"}}))(t)
	before, _ := w.View(id)
	taller := strings.Replace(modal, `"blocks":[`, `"blocks":[{"type":"divider"},`, 1)
	if got := call(t, w, "views.update", "view_id", id, "view", taller, "hash", "1.2")["error"]; got != "hash_conflict" {
		t.Errorf("another hash: %v", got)
	}
	viewID(t, call(t, w, "views.update", "view_id", id, "view", taller, "hash", before.Hash))
	after, _ := w.View(id)
	if after.Hash == before.Hash || after.State.Values["after"]["after_text"]["value"] != "5m" || after.Errors != nil {
		t.Errorf("after: %+v", after)
	}
	if got := call(t, w, "views.update", "view_id", "V0GONE", "view", taller)["error"]; got != "not_found" {
		t.Errorf("no such view: %v", got)
	}
}

func TestSubmissionInSlacksShapeClosesTheModal(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	id := opened(t, w)
	ack := must(w.Submit(ana, id, slacktest.Values{"after": {"20m"}, "who_users": {ana}}))(t)
	if !ack.OK() || len(w.Views(ana)) != 0 {
		t.Fatalf("ack %+v, views %+v", ack, w.Views(ana))
	}
	p := last(t, a)
	v := p["view"].(map[string]any)
	want := map[string]any{"values": map[string]any{
		"after": map[string]any{"after_text": map[string]any{"type": "plain_text_input", "value": "20m"}},
		"who":   map[string]any{"who_users": map[string]any{"type": "multi_users_select", "selected_users": []any{ana}}},
	}}
	if diff := cmp.Diff(want, v["state"]); diff != "" {
		t.Error(diff)
	}
	if p["type"] != "view_submission" || p["trigger_id"] != ack.TriggerID || v["id"] != id || v["private_metadata"] != support ||
		v["root_view_id"] != id || v["bot_id"] != "B0SLABUDDY" {
		t.Errorf("payload: %v", p)
	}
	if _, err := w.Submit(ana, id, nil); err == nil {
		t.Error("a modal that is closed is submitted")
	}
	if again := w.Repeat(ack); !again.OK() || len(a.requests()) != 3 {
		t.Errorf("sent twice by the network: %+v", again)
	}
}

func last(t *testing.T, a *app) map[string]any {
	t.Helper()
	all := a.payloads(t)
	return all[len(all)-1]
}

func TestWhatSlackDoesNotSubmit(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	id := opened(t, w)
	for name, v := range map[string]slacktest.Values{
		"empty":            {"after": {}},
		"too long":         {"after": {"123456"}},
		"nobody":           {"who": {"U0NOBODY"}},
		"no such input":    {"colour": {"red"}},
		"a button's value": {"add": {"1"}},
	} {
		if _, err := w.Submit(ana, id, v); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := w.ClickIn(ana, id, "after_text", "5m"); err == nil {
		t.Error("an input without dispatch_action tells the app at once")
	}
	if n := len(a.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestResponseActions(t *testing.T) {
	changed := strings.Replace(modal, "Set up", "Sure?", 1)
	for name, test := range map[string]struct {
		answer string
		titles []string // of the stack, after
		fail   string
	}{
		"nothing":         {"", nil, ""},
		"clear":           {`{"response_action":"clear"}`, nil, ""},
		"errors":          {`{"response_action":"errors","errors":{"after":"too short"}}`, []string{"Set up"}, ""},
		"errors nowhere":  {`{"response_action":"errors","errors":{"more":"no"}}`, []string{"Set up"}, "invalid_errors: there is no input block more"},
		"update":          {`{"response_action":"update","view":` + changed + `}`, []string{"Sure?"}, ""},
		"push":            {`{"response_action":"push","view":` + changed + `}`, []string{"Set up", "Sure?"}, ""},
		"update to trash": {`{"response_action":"update","view":{"type":"modal"}}`, []string{"Set up"}, "invalid_view"},
		"unknown":         {`{"response_action":"explode"}`, []string{"Set up"}, "invalid_response_action"},
		"not JSON":        {`Saved!`, []string{"Set up"}, "invalid_response"},
	} {
		t.Run(name, func(t *testing.T) {
			w, a := interactive(t, slacktest.Options{})
			id := opened(t, w)
			a.answers = answering(test.answer)
			ack := must(w.Submit(ana, id, nil))(t)
			var titles []string
			for _, v := range w.Views(ana) {
				titles = append(titles, strings.Split(string(v.Title), `"`)[7])
			}
			if diff := cmp.Diff(test.titles, titles); diff != "" {
				t.Error(diff)
			}
			if (test.fail == "") != ack.OK() || !strings.HasPrefix(ack.Failure, test.fail) {
				t.Errorf("failure %q", ack.Failure)
			}
			if name == "errors" && (ack.Errors["after"] != "too short" || w.Views(ana)[0].Errors["after"] != "too short") {
				t.Errorf("errors: %+v", ack)
			}
		})
	}
}

func TestModalsStackThreeHigh(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	id := opened(t, w)
	for range 2 {
		ack := must(w.ClickIn(ana, id, "add"))(t)
		below := id
		id = viewID(t, call(t, w, "views.push", "trigger_id", ack.TriggerID, "view", modal))
		if v, _ := w.View(id); *v.PreviousViewID != below || v.RootViewID != w.Views(ana)[0].ID {
			t.Errorf("pushed: %+v", v)
		}
	}
	click := last(t, a)
	if click["container"].(map[string]any)["type"] != "view" || click["view"] == nil || click["response_url"] != nil || click["channel"] != nil {
		t.Errorf("a click in a modal: %v", click)
	}
	ack := must(w.ClickIn(ana, id, "add"))(t)
	if got := call(t, w, "views.push", "trigger_id", ack.TriggerID, "view", modal)["error"]; got != "push_limit_reached" {
		t.Errorf("a fourth: %v", got)
	}
	closed := must(w.CloseView(ana, id))(t)
	if p := last(t, a); !closed.OK() || p["type"] != "view_closed" || p["is_cleared"] != false || len(w.Views(ana)) != 2 {
		t.Errorf("closed: %v", p)
	}
}

func TestHomeIsPublishedOpenedAndClicked(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	w.SetAppURL("http://app.test")
	ok(t, w.OpenHome(ana))
	delivered(t, w)
	inner := a.events(t)[0]
	if inner["type"] != "app_home_opened" || inner["tab"] != "home" || inner["user"] != ana || inner["view"] != nil {
		t.Errorf("event: %v", inner)
	}
	id := viewID(t, call(t, w, "views.publish", "user_id", ana, "view", home))
	if again := viewID(t, call(t, w, "views.publish", "user_id", ana, "view", home)); again != id {
		t.Errorf("published again: %s, not %s", again, id)
	}
	if got := call(t, w, "views.publish", "user_id", ana, "view", home, "hash", "1.2")["error"]; got != "hash_conflict" {
		t.Errorf("hash: %v", got)
	}
	if got := call(t, w, "views.publish", "user_id", ana, "view", modal)["error"]; got != "invalid_arguments" {
		t.Errorf("a modal at home: %v", got)
	}
	v, there := w.Home(ana)
	if !there || v.ID != id || v.Type != "home" {
		t.Errorf("home: %+v", v)
	}
	must(w.ClickIn(ana, id, "mine"))(t)
	if n := len(a.requests()); n != 2 {
		t.Errorf("%d requests", n)
	}
}

func TestClientLibraryReadsViews(t *testing.T) {
	w, _ := interactive(t, slacktest.Options{})
	ack := must(w.Command(ana, support, "/sla-setup", ""))(t)
	title := slack.NewTextBlockObject(slack.PlainTextType, "Set up", false, false)
	got, err := client(w).OpenViewContext(t.Context(), ack.TriggerID, slack.ModalViewRequest{
		Type: slack.VTModal, Title: title, Submit: title, CallbackID: "setup", Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("after", title, nil, slack.NewPlainTextInputBlockElement(nil, "after_text")),
		}},
	})
	ok(t, err)
	if got.View.ID != w.Views(ana)[0].ID || got.View.Title.Text != "Set up" || got.View.Hash == "" || got.State == nil {
		t.Errorf("view: %+v", got.View)
	}
}

func TestAFailedSubmissionLeavesTheModalOpen(t *testing.T) {
	w, a := interactive(t, slacktest.Options{})
	id := opened(t, w)
	a.answers = []func(http.ResponseWriter){func(rw http.ResponseWriter) { rw.WriteHeader(http.StatusInternalServerError) }}
	if ack := must(w.Submit(ana, id, nil))(t); ack.Failure != "dispatch_failed" || len(w.Views(ana)) != 1 {
		t.Errorf("ack: %+v", ack)
	}
}
