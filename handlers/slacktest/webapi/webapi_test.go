//go:build webapi

// Package webapi drives the simulated Slack with Slack's own client for Node, @slack/web-api: what
// that client cannot read, Slack would not say. It needs Node 20, and a registry to install from:
//
//	npm install --prefix handlers/slacktest/webapi
//	go test -tags webapi ./handlers/slacktest/webapi
package webapi

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
)

const redirect = "https://sla.example.com/slack/oauth_redirect"

func TestSlacksOwnClientDrivesTheSimulator(t *testing.T) {
	started := time.Now()
	w := slacktest.New(slacktest.Options{
		Wall:       func() time.Time { return started }, // triggers and codes wait for Node to start
		Transport:  inprocess.Transport(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})),
		CommandURL: "http://app.test/slack/commands",
	})
	t.Cleanup(w.Close)
	s, err := w.Start("")
	check(t, err)
	t.Cleanup(func() { s.Close() })
	w.AddUser(slacktest.User{ID: "U0ANA", Name: "ana", Email: "ana@example.com", Admin: true})
	w.AddChannel(slacktest.Channel{ID: "C0SUPPORT", Name: "support", Members: []string{"U0ANA"}})
	w.SetLimits(slacktest.Limit{Method: "users.lookupByEmail", Every: time.Hour})
	w.Inject(slacktest.Fault{Method: "bots.info", Times: 1, Do: slacktest.RateLimited(time.Second)})
	command, err := w.Command("U0ANA", "C0SUPPORT", "/sla-setup", "")
	check(t, err)

	node := exec.Command("node", "--test", "check.mjs")
	node.Env = append(os.Environ(), "SLACK_API_URL="+s.APIURL, "TOKEN="+w.Options().Token, "CHANNEL=C0SUPPORT", "PERSON=U0ANA",
		"TRIGGER="+command.TriggerID, "CLIENT_ID="+w.Options().ClientID, "CLIENT_SECRET="+w.Options().ClientSecret,
		"CODE="+code(t, w), "REDIRECT="+redirect)
	out, err := node.CombinedOutput()
	t.Logf("%s", out)
	check(t, err)
	for _, v := range slacktest.Violations(w.Calls()) {
		t.Errorf("Slack's own client does what its reference does not tell: %s", v)
	}
}

// code is what a person who installs the app in a second workspace brings back from the authorize page.
func code(t *testing.T, w *slacktest.Workspace) string {
	t.Helper()
	globex := w.Cloud().AddWorkspace(slacktest.Team{ID: "T0GLOBEX", Name: "Globex"})
	globex.AddUser(slacktest.User{ID: "U0GUS"})
	w.Cloud().Decide(globex.Installing("U0GUS"))
	q := url.Values{"client_id": {w.Options().ClientID}, "scope": {strings.Join(slacktest.DefaultScopes(), ",")}, "redirect_uri": {redirect}}
	browser := w.Client()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := browser.Get("http://slack.test/oauth/v2/authorize?" + q.Encode())
	check(t, err)
	defer res.Body.Close()
	to, err := res.Location()
	check(t, err)
	return to.Query().Get("code")
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
