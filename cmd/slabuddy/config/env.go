package config

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Env is the environment, with defaults for what it does not say.
type Env struct {
	DatabaseURL Secret   // DATABASE_URL: sqlite:FILE or postgres://…; secret for the password it may hold
	Listen      string   // SLABUDDY_LISTEN: the public address
	AdminListen string   // SLABUDDY_ADMIN_LISTEN: the operator's
	AdminHosts  []string // SLABUDDY_ADMIN_HOSTS, and the host of AdminListen: the names that the operator's address answers to
	Profiles    bool     // SLABUDDY_PROFILES: on, unless it says off
	ConfigFile  string   // SLABUDDY_CONFIG; "" if not set

	PublicURL      string // SLABUDDY_PUBLIC_URL, without a slash at its end
	EncryptionKeys Secret // SLABUDDY_ENCRYPTION_KEY: base64 of 32 bytes, or two of them, the new one first

	SlackSigningSecret Secret // SLACK_SIGNING_SECRET
	SlackBotToken      Secret // SLACK_BOT_TOKEN: of one workspace
	SlackClientID      string // SLACK_CLIENT_ID: to be installed by OAuth
	SlackClientSecret  Secret // SLACK_CLIENT_SECRET
	SlackAppToken      Secret // SLACK_APP_TOKEN: for Socket Mode
	SlackAPIURL        string // SLACK_API_URL, ends in /api/; "" is Slack's own

	GoogleCredentialsFile string // GOOGLE_APPLICATION_CREDENTIALS
	GoogleAPIKey          Secret // GOOGLE_API_KEY
	GoogleCalendarURL     string // GOOGLE_CALENDAR_URL, without the path; "" is Google's own

	Desk                  map[string]Secret // the variables of all kinds of help desk that are set, by name
	HelpDeskWebhookSecret Secret            // HELPDESK_WEBHOOK_SECRET: the help desk's own calls are signed with it
	GiphyAPIKey           Secret            // GIPHY_API_KEY

	LogLevel  slog.Level // LOG_LEVEL
	LogFormat LogFormat  // LOG_FORMAT; "" decides by whether there is a terminal
}

// DeskVariable is the value of a variable that says how a help desk is reached.
func (e Env) DeskVariable(name string) string { return e.Desk[name].Reveal() }

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
		Profiles:              r.profiles(),
		ConfigFile:            r.get("SLABUDDY_CONFIG"),
		PublicURL:             r.publicURL(),
		EncryptionKeys:        r.encryptionKey(),
		SlackSigningSecret:    NewSecret(r.credential("SLACK_SIGNING_SECRET", "Take the Signing Secret instead.")),
		SlackBotToken:         r.botToken(),
		SlackClientID:         r.clientID(),
		SlackClientSecret:     NewSecret(r.credential("SLACK_CLIENT_SECRET", "Take the Client Secret instead.")),
		SlackAppToken:         r.appToken(),
		SlackAPIURL:           r.slackAPIURL(),
		GoogleCredentialsFile: r.get("GOOGLE_APPLICATION_CREDENTIALS"),
		GoogleAPIKey:          NewSecret(r.get("GOOGLE_API_KEY")),
		GoogleCalendarURL:     strings.TrimRight(r.webAddress("GOOGLE_CALENDAR_URL"), "/"),
		Desk:                  r.deskVariables(),
		HelpDeskWebhookSecret: NewSecret(r.get("HELPDESK_WEBHOOK_SECRET")),
		GiphyAPIKey:           NewSecret(r.get("GIPHY_API_KEY")),
		LogLevel:              r.logLevel(),
		LogFormat:             r.logFormat(),
	}
	e.AdminHosts = r.adminHosts(e.AdminListen)
	if serve != nil {
		r.demand(e, serve)
	}
	if len(r.problems) > 0 {
		return e, &EnvError{Problems: r.problems}
	}
	return e, nil
}

// isOwn says that a variable is the program's own: one that ReadEnv reads, or that bears its or Slack's name.
func isOwn(name string) bool {
	name = strings.ToUpper(name)
	return strings.HasPrefix(name, "SLABUDDY_") || strings.HasPrefix(name, "SLACK_") || ownVariables()[name]
}

// ownVariables are all that ReadEnv asks for.
var ownVariables = sync.OnceValue(func() map[string]bool {
	own := map[string]bool{}
	_, _ = ReadEnv(func(name string) string { own[name] = true; return "" }, nil)
	return own
})

type envReader struct {
	getenv   func(string) string
	problems []EnvProblem
}

// get leaves out the space around a value: a secret mounted from a file often ends in a line break. It refuses
// quotes: a shell takes them off, and Docker and Kubernetes leave them in.
func (r *envReader) get(name string) string {
	s := strings.TrimSpace(r.getenv(name))
	inner := strings.Trim(s, s[:min(1, len(s))])
	if !strings.HasPrefix(s, `"`) && !strings.HasPrefix(s, "'") || len(inner) != len(s)-2 {
		return s
	}
	quoted := EnvProblem{Variable: name, What: "stands in quotes", Fix: "Leave the quotes out: here they are a part of the value."}
	if !slices.Contains(r.problems, quoted) {
		r.problems = append(r.problems, quoted)
	}
	return inner
}

func (r *envReader) fail(name, fix, what string, args ...any) {
	r.problems = append(r.problems, EnvProblem{Variable: name, What: fmt.Sprintf(what, args...), Fix: fix})
}

// demand names what serving needs and is not there.
func (r *envReader) demand(e Env, c *Config) {
	r.demandSlack(e)
	r.demandDesk(c.DeskKind)
	r.demandCalendar(e, c)
	r.demandPages(c)
}

func (r *envReader) missing(name, fix string) {
	if r.get(name) == "" {
		r.fail(name, fix, "is missing")
	}
}

func (r *envReader) databaseURL() Secret {
	const name = "DATABASE_URL"
	s := cmp.Or(r.get(name), "sqlite:slabuddy.db")
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

// adminHosts are the names that the operator's address answers to, beside localhost.
func (r *envReader) adminHosts(listen string) []string {
	const name = "SLABUDDY_ADMIN_HOSTS"
	var hosts []string
	if host, _, err := net.SplitHostPort(listen); err == nil && host != "" && !net.ParseIP(host).IsUnspecified() {
		hosts = append(hosts, strings.ToLower(host))
	}
	for _, host := range strings.FieldsFunc(r.get(name), func(c rune) bool { return c == ',' || c == ' ' }) {
		if strings.ContainsAny(host, "/*") || strings.Count(host, ":") == 1 {
			r.fail(name, "Write names without a port, such as slabuddy,bot.internal.", "has %q, which is no host name", host)
			continue
		}
		hosts = append(hosts, strings.ToLower(strings.Trim(host, "[]")))
	}
	return hosts
}

func (r *envReader) profiles() bool {
	const name = "SLABUDDY_PROFILES"
	switch s := strings.ToLower(r.get(name)); s {
	case "", "on":
		return true
	case "off":
	default:
		r.fail(name, "Write on or off.", "cannot be %q", s)
	}
	return false
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

// Secret is a value that must not be seen: printed, logged or marshalled, it only says whether it is
// set. Reveal is the one way to it.
type Secret struct{ value string }

// NewSecret is a Secret that holds value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the value itself.
func (s Secret) Reveal() string { return s.value }

// IsSet tells whether there is a value.
func (s Secret) IsSet() bool { return s.value != "" }

func (s Secret) String() string {
	if s.IsSet() {
		return "(set)"
	}
	return "(not set)"
}

// Format implements fmt.Formatter: verbs such as %#v and %d would go past String.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler, and so decides what JSON says.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
