package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/page"
)

// fullPages are those of testdata/full.yaml.
func fullPages() map[string]page.Page {
	onCall, onCallResolve := page.GrafanaOnCall.Calls("${ONCALL_URL}", "", page.LinkTicket)
	duty, dutyResolve := page.PagerDuty.Calls("https://events.eu.pagerduty.com/v2/enqueue", "${PAGERDUTY_KEY}", page.LinkReminder)
	duty.Once = true
	return map[string]page.Page{
		"oncall": {
			Name: "oncall", Queue: "page", Only: page.Only{Priority: []string{"high", "urgent"}, Type: []string{"bug"}},
			Trigger: onCall, Resolve: &onCallResolve,
		},
		"pagerduty": {Name: "pagerduty", Queue: "page", Trigger: duty, Resolve: &dutyResolve},
		"hook": {
			Name: "hook", Queue: "hooks",
			Trigger: page.Call{
				Method: "PUT", URL: "https://hooks.example.com/tickets", Query: map[string]string{"ticket": "{{.Ticket.ID}}"},
				Headers: map[string]string{"Authorization": "Bearer ${HOOK_TOKEN}"}, Templates: true,
				Body: `{"text":{{json .Title}},"reminder":{{json .Permalink}}}`,
			},
			Resolve: &page.Call{
				Method: "DELETE", URL: "${HOOK_URL}", Query: map[string]string{"id": "{{.Key}}"},
				Headers: map[string]string{"X-By": "slabuddy"}, Templates: true, Body: "done",
			},
		},
	}
}

func TestWhatPagesAndQueuesReferToHasToBeSet(t *testing.T) {
	c, err := Load("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"SLACK_SIGNING_SECRET": "s", "SLACK_BOT_TOKEN": "xoxb-1", "GOOGLE_API_KEY": "k", "ONCALL_URL": "https://oncall.example.com/1"}
	_, err = ReadEnv(func(name string) string { return env[name] }, c)
	if err == nil {
		t.Fatal("nothing is missing")
	}
	var missing []string
	for _, p := range err.(*EnvError).Problems {
		missing = append(missing, p.Variable)
	}
	slices.Sort(missing)
	if diff := cmp.Diff([]string{"HOOK_TOKEN", "HOOK_URL", "JOB_URL", "PAGERDUTY_KEY", "QUEUE_KEY"}, missing); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, name := range missing {
		env[name] = "https://example.com/x"
	}
	if _, err := ReadEnv(func(name string) string { return env[name] }, c); err != nil {
		t.Errorf("with all of them set: %v", err)
	}
}

func TestRates(t *testing.T) {
	for s, want := range map[string]string{"30/min": "30 1m0s", "10/s": "10 1s", "500/Hour": "500 1h0m0s", "1 / d": "1 24h0m0s"} {
		got, err := ParseRate(s)
		if said := strings.TrimSpace(strings.Join([]string{strconv.Itoa(got.Jobs), got.Per.String()}, " ")); err != nil || said != want {
			t.Errorf("%s: %s, %v; want %s", s, said, err, want)
		}
	}
	for _, s := range []string{"", "30", "30/", "/min", "0/min", "-1/s", "1.5/s", "30/year", "2000000/s"} {
		if _, err := ParseRate(s); err == nil {
			t.Errorf("%q was taken for a rate", s)
		}
	}
}

// Two configurations must not share what one of them adds to.
func TestConfiguredPagesLeaveTheDefaultsAlone(t *testing.T) {
	if _, err := Load("testdata/full.yaml"); err != nil {
		t.Fatal(err)
	}
	if names := slices.Collect(maps.Keys(Default().Pages)); len(names) > 0 || len(Default().Queues) != 1 {
		t.Errorf("the defaults have pages %q after a file was read", names)
	}
}
