package slackapp

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
)

// shapes are real requests, as they are in Slack's documentation or were seen, in testdata/events.
func shapes(f *testing.F) (bodies [][]byte) {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "events", "*.json"))
	if err != nil || len(paths) == 0 {
		f.Fatalf("no shapes in testdata/events: %v", err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// FuzzEnvelope holds that whatever Slack signs and is JSON is taken, and taken the same way twice.
func FuzzEnvelope(f *testing.F) {
	for _, body := range shapes(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		first, second := newApp(t), newApp(t)
		w, err := first.send(string(body))
		if !json.Valid(body) {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("Events() = %v, want ErrMalformed", err)
			}
			return
		}
		if err != nil || w.Code != http.StatusOK {
			t.Fatalf("Events() = %v, status %d, want 200", err, w.Code)
		}
		if _, err := second.send(string(body)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first.opened, second.opened) + cmp.Diff(first.heard, second.heard); diff != "" {
			t.Errorf("the second time is different:\n%s", diff)
		}
		for _, m := range first.opened {
			if m.Workspace == "" || m.Channel == "" || m.PostedAt.IsZero() || m.Ticket.ID == "" {
				t.Errorf("opened without a place, a time or an id: %+v", m)
			}
		}
	})
}

func TestTheShapesAreRead(t *testing.T) {
	for name, want := range map[string]struct {
		ticket  escalation.Ticket
		counted string
	}{
		"zendesk-classic-fields": {escalation.Ticket{ID: "35436", Priority: "high", Type: "problem", Customer: "Example Ltd", Subject: "Cannot log in", Link: "https://acme.zendesk.com/agent/tickets/35436"}, "opened"},
		"current-app-blocks":     {escalation.Ticket{ID: "SUP-1042", Priority: "urgent", Type: "bug", Customer: "Example & Sons", Subject: "Webhooks stopped", Link: "https://desk.example.com/tickets/SUP-1042"}, "opened"},
		"workflow-rich-text":     {escalation.Ticket{ID: "7731", Priority: "normal", Customer: "Example Ltd"}, "opened"},
		"odd-attachment":         {escalation.Ticket{ID: "42", Priority: "1"}, "opened"},
		"message-changed-unfurl": {escalation.Ticket{}, outcomeIgnored},
		"message-deleted":        {escalation.Ticket{}, outcomeDeleted},
		"channel-join":           {escalation.Ticket{}, outcomeIgnored},
		"thread-reply":           {escalation.Ticket{}, outcomeIgnored},
		"thread-broadcast":       {escalation.Ticket{}, outcomeIgnored},
		"own-echo":               {escalation.Ticket{}, outcomeOwn},
		"shared-message":         {escalation.Ticket{}, outcomePerson},
		"unreadable-ticket":      {escalation.Ticket{}, outcomeUnreadable},
		"message-mention":        {escalation.Ticket{}, outcomeHeard},
		"foreign-mention":        {escalation.Ticket{}, outcomeForeign},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join("testdata", "events", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			f := newApp(t)
			if _, err := f.send(string(body)); err != nil {
				t.Fatal(err)
			}
			if f.counted("message", want.counted) != 1 {
				t.Errorf("not counted as %s", want.counted)
			}
			var got escalation.Ticket
			if len(f.opened) > 0 {
				got = f.opened[0].Ticket
			}
			if diff := cmp.Diff(want.ticket, got); diff != "" {
				t.Errorf("ticket (-want +got):\n%s", diff)
			}
		})
	}
}
