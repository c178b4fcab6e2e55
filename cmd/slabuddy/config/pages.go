package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/page"
)

var (
	pageName     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// pages reads the pages; tiers name them.
func (r *reader) pages(v value, c *Config) {
	for _, e := range r.entries(v, "pages") {
		if !pageName.MatchString(e.key) {
			r.fail(e.at, "Use letters, digits, - and _, such as oncall.", "%q cannot be the name of a page", e.key)
			continue
		}
		c.Pages[e.key] = r.page(e, c)
	}
}

// pageText is what the file says of a page.
type pageText struct {
	preset, urlEnv, keyEnv string
	link                   page.Link
	call                   page.Call
	resolve                *page.Call
	resolveAt              place
	resolveFound           map[string]place
}

func (r *reader) page(e entry, c *Config) page.Page {
	where := "pages." + e.key
	p := page.Page{Name: e.key, Queue: escalation.QueuePage}
	t := pageText{link: page.LinkTicket, call: page.Call{Method: "POST", Templates: true}}
	before := len(r.problems)
	found := r.object(e.value, where,
		field{"preset", func(v value) { t.preset = r.oneOf(v, where+".preset", presetNames()) }},
		field{"url_env", func(v value) { t.urlEnv = r.variable(v, where+".url_env") }},
		field{"url", r.set(&t.call.URL, where+".url")},
		field{"routing_key_env", func(v value) { t.keyEnv = r.variable(v, where+".routing_key_env") }},
		field{"link", func(v value) {
			t.link = page.Link(r.oneOf(v, where+".link", []string{string(page.LinkTicket), string(page.LinkReminder)}))
		}},
		field{"only", func(v value) { p.Only = r.only(v, where+".only") }},
		field{"queue", func(v value) { p.Queue = r.queueNamed(v, where+".queue", c) }},
		field{"method", func(v value) { t.call.Method = r.method(v, where+".method") }},
		field{"query", func(v value) { t.call.Query = r.texts(v, where+".query", func(entry) string { return "" }) }},
		field{"headers", func(v value) { t.call.Headers = r.headers(v, where+".headers") }},
		field{"body", r.set(&t.call.Body, where+".body")},
		field{"once", func(v value) { t.call.Once = r.yes(v, where+".once") }},
		field{"resolve", func(v value) { r.takeBack(v, where+".resolve", &t) }},
	)
	if len(r.problems) > before {
		return p
	}
	r.pageCalls(e, where, found, &t, &p)
	r.failOwn(p.References(), e.at, where)
	return p
}

// pageCalls makes the calls of a page, and tries them.
func (r *reader) pageCalls(e entry, where string, found map[string]place, t *pageText, p *page.Page) {
	if t.urlEnv != "" && t.call.URL != "" {
		r.fail(found["url"], "Keep one of url and url_env.", "%s has two addresses", where)
		return
	}
	if t.urlEnv != "" {
		t.call.URL = "${" + t.urlEnv + "}"
	}
	if t.preset != "" {
		r.presetCalls(e, where, found, t, p)
		return
	}
	for _, key := range []string{"routing_key_env", "link"} {
		if at, there := found[key]; there {
			r.fail(at, "Leave it out, or name a preset.", "%s.%s goes with a preset", where, key)
		}
	}
	if t.call.URL == "" {
		r.fail(e.at, "Add url_env: NAME, where the variable NAME holds the address, or a preset.", "%s does not say where to call", where)
		return
	}
	p.Trigger = t.call
	r.failCall(p.Trigger, e.at, where, pageSamples(escalation.Open), found)
	if t.resolve != nil {
		if t.resolve.URL == "" {
			t.resolve.URL = t.call.URL
		}
		p.Resolve = t.resolve
		r.failCall(*p.Resolve, t.resolveAt, where+".resolve", pageSamples(escalation.Answered), t.resolveFound)
	}
}

// presetCalls makes the calls of a preset, which knows all but where it is to call.
func (r *reader) presetCalls(e entry, where string, found map[string]place, t *pageText, p *page.Page) {
	for _, key := range slices.Sorted(maps.Keys(found)) {
		if slices.Contains([]string{"method", "query", "body", "resolve", "headers"}, key) {
			r.fail(found[key], "Leave it out; or leave out the preset and write url_env, body and what else it takes.", "%s.%s is set by the preset %s", where, key, t.preset)
			return
		}
	}
	preset, key := page.Preset(t.preset), ""
	switch {
	case preset == page.PagerDuty && t.keyEnv == "":
		r.fail(e.at, "Add routing_key_env: NAME, where the variable NAME holds the integration key of Events API v2.", "%s does not say which service of PagerDuty to page", where)
		return
	case preset == page.PagerDuty:
		key = "${" + t.keyEnv + "}"
		if t.call.URL == "" {
			t.call.URL = page.PagerDutyURL
		}
	case t.keyEnv != "":
		r.fail(found["routing_key_env"], "Leave it out: the address alone grants access.", "%s has no routing key", t.preset)
		return
	case t.call.URL == "":
		r.fail(e.at, "Add url_env: NAME, where the variable NAME holds the integration's address.", "%s does not say where to call", where)
		return
	}
	if preset == page.GrafanaOnCall && len((page.Call{URL: t.call.URL}).References()) == 0 {
		r.fail(found["url"], "It grants access: put it into an environment variable, and write url_env: NAME.", "%s.url holds the integration's address itself", where)
		return
	}
	trigger, resolve := preset.Calls(t.call.URL, key, t.link)
	trigger.Once = t.call.Once
	p.Trigger, p.Resolve = trigger, &resolve
	r.failCall(p.Trigger, e.at, where, pageSamples(escalation.Open), found)
}

// takeBack reads the call that takes a page back. What it does not say is as in the page.
func (r *reader) takeBack(v value, where string, t *pageText) {
	call := page.Call{Method: t.call.Method, Headers: t.call.Headers, Templates: true}
	urlEnv := ""
	t.resolveAt = v.at
	t.resolveFound = r.object(v, where,
		field{"method", func(v value) { call.Method = r.method(v, where+".method") }},
		field{"url_env", func(v value) { urlEnv = r.variable(v, where+".url_env") }},
		field{"url", r.set(&call.URL, where+".url")},
		field{"query", func(v value) { call.Query = r.texts(v, where+".query", func(entry) string { return "" }) }},
		field{"headers", func(v value) { call.Headers = r.headers(v, where+".headers") }},
		field{"body", r.set(&call.Body, where+".body")},
	)
	if urlEnv != "" {
		call.URL = "${" + urlEnv + "}"
	}
	t.resolve = &call
}

func (r *reader) only(v value, where string) (o page.Only) {
	r.object(v, where,
		field{"priority", func(v value) { o.Priority = r.names(v, where+".priority") }},
		field{"type", func(v value) { o.Type = r.names(v, where+".type") }},
	)
	return o
}

// pageSamples are facts to try a page's templates on.
func pageSamples(state escalation.TimelineState) []any {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var facts []any
	for _, ticket := range samples {
		f := escalation.PageFacts{
			Key: "0198c0de-0000-7000-8000-000000000042", Ticket: ticket, Policy: "enterprise", Tier: 4, Tiers: 4, PostedAt: noon,
			Due: noon.Add(50 * time.Minute), Deadline: noon.Add(50 * time.Minute), State: state, Now: noon.Add(51 * time.Minute),
		}
		if ticket.Link != "" {
			f.Permalink, f.Unchecked = "https://acme.slack.com/archives/C0ENTERPRISE/p1767269400000000", true
		}
		facts = append(facts, f)
	}
	return facts
}

// pageNamed reads the name of a page that there is.
func (r *reader) pageNamed(v value, where string, pages map[string]page.Page) string {
	s, ok := r.name(v, where)
	if !ok {
		return ""
	}
	if _, known := pages[s]; !known {
		fix := didYouMean(s, slices.Sorted(maps.Keys(pages)), "Pages here")
		if len(pages) == 0 {
			fix = "Add it: pages: {" + s + ": {preset: grafana-oncall, url_env: ONCALL_URL}}."
		}
		r.fail(v.at, fix, "there is no page %q", s)
	}
	return s
}

func presetNames() []string {
	var names []string
	for _, p := range page.Presets {
		names = append(names, string(p))
	}
	return names
}

// oneOf reads a word that is one of a few.
func (r *reader) oneOf(v value, name string, words []string) string {
	s, ok := r.name(v, name)
	if !ok {
		return ""
	}
	if !slices.Contains(words, strings.ToLower(s)) {
		r.fail(v.at, didYouMean(s, words, "There are"), "%s cannot be %q", name, s)
	}
	return strings.ToLower(s)
}

func (r *reader) method(v value, name string) string {
	s, ok := r.name(v, name)
	if ok && !slices.Contains(page.Methods, strings.ToUpper(s)) {
		r.fail(v.at, "There are "+strings.Join(page.Methods, ", ")+".", "%s cannot be %q", name, s)
	}
	return strings.ToUpper(s)
}

// variable reads the name of an environment variable.
func (r *reader) variable(v value, name string) string {
	s, ok := r.name(v, name)
	if ok && !variableName.MatchString(s) {
		r.fail(v.at, "Write the variable's name, such as ONCALL_URL: what it holds does not stand here.", "%s is no name of an environment variable", name)
	}
	return s
}

// set reads any text.
func (r *reader) set(s *string, name string) func(value) {
	return func(v value) {
		if got, ok := r.text(v, name); ok {
			*s = got
		}
	}
}

func (r *reader) yes(v value, name string) bool {
	return r.oneOf(v, name, []string{"true", "false"}) == "true"
}

// Missing tells which environment variables the pages and queues refer to that are not set, as an
// *EnvError; nil if none. ReadEnv tells the same along with the rest.
func (c *Config) Missing(getenv func(string) string) error {
	r := &envReader{getenv: getenv}
	r.demandPages(c)
	if len(r.problems) > 0 {
		return &EnvError{Problems: r.problems}
	}
	return nil
}

// demandPages: what pages and queues refer to.
func (r *envReader) demandPages(c *Config) {
	told := map[string]bool{}
	missing := func(name, user string) {
		if !told[name] {
			told[name] = true
			r.missing(name, user+" refers to it.")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Pages)) {
		for _, variable := range c.Pages[name].References() {
			missing(variable, "The page "+name)
		}
	}
	for _, name := range c.queueNames() {
		for _, variable := range (page.Call{Headers: c.Queues[name].Headers}).References() {
			missing(variable, "The queue "+name)
		}
		for _, variable := range slices.Sorted(maps.Keys(c.Queues[name].Secrets)) {
			missing(variable, "The queue "+name)
		}
	}
}
