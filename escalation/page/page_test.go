package page_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/page"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// facts are of a ticket whose subject tries everything.
func facts() escalation.PageFacts {
	return escalation.PageFacts{
		Key: "timeline-1", Policy: "enterprise", Tier: 4, Tiers: 4, PostedAt: noon, Due: noon.Add(50 * time.Minute),
		Deadline: noon.Add(time.Hour), State: escalation.Open, Now: noon.Add(51 * time.Minute),
		Ticket: escalation.Ticket{
			ID: "42", Priority: "High", Type: "bug", Customer: "Example \"Ltd\"", Link: "https://desk.example.com/42",
			Subject: "Cannot\nlog in: ${ROUTING_KEY} {{.Key}} \"}",
		},
	}
}

var environment = map[string]string{
	"ONCALL_URL": "https://oncall.example.com/integrations/v1/formatted_webhook/k3y-of-oncall/", "ROUTING_KEY": "r0uting-key",
}

func lookup(name string) (string, bool) { v, ok := environment[name]; return v, ok }

// all is what a call may be given that goes to example.com, or to where ONCALL_URL leads.
func all() page.Secrets {
	g := page.Grant{"ONCALL_URL": {page.Self}}
	for _, name := range []string{"ROUTING_KEY", "UNSET"} {
		g[name] = []string{"https://example.com:443", "https://events.pagerduty.com:443", "https://oncall.example.com:443"}
	}
	g["NO_URL"] = []string{page.Self}
	return page.Secrets{Grant: g, Lookup: lookup}
}

func request(t *testing.T, c page.Call, f any) page.Request {
	t.Helper()
	r, err := c.Request(f, all())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func decoded(t *testing.T, body string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatalf("%v:\n%s", err, body)
	}
	return m
}

// https://grafana.com/docs/oncall/latest/configure/integrations/references/webhook/
func TestGrafanaOnCallGetsItsFormattedWebhook(t *testing.T) {
	trigger, resolve := page.GrafanaOnCall.Calls("${ONCALL_URL}", "", page.LinkTicket)
	r := request(t, trigger, facts())
	if r.Method != "POST" || r.URL != environment["ONCALL_URL"] || r.Headers["Content-Type"] != "application/json" {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Headers)
	}
	want := map[string]any{
		"alert_uid": "timeline-1", "state": "alerting", "link_to_upstream_details": "https://desk.example.com/42",
		"title": `Ticket 42 has been waiting 51m for a reply: “Cannot log in: ${ROUTING_KEY} {{.Key}} "}”`,
		"message": "Customer: Example \"Ltd\"\nPriority: High\nType: bug\nTicket: https://desk.example.com/42\n" +
			"Tier 4 of 4 of the policy enterprise.\nThe promise to the customer ends at 13:00 UTC on May 4.",
	}
	if diff := cmp.Diff(want, decoded(t, r.Body)); diff != "" {
		t.Errorf("trigger (-want +got):\n%s", diff)
	}
	f := facts()
	f.State, f.Cause = escalation.Withdrawn, "solved"
	got := decoded(t, request(t, resolve, f).Body)
	if got["alert_uid"] != "timeline-1" || got["state"] != "ok" {
		t.Errorf("resolve: %v", got)
	}
}

// https://github.com/PagerDuty/api-schema/blob/main/reference/events-v2/openapiv3.json
func TestPagerDutyGetsEventsV2(t *testing.T) {
	trigger, resolve := page.PagerDuty.Calls(page.PagerDutyURL, "${ROUTING_KEY}", page.LinkReminder)
	f := facts()
	f.Permalink, f.Unchecked = "https://acme.slack.com/archives/C0/p1", true
	r := request(t, trigger, f)
	if r.Method != "POST" || r.URL != "https://events.pagerduty.com/v2/enqueue" {
		t.Errorf("%s %s", r.Method, r.URL)
	}
	got := decoded(t, r.Body)
	payload := got["payload"].(map[string]any)
	for name, want := range map[string]any{"routing_key": "r0uting-key", "event_action": "trigger", "dedup_key": "timeline-1"} {
		if got[name] != want {
			t.Errorf("%s is %v", name, got[name])
		}
	}
	for name, want := range map[string]any{"source": "SLA Buddy", "severity": "error", "timestamp": "2026-05-04T12:50:00Z"} {
		if payload[name] != want {
			t.Errorf("payload.%s is %v", name, payload[name])
		}
	}
	details := payload["custom_details"].(map[string]any)
	if details["customer"] != `Example "Ltd"` || details["tier"] != 4.0 || !strings.Contains(details["message"].(string), "could not be asked") {
		t.Errorf("custom_details: %v", details)
	}
	links := []any{map[string]any{"href": f.Permalink, "text": "The reminder in Slack"}}
	if diff := cmp.Diff(links, got["links"]); diff != "" {
		t.Errorf("links: %s", diff)
	}
	want := map[string]any{"routing_key": "r0uting-key", "event_action": "resolve", "dedup_key": "timeline-1"}
	if diff := cmp.Diff(want, decoded(t, request(t, resolve, f).Body)); diff != "" {
		t.Errorf("resolve (-want +got):\n%s", diff)
	}
}

func TestPagerDutysLimitsAreKept(t *testing.T) {
	f := facts()
	f.Ticket.Subject = strings.Repeat("ü", 5000)
	f.Ticket.ID = strings.Repeat("7", 200)
	if n := len([]rune(f.Title())); n > 1024 || n < 500 {
		t.Errorf("the title has %d characters", n)
	}
	for priority, want := range map[string]string{"Urgent": "critical", "high": "error", "low": "warning", "": "error"} {
		f.Ticket.Priority = priority
		if got := f.Severity(); got != want {
			t.Errorf("priority %q: severity %s, want %s", priority, got, want)
		}
	}
	f.Now = f.Deadline
	if f.Severity() != "critical" {
		t.Error("a broken promise is not critical")
	}
}

func TestWithoutAnOptionalFieldThePresetsAreStillJSON(t *testing.T) {
	f := escalation.PageFacts{Key: "k", Ticket: escalation.Ticket{ID: "42"}, Now: noon, PostedAt: noon, Deadline: noon}
	for _, preset := range page.Presets {
		for _, link := range []page.Link{page.LinkTicket, page.LinkReminder} {
			trigger, resolve := preset.Calls("https://example.com", "${ROUTING_KEY}", link)
			for _, c := range []page.Call{trigger, resolve} {
				if got := decoded(t, request(t, c, f).Body); got["links"] != nil || got["link_to_upstream_details"] != nil {
					t.Errorf("%s links to nothing: %v", preset, got)
				}
			}
			if trigger.CarriesReminder() != (link == page.LinkReminder) || resolve.CarriesReminder() {
				t.Errorf("%s, link %s: waits for the reminder: %v", preset, link, trigger.CarriesReminder())
			}
		}
	}
}

func TestConditionsAreMetInAnyCase(t *testing.T) {
	only := page.Only{Priority: []string{"High", "urgent"}, Type: []string{"bug"}}
	for _, c := range []struct {
		priority, ticketType string
		want                 bool
	}{
		{"high", "bug", true}, {" URGENT ", "Bug", true}, {"low", "bug", false}, {"high", "question", false}, {"", "bug", false}, {"high", "", false},
	} {
		if got := only.Meets(c.priority, c.ticketType); got != c.want {
			t.Errorf("priority %q, type %q: %v", c.priority, c.ticketType, got)
		}
	}
	if !(page.Only{}).Meets("", "") {
		t.Error("no conditions, and not met")
	}
}

// What a ticket says is never looked through for references.
func TestReferencesCountOnlyWhereTheConfigurationWroteThem(t *testing.T) {
	f := facts()
	f.Ticket.Subject = "${ROUTING_KEY}\r\nX-Evil: yes"
	c := page.Call{
		Method: "PUT", URL: "https://example.com/a?b=c", Templates: true,
		Query:   map[string]string{"s": "{{.Ticket.Subject}}"},
		Headers: map[string]string{"X-Subject": "{{.Ticket.Subject}}", "Authorization": "Bearer ${ROUTING_KEY}"},
		Body:    "$${ROUTING_KEY} ${ROUTING_KEY} {{.Ticket.Subject}}",
	}
	r := request(t, c, f)
	if want := "${ROUTING_KEY} r0uting-key ${ROUTING_KEY}\r\nX-Evil: yes"; r.Body != want {
		t.Errorf("body %q, want %q", r.Body, want)
	}
	if r.Headers["X-Subject"] != "${ROUTING_KEY}  X-Evil: yes" || r.Headers["Authorization"] != "Bearer r0uting-key" {
		t.Errorf("headers %q", r.Headers)
	}
	if want := "https://example.com/a?b=c&s=%24%7BROUTING_KEY%7D%0D%0AX-Evil%3A+yes"; r.URL != want {
		t.Errorf("address %s, want %s", r.URL, want)
	}
	plain := page.Call{Method: "POST", URL: "https://example.com", Body: "{{.Key}} ${ROUTING_KEY}"}
	if got := request(t, plain, nil).Body; got != "{{.Key}} r0uting-key" {
		t.Errorf("a call without templates says %q", got)
	}
}

func TestWhatCannotBeSentSaysWhereAndNothingSecret(t *testing.T) {
	environment["NO_URL"] = "s3cret-not-an-address"
	for field, c := range map[string]page.Call{
		"url":       {Method: "POST", URL: "${NO_URL}"},
		"method":    {Method: "FETCH", URL: "https://example.com"},
		"body":      {Method: "POST", URL: "https://example.com", Body: "${UNSET}"},
		"headers.X": {Method: "POST", URL: "https://example.com", Headers: map[string]string{"X": `{{index "${ROUTING_KEY}" 99}}`}, Templates: true},
		"query.q":   {Method: "POST", URL: "https://example.com", Query: map[string]string{"q": "{{.Nope}}"}, Templates: true},
	} {
		_, err := c.Request(facts(), all())
		var wrong *page.FieldError
		if !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
		if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "r0uting")) {
			t.Errorf("%s: a secret in %v", field, err)
		}
	}
	long := page.Call{Method: "POST", URL: "https://example.com", Templates: true, Body: strings.Repeat("{{.Ticket.Subject}}", 1000)}
	if _, err := long.Request(map[string]any{"Ticket": map[string]any{"Subject": strings.Repeat("x", 1000)}}, all()); !errors.Is(err, page.ErrTooLong) {
		t.Errorf("a megabyte: %v", err)
	}
}

// A call's template does no more than its length allows: no loops, no templates within templates, no padding.
func TestATemplateEnds(t *testing.T) {
	for name, body := range map[string]string{
		"a loop":             `{{range 1000000000}}{{end}}`,
		"a loop within":      `{{with .Key}}{{if .}}x{{else}}{{range 1000000000}}{{end}}{{end}}{{end}}`,
		"recursion":          `{{define "a"}}{{template "a"}}{{end}}{{template "a"}}`,
		"a block":            `{{block "a" .}}{{end}}`,
		"a width":            `{{printf "%1000000000d" .Tier}}`,
		"a width of its own": `{{printf "%*d" 1000000000 .Tier}}`,
		"JSON within JSON":   "{{" + strings.Repeat("json (", 40) + ".Title" + strings.Repeat(")", 40) + "}}",
	} {
		t.Run(name, func(t *testing.T) {
			c := page.Call{Method: "POST", URL: "https://example.com", Templates: true, Body: body}
			if _, err := c.Request(facts(), all()); err == nil {
				t.Error("it was filled in")
			}
		})
	}
	c := page.Call{Method: "POST", URL: "https://example.com", Templates: true, Body: `{{with .Ticket.Type}}{{upper . | printf "%5s"}}{{end}}{{if eq .Tier 4}} of 4{{end}}`}
	if got := request(t, c, facts()).Body; got != "  BUG of 4" {
		t.Errorf("a template that ends makes %q", got)
	}
}

func TestASecretWrittenOutIsRefusedAndHidden(t *testing.T) {
	for name, c := range map[string]page.Call{
		"header":   {Method: "POST", URL: "https://example.com", Headers: map[string]string{"Authorization": "Bearer abcdef123456"}},
		"query":    {Method: "POST", URL: "https://example.com", Query: map[string]string{"api_key": "abcdef123456"}},
		"address":  {Method: "POST", URL: "https://example.com/?token=abcdef123456"},
		"password": {Method: "POST", URL: "https://user:abcdef123456@example.com"},
		"body":     {Method: "POST", URL: "https://example.com", Body: `{"routing_key": "abcdef123456"}`},
		"slack":    {Method: "POST", URL: "https://example.com", Body: "xoxb-abcdef123456"},
	} {
		if err := c.Check(); !errors.Is(err, page.ErrExposed) {
			t.Errorf("%s: %v", name, err)
		}
		if shown := fmt.Sprintf("%+v", c.Shown()); strings.Contains(shown, "abcdef") {
			t.Errorf("%s: shown as %s", name, shown)
		}
	}
	good := page.Call{
		Method: "POST", URL: "https://example.com/?token=${T}", Headers: map[string]string{"Authorization": "Bearer ${T}"},
		Body: `{"routing_key":"${T}","keyboard":"qwertz"}`,
	}
	if err := good.Check(); err != nil {
		t.Errorf("references: %v", err)
	}
	if diff := cmp.Diff(good, good.Shown(), cmp.Transformer("none", func(m map[string]string) []string {
		var all []string
		for k, v := range m {
			all = append(all, k+v)
		}
		return all
	})); diff != "" {
		t.Errorf("references are hidden:\n%s", diff)
	}
}

func TestAMaskHidesASecretHoweverItIsRepeated(t *testing.T) {
	m := page.NewMask(environment["ONCALL_URL"], `pass"word&more`, "abc")
	for _, said := range []string{
		"no such hook: " + environment["ONCALL_URL"], "POST /integrations/v1/formatted_webhook/k3y-of-oncall/ 404", "key k3y-of-oncall is unknown",
		`{"got":"pass\"word\u0026more"}`, `q=pass%22word%26more`, `pass"word&more`,
	} {
		hidden := m.Hide(said)
		for _, secret := range []string{"k3y", `pass"`, "word"} {
			if strings.Contains(hidden, secret) && !strings.Contains(secret, "word") {
				t.Errorf("%q became %q", said, hidden)
			}
		}
		if !strings.Contains(hidden, page.Hidden) {
			t.Errorf("%q became %q", said, hidden)
		}
	}
	if got := m.Hide("abc"); got != "abc" {
		t.Errorf("three letters are hidden: %q", got)
	}
}

func TestARequestDoesNotPrintWhatIsInIt(t *testing.T) {
	trigger, _ := page.PagerDuty.Calls("${ONCALL_URL}", "${ROUTING_KEY}", page.LinkTicket)
	r := request(t, trigger, facts())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if s := fmt.Sprintf(verb, r); strings.Contains(s, "r0uting") || strings.Contains(s, "k3y") || !strings.Contains(s, "oncall.example.com") {
			t.Errorf("%s prints %s", verb, s)
		}
	}
}

func TestDefaultHeadersGiveWay(t *testing.T) {
	c := page.Call{Headers: map[string]string{"x-team": "mine"}}.WithHeaders(map[string]string{"X-Team": "theirs", "X-Env": "prod"})
	if diff := cmp.Diff(map[string]string{"x-team": "mine", "X-Env": "prod"}, c.Headers); diff != "" {
		t.Error(diff)
	}
}
