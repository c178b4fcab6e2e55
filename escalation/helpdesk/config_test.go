package helpdesk_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

func TestRequestsAreCountedByDeskAndOutcome(t *testing.T) {
	reg := prometheus.NewRegistry()
	for _, v := range vendors {
		tr := v.start(t)
		desk, err := v.desk(tr.URL(), token, tr.clock, reg) // all in one registry
		if err != nil {
			t.Fatal(err)
		}
		tr.Open("42", noon)
		desk.Ask(t.Context(), ask("42"))
		tr.Fail(helpdesktest.Limited, 1)
		desk.Ask(t.Context(), ask("42"))
		if ok, limited := requestsOf(t, reg, v.name, "ok"), requestsOf(t, reg, v.name, "limited"); ok == 0 || limited != 1 {
			t.Errorf("%s: %d requests counted as ok and %d as limited", v.name, ok, limited)
		}
	}
}

func TestAKindNamesWhatItMisses(t *testing.T) {
	tests := []struct {
		name, kind string
		set        map[string]string
		missing    []string
	}{
		{"a Zendesk", "zendesk", map[string]string{"ZENDESK_SUBDOMAIN": "acme", "ZENDESK_EMAIL": email, "ZENDESK_API_TOKEN": token}, nil},
		{"a Zendesk elsewhere", "zendesk", map[string]string{"ZENDESK_URL": "http://z", "ZENDESK_EMAIL": email, "ZENDESK_API_TOKEN": token}, nil},
		{"nothing of a Zendesk", "zendesk", nil, []string{"ZENDESK_SUBDOMAIN", "ZENDESK_EMAIL", "ZENDESK_API_TOKEN"}},
		{"a Freshdesk", "freshdesk", map[string]string{"FRESHDESK_DOMAIN": "acme", "FRESHDESK_API_KEY": token}, nil},
		{"nothing of a Freshdesk", "freshdesk", nil, []string{"FRESHDESK_DOMAIN", "FRESHDESK_API_KEY"}},
		{"an Intercom", "intercom", map[string]string{"INTERCOM_TOKEN": token}, nil},
		{"nothing of an Intercom", "intercom", nil, []string{"INTERCOM_TOKEN"}},
		{"a Request Tracker by token", "rt", map[string]string{"RT_URL": "http://rt", "RT_TOKEN": token}, nil},
		{"a Request Tracker by password", "rt", map[string]string{"RT_URL": "http://rt", "RT_USER": "ana", "RT_PASSWORD": token}, nil},
		{"a Request Tracker's user alone", "rt", map[string]string{"RT_URL": "http://rt", "RT_USER": "ana"}, []string{"RT_PASSWORD"}},
		{"nothing of a Request Tracker", "rt", nil, []string{"RT_URL", "RT_TOKEN"}},
		{"the generic one", "http", map[string]string{"HELPDESK_URL": "http://d"}, nil},
		{"nothing of the generic one", "http", nil, []string{"HELPDESK_URL"}},
		{"no help desk", "none", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind, _ := helpdesk.Find(tt.kind)
			var missing []string
			for _, v := range kind.Missing(func(name string) string { return tt.set[name] }) {
				missing = append(missing, v.Name)
			}
			if !slices.Equal(missing, tt.missing) {
				t.Errorf("missing %v, want %v", missing, tt.missing)
			}
		})
	}
}

func TestAFlawedVariableIsExplained(t *testing.T) {
	tests := []struct{ variable, value, says string }{
		{"ZENDESK_SUBDOMAIN", "acme", ""},
		{"ZENDESK_SUBDOMAIN", "evil.example/x?", "Write acme"},
		{"ZENDESK_EMAIL", email, ""},
		{"ZENDESK_EMAIL", email + "/token", "/token is added for you"},
		{"ZENDESK_EMAIL", "Ana <ana@example.com>", "is no e-mail address"},
		{"ZENDESK_URL", "acme", "is no web address"},
		{"FRESHDESK_DOMAIN", "acme.freshdesk.com", ""},
		{"FRESHDESK_DOMAIN", "https://acme.freshdesk.com", "is no domain"},
		{"INTERCOM_URL", "eu", "is no web address"},
		{"HELPDESK_URL", "https://desk.example.com/replies?key=1", ""},
		{"HELPDESK_URL", "/only/a/path", "is no web address"},
		{"HELPDESK_URL", "ftp://" + token + "@desk", "is no web address"},
	}
	checks := map[string]func(string) helpdesk.Flaw{}
	for _, kind := range helpdesk.Kinds() {
		for _, v := range kind.Variables {
			checks[v.Name] = v.Check
		}
	}
	for _, tt := range tests {
		flaw := checks[tt.variable](tt.value)
		said := flaw.What + ". " + flaw.Fix
		if (tt.says == "") != (flaw == helpdesk.Flaw{}) || !strings.Contains(said, tt.says) || strings.Contains(said, token) {
			t.Errorf("%s=%s: %q, want %q", tt.variable, tt.value, said, tt.says)
		}
	}
}

// The documentation names every variable, each kind's in the row of that kind.
func TestTheREADMEHasARowForEveryKind(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range helpdesk.Kinds() {
		var names []string
		for _, v := range kind.Variables {
			if !strings.Contains(v.Help, "for tests") {
				names = append(names, "`"+v.Name+"`")
			}
		}
		row := "| " + strings.Join(names, ", ") + " | | "
		_, line, found := strings.Cut(string(readme), row)
		line, _, _ = strings.Cut(line, "\n")
		if len(names) > 0 && (!found || !strings.Contains(line, "kind: "+kind.Name)) {
			t.Errorf("README.md has no row for kind: %s that begins\n%s", kind.Name, row)
		}
	}
}
