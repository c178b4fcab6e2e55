package manifest

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, o Options) map[string]any {
	t.Helper()
	out, err := Write(o)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := yaml.Unmarshal(out, &m); err != nil {
		t.Fatalf("no YAML: %v\n%s", err, out)
	}
	return m
}

func TestSlackTakesTheManifest(t *testing.T) {
	for name, o := range map[string]Options{
		"over HTTP":                  {URL: "https://slabuddy.example.com/"},
		"below a path, with a port":  {URL: "https://example.com:8443/bots/sla"},
		"by Socket Mode":             {Socket: true},
		"by Socket Mode, with OAuth": {URL: "https://slabuddy.example.com", Socket: true},
	} {
		t.Run(name, func(t *testing.T) {
			m := read(t, o)
			if problems := check(m); len(problems) > 0 {
				t.Errorf("Slack would say:\n%s", strings.Join(problems, "\n"))
			}
			if _, has := m["oauth_config"].(map[string]any)["redirect_urls"]; has != (o.URL != "") {
				t.Errorf("redirect_urls: %t", has)
			}
		})
	}
}

func TestEachAddressLeadsWhereItShould(t *testing.T) {
	m := read(t, Options{URL: "https://slabuddy.example.com/"})
	settings := m["settings"].(map[string]any)
	commands := map[string]any{}
	for _, c := range m["features"].(map[string]any)["slash_commands"].([]any) {
		commands[c.(map[string]any)["command"].(string)] = c.(map[string]any)["url"]
	}
	got := []any{
		settings["event_subscriptions"].(map[string]any)["request_url"],
		settings["interactivity"].(map[string]any)["request_url"],
		m["oauth_config"].(map[string]any)["redirect_urls"].([]any)[0],
		commands,
	}
	const base = "https://slabuddy.example.com/slack/"
	want := []any{
		base + "events", base + "interactions", base + "oauth_redirect",
		map[string]any{"/sla": base + "commands", "/sla-setup": base + "commands", "/add-support-engineer": base + "commands"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheScopesAndEventsAreTheseAndNoMore(t *testing.T) {
	m := read(t, Options{Socket: true})
	got := map[string]any{
		"scopes": m["oauth_config"].(map[string]any)["scopes"],
		"events": m["settings"].(map[string]any)["event_subscriptions"].(map[string]any)["bot_events"],
		"org":    m["settings"].(map[string]any)["org_deploy_enabled"],
		"rotate": m["settings"].(map[string]any)["token_rotation_enabled"],
	}
	want := map[string]any{
		"scopes": map[string]any{"bot": []any{
			"chat:write", "app_mentions:read", "channels:history", "groups:history", "channels:read", "groups:read",
			"users:read", "users:read.email", "usergroups:read", "commands", "channels:join",
		}},
		"events": []any{
			"app_home_opened", "app_mention", "app_uninstalled", "channel_id_changed", "member_joined_channel", "message.channels", "message.groups", "tokens_revoked",
		},
		"org": false, "rotate": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The check itself notices what Slack would refuse.
func TestTheCheckNotices(t *testing.T) {
	for name, spoil := range map[string]func(m map[string]any){
		"a long name":         func(m map[string]any) { part(m, "display_information")["name"] = strings.Repeat("x", 36) },
		"a short description": func(m map[string]any) { part(m, "display_information")["long_description"] = "short" },
		"an unknown key":      func(m map[string]any) { part(m, "settings")["socket"] = true },
		"an event too much":   func(m map[string]any) { part(m, "oauth_config", "scopes")["bot"] = []any{"chat:write"} },
		"an empty list":       func(m map[string]any) { part(m, "settings", "event_subscriptions")["bot_events"] = []any{} },
		"the same event twice": func(m map[string]any) {
			part(m, "settings", "event_subscriptions")["bot_events"] = []any{"app_home_opened", "app_home_opened"}
		},
		"an http address":       func(m map[string]any) { part(m, "settings", "interactivity")["request_url"] = "http://x" },
		"no address":            func(m map[string]any) { delete(part(m, "settings", "interactivity"), "request_url") },
		"text instead of a bit": func(m map[string]any) { part(m, "settings")["socket_mode_enabled"] = "false" },
	} {
		m := read(t, Options{URL: "https://slabuddy.example.com"})
		spoil(m)
		if len(check(m)) == 0 {
			t.Errorf("%s goes unnoticed", name)
		}
	}
}

func part(m map[string]any, keys ...string) map[string]any {
	for _, k := range keys {
		m = m[k].(map[string]any)
	}
	return m
}

func TestAnAddressThatSlackCannotCallIsRefused(t *testing.T) {
	for address, says := range map[string]string{
		"":                                "--socket, which needs no public address",
		"slabuddy.example.com":            "write it in full",
		"https://":                        "write it in full",
		"https://:8443":                   "write it in full",
		"ftp://slabuddy.example.com":      "not https",
		"http://slabuddy.example.com":     "not https",
		"http://localhost:8080":           "use --socket",
		"https://me:pw@example.com":       "leave out",
		"https://example.com?a=b":         "leave out",
		"https://example.com/#top":        "leave out",
		"https://example.com/\"\nname: x": "no web address",
		"https://example.com/a\"b":        "does not belong",
	} {
		_, err := Write(Options{URL: address})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q gets %v, want %q", address, err, says)
		}
	}
}
