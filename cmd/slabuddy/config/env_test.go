package config

import (
	"encoding/json"
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

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestEnvIsReadInFull(t *testing.T) {
	got, err := ReadEnv(env(map[string]string{
		"DATABASE_URL":                   "postgres://bot:pw@db/slabuddy",
		"SLABUDDY_LISTEN":                "0.0.0.0:80",
		"SLABUDDY_ADMIN_LISTEN":          "[::1]:81",
		"SLABUDDY_CONFIG":                "/etc/slabuddy.yaml",
		"SLACK_SIGNING_SECRET":           "s1\n",
		"SLACK_BOT_TOKEN":                " xoxb-1 ",
		"SLACK_API_URL":                  "http://127.0.0.1:9/api/",
		"GOOGLE_APPLICATION_CREDENTIALS": "/k.json",
		"GOOGLE_API_KEY":                 "key",
		"GOOGLE_CALENDAR_URL":            "http://127.0.0.1:10/",
		"HELPDESK_URL":                   "https://desk.example.com/replies",
		"HELPDESK_TOKEN":                 "t1",
		"LOG_LEVEL":                      "DEBUG",
		"LOG_FORMAT":                     "json",
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Env{
		DatabaseURL: NewSecret("postgres://bot:pw@db/slabuddy"), Listen: "0.0.0.0:80", AdminListen: "[::1]:81", ConfigFile: "/etc/slabuddy.yaml",
		SlackSigningSecret: NewSecret("s1"), SlackBotToken: NewSecret("xoxb-1"), SlackAPIURL: "http://127.0.0.1:9/api/",
		GoogleCredentialsFile: "/k.json", GoogleAPIKey: NewSecret("key"), GoogleCalendarURL: "http://127.0.0.1:10",
		HelpDeskURL: "https://desk.example.com/replies", HelpDeskToken: NewSecret("t1"),
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
	want := Env{DatabaseURL: NewSecret("sqlite:slabuddy.db"), Listen: ":8080", AdminListen: "127.0.0.1:8081"}
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

func TestServingNamesAllThatIsMissingAtOnce(t *testing.T) {
	dir := t.TempDir()
	keyFile := filepath.Join(dir, "key.json")
	if err := os.WriteFile(keyFile, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	slack := map[string]string{"SLACK_SIGNING_SECRET": "s", "SLACK_BOT_TOKEN": "xoxb-1"}
	with := func(more map[string]string) map[string]string {
		m := maps.Clone(slack)
		maps.Copy(m, more)
		return m
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
		"calendar by API key":           {with(map[string]string{"GOOGLE_API_KEY": "k"}), "{help_desk: {kind: none}, calendar: {id: x}}", nil},
		"calendar elsewhere":            {with(map[string]string{"GOOGLE_CALENDAR_URL": "http://127.0.0.1:1"}), "{help_desk: {kind: none}, calendar: {id: x}}", nil},
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
		{"SLACK_BOT_TOKEN", "xapp-1-A", "app-level token"},
		{"SLACK_BOT_TOKEN", "xoxp-1", "user token"},
		{"SLACK_BOT_TOKEN", "xoxe.xoxb-1", "Leave token rotation off"},
		{"SLACK_BOT_TOKEN", "xoxb-1 xoxb-2", "has a space in it"},
		{"SLACK_SIGNING_SECRET", "xoxb-1", "holds a token"},
		{"SLACK_API_URL", "https://slack.com/api", "does not end in /api/"},
		{"SLACK_API_URL", "slack.com/api/", "is no web address"},
		{"GOOGLE_CALENDAR_URL", "ftp://x", "is no web address"},
		{"HELPDESK_URL", "desk.example.com", "is no web address"},
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
	for _, token := range []string{"xoxb-test", "test", "xwfp-1"} {
		if _, err := ReadEnv(env(map[string]string{"SLACK_BOT_TOKEN": token}), nil); err != nil {
			t.Errorf("%s: %v", token, err)
		}
	}
}

// Every secret variable gets a value of its own, in every way that can be wrong, and none is seen again.
func TestNoErrorShowsASecret(t *testing.T) {
	const secret = "hunter2"
	for name, value := range map[string]string{
		"DATABASE_URL":         "mysql://bot:" + secret + "@db/x",
		"SLACK_SIGNING_SECRET": "xoxb-" + secret,
		"SLACK_BOT_TOKEN":      "xapp-" + secret,
		"SLACK_API_URL":        "https://u:" + secret + "@slack.com/",
		"HELPDESK_URL":         "://u:" + secret + "@desk?key=" + secret,
		"GOOGLE_CALENDAR_URL":  "x?key=" + secret,
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
	if got := fmt.Sprint(e.SlackBotToken, " ", e.HelpDeskToken); got != "(set) (not set)" {
		t.Errorf("secrets print as %s", got)
	}
	if e.SlackBotToken.Reveal() != "xoxb-hunter2" || !e.SlackBotToken.IsSet() || e.HelpDeskToken.IsSet() {
		t.Error("a secret lost its value")
	}
}
