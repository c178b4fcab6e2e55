package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"
)

// answering is an API whose methods give the answers of the test, and the calls it got.
func answering(t *testing.T, answers map[string]string) (*API, *[]string) {
	t.Helper()
	var calls []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.URL.Path[len("/api/"):]
		calls = append(calls, method+" "+r.FormValue("channel"))
		fmt.Fprint(w, answers[method])
	}))
	t.Cleanup(server.Close)
	api, err := New(Config{URL: server.URL + "/api/", Tokens: OneToken("xoxb-test"), Conns: 1, Now: time.Now, Registerer: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	return api, &calls
}

func TestWhoeverAsksWhereTheBotIsNotIsAnsweredDirectly(t *testing.T) {
	tests := map[string]struct {
		ephemeral string
		calls     []string
		fails     bool
	}{
		"in the channel":          {`{"ok":true}`, []string{"chat.postEphemeral C0ENT"}, false},
		"the bot is not in it":    {`{"ok":false,"error":"not_in_channel"}`, []string{"chat.postEphemeral C0ENT", "chat.postMessage U0ANA"}, false},
		"a private conversation":  {`{"ok":false,"error":"channel_not_found"}`, []string{"chat.postEphemeral C0ENT", "chat.postMessage U0ANA"}, false},
		"whoever asked is not in": {`{"ok":false,"error":"user_not_in_channel"}`, []string{"chat.postEphemeral C0ENT", "chat.postMessage U0ANA"}, false},
		"anything else":           {`{"ok":false,"error":"internal_error"}`, []string{"chat.postEphemeral C0ENT"}, true},
	}
	for name, test := range tests {
		api, calls := answering(t, map[string]string{"chat.postEphemeral": test.ephemeral, "chat.postMessage": `{"ok":true}`})
		err := api.PostPrivately(t.Context(), "T0", "C0ENT", "U0ANA", "Hello", nil)
		if (err != nil) != test.fails {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.calls, *calls); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestATriggerThatIsNoGoodAnyMoreIsToldApart(t *testing.T) {
	for code, expired := range map[string]bool{"expired_trigger_id": true, "exchanged_trigger_id": true, "internal_error": false} {
		api, _ := answering(t, map[string]string{"views.open": `{"ok":false,"error":"` + code + `"}`})
		if _, _, err := api.OpenView(t.Context(), "T0", "trigger", slack.ModalViewRequest{Type: slack.VTModal}); errors.Is(err, ErrExpired) != expired {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// Slack's answers hold more than is asked for, in shapes that change: what is not needed is not looked at.
func TestAnswersAreReadAsFarAsTheyAreNeeded(t *testing.T) {
	api, _ := answering(t, map[string]string{
		"usergroups.list": `{"ok":true,"usergroups":[{"id":"S0SUPPORT","handle":"Support","user_count":"12","prefs":[]},{"id":"S0OTHER","handle":7,"date_delete":{}}]}`,
		"views.open":      `{"ok":true,"view":{"id":"V1","hash":"1.a","blocks":[{"type":"never_seen","elements":{}}],"state":7}}`,
		"views.update":    `{"ok":true,"view":{"id":"V1","hash":"2.b","title":"text","blocks":{}}}`,
		"views.publish":   `{"ok":true,"view":{"blocks":"none"}}`,
	})
	groups, err := api.Groups(t.Context(), "T0")
	if diff := cmp.Diff(map[string]string{"support": "S0SUPPORT", "7": "S0OTHER"}, groups); diff != "" || err != nil {
		t.Errorf("groups: %v (-want +got):\n%s", err, diff)
	}
	modal := slack.ModalViewRequest{Type: slack.VTModal}
	if id, hash, err := api.OpenView(t.Context(), "T0", "trigger", modal); id != "V1" || hash != "1.a" || err != nil {
		t.Errorf("opened %q, %q: %v", id, hash, err)
	}
	if hash, err := api.UpdateView(t.Context(), "T0", "V1", "1.a", modal); hash != "2.b" || err != nil {
		t.Errorf("updated to %q: %v", hash, err)
	}
	if err := api.PublishHome(t.Context(), "T0", "U0ANA", slack.HomeTabViewRequest{Type: slack.VTHomeTab}); err != nil {
		t.Errorf("published: %v", err)
	}
}

// An answer without the list says nothing of the groups there are.
func TestAListThatIsMissingIsNoEmptyList(t *testing.T) {
	api, _ := answering(t, map[string]string{"usergroups.list": `{"ok":true}`})
	if groups, err := api.Groups(t.Context(), "T0"); err == nil {
		t.Errorf("groups %v", groups)
	}
}
