package main_test

import (
	"strings"
	"testing"
)

// manifest prints what Slack makes an app of, needs nothing configured, and refuses an address that
// Slack could not call.
func TestManifest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	w.env = nil
	for _, tt := range []struct {
		args, stdout, stderr string
		code                 int
	}{
		{args: "manifest --url https://slabuddy.example.com", stdout: `redirect_urls:` + "\n" + `    - "https://slabuddy.example.com/slack/oauth_redirect"`},
		{args: "manifest --socket", stdout: "socket_mode_enabled: true"},
		{args: "manifest", code: 2, stderr: "as in --url https://slabuddy.example.com"},
		{args: "manifest --url http://slabuddy.example.com", code: 2, stderr: "not https, and Slack calls nothing else"},
	} {
		got := w.run(strings.Fields(tt.args)...)
		if got.code != tt.code {
			t.Errorf("slabuddy %s: exit code %d, want %d\n%s", tt.args, got.code, tt.code, got.stderr)
		}
		expect(t, got.stdout, tt.stdout)
		expect(t, got.stderr, tt.stderr)
	}
}
