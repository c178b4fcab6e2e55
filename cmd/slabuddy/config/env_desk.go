package config

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"

	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

// deskVariables reads those of all kinds of help desk, so that a reload may name another kind.
func (r *envReader) deskVariables() map[string]Secret {
	var values map[string]Secret
	for _, kind := range helpdesk.Kinds() {
		for _, v := range kind.Variables {
			value := r.get(v.Name)
			if value == "" {
				continue
			}
			if values == nil {
				values = map[string]Secret{}
			}
			values[v.Name] = NewSecret(value)
			if v.Check == nil {
				continue
			}
			if flaw := v.Check(value); flaw != (helpdesk.Flaw{}) {
				r.fail(v.Name, flaw.Fix, "%s", flaw.What)
			}
		}
	}
	return values
}

// demandDesk: where the help desk is, and who asks.
func (r *envReader) demandDesk(name string) {
	kind, _ := helpdesk.Find(name)
	for i, v := range kind.Missing(r.get) {
		fix := v.Help
		if i == 0 {
			fix += " Without a help desk, set `help_desk: {kind: none}` in the configuration."
		}
		r.fail(v.Name, fix, "is missing")
	}
}

// demandCalendar: a way to read the shift calendar and those of closed days, if there are any.
func (r *envReader) demandCalendar(e Env, c *Config) {
	const name = "GOOGLE_APPLICATION_CREDENTIALS"
	const fix = "Give the path of a service account's key file that this process may read."
	if len(c.googleCalendars()) == 0 || e.GoogleCalendarURL != "" || e.GoogleAPIKey.IsSet() {
		return
	}
	if e.GoogleCredentialsFile == "" {
		r.fail(name, "Calendars are read with it: the path of a service account's key file, from https://console.cloud.google.com/iam-admin/serviceaccounts;\n    share the calendar with the account's address. GOOGLE_API_KEY will do instead if the calendar is public.", "is missing")
		return
	}
	content, err := os.ReadFile(e.GoogleCredentialsFile)
	if err != nil {
		r.fail(name, fix, "names a file that cannot be read: %v", err)
		return
	}
	var file struct {
		Type string `json:"type"`
		Key  string `json:"private_key"`
	}
	if json.Unmarshal(content, &file) != nil || file.Type == "" || file.Key != "" && !isPrivateKey(file.Key) {
		r.fail(name, "Download the key again, as JSON, from https://console.cloud.google.com/iam-admin/serviceaccounts: the account, Keys, Add key.",
			"names a file that holds no key: %s", e.GoogleCredentialsFile)
	}
}

// isPrivateKey says that a text is a key in one of the forms that Google's client reads.
func isPrivateKey(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	_, pkcs8 := x509.ParsePKCS8PrivateKey(block.Bytes)
	_, pkcs1 := x509.ParsePKCS1PrivateKey(block.Bytes)
	return pkcs8 == nil || pkcs1 == nil
}
