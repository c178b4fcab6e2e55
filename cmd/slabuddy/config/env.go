package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// Env is the environment, with defaults for what it does not say.
type Env struct {
	DatabaseURL Secret // DATABASE_URL: sqlite:FILE or postgres://…; secret for the password it may hold
	Listen      string // SLABUDDY_LISTEN: the public address
	AdminListen string // SLABUDDY_ADMIN_LISTEN: the operator's
	ConfigFile  string // SLABUDDY_CONFIG; "" if not set

	SlackSigningSecret Secret // SLACK_SIGNING_SECRET
	SlackBotToken      Secret // SLACK_BOT_TOKEN
	SlackAPIURL        string // SLACK_API_URL, ends in /api/; "" is Slack's own

	GoogleCredentialsFile string // GOOGLE_APPLICATION_CREDENTIALS
	GoogleAPIKey          Secret // GOOGLE_API_KEY
	GoogleCalendarURL     string // GOOGLE_CALENDAR_URL, without the path; "" is Google's own

	HelpDeskURL   string // HELPDESK_URL
	HelpDeskToken Secret // HELPDESK_TOKEN

	LogLevel  slog.Level // LOG_LEVEL
	LogFormat LogFormat  // LOG_FORMAT; "" decides by whether there is a terminal
}

// LogFormat is how log lines are written.
type LogFormat string

const (
	LogText LogFormat = "text" // for people
	LogJSON LogFormat = "json" // for machines
)

// EnvError is all that is wrong with the environment.
type EnvError struct {
	Problems []EnvProblem `json:"problems"`
}

// EnvProblem is one variable that is missing or wrong. It never holds a secret's value.
type EnvProblem struct {
	Variable string `json:"variable"`
	What     string `json:"what"` // what is wrong, without a full stop
	Fix      string `json:"fix"`  // what it is for, where to get it, or what would be right
}

func (e *EnvError) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, fmt.Sprintf("%s %s\n    %s", p.Variable, p.What, p.Fix))
	}
	return strings.Join(lines, "\n")
}

// ReadEnv reads the environment. With serve it also demands what serving under that configuration
// needs; without (nil), only what is set must make sense. An *EnvError tells everything that is
// missing or wrong; the Env is filled in as far as it goes even then.
func ReadEnv(getenv func(string) string, serve *Config) (Env, error) {
	r := &envReader{getenv: getenv}
	e := Env{
		DatabaseURL:           r.databaseURL(),
		Listen:                r.listen("SLABUDDY_LISTEN", ":8080"),
		AdminListen:           r.listen("SLABUDDY_ADMIN_LISTEN", "127.0.0.1:8081"),
		ConfigFile:            r.get("SLABUDDY_CONFIG"),
		SlackSigningSecret:    r.signingSecret(),
		SlackBotToken:         r.botToken(),
		SlackAPIURL:           r.slackAPIURL(),
		GoogleCredentialsFile: r.get("GOOGLE_APPLICATION_CREDENTIALS"),
		GoogleAPIKey:          NewSecret(r.get("GOOGLE_API_KEY")),
		GoogleCalendarURL:     strings.TrimRight(r.webAddress("GOOGLE_CALENDAR_URL"), "/"),
		HelpDeskURL:           r.webAddress("HELPDESK_URL"),
		HelpDeskToken:         NewSecret(r.get("HELPDESK_TOKEN")),
		LogLevel:              r.logLevel(),
		LogFormat:             r.logFormat(),
	}
	if serve != nil {
		r.demand(e, serve)
	}
	if len(r.problems) > 0 {
		return e, &EnvError{Problems: r.problems}
	}
	return e, nil
}

type envReader struct {
	getenv   func(string) string
	problems []EnvProblem
}

// get leaves out the space around a value: a secret mounted from a file often ends in a line break.
func (r *envReader) get(name string) string { return strings.TrimSpace(r.getenv(name)) }

func (r *envReader) fail(name, fix, what string, args ...any) {
	r.problems = append(r.problems, EnvProblem{Variable: name, What: fmt.Sprintf(what, args...), Fix: fix})
}

// demand names what serving needs and is not there.
func (r *envReader) demand(e Env, c *Config) {
	missing := func(name, fix string) {
		if r.get(name) == "" {
			r.fail(name, fix, "is missing")
		}
	}
	missing("SLACK_SIGNING_SECRET", "It proves that events come from Slack. At https://api.slack.com/apps, open your app: Basic Information, App Credentials, Signing Secret.")
	missing("SLACK_BOT_TOKEN", "The bot posts with it; it begins with xoxb-. At https://api.slack.com/apps, open your app: OAuth & Permissions, Bot User OAuth Token.")
	if c.DeskKind == DeskHTTP {
		missing("HELPDESK_URL", "The help desk is asked there whether somebody has replied. Without a help desk, set `help_desk: {kind: none}` in the configuration.")
	}
	if c.Calendar.ID == "" || e.GoogleCalendarURL != "" || e.GoogleAPIKey.IsSet() {
		return
	}
	if e.GoogleCredentialsFile == "" {
		r.fail("GOOGLE_APPLICATION_CREDENTIALS", "The shift calendar is read with it: the path of a service account's key file, from https://console.cloud.google.com/iam-admin/serviceaccounts;\n    share the calendar with the account's address. GOOGLE_API_KEY will do instead if the calendar is public.", "is missing")
		return
	}
	if f, err := os.Open(e.GoogleCredentialsFile); err != nil {
		r.fail("GOOGLE_APPLICATION_CREDENTIALS", "Give the path of a service account's key file that this process may read.", "names a file that cannot be read: %v", err)
	} else {
		f.Close()
	}
}

func (r *envReader) databaseURL() Secret {
	const name = "DATABASE_URL"
	s := r.get(name)
	if s == "" {
		s = "sqlite:slabuddy.db"
	}
	scheme, rest, _ := strings.Cut(s, ":")
	known := scheme == "sqlite" || scheme == "postgres" || scheme == "postgresql"
	if !known || strings.Trim(rest, "/") == "" {
		r.fail(name, "Write sqlite:slabuddy.db or postgres://user:password@host:5432/database.", "names no database that is known here")
	}
	return NewSecret(s)
}

func (r *envReader) listen(name, usual string) string {
	s := r.get(name)
	if s == "" {
		return usual
	}
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		r.fail(name, "Write host:port, or :port for every address of this machine, such as "+usual+".", "is no address to listen at: %q", s)
	}
	return s
}

func (r *envReader) signingSecret() Secret {
	const name = "SLACK_SIGNING_SECRET"
	s := r.get(name)
	if strings.HasPrefix(s, "xox") || strings.HasPrefix(s, "xapp-") {
		r.fail(name, "Take the Signing Secret instead: at https://api.slack.com/apps, Basic Information, App Credentials.", "holds a token")
	}
	return NewSecret(s)
}

// botToken refuses only what is surely another kind of token.
func (r *envReader) botToken() Secret {
	const name = "SLACK_BOT_TOKEN"
	const fix = "Take the Bot User OAuth Token, which begins with xoxb-: at https://api.slack.com/apps, OAuth & Permissions."
	s := r.get(name)
	switch {
	case strings.HasPrefix(s, "xapp-"):
		r.fail(name, fix, "holds an app-level token (xapp-)")
	case strings.HasPrefix(s, "xoxp-"):
		r.fail(name, fix, "holds a user token (xoxp-)")
	case strings.HasPrefix(s, "xoxe"):
		r.fail(name, fix+" Leave token rotation off.", "holds a token for rotation (xoxe)")
	case strings.ContainsAny(s, " \t\r\n"):
		r.fail(name, fix, "has a space in it")
	}
	return NewSecret(s)
}

func (r *envReader) slackAPIURL() string {
	const name = "SLACK_API_URL"
	s := r.webAddress(name)
	if s != "" && !strings.HasSuffix(s, "/api/") {
		r.fail(name, "Write it with the path and the slash, such as https://slack.com/api/; leave it out for Slack itself.", "does not end in /api/: %q", redact(s))
	}
	return s
}

func (r *envReader) webAddress(name string) string {
	s := r.get(name)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		r.fail(name, "Write it in full, such as https://desk.example.com/replies.", "is no web address: %q", redact(s))
	}
	return s
}

// redact leaves out what an address may carry of secrets: its user, and its query.
func redact(s string) string {
	if before, _, ok := strings.Cut(s, "?"); ok {
		s = before + "?" + masked
	}
	return maskTokens(s)
}

func (r *envReader) logLevel() slog.Level {
	const name = "LOG_LEVEL"
	var level slog.Level // info
	switch s := strings.ToLower(r.get(name)); s {
	case "", "info":
	case "debug":
		level = slog.LevelDebug
	case "warn", "warning":
		level = slog.LevelWarn
	case "error":
		level = slog.LevelError
	default:
		r.fail(name, "Write debug, info, warn or error.", "cannot be %q", s)
	}
	return level
}

func (r *envReader) logFormat() LogFormat {
	const name = "LOG_FORMAT"
	switch f := LogFormat(strings.ToLower(r.get(name))); f {
	case "", LogText, LogJSON:
		return f
	default:
		r.fail(name, "Write text or json; left out, it is text on a terminal and json elsewhere.", "cannot be %q", string(f))
		return ""
	}
}
