package slacktest_test

import (
	"encoding/json"
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
	for _, shape := range desks.Shapes() {
		w := newWorkspace(t, slacktest.Options{})
		m := shape.Message(full)
		answer := call(t, w, "chat.postMessage", "channel", support, "text", m.Text,
			"blocks", string(m.Blocks), "attachments", string(m.Attachments))
		if answer["ok"] != true {
			t.Errorf("%s: %v", shape.Name, answer)
		}
	}
}

func TestNumbersStandWhereStringsBelong(t *testing.T) {
	var attachments []struct {
		ID     any
		Fields []struct{ Value any }
	}
	ok(t, json.Unmarshal(desks.Numbers(full).Attachments, &attachments))
	if a := attachments[0]; a.ID != "one" || a.Fields[0].Value != 4711.0 || a.Fields[1].Value != "high" {
		t.Errorf("attachment: %+v", a)
	}
}

func TestOddMessageIsJSONAllTheSame(t *testing.T) {
	wire(t, desks.OddMessage())
}

func TestPostingAsNobodyOrNowhereIsRefused(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	if _, err := w.PostAs("U0NOBODY", support, slacktest.Message{Text: "a"}); err == nil {
		t.Error("nobody posted")
	}
	if _, err := w.PostAs(ana, "C0NOWHERE", slacktest.Message{Text: "a"}); err == nil {
		t.Error("posted nowhere")
	}
	for name, err := range map[string]error{
		"edit": w.Edit(support, "1.000000", "a"), "delete": w.Delete(support, "1.000000"), "archive": w.Archive("C0NOWHERE"),
	} {
		if err == nil {
			t.Errorf("%s of nothing", name)
		}
	}
	if w.Thread(support, "1.000000") != nil || w.Thread("C0NOWHERE", "1.000000") != nil || w.History("C0NOWHERE") != nil {
		t.Error("something stands where nothing is")
	}
}

func wire(t *testing.T, m slacktest.Message) string {
	t.Helper()
	return string(must(json.Marshal(m))(t))
}
