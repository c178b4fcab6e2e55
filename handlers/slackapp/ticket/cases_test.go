package ticket

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// read reads a message's JSON.
func read(t testing.TB, r *Reader, data string) Reading {
	t.Helper()
	var m Message
	if err := tolerant.Decode([]byte(data), &m); err != nil {
		t.Fatalf("decode %s: %v", data, err)
	}
	return r.Read(&m)
}

// seen is a message that was seen in the world, with what is right for it.
type seen struct {
	What, Expect, Config string
	Message              json.RawMessage
	Check                struct {
		ID, Type, Customer, Subject *string
		Priority                    json.RawMessage // null: there is none
		Opens                       *bool
		IDs                         []string
		NotID                       []string `json:"id_not"`
	}
}

func (s *seen) reader(t *testing.T) *Reader {
	t.Helper()
	var c struct {
		Tickets struct{ Fields map[string]string }
	}
	if err := yaml.Unmarshal([]byte(s.Config), &c); err != nil {
		t.Fatal(err)
	}
	compiled := func(field string) *regexp.Regexp {
		if p := c.Tickets.Fields[field]; p != "" {
			return regexp.MustCompile(p)
		}
		return nil
	}
	return NewReader(Patterns{
		ID: compiled("id"), Priority: compiled("priority"), Type: compiled("type"), Customer: compiled("customer"), Subject: compiled("subject"),
	})
}

func TestMessagesThatWereSeenInTheWorldAreReadAsTheyAreMeant(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "cases", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var s seen
			if err := json.Unmarshal(data, &s); err != nil {
				t.Fatal(err)
			}
			got := read(t, s.reader(t), string(s.Message))
			s.check(t, got)
			if t.Failed() {
				t.Logf("%s: %+v", s.Expect, got)
			}
		})
	}
}

func (s *seen) check(t *testing.T, got Reading) {
	t.Helper()
	c := s.Check
	if opens := got.Verdict == Readable; c.Opens != nil && opens != *c.Opens {
		t.Errorf("opens = %t", opens)
	}
	var ids []string
	for _, ticket := range got.Tickets {
		ids = append(ids, ticket.ID)
		if slices.Contains(c.NotID, ticket.ID) {
			t.Errorf("it is read as ticket %s", ticket.ID)
		}
	}
	if c.IDs != nil && !slices.Equal(ids, c.IDs) {
		t.Errorf("tickets %v, want %v", ids, c.IDs)
	}
	var ticket escalation.Ticket
	if len(got.Tickets) > 0 {
		ticket = got.Tickets[0]
	}
	for name, field := range map[string]struct {
		got  string
		want *string
	}{"id": {ticket.ID, c.ID}, "type": {ticket.Type, c.Type}, "customer": {ticket.Customer, c.Customer}, "subject": {ticket.Subject, c.Subject}} {
		if field.want != nil && field.got != *field.want {
			t.Errorf("%s is %q, want %q", name, field.got, *field.want)
		}
	}
	if c.Priority != nil {
		var want string
		if err := json.Unmarshal(c.Priority, &want); err != nil {
			t.Fatal(err)
		}
		if ticket.Priority != want {
			t.Errorf("priority is %q, want %q", ticket.Priority, want)
		}
	}
}
