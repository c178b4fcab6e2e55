package helpdesk_test

import (
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

func TestWhatIsMissingInAConfigurationIsNamed(t *testing.T) {
	reg, now := prometheus.NewRegistry(), newClock().now
	zendesk := func(c helpdesk.ZendeskConfig) error {
		c.Now, c.Registerer = now, reg
		_, err := helpdesk.NewZendesk(c)
		return err
	}
	freshdesk := func(c helpdesk.FreshdeskConfig) error {
		c.Now, c.Registerer = now, reg
		_, err := helpdesk.NewFreshdesk(c)
		return err
	}
	intercom := func(c helpdesk.IntercomConfig) error {
		c.Now, c.Registerer = now, reg
		_, err := helpdesk.NewIntercom(c)
		return err
	}
	tests := []struct {
		name string
		err  error
		says string
	}{
		{"a Zendesk", zendesk(helpdesk.ZendeskConfig{Subdomain: "acme", Email: email, Token: token}), ""},
		{"no subdomain", zendesk(helpdesk.ZendeskConfig{Email: email, Token: token}), "ZENDESK_SUBDOMAIN should be the name before .zendesk.com"},
		{"a subdomain that is a path", zendesk(helpdesk.ZendeskConfig{Subdomain: "evil.example/x?", Email: email, Token: token}), "ZENDESK_SUBDOMAIN should be"},
		{"no e-mail", zendesk(helpdesk.ZendeskConfig{Subdomain: "acme", Token: token}), "needs ZENDESK_EMAIL and ZENDESK_API_TOKEN"},
		{"no API token", zendesk(helpdesk.ZendeskConfig{Subdomain: "acme", Email: email}), "needs ZENDESK_EMAIL and ZENDESK_API_TOKEN"},
		{"no address", zendesk(helpdesk.ZendeskConfig{URL: "acme", Email: email, Token: token}), "ZENDESK_URL is no web address"},
		{"a Freshdesk by its whole domain", freshdesk(helpdesk.FreshdeskConfig{Domain: "acme.freshdesk.com", APIKey: token}), ""},
		{"no domain", freshdesk(helpdesk.FreshdeskConfig{APIKey: token}), "FRESHDESK_DOMAIN should be"},
		{"no API key", freshdesk(helpdesk.FreshdeskConfig{Domain: "acme"}), "needs FRESHDESK_API_KEY"},
		{"an Intercom", intercom(helpdesk.IntercomConfig{Token: token}), ""},
		{"no token", intercom(helpdesk.IntercomConfig{}), "needs INTERCOM_TOKEN"},
		{"no Intercom address", intercom(helpdesk.IntercomConfig{URL: "eu", Token: token}), "INTERCOM_URL is no web address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkError(t, tt.err, tt.says) })
	}
}
