package config

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
)

const (
	appPage   = "At https://api.slack.com/apps, open your app: "
	makeAKey  = "Make one with `openssl rand -base64 32`, and keep it: without it the tokens of installed workspaces are lost. When changing it, write new,old."
	publicFix = "Write where browsers reach this program, such as https://slabuddy.example.com; http is for loopback only."
)

// OAuth says that workspaces can install the bot.
func (e Env) OAuth() bool { return e.SlackClientID != "" && e.SlackClientSecret.IsSet() }

// SocketMode says that Slack reaches the bot over a socket that the bot opens.
func (e Env) SocketMode() bool { return e.SlackAppToken.IsSet() }

// demandSlack: a token, or what it takes to be installed; and a way for Slack to reach us.
func (r *envReader) demandSlack(e Env) {
	if !e.SocketMode() {
		r.missing("SLACK_SIGNING_SECRET", "It proves that events come from Slack. "+appPage+"Basic Information, App Credentials, Signing Secret.\n    With Socket Mode (SLACK_APP_TOKEN) it is not needed.")
	}
	installs := e.SlackClientID != "" || e.SlackClientSecret.IsSet()
	if !installs {
		r.missing("SLACK_BOT_TOKEN", "The bot posts with it; it begins with xoxb-. "+appPage+"OAuth & Permissions, Bot User OAuth Token.\n    To be installed by any number of workspaces instead, set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLABUDDY_ENCRYPTION_KEY and SLABUDDY_PUBLIC_URL.")
		return
	}
	const why = "Workspaces can install the bot only with SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLABUDDY_ENCRYPTION_KEY and SLABUDDY_PUBLIC_URL together. "
	r.missing("SLACK_CLIENT_ID", why+appPage+"Basic Information, App Credentials.")
	r.missing("SLACK_CLIENT_SECRET", why+appPage+"Basic Information, App Credentials.")
	r.missing("SLABUDDY_ENCRYPTION_KEY", why+makeAKey)
	r.missing("SLABUDDY_PUBLIC_URL", why+publicFix)
}

func (r *envReader) publicURL() string {
	const name = "SLABUDDY_PUBLIC_URL"
	s := r.get(name)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		r.fail(name, publicFix, "is no web address: %q", redact(s))
	case u.Scheme == "http" && !onLoopback(u.Hostname()):
		r.fail(name, publicFix, "is not safe: %q", redact(s))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		r.fail(name, publicFix, "holds more than an address: %q", redact(s))
	}
	return strings.TrimRight(s, "/")
}

func onLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}

func (r *envReader) encryptionKey() Secret {
	const name = "SLABUDDY_ENCRYPTION_KEY"
	s := r.get(name)
	if s == "" {
		return Secret{}
	}
	if err := seal.Check(s); err != nil {
		r.fail(name, makeAKey, "cannot be used: %v", err)
	}
	return NewSecret(s)
}

// credential is one of the app's own, which is no token.
func (r *envReader) credential(name, fix string) string {
	s := r.get(name)
	if looksLikeToken(s) {
		r.fail(name, fix+" "+appPage+"Basic Information, App Credentials.", "holds a token")
	}
	return s
}

func looksLikeToken(s string) bool {
	return strings.HasPrefix(s, "xox") || strings.HasPrefix(s, "xapp-")
}

// botToken refuses what is surely another kind of token, or none. What a Slack of one's own
// (SLACK_API_URL) takes for a token is its affair.
func (r *envReader) botToken() Secret {
	const name = "SLACK_BOT_TOKEN"
	const fix = "Take the Bot User OAuth Token, which begins with xoxb-. " + appPage + "OAuth & Permissions."
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
	case s != "" && !strings.HasPrefix(s, "xoxb-") && !strings.HasPrefix(s, "xwfp-") && r.get("SLACK_API_URL") == "":
		r.fail(name, fix, "holds no bot token")
	}
	return NewSecret(s)
}

func (r *envReader) appToken() Secret {
	const name = "SLACK_APP_TOKEN"
	s := r.get(name)
	if s != "" && (!strings.HasPrefix(s, "xapp-") || strings.ContainsAny(s, " \t\r\n")) {
		r.fail(name, "Take an app-level token, which begins with xapp-, with the scope connections:write. "+appPage+"Basic Information, App-Level Tokens.", "holds no app-level token")
	}
	return NewSecret(s)
}

// clientID refuses what does not belong into an address that everybody sees.
func (r *envReader) clientID() string {
	s := r.credential("SLACK_CLIENT_ID", "Take the Client ID, two numbers with a dot between them.")
	if looksLikeToken(s) {
		return ""
	}
	return s
}

func (r *envReader) slackAPIURL() string {
	const name = "SLACK_API_URL"
	s := r.webAddress(name)
	if s != "" && !strings.HasSuffix(s, "/api/") {
		r.fail(name, "Write it with the path and the slash, such as https://slack.com/api/; leave it out for Slack itself.", "does not end in /api/: %q", redact(s))
	}
	return s
}
