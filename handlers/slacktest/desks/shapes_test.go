package desks_test

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

var full = desks.Ticket{
	ID: "4711", Priority: "high", Type: "bug", Customer: "Initech", Subject: "No log-in since noon",
	Link: "https://desk.example.com/tickets/4711",
}

func TestEveryShapeTellsEveryFactAndNoOther(t *testing.T) {
	for _, shape := range desks.Shapes() {
		t.Run(shape.Name, func(t *testing.T) {
			whole := wire(t, shape.Message(full))
			for _, fact := range []string{"Ticket ID", "4711", "Ticket Priority", "high", "Type", "bug", "Customer", "Initech", "Subject", "No log-in"} {
				if !strings.Contains(whole, fact) {
					t.Errorf("%s is missing in %s", fact, whole)
				}
			}
			bare := wire(t, shape.Message(desks.Ticket{ID: "4711"}))
			for _, absent := range []string{"Priority", "Type\"", "Type*", "Customer", "Subject"} {
				if strings.Contains(bare, absent) {
					t.Errorf("%s is told though there is none: %s", absent, bare)
				}
			}
		})
	}
}

// What apps post through the Web API, Slack accepts; so must the simulator.
func TestShapesAreMessagesThatSlackAccepts(t *testing.T) {
	w := slacktest.New(slacktest.Options{})
	defer w.Close()
	w.AddChannel(slacktest.Channel{ID: "C0SUPPORT", Name: "support"})
	for _, shape := range desks.Shapes() {
		m := shape.Message(full)
		f := url.Values{"channel": {"C0SUPPORT"}, "text": {m.Text}, "blocks": {string(m.Blocks)}, "attachments": {string(m.Attachments)}}
		r, err := http.NewRequest(http.MethodPost, slacktest.APIURL+"chat.postMessage", strings.NewReader(f.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+w.Options().Token)
		res, err := w.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ OK bool }
		body, err := io.ReadAll(res.Body)
		if err := cmp.Or(err, json.Unmarshal(body, &answer), res.Body.Close()); err != nil || !answer.OK {
			t.Errorf("%s: %v, %s", shape.Name, err, body)
		}
	}
}

func TestNumbersStandWhereStringsBelong(t *testing.T) {
	var attachments []struct {
		ID     any
		Fields []struct{ Value any }
	}
	if err := json.Unmarshal(desks.Numbers(full).Attachments, &attachments); err != nil {
		t.Fatal(err)
	}
	if a := attachments[0]; a.ID != "one" || a.Fields[0].Value != 4711.0 || a.Fields[1].Value != "high" {
		t.Errorf("attachment: %+v", a)
	}
}

func TestOddMessageIsJSONAllTheSame(t *testing.T) {
	wire(t, desks.OddMessage())
}

func wire(t *testing.T, m slacktest.Message) string {
	t.Helper()
	js, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(js)
}
