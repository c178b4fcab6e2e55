package wording_test

import (
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/escalation/wording"
)

func TestAMessageTakesFieldsOnly(t *testing.T) {
	for text, says := range map[string]string{
		"{{.Ticket.ID": "fields only", "{{nonsense}}": "fields only", "{{}}": "fields only", "{{.}}": "fields only",
		"{{range 4000}}x{{end}}": "fields only", `{{printf "%1000000000d" .Tier}}`: "fields only",
		"{{.Ticket.ID | len}}": "fields only", "{{$x := .Ticket}}": "fields only", `{{.Deadline.Format "15:04"}}`: "fields only",
		"{{define \"a\"}}{{template \"a\"}}{{end}}": "fields only", "{{/* a note */}}": "fields only", "{{{{.Tier}}}}": "fields only",
		"{{.Ticket.Id}}": ".Ticket.Id, which is not there", "{{.Deadline.Unix}}": ".Deadline.Unix, which is not there",
	} {
		if err := wording.Check(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, field := range wording.Fields() {
		if err := wording.Check("a {{" + field + "}} b {{ " + field + " }}"); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
}
