package window

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestNobodyElsesPageGetsIn(t *testing.T) {
	w := newWorld(t)
	own := "http://" + host + "/speed"
	for name, test := range map[string]struct {
		address, token, origin string
		want                   int
	}{
		"its own page":              {own, w.token, "http://" + host, http.StatusOK},
		"its own page by localhost": {"http://localhost:4321/speed", w.token, "http://localhost:4321", http.StatusOK},
		"no token":                  {own, "", "", http.StatusForbidden},
		"another demo's token":      {own, "ABCDEF", "", http.StatusForbidden},
		"another page":              {own, w.token, "https://evil.example", http.StatusForbidden},
		"a sandboxed page":          {own, w.token, "null", http.StatusForbidden},
		"a name pointed here":       {"http://evil.example:4321/speed", w.token, "", http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodPost, test.address, strings.NewReader("speed=real"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(tokenHeader, test.token)
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		if rec := w.serve(r); rec.Code != test.want {
			t.Errorf("%s: status %d, want %d", name, rec.Code, test.want)
		}
	}
	if n := len(w.play.noted); n != 2 {
		t.Errorf("%d of them changed the speed", n)
	}
	soon, cancel := context.WithTimeout(t.Context(), time.Minute) // what is live would not end
	defer cancel()
	for _, path := range []string{"/", "/live", "/assets/window.js"} { // the token is in the page
		r := httptest.NewRequestWithContext(soon, http.MethodGet, "http://evil.example:4321"+path, nil)
		if rec := w.serve(r); rec.Code != http.StatusForbidden || strings.Contains(rec.Body.String(), w.token) {
			t.Errorf("%s under another name: status %d", path, rec.Code)
		}
	}
}

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	w := newWorld(t)
	rec := w.serve(httptest.NewRequest(http.MethodGet, "http://"+host+"/", nil))
	csp := rec.Header().Get("Content-Security-Policy")
	shows(t, csp, "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
	for _, wrong := range []string{"unsafe", "*", "data:"} {
		if strings.Contains(csp, wrong) {
			t.Errorf("the policy allows %s: %s", wrong, csp)
		}
	}
	html := rec.Body.String()
	for _, wrong := range []string{" style=", "<style", " onclick", `src="http`, `href="http`} {
		if strings.Contains(html, wrong) {
			t.Errorf("the page holds %s, which its policy forbids", wrong)
		}
	}
	for _, asset := range []string{"/assets/window.js", "/assets/window.css", "/assets/icon.svg"} {
		shows(t, html, asset)
		if rec := w.serve(httptest.NewRequest(http.MethodGet, "http://"+host+asset, nil)); rec.Code != http.StatusOK {
			t.Errorf("%s: status %d", asset, rec.Code)
		}
	}
}

func TestThePageShowsTheWorkspace(t *testing.T) {
	w := newWorld(t)
	w.withTicket(t, `<script>alert("hi")</script>`)
	w.play.story = []Line{{start, Reminded, "Ana & Bob are reminded."}}
	html := w.see(t, "")
	shows(t, html, "# support", "Ana (admin)", "embedded: Auth", "09:10", "Jump to 09:20", "Ana &amp; Bob are reminded.", "Reply as agent",
		"tier 2 of 2 at 09:20 · deadline 09:50", `class="mention me">@Ana`, `class="mention">@Bob`, "1 reply", "Thread · ticket 42", "the latest in #support")
	if strings.Contains(html, "<script>alert") {
		t.Error("a ticket's text gets out unescaped")
	}
	shows(t, w.see(t, "as="+bob), `class="mention me">@Bob`, `class="mention">@Ana`)
	shows(t, w.see(t, "in=home"), "The app's home tab, as Ana sees it")
	shows(t, w.see(t, "as=U0NOBODY&in=C0NOWHERE"), "# support") // whatever the address says
}

func TestAClickGoesToTheAppAsSlackSendsIt(t *testing.T) {
	w := newWorld(t)
	ts, reminder := w.withTicket(t, "s")
	if said := w.do(t, "/press", "channel", room, "ts", reminder, "block", "b1", "action", "snooze"); said != "" {
		t.Error(said)
	}
	payload := w.app.last(t).Get("payload")
	shows(t, payload, `"type":"block_actions"`, `"action_id":"snooze"`, `"value":"v"`, `"id":"U0ANA"`)
	if !slices.Contains(w.play.noted, "touched "+room+" "+ts) {
		t.Errorf("the play noted %q", w.play.noted)
	}
	if said := w.do(t, "/press", "channel", room, "ts", reminder, "block", "b1", "action", "gone"); !strings.Contains(said, "no control") {
		t.Errorf("of a button that is gone it says %q", said)
	}
}

func TestWhatIsTypedIsPostedOrCommanded(t *testing.T) {
	w := newWorld(t)
	ts, _ := w.withTicket(t, "s")
	w.do(t, "/say", "channel", room, "thread", ts, "text", "@sla buddy 2h, @Bob & <@U0ANA>")
	thread := w.slack.Thread(room, ts)
	if got, want := thread[len(thread)-1].Text, "<@U0SLABUDDY> 2h, <@U0BOB> &amp; &lt;@U0ANA&gt;"; got != want {
		t.Errorf("it posts %s, want %s", got, want)
	}
	w.app.answer = `{"response_type":"ephemeral","text":"*Nobody* is on."}`
	w.do(t, "/say", "channel", room, "text", "/sla who")
	if c := w.app.last(t); c.Get("command") != "/sla" || c.Get("text") != "who" || c.Get("user_id") != ana {
		t.Errorf("the app gets %v", c)
	}
	shows(t, w.see(t, ""), "Only visible to you", "<b>Nobody</b> is on.")
	if strings.Contains(w.see(t, "as="+bob), "is on.") {
		t.Error("somebody else sees it, too")
	}
	if said := w.do(t, "/say", "channel", room, "thread", ts, "text", "/sla"); !strings.Contains(said, "not for threads") {
		t.Errorf("of a command in a thread it says %q", said)
	}
	if slices.Contains(w.play.noted, "touched  ") {
		t.Errorf("looking changes something: %q", w.play.noted)
	}
}

const modal = `{"type":"modal","title":{"type":"plain_text","text":"Set up"},"submit":{"type":"plain_text","text":"Save"},"blocks":[
	{"type":"input","block_id":"after","label":{"type":"plain_text","text":"After"},"element":{"type":"plain_text_input","action_id":"t"}},
	{"type":"actions","block_id":"more","elements":[{"type":"button","action_id":"add","text":{"type":"plain_text","text":"Add"}}]}]}`

func TestAModalIsFilledInRefusedAndClosed(t *testing.T) {
	w := newWorld(t)
	w.do(t, "/say", "channel", room, "text", "/sla-setup")
	body := url.Values{"trigger_id": {w.app.last(t).Get("trigger_id")}, "view": {modal}, "token": {w.slack.Options().Token}}
	res, err := w.slack.Client().PostForm(slacktest.APIURL+"views.open", body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	shows(t, w.see(t, ""), "<dialog", "Set up", "Save")
	id := w.slack.Views(ana)[0].ID
	w.do(t, "/press", "view", id, "block", "more", "action", "add", "v:after", "10m")
	shows(t, w.app.last(t).Get("payload"), `"action_id":"add"`, `"value":"10m"`) // what is in the other fields goes along
	w.app.answer = `{"response_action":"errors","errors":{"after":"Too soon."}}`
	w.do(t, "/submit", "view", id, "v:after", "1s")
	shows(t, w.see(t, ""), "Too soon.", `value="1s"`, `aria-invalid="true"`)
	w.app.answer = ""
	w.do(t, "/submit", "view", id, "v:after", "10m")
	if n := len(w.slack.Views(ana)); n != 0 {
		t.Errorf("%d modals are open still", n)
	}
	if said := w.do(t, "/close", "view", id); said == "" {
		t.Error("a modal that is gone is closed without a word")
	}
}

func TestWhatThePlayRefusesIsSaid(t *testing.T) {
	w := newWorld(t)
	rec := w.post(t, "http://"+host+"/jump", w.token)
	if rec.Code != http.StatusUnprocessableEntity || rec.Body.String() != "Nothing is due." {
		t.Errorf("status %d, %s", rec.Code, rec.Body)
	}
	w.do(t, "/ticket", "channel", room, "subject", "Help")
	w.do(t, "/reply", "ticket", "42")
	if want := []string{"post " + room + " Help", "reply " + ana + " 42"}; !slices.Equal(w.play.noted, want) {
		t.Errorf("the play noted %q, want %q", w.play.noted, want)
	}
	w.slack.SetCommandURL("")
	if said := w.do(t, "/say", "channel", room, "text", "/sla"); !strings.Contains(said, "did not answer") {
		t.Errorf("of an app that is away it says %q", said)
	}
}

func TestThePageIsLive(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w)
	defer server.Close()
	w.Host = strings.TrimPrefix(server.URL, "http://")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	stream := json.NewDecoder(&afterData{r: res.Body})
	var all, news map[string]string
	if err := stream.Decode(&all); err != nil {
		t.Fatal(err)
	}
	w.withTicket(t, "It came live")
	if err := stream.Decode(&news); err != nil {
		t.Fatal(err)
	}
	if len(all) != 6 || !strings.Contains(news["main"], "It came live") || news["sidebar"] != "" {
		t.Errorf("first come %d fragments, then %q", len(all), news)
	}
	w.End()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Errorf("at the end of the demo it does not end: %v", err)
	}
}

// afterData leaves what is in a line of an event stream, without "data: ".
type afterData struct{ r io.Reader }

func (a *afterData) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	copy(p, strings.ReplaceAll(string(p[:n]), "data: ", "      "))
	return n, err
}
