package manifest

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"
)

// rule is what Slack's published schema says about one key, distilled from
// github.com/slackapi/manifest-schema, schemas/manifest.schema.1.0.0.json.
type rule struct {
	keys     map[string]rule // of an object, which may have no others
	required []string
	items    *rule // of a list
	least    int   // characters, or items
	most     int
	pattern  *regexp.Regexp
	flag     bool // true or false
}

var (
	webAddress = regexp.MustCompile(`^https?://`)
	address    = rule{least: 1, most: 3000, pattern: webAddress}
	flag       = rule{flag: true}
)

func textOf(least, most int) rule { return rule{least: least, most: most} }

func listOf(item rule, least, most int) rule { return rule{items: &item, least: least, most: most} }

var schema = rule{
	required: []string{"display_information"},
	keys: map[string]rule{
		"display_information": {required: []string{"name"}, keys: map[string]rule{
			"name": textOf(1, 35), "description": textOf(1, 140), "long_description": textOf(175, 4000),
			"background_color": {least: 4, most: 7, pattern: regexp.MustCompile(`^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$`)},
		}},
		"features": {keys: map[string]rule{
			"app_home": {keys: map[string]rule{"home_tab_enabled": flag, "messages_tab_enabled": flag, "messages_tab_read_only_enabled": flag}},
			"bot_user": {required: []string{"display_name"}, keys: map[string]rule{"display_name": textOf(1, 80), "always_online": flag}},
			"slash_commands": listOf(rule{required: []string{"command", "description"}, keys: map[string]rule{
				"command": {least: 2, most: 32, pattern: regexp.MustCompile(`^/`)}, "url": address,
				"description": textOf(1, 2000), "usage_hint": textOf(1, 1000), "should_escape": flag,
			}}, 1, 50),
		}},
		"oauth_config": {keys: map[string]rule{
			"redirect_urls": listOf(textOf(1, 2500), 1, 1000),
			"scopes":        {keys: map[string]rule{"bot": listOf(textOf(1, 50), 1, 255)}},
		}},
		"settings": {keys: map[string]rule{
			"event_subscriptions": {keys: map[string]rule{"request_url": address, "bot_events": listOf(textOf(1, 50), 1, 100)}},
			"interactivity":       {required: []string{"is_enabled"}, keys: map[string]rule{"is_enabled": flag, "request_url": address}},
			"org_deploy_enabled":  flag, "socket_mode_enabled": flag, "token_rotation_enabled": flag,
		}},
	},
}

// eventScopes are the scopes that an event needs, any one of them
// (docs.slack.dev/reference/events); none, for those that need none.
var eventScopes = map[string][]string{
	"app_home_opened": nil, "app_uninstalled": nil, "tokens_revoked": nil,
	"app_mention":           {"app_mentions:read"},
	"channel_id_changed":    {"channels:history", "groups:history"},
	"member_joined_channel": {"channels:read", "groups:read"},
	"message.channels":      {"channels:history"},
	"message.groups":        {"groups:history"},
}

// check is what Slack would have against a manifest.
func check(m map[string]any) []string {
	problems := schema.check("", m)
	get := func(keys ...string) any {
		var v any = m
		for _, k := range keys {
			v, _ = v.(map[string]any)[k]
			if v == nil {
				return nil
			}
		}
		return v
	}
	list := func(keys ...string) (all []string) {
		items, _ := get(keys...).([]any)
		for _, item := range items {
			all = append(all, fmt.Sprint(item))
		}
		return all
	}
	scopes := list("oauth_config", "scopes", "bot")
	for _, event := range list("settings", "event_subscriptions", "bot_events") {
		need, known := eventScopes[event]
		if !known {
			problems = append(problems, "unknown event "+event)
		}
		if len(need) > 0 && !slices.ContainsFunc(need, func(s string) bool { return slices.Contains(scopes, s) }) {
			problems = append(problems, event+" lacks its scope")
		}
	}
	commands, _ := get("features", "slash_commands").([]any)
	if len(commands) > 0 && !slices.Contains(scopes, "commands") {
		problems = append(problems, "slash commands lack their scope")
	}
	var addresses []any
	for _, c := range commands {
		addresses = append(addresses, c.(map[string]any)["url"])
	}
	addresses = append(addresses, get("settings", "event_subscriptions", "request_url"), get("settings", "interactivity", "request_url"))
	for _, a := range addresses {
		if socket := get("settings", "socket_mode_enabled") == true; (a == nil) != socket {
			problems = append(problems, fmt.Sprintf("Socket Mode is %t, and an address is %v", socket, a))
		}
	}
	return problems
}

func (r rule) check(at string, v any) (problems []string) {
	fail := func(what string, args ...any) { problems = append(problems, at+": "+fmt.Sprintf(what, args...)) }
	switch {
	case r.keys != nil:
		object, ok := v.(map[string]any)
		if !ok {
			fail("is no object")
			return problems
		}
		for _, key := range r.required {
			if _, ok := object[key]; !ok {
				fail("lacks %s", key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if one, known := r.keys[key]; known {
				problems = append(problems, one.check(at+"/"+key, object[key])...)
			} else {
				fail("has an unknown key %s", key)
			}
		}
	case r.items != nil:
		items, ok := v.([]any)
		if !ok || len(items) < r.least || len(items) > r.most {
			fail("is no list of %d to %d", r.least, r.most)
		}
		seen := map[string]bool{}
		for i, item := range items {
			problems = append(problems, r.items.check(fmt.Sprintf("%s/%d", at, i), item)...)
			if seen[fmt.Sprint(item)] {
				fail("holds %v twice", item)
			}
			seen[fmt.Sprint(item)] = true
		}
	case r.flag:
		if _, ok := v.(bool); !ok {
			fail("is neither true nor false")
		}
	default:
		s, ok := v.(string)
		if n := utf8.RuneCountInString(s); !ok || n < r.least || n > r.most {
			fail("is no text of %d to %d characters", r.least, r.most)
		}
		if r.pattern != nil && !r.pattern.MatchString(s) {
			fail("%q has the wrong form", s)
		}
		if r.pattern == webAddress {
			if u, err := url.Parse(s); err != nil || u.Scheme != "https" {
				fail("Slack cannot call %q", s)
			}
		}
	}
	return problems
}
