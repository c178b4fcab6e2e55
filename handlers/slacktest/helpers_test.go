package slacktest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const (
	support = "C0SUPPORT"
	private = "G0PRIVATE"
	ana     = "U0ANA"
	bot     = "U0SLABUDDY"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// clock is a time that only moves when a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: start} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newWorkspace has a public and a private channel, one user, and a clock that does not move.
func newWorkspace(t *testing.T, o slacktest.Options) *slacktest.Workspace {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().Now
	}
	w := slacktest.New(o)
	t.Cleanup(w.Close)
	w.AddUser(slacktest.User{ID: ana, Name: "ana", RealName: "Ana Silva", Email: "ana@example.com"})
	w.AddChannel(slacktest.Channel{ID: support, Name: "support", Members: []string{ana}})
	w.AddChannel(slacktest.Channel{ID: private, Name: "secret", Private: true, Members: []string{ana}})
	return w
}

func client(w *slacktest.Workspace) *slack.Client {
	return slack.New(w.Options().Token, slack.OptionAPIURL(slacktest.APIURL), slack.OptionHTTPClient(w.Client()))
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func post(t *testing.T, w *slacktest.Workspace, author, channel string, m slacktest.Message) (ts string) {
	t.Helper()
	return must(w.PostAs(author, channel, m))(t)
}

func say(t *testing.T, w *slacktest.Workspace, text string) (ts string) {
	t.Helper()
	return post(t, w, ana, support, slacktest.Message{Text: text})
}

func reply(t *testing.T, w *slacktest.Workspace, parent, text string) (ts string) {
	t.Helper()
	return post(t, w, ana, support, slacktest.Message{ThreadTS: parent, Text: text})
}

// call calls a method by hand, so that nothing is between the test and the wire. pairs are
// names and values of arguments.
func call(t *testing.T, w *slacktest.Workspace, method string, pairs ...string) map[string]any {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := must(http.NewRequest(http.MethodPost, slacktest.APIURL+method, strings.NewReader(form.Encode())))(t)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+w.Options().Token)
	_, body := do(t, w, r)
	return body
}

func do(t *testing.T, w *slacktest.Workspace, r *http.Request) (*http.Response, map[string]any) {
	t.Helper()
	res := must(w.Client().Do(r))(t)
	defer res.Body.Close()
	var body map[string]any
	ok(t, json.NewDecoder(res.Body).Decode(&body))
	return res, body
}

// texts are the texts of an answer's messages, in order.
func texts(t *testing.T, answer map[string]any) []string {
	t.Helper()
	list := []string{}
	for _, m := range objects(t, answer, "messages") {
		list = append(list, m["text"].(string))
	}
	return list
}

func objects(t *testing.T, answer map[string]any, name string) []map[string]any {
	t.Helper()
	values, isList := answer[name].([]any)
	if !isList {
		t.Fatalf("the answer has no list %q: %v", name, answer)
	}
	var list []map[string]any
	for _, v := range values {
		list = append(list, v.(map[string]any))
	}
	return list
}

func cursor(answer map[string]any) string {
	m, _ := answer["response_metadata"].(map[string]any)
	s, _ := m["next_cursor"].(string)
	return s
}

func standing(list []slacktest.Message) []string {
	all := []string{}
	for _, m := range list {
		all = append(all, m.Text)
	}
	return all
}
