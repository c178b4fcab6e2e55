package slackapp

import (
	"errors"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInteractionsAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		payload string
		want    Interaction
	}{
		"a click on a message": {`{"type":"block_actions","team":{"id":"T0","domain":"x"},"enterprise":null,
			"user":{"id":"U0ANA","username":"ana","name":"ana","team_id":"T0"},"trigger_id":"1.2.x","response_url":"https://hooks.slack.com/x",
			"channel":{"id":"C0ENT","name":"ent"},"container":{"type":"message","message_ts":"2.0","channel_id":"C0ENT","is_ephemeral":false,"thread_ts":"1.0"},
			"message":{"ts":"2.0","thread_ts":"1.0","text":"x","blocks":[{"type":"actions","elements":[{"type":"new_kind"}]}]},
			"actions":[{"action_id":"slabuddy_own","block_id":"b1","type":"button","value":"tl/1/1","action_ts":"3.0","text":{"type":"plain_text","text":"x"}}]}`,
			Interaction{Type: "block_actions", Workspace: "T0", User: "U0ANA", UserName: "ana", Channel: "C0ENT", MessageTS: "2.0", ThreadTS: "1.0", TriggerID: "1.2.x",
				Actions: []Action{{ID: "slabuddy_own", Block: "b1", Type: "button", Value: "tl/1/1", TS: "3.0"}}}},
		"a choice, of an ephemeral message": {`{"type":"block_actions","team":{"id":"T0"},"user":{"id":"U0ANA"},
			"container":{"message_ts":"2.0","channel_id":"C0ENT","is_ephemeral":true,"thread_ts":"1.0"},
			"actions":[{"action_id":"a","type":"static_select","selected_option":{"text":{"text":"15 minutes"},"value":"tl/1/1/15m0s"}}]}`,
			Interaction{Type: "block_actions", Workspace: "T0", User: "U0ANA", Channel: "C0ENT", MessageTS: "2.0", ThreadTS: "1.0",
				Actions: []Action{{ID: "a", Type: "static_select", Selected: "tl/1/1/15m0s"}}}},
		"a submitted modal": {`{"type":"view_submission","team":{"id":"T0"},"user":{"id":"U0ANA","name":"ana","team_id":"T0"},"trigger_id":"t",
			"view":{"id":"V1","hash":"h","type":"modal","callback_id":"slabuddy_setup_save","private_metadata":"{}","state":{"values":{
				"after":{"a":{"type":"plain_text_input","value":"10m"}},
				"none":{"a":{"type":"plain_text_input","value":null}},
				"who":{"a":{"type":"multi_users_select","selected_users":["U1","U2"]},"b":{"type":"checkboxes","selected_options":[{"value":"x"},{"value":"y"}]}},
				"when":{"a":{"type":"datepicker","selected_date":"2026-11-21"},"b":{"type":"datetimepicker","selected_date_time":1795262400}},
				"odd":["x"]}}}}`,
			Interaction{Type: "view_submission", Workspace: "T0", User: "U0ANA", UserName: "ana", TriggerID: "t",
				View: View{ID: "V1", Hash: "h", Type: "modal", CallbackID: "slabuddy_setup_save", Private: "{}", Values: map[string]map[string]Value{
					"after": {"a": {Text: "10m"}}, "none": {"a": {}}, "odd": {},
					"who":  {"a": {Selected: []string{"U1", "U2"}}, "b": {Selected: []string{"x", "y"}}},
					"when": {"a": {Selected: []string{"2026-11-21"}}, "b": {Selected: []string{"1795262400"}}},
				}}}},
		"a shortcut": {`{"type":"shortcut","team":{"id":"T0"},"user":{"id":"U0ANA","username":"ana"},"callback_id":"slabuddy_x","trigger_id":"t"}`,
			Interaction{Type: "shortcut", Workspace: "T0", User: "U0ANA", UserName: "ana", Callback: "slabuddy_x", TriggerID: "t"}},
		"odd shapes": {`{"type":"block_actions","team":"T0","user":["x"],"actions":{"a":1},"view":7,"channel":null}`, Interaction{Type: "block_actions"}},
		"an array":   {`[]`, Interaction{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readInteraction([]byte(c.payload))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGuestsAndBotsAreForeign(t *testing.T) {
	for who, foreign := range map[string]bool{
		`"enterprise":null,"user":{"id":"U1","team_id":"T0"}`: false,
		`"user":{"id":"U1"}`: false,
		`"enterprise":{"id":"E0"},"user":{"id":"U1","team_id":"E0"}`: false,
		`"user":{"id":"U1","team_id":"T9"}`:                          true,
		`"user":{"id":"USLACKBOT","team_id":"T0"}`:                   true,
	} {
		got, err := readInteraction([]byte(`{"type":"block_actions","team":{"id":"T0"},` + who + `}`))
		if err != nil || got.Foreign != foreign {
			t.Errorf("%s: foreign %t, %v", who, got.Foreign, err)
		}
	}
}

// Who clicks from another workspace of an Enterprise Grid organisation may be a colleague: Slack says who they are.
func TestColleaguesOfAnOrganisationAreElsewhere(t *testing.T) {
	for who, elsewhere := range map[string]bool{
		`"enterprise":{"id":"E0"},"user":{"id":"U1","team_id":"T9"}`:        true,
		`"enterprise":{"id":"E0"},"user":{"id":"U1","team_id":"T0"}`:        false,
		`"enterprise":{"id":"E0"},"user":{"id":"U1","team_id":"E0"}`:        false,
		`"enterprise":{"id":"E0"},"user":{"id":"USLACKBOT","team_id":"T9"}`: false,
		`"enterprise":null,"user":{"id":"U1","team_id":"T9"}`:               false,
	} {
		got, err := readInteraction([]byte(`{"type":"block_actions","team":{"id":"T0"},` + who + `}`))
		if err != nil || got.Elsewhere != elsewhere {
			t.Errorf("%s: elsewhere %t, %v", who, got.Elsewhere, err)
		}
	}
}

func TestAPayloadThatIsNotJSONIsMalformed(t *testing.T) {
	for _, payload := range []string{"", "x", "{", `{"type":}`} {
		if _, err := readInteraction([]byte(payload)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", payload, err)
		}
	}
}

func TestCommandsAreRead(t *testing.T) {
	form, err := url.ParseQuery("command=%2Fsla&text=who+now&team_id=T0&channel_id=C0ENT&user_id=U0ANA&user_name=ana&trigger_id=1.2&response_url=x")
	if err != nil {
		t.Fatal(err)
	}
	want := Command{Name: "/sla", Text: "who now", Workspace: "T0", Channel: "C0ENT", User: "U0ANA", UserName: "ana", TriggerID: "1.2"}
	if diff := cmp.Diff(want, readCommand(form)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func FuzzInteractionsAreReadWithoutPanic(f *testing.F) {
	f.Add([]byte(`{"type":"block_actions","team":{"id":"T0"},"actions":[{"selected_option":{}}],"view":{"state":{"values":{"a":{"b":{"selected_users":["U"]}}}}}}`))
	f.Add([]byte(`{"view":{"state":{"values":[]}},"actions":[null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if i, err := readInteraction(data); err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%+v, %v", i, err)
		}
	})
}
