// Package manifest writes the Slack app that SLA Buddy needs: the manifest which Slack makes an app
// of (docs.slack.dev/reference/app-manifest).
//
// It asks for the scopes that the bot uses, and for the events that they let it hear. With a public
// address Slack calls that; with Socket Mode the bot calls Slack, and no address is needed.
package manifest

import (
	"bytes"
	_ "embed"
	"errors"
	"net/url"
	"strings"
	"text/template"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// Options say how Slack and the bot reach each other. At least one is needed.
type Options struct {
	URL    string // where the bot is, as in SLABUDDY_PUBLIC_URL; "" with Socket Mode alone
	Socket bool   // by Socket Mode
}

//go:embed manifest.yaml.tmpl
var text string

// Write returns the manifest as YAML.
func Write(o Options) ([]byte, error) {
	if o.URL == "" && !o.Socket {
		return nil, errors.New("say where the bot is, as in --url https://slabuddy.example.com; or use --socket, which needs no public address")
	}
	base, err := checkURL(o.URL)
	if err != nil {
		return nil, err
	}
	t, err := template.New("manifest").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		URL    string
		Socket bool
		Scopes []string
	}{base, o.Socket, client.Scopes()})
	return out.Bytes(), err
}

// checkURL returns the address without the slash at its end. Slack calls https only.
func checkURL(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return "", errors.New("that is no web address; write it in full, as in https://slabuddy.example.com")
	case u.Scheme != "https":
		return "", errors.New("that is not https, and Slack calls nothing else; write it as in https://slabuddy.example.com. On a machine that Slack cannot reach, use --socket")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("leave out what follows ? or #, and any user: write it as in https://slabuddy.example.com")
	case strings.ContainsAny(address, "\"\\ \t\r\n"):
		return "", errors.New("there is a character in that address which does not belong in one; write it as in https://slabuddy.example.com")
	}
	return strings.TrimRight(u.String(), "/"), nil
}
