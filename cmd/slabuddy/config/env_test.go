package config

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// goodKey is base64 of 32 bytes.
const goodKey = "c2xhYnVkZHktc2xhYnVkZHktc2xhYnVkZHktMTIzNDU="

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestEnvIsReadInFull(t *testing.T) {
	got, err := ReadEnv(env(map[string]string{
		"DATABASE_URL":          "postgres://bot:pw@db/slabuddy",
		"SLABUDDY_LISTEN":       "0.0.0.0:80",
		"SLABUDDY_ADMIN_LISTEN": "[::1]:81", "SLABUDDY_ADMIN_HOSTS": "slabuddy, Bot.internal", "SLABUDDY_PROFILES": "off",
		"SLABUDDY_CONFIG":                "/etc/slabuddy.yaml",
		"SLACK_SIGNING_SECRET":           "s1\n",
		"SLACK_BOT_TOKEN":                " xoxb-1 ",
		"SLACK_API_URL":                  "http://127.0.0.1:9/api/",
		"GOOGLE_APPLICATION_CREDENTIALS": "/k.json",
		"GOOGLE_API_KEY":                 "key",
		"GOOGLE_CALENDAR_URL":            "http://127.0.0.1:10/",
		"HELPDESK_URL":                   "https://desk.example.com/replies",
		"HELPDESK_TOKEN":                 "t1",
		"SLABUDDY_PUBLIC_URL":            "https://slabuddy.example.com/",
		"SLABUDDY_ENCRYPTION_KEY":        goodKey + "," + goodKey,
		"SLACK_CLIENT_ID":                "1.2",
		"SLACK_CLIENT_SECRET":            "c1",
		"SLACK_APP_TOKEN":                "xapp-1",
		"ZENDESK_SUBDOMAIN":              "acme",
		"ZENDESK_EMAIL":                  "ana@example.com",
		"ZENDESK_API_TOKEN":              "z1",
		"FRESHDESK_DOMAIN":               "acme",
		"FRESHDESK_API_KEY":              "f1",
		"INTERCOM_URL":                   "https://api.eu.intercom.io/",
		"INTERCOM_TOKEN":                 "i1",
		"HELPDESK_WEBHOOK_SECRET":        "w1",
		"GIPHY_API_KEY":                  "g1",
		"LOG_LEVEL":                      "DEBUG",
		"LOG_FORMAT":                     "json",
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Env{
		DatabaseURL: NewSecret("postgres://bot:pw@db/slabuddy"), Listen: "0.0.0.0:80", AdminListen: "[::1]:81", AdminHosts: []string{"::1", "slabuddy", "bot.internal"}, ConfigFile: "/etc/slabuddy.yaml",
		SlackSigningSecret: NewSecret("s1"), SlackBotToken: NewSecret("xoxb-1"), SlackAPIURL: "http://127.0.0.1:9/api/",
		GoogleCredentialsFile: "/k.json", GoogleAPIKey: NewSecret("key"), GoogleCalendarURL: "http://127.0.0.1:10",
		PublicURL: "https://slabuddy.example.com", EncryptionKeys: NewSecret(goodKey + "," + goodKey),
		SlackClientID: "1.2", SlackClientSecret: NewSecret("c1"), SlackAppToken: NewSecret("xapp-1"),
		Desk: map[string]Secret{
			"HELPDESK_URL": NewSecret("https://desk.example.com/replies"), "HELPDESK_TOKEN": NewSecret("t1"),
			"ZENDESK_SUBDOMAIN": NewSecret("acme"), "ZENDESK_EMAIL": NewSecret("ana@example.com"), "ZENDESK_API_TOKEN": NewSecret("z1"),
			"FRESHDESK_DOMAIN": NewSecret("acme"), "FRESHDESK_API_KEY": NewSecret("f1"),
			"INTERCOM_URL": NewSecret("https://api.eu.intercom.io/"), "INTERCOM_TOKEN": NewSecret("i1"),
		},
		HelpDeskWebhookSecret: NewSecret("w1"), GiphyAPIKey: NewSecret("g1"),
		LogLevel: slog.LevelDebug, LogFormat: LogJSON,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Secret{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEnvDefaults(t *testing.T) {
	got, err := ReadEnv(env(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Env{DatabaseURL: NewSecret("sqlite:slabuddy.db"), Listen: ":8080", AdminListen: "127.0.0.1:8081", AdminHosts: []string{"127.0.0.1"}, Profiles: true}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Secret{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// variables are those that a reading of the environment complains about.
func variables(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var all *EnvError
	if !errors.As(err, &all) {
		t.Fatalf("not an EnvError: %v", err)
	}
	var names []string
	for _, p := range all.Problems {
		names = append(names, p.Variable)
		if p.What == "" || p.Fix == "" {
			t.Errorf("%s is not explained: %+v", p.Variable, p)
		}
	}
	slices.Sort(names)
	return names
}

// privateKey is a key as a service account's file has it.
func privateKey(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// keyFileOf writes a service account's file with that key.
func keyFileOf(t *testing.T, key string) string {
	t.Helper()
	content, err := json.Marshal(map[string]string{"type": "service_account", "private_key": key})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestServingNamesAllThatIsMissingAtOnce(t *testing.T) {
	dir := t.TempDir()
	keyFile := filepath.Join(dir, "key.json")
	if err := os.WriteFile(keyFile, []byte(`{"type": "service_account"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	emptyFile := filepath.Join(dir, "empty.json")
	if err := os.WriteFile(emptyFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	slack := map[string]string{"SLACK_SIGNING_SECRET": "s", "SLACK_BOT_TOKEN": "xoxb-1"}
	with := func(more map[string]string) map[string]string {
		m := maps.Clone(slack)
		maps.Copy(m, more)
		return m
	}
	oauth := map[string]string{
		"SLACK_SIGNING_SECRET": "s", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c",
		"SLABUDDY_ENCRYPTION_KEY": goodKey, "SLABUDDY_PUBLIC_URL": "https://slabuddy.example.com",
	}
	for name, test := range map[string]struct {
		env  map[string]string
		file string
		want []string
	}{
		"nothing is set":                {nil, "calendar: {id: x}", []string{"GOOGLE_APPLICATION_CREDENTIALS", "HELPDESK_URL", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"}},
		"missing and malformed":         {map[string]string{"SLACK_API_URL": "https://slack.com", "LOG_LEVEL": "loud"}, "help_desk: {kind: none}", []string{"LOG_LEVEL", "SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"}},
		"no help desk, no calendar":     {slack, "help_desk: {kind: none}", nil},
		"help desk":                     {with(map[string]string{"HELPDESK_URL": "http://desk"}), "", nil},
		"calendar by key file":          {with(map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": keyFile}), "{help_desk: {kind: none}, calendar: {id: x}}", nil},
		"calendar, key file is missing": {with(map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": keyFile + "x"}), "{help_desk: {kind: none}, calendar: {id: x}}", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		"calendar, key file is empty":   {with(map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": emptyFile}), "{help_desk: {kind: none}, calendar: {id: x}}", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		"calendar, key that is one":     {with(map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": keyFileOf(t, privateKey(t))}), "{help_desk: {kind: none}, calendar: {id: x}}", nil},
		"calendar, key that is cut off": {with(map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": keyFileOf(t, privateKey(t)[:60])}), "{help_desk: {kind: none}, calendar: {id: x}}", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		"a calendar of closed days":     {with(nil), "{help_desk: {kind: none}, hours: {h: {timezone: UTC, week: 24x7, closed: [a@example.com]}}}", []string{"GOOGLE_APPLICATION_CREDENTIALS"}},
		"calendar by API key":           {with(map[string]string{"GOOGLE_API_KEY": "k"}), "{help_desk: {kind: none}, calendar: {id: x}}", nil},
		"calendar elsewhere":            {with(map[string]string{"GOOGLE_CALENDAR_URL": "http://127.0.0.1:1"}), "{help_desk: {kind: none}, calendar: {id: x}}", nil},
		"Socket Mode alone":             {map[string]string{"SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "xoxb-1"}, "help_desk: {kind: none}", nil},
		"Socket Mode without a token":   {map[string]string{"SLACK_APP_TOKEN": "xapp-1"}, "help_desk: {kind: none}", []string{"SLACK_BOT_TOKEN"}},
		"OAuth":                         {oauth, "help_desk: {kind: none}", nil},
		"OAuth beside a bot token":      {with(oauth), "help_desk: {kind: none}", nil},
		"OAuth, begun":                  {map[string]string{"SLACK_SIGNING_SECRET": "s", "SLACK_CLIENT_ID": "1.2"}, "help_desk: {kind: none}", []string{"SLABUDDY_ENCRYPTION_KEY", "SLABUDDY_PUBLIC_URL", "SLACK_CLIENT_SECRET"}},
		"OAuth, half, with a bot token": {with(map[string]string{"SLACK_CLIENT_SECRET": "c"}), "help_desk: {kind: none}", []string{"SLABUDDY_ENCRYPTION_KEY", "SLABUDDY_PUBLIC_URL", "SLACK_CLIENT_ID"}},
		"an address beside a bot token": {with(map[string]string{"SLABUDDY_PUBLIC_URL": "https://x.example.com", "SLABUDDY_ENCRYPTION_KEY": goodKey}), "help_desk: {kind: none}", nil},
		"Zendesk":                       {with(map[string]string{"ZENDESK_SUBDOMAIN": "acme", "ZENDESK_EMAIL": "a@b.c", "ZENDESK_API_TOKEN": "t"}), "help_desk: {kind: zendesk}", nil},
		"Zendesk elsewhere":             {with(map[string]string{"ZENDESK_URL": "https://z.example.com", "ZENDESK_EMAIL": "a@b.c", "ZENDESK_API_TOKEN": "t"}), "help_desk: {kind: zendesk}", nil},
		"Zendesk, nothing":              {slack, "help_desk: {kind: zendesk}", []string{"ZENDESK_API_TOKEN", "ZENDESK_EMAIL", "ZENDESK_SUBDOMAIN"}},
		"Freshdesk":                     {with(map[string]string{"FRESHDESK_DOMAIN": "acme.freshdesk.com", "FRESHDESK_API_KEY": "k"}), "help_desk: {kind: freshdesk}", nil},
		"Freshdesk, nothing":            {slack, "help_desk: {kind: freshdesk}", []string{"FRESHDESK_API_KEY", "FRESHDESK_DOMAIN"}},
		"Intercom":                      {with(map[string]string{"INTERCOM_TOKEN": "t"}), "help_desk: {kind: intercom}", nil},
		"Intercom, nothing":             {slack, "help_desk: {kind: intercom}", []string{"INTERCOM_TOKEN"}},
		"Request Tracker":               {with(map[string]string{"RT_URL": "https://rt.example.com", "RT_TOKEN": "t"}), "help_desk: {kind: rt}", nil},
		"Request Tracker by password":   {with(map[string]string{"RT_URL": "https://rt.example.com", "RT_USER": "u", "RT_PASSWORD": "p"}), "help_desk: {kind: rt}", nil},
		"Request Tracker, no password":  {with(map[string]string{"RT_URL": "https://rt.example.com", "RT_USER": "u"}), "help_desk: {kind: rt}", []string{"RT_PASSWORD"}},
		"Request Tracker, nothing":      {slack, "help_desk: {kind: rt}", []string{"RT_TOKEN", "RT_URL"}},
		"unused key file is missing":    {with(map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere"}), "help_desk: {kind: none}", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("slabuddy.yaml", []byte(test.file))
			if err != nil {
				t.Fatal(err)
			}
			_, err = ReadEnv(env(test.env), c)
			if diff := cmp.Diff(test.want, variables(t, err)); diff != "" {
				t.Errorf("%v\n-want +got:\n%s", err, diff)
			}
		})
	}
}

func TestMalformedVariablesAreRefused(t *testing.T) {
	for _, test := range []struct{ name, value, says string }{
		{"DATABASE_URL", "mysql://db", "names no database that is known here"},
		{"DATABASE_URL", "slabuddy.db", "Write sqlite:slabuddy.db"},
		{"DATABASE_URL", "sqlite:", "names no database"},
		{"DATABASE_URL", "postgres://", "names no database"},
		{"SLABUDDY_LISTEN", "8080", `is no address to listen at: "8080"`},
		{"SLABUDDY_LISTEN", ":99999", "such as :8080"},
		{"SLABUDDY_ADMIN_LISTEN", "localhost", "such as 127.0.0.1:8081"},
		{"SLABUDDY_ADMIN_HOSTS", "slabuddy:8081", "without a port"},
		{"SLABUDDY_PROFILES", "maybe", "Write on or off."},
		{"SLACK_BOT_TOKEN", "xapp-1-A", "app-level token"},
		{"SLACK_BOT_TOKEN", "xoxp-1", "user token"},
		{"SLACK_BOT_TOKEN", "xoxe.xoxb-1", "Leave token rotation off"},
		{"SLACK_BOT_TOKEN", "xoxb-1 xoxb-2", "has a space in it"},
		{"SLACK_BOT_TOKEN", "foo", "holds no bot token"},
		{"SLACK_SIGNING_SECRET", "xoxb-1", "holds a token"},
		{"SLACK_APP_TOKEN", "xoxb-1", "begins with xapp-"},
		{"SLACK_CLIENT_ID", "xoxb-1", "two numbers"},
		{"SLACK_CLIENT_SECRET", "xoxb-1", "Take the Client Secret"},
		{"SLABUDDY_ENCRYPTION_KEY", "aHVudGVyMg==", "openssl rand -base64 32"},
		{"SLABUDDY_ENCRYPTION_KEY", goodKey + ",x", "key 2 is not base64 of 32 bytes"},
		{"SLABUDDY_PUBLIC_URL", "http://slabuddy.example.com", "http is for loopback only"},
		{"SLABUDDY_PUBLIC_URL", "slabuddy.example.com", "is no web address"},
		{"SLABUDDY_PUBLIC_URL", "https://x.example.com/?a=b", "holds more than an address"},
		{"ZENDESK_SUBDOMAIN", "https://acme.zendesk.com", "Write acme"},
		{"ZENDESK_EMAIL", "ana@example.com/token", "/token is added for you"},
		{"ZENDESK_EMAIL", "ana", "is no e-mail address"},
		{"FRESHDESK_DOMAIN", "https://acme.freshdesk.com", "Write acme or acme.freshdesk.com"},
		{"INTERCOM_URL", "api.intercom.io", "is no web address"},
		{"SLACK_API_URL", "https://slack.com/api", "does not end in /api/"},
		{"SLACK_API_URL", "slack.com/api/", "is no web address"},
		{"GOOGLE_CALENDAR_URL", "ftp://x", "is no web address"},
		{"HELPDESK_URL", "desk.example.com", "is no web address"},
		{"SLACK_SIGNING_SECRET", `"s1"`, "Leave the quotes out"},
		{"LOG_LEVEL", "'info'", "stands in quotes"},
		{"HELPDESK_URL", `"https://desk.example.com"`, "stands in quotes"},
		{"LOG_LEVEL", "loud", "Write debug, info, warn or error."},
		{"LOG_FORMAT", "xml", "Write text or json"},
	} {
		_, err := ReadEnv(env(map[string]string{test.name: test.value}), nil)
		if got := variables(t, err); !slices.Equal(got, []string{test.name}) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s=%s gets %v, want %q", test.name, test.value, err, test.says)
		}
	}
}

func TestOddTokensThatMayBeRightAreTaken(t *testing.T) {
	for token, api := range map[string]string{"xoxb-test": "", "xwfp-1": "", "test": "http://127.0.0.1:9/api/"} {
		if _, err := ReadEnv(env(map[string]string{"SLACK_BOT_TOKEN": token, "SLACK_API_URL": api}), nil); err != nil {
			t.Errorf("%s: %v", token, err)
		}
	}
}

func TestLoopbackNeedsNoHTTPS(t *testing.T) {
	for _, address := range []string{"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]"} {
		if _, err := ReadEnv(env(map[string]string{"SLABUDDY_PUBLIC_URL": address}), nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Every secret variable gets a value of its own, in every way that can be wrong, and none is seen again.
func TestNoErrorShowsASecret(t *testing.T) {
	const secret = "hunter2"
	for name, value := range map[string]string{
		"DATABASE_URL":            "mysql://bot:" + secret + "@db/x",
		"SLACK_SIGNING_SECRET":    "xoxb-" + secret,
		"SLACK_BOT_TOKEN":         "xapp-" + secret,
		"SLACK_APP_TOKEN":         "xoxb-" + secret,
		"SLACK_CLIENT_SECRET":     "xoxb-" + secret,
		"SLABUDDY_ENCRYPTION_KEY": secret,
		"SLABUDDY_PUBLIC_URL":     "http://u:" + secret + "@slack.com/?" + secret,
		"FRESHDESK_URL":           "://u:" + secret + "@desk",
		"SLACK_API_URL":           "https://u:" + secret + "@slack.com/",
		"HELPDESK_URL":            "://u:" + secret + "@desk?key=" + secret,
		"GOOGLE_CALENDAR_URL":     "x?key=" + secret,
		"HELPDESK_TOKEN":          "'" + secret + "'",
	} {
		_, err := ReadEnv(env(map[string]string{name: value}), nil)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	e := Env{SlackBotToken: NewSecret("xoxb-hunter2")}
	asJSON, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("env", "token", e.SlackBotToken, "all", e)
	for _, s := range []string{
		fmt.Sprint(e), fmt.Sprintf("%+v", e), fmt.Sprintf("%#v", e), fmt.Sprintf("%s %q %v %x %d", e.SlackBotToken, e.SlackBotToken, &e.SlackBotToken, e.SlackBotToken, e.SlackBotToken),
		string(asJSON), logged.String(),
	} {
		if strings.Contains(s, "hunter2") || strings.Contains(s, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("a secret is seen in %s", s)
		}
	}
	if got := fmt.Sprint(e.SlackBotToken, " ", e.GiphyAPIKey); got != "(set) (not set)" {
		t.Errorf("secrets print as %s", got)
	}
	if e.SlackBotToken.Reveal() != "xoxb-hunter2" || !e.SlackBotToken.IsSet() || e.GiphyAPIKey.IsSet() {
		t.Error("a secret lost its value")
	}
}

// Rule 29: while any workspace can install the bot, the file says whose it is.
func TestAFileSaysWhoseItIsWhereAnybodyCanInstall(t *testing.T) {
	oauth := Env{SlackClientID: "1.2", SlackClientSecret: NewSecret("s")}
	for _, tt := range []struct {
		name, file string
		env        Env
		refused    bool
	}{
		{"no workspace", "channels: {C0A: {}}", oauth, true},
		{"an empty file", "", oauth, true},
		{"one", "workspace: T0ACME", oauth, false},
		{"all of them", "workspace: '*'", oauth, false},
		{"a bot token: there is one workspace", "channels: {C0A: {}}", Env{SlackBotToken: NewSecret("xoxb-1")}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Parse("slabuddy.yaml", []byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			err = c.CheckWorkspace(tt.env)
			if (err != nil) != tt.refused {
				t.Fatalf("%v", err)
			}
			for _, part := range []string{"slabuddy.yaml:1:1: ", "workspace: T…", "workspace: '*'"} {
				if tt.refused && !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}
