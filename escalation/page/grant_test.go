package page_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/page"
)

// Rule 29: a stored call is given what the configuration names for it, and only where that is to go.
func TestACallIsGivenNothingButItsOwn(t *testing.T) {
	environment["TOKEN"], environment["BARE_URL"] = "t0p-s3cret", "https://hooks.example.com"
	given := page.Secrets{Lookup: lookup, Grant: page.Grant{"TOKEN": {"https://hooks.example.com:443"}, "BARE_URL": {page.Self}}}
	post := func(url string) page.Call { return page.Call{Method: "POST", URL: url} }
	with := func(c page.Call, change func(*page.Call)) page.Call { change(&c); return c }
	for name, tt := range map[string]struct {
		call page.Call
		want string // what its error says; "" if it may be made
	}{
		"to its host":                         {with(post("https://hooks.example.com/x"), func(c *page.Call) { c.Body = "${TOKEN}" }), ""},
		"to its host, written otherwise":      {post("https://HOOKS.example.com:443/?t=${TOKEN}"), ""},
		"an address that a variable holds":    {with(post("${BARE_URL}/x"), func(c *page.Call) { c.Body = "${TOKEN}" }), ""},
		"a variable of the program":           {post("https://hooks.example.com/${ROUTING_KEY}"), "ROUTING_KEY is not for this call"},
		"one that is not set either":          {post("https://hooks.example.com/${UNSET}"), "UNSET is not for this call"},
		"called for by a template":            {with(post("https://hooks.example.com"), func(c *page.Call) { c.Templates, c.Body = true, `{{ref "ROUTING_KEY"}}` }), "ROUTING_KEY is not for this call"},
		"in a header":                         {with(post("https://evil.example"), func(c *page.Call) { c.Headers = map[string]string{"X": "${TOKEN}"} }), "TOKEN does not go to the address"},
		"in a query":                          {with(post("https://evil.example"), func(c *page.Call) { c.Query = map[string]string{"x": "${TOKEN}"} }), "TOKEN does not go to the address"},
		"in the address":                      {post("https://evil.example/${TOKEN}"), "TOKEN does not go to the address"},
		"as a part of the host":               {post("https://${TOKEN}.evil.example/"), "TOKEN does not go to the address"},
		"in place of a user":                  {post("${BARE_URL}@evil.example/"), "BARE_URL does not go to the address"},
		"without TLS":                         {post("http://hooks.example.com/${TOKEN}"), "TOKEN does not go to the address"},
		"at another port":                     {post("https://hooks.example.com:8443/${TOKEN}"), "TOKEN does not go to the address"},
		"to a host that a header chooses":     {with(post("https://hooks.example.com/${TOKEN}"), func(c *page.Call) { c.Headers = map[string]string{"host": "evil.example"} }), "could lead to another host"},
		"nothing secret may go anywhere else": {with(post("https://evil.example"), func(c *page.Call) { c.Headers = map[string]string{"Host": "a"} }), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tt.call.Request(facts(), given)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the secret is in %v", err)
			}
		})
	}
}

func TestAPagesOwnVariablesGoWhereItsCallsGo(t *testing.T) {
	environment["RESOLVE_URL"] = "https://resolve.example.com/k3y"
	p := page.Page{
		Trigger: page.Call{URL: "https://hooks.example.com/x", Headers: map[string]string{"Authorization": "Bearer ${ROUTING_KEY}"}},
		Resolve: &page.Call{URL: "${RESOLVE_URL}", Headers: map[string]string{"X-Team": "own"}},
	}
	got := p.Grant(map[string]string{"X-Team": "${TEAM_KEY}"}, lookup)
	want := page.Grant{
		"ROUTING_KEY": {"https://hooks.example.com:443"}, "TEAM_KEY": {"https://hooks.example.com:443"}, "RESOLVE_URL": {"https://resolve.example.com:443"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if g := (page.Page{}).Grant(nil, lookup); len(g) != 0 {
		t.Errorf("a page that is not configured any more is given %v", g)
	}
}

func TestWhatAQueueDoesNotCoverIsToldBeforehand(t *testing.T) {
	g := page.Grant{"TOKEN": {"https://hooks.example.com:443"}, "HOOK_URL": {page.Self}}
	for url, covered := range map[string]bool{
		"https://hooks.example.com/?t=${TOKEN}": true, "${HOOK_URL}": true, "${HOOK_URL}/x?t=${TOKEN}": true, "https://evil.example": true,
		"https://evil.example/?t=${TOKEN}": false, "https://hooks.example.com/${HOOK_URL}": false, "${TOKEN}": false, "https://hooks.example.com/${OTHER}": false,
	} {
		err := g.Covers(page.Call{URL: url})
		if refused := (*page.GrantError)(nil); (err == nil) != covered || err != nil && !errors.As(err, &refused) {
			t.Errorf("%s: %v", url, err)
		}
	}
}
