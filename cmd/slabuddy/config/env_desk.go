package config

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
)

// demandDesk: where the help desk is, and who asks.
func (r *envReader) demandDesk(kind DeskKind) {
	const without = " Without a help desk, set `help_desk: {kind: none}` in the configuration."
	switch kind {
	case DeskHTTP:
		r.missing("HELPDESK_URL", "The help desk is asked there whether somebody has replied."+without)
	case DeskZendesk:
		if r.get("ZENDESK_URL") == "" {
			r.missing("ZENDESK_SUBDOMAIN", "It is acme if your Zendesk is at https://acme.zendesk.com."+without)
		}
		r.missing("ZENDESK_EMAIL", "It is the address of the agent whose API token is used.")
		r.missing("ZENDESK_API_TOKEN", "Make one in Zendesk: Admin Center, Apps and integrations, APIs, API tokens.")
	case DeskFreshdesk:
		if r.get("FRESHDESK_URL") == "" {
			r.missing("FRESHDESK_DOMAIN", "It is acme if your Freshdesk is at https://acme.freshdesk.com."+without)
		}
		r.missing("FRESHDESK_API_KEY", "Find it in Freshdesk: your picture, Profile settings, View API key.")
	case DeskIntercom:
		r.missing("INTERCOM_TOKEN", "Make an app in Intercom's Developer Hub and take its access token."+without)
	}
}

var (
	subdomain = regexp.MustCompile(`(?i)^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$`)
	hostName  = regexp.MustCompile(`(?i)^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$`)
)

func (r *envReader) zendeskURL() string {
	const name = "ZENDESK_SUBDOMAIN"
	sub := r.get(name)
	if sub != "" && !subdomain.MatchString(sub) {
		r.fail(name, "Write acme if your Zendesk is at https://acme.zendesk.com; for another address use ZENDESK_URL.", "is no subdomain: %q", redact(sub))
	}
	if u := r.webAddress("ZENDESK_URL"); u != "" || sub == "" {
		return strings.TrimRight(u, "/")
	}
	return "https://" + sub + ".zendesk.com"
}

func (r *envReader) zendeskEmail() string {
	const name = "ZENDESK_EMAIL"
	s := r.get(name)
	switch {
	case s == "":
	case strings.HasSuffix(s, "/token"):
		r.fail(name, "Write the address alone; /token is added for you.", "ends in /token")
	case !isEmail(s):
		r.fail(name, "Write the bare address of the agent whose API token is used, such as ana@example.com.", "is no e-mail address: %q", s)
	}
	return s
}

func (r *envReader) freshdeskURL() string {
	const name = "FRESHDESK_DOMAIN"
	domain := r.get(name)
	if domain != "" && !subdomain.MatchString(domain) && !hostName.MatchString(domain) {
		r.fail(name, "Write acme or acme.freshdesk.com if your Freshdesk is at https://acme.freshdesk.com; for another address use FRESHDESK_URL.", "is no domain: %q", redact(domain))
	}
	if u := r.webAddress("FRESHDESK_URL"); u != "" || domain == "" {
		return strings.TrimRight(u, "/")
	}
	if !strings.Contains(domain, ".") {
		domain += ".freshdesk.com"
	}
	return "https://" + domain
}

// demandCalendar: a way to read the shift calendar, if there is one.
func (r *envReader) demandCalendar(e Env, c *Config) {
	const name = "GOOGLE_APPLICATION_CREDENTIALS"
	const fix = "Give the path of a service account's key file that this process may read."
	if c.Calendar.ID == "" || e.GoogleCalendarURL != "" || e.GoogleAPIKey.IsSet() {
		return
	}
	if e.GoogleCredentialsFile == "" {
		r.fail(name, "The shift calendar is read with it: the path of a service account's key file, from https://console.cloud.google.com/iam-admin/serviceaccounts;\n    share the calendar with the account's address. GOOGLE_API_KEY will do instead if the calendar is public.", "is missing")
		return
	}
	content, err := os.ReadFile(e.GoogleCredentialsFile)
	if err != nil {
		r.fail(name, fix, "names a file that cannot be read: %v", err)
		return
	}
	var key struct{ Type string }
	if json.Unmarshal(content, &key) != nil || key.Type == "" {
		r.fail(name, "Download the key again, as JSON, from https://console.cloud.google.com/iam-admin/serviceaccounts: the account, Keys, Add key.",
			"names a file that holds no key: %s", e.GoogleCredentialsFile)
	}
}
