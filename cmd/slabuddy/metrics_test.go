package main_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// contract are the metrics that people build on, each with its type and its labels in alphabetical order: people's
// alerts rely on them.
var contract = map[string]string{
	"slabuddy_tickets_total":                           "counter outcome policy",
	"slabuddy_timelines_open":                          "gauge policy",
	"slabuddy_timelines_time_left":                     "gauge left policy",
	"slabuddy_reminders_total":                         "counter clock outcome policy tier",
	"slabuddy_digests_total":                           "counter",
	"slabuddy_reminder_lateness_seconds":               "histogram",
	"slabuddy_first_reply_seconds":                     "histogram policy",
	"slabuddy_answered_in_time_total":                  "counter clock policy",
	"slabuddy_breaches_total":                          "counter clock policy",
	"slabuddy_snoozes_total":                           "counter policy",
	"slabuddy_walk_seconds":                            "histogram",
	"slabuddy_walk_last_success_timestamp_seconds":     "gauge",
	"slabuddy_workspaces":                              "gauge state",
	"slabuddy_workspaces_held":                         "gauge",
	"slabuddy_counts_age_seconds":                      "gauge",
	"slabuddy_jobs":                                    "gauge queue state",
	"slabuddy_job_attempts_total":                      "counter outcome queue",
	"slabuddy_slack_events_total":                      "counter outcome type",
	"slabuddy_slack_requests_seconds":                  "histogram method outcome",
	"slabuddy_helpdesk_requests_seconds":               "histogram desk outcome",
	"slabuddy_calendar_last_success_timestamp_seconds": "gauge",
	"slabuddy_roster_engineers":                        "gauge state",
	"slabuddy_build_info":                              "gauge version",
	"go_goroutines":                                    "gauge",
	"process_resident_memory_bytes":                    "gauge",
}

var (
	typeLine   = regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`)
	sampleLine = regexp.MustCompile(`(?m)^([a-z_]+)(?:\{(.*)\})? \S+$`)
	labelName  = regexp.MustCompile(`(\w+)="`)
	labelValue = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
)

// askedFor is what the alerts and the dashboard ask for, in the same words as the contract; and with it the
// values of labels that they ask for by name, each as metric{label="value"}.
func askedFor(t *testing.T) (metrics map[string]string, values []string) {
	t.Helper()
	list, err := os.ReadFile("../../deploy/prometheus/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	metrics = map[string]string{}
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		for i, label := range fields[2:] {
			name, named, _ := strings.Cut(label, ":")
			fields[i+2] = name
			for value := range strings.SplitSeq(named, ",") {
				if value != "" {
					values = append(values, fmt.Sprintf("%s{%s=%q}", fields[0], name, value))
				}
			}
		}
		metrics[fields[0]] = strings.Join(fields[1:], " ")
	}
	return metrics, values
}

// valuesOf are the values of all labels on a page, each as metric{label="value"}.
func valuesOf(page string) map[string]bool {
	found := map[string]bool{}
	for _, m := range sampleLine.FindAllStringSubmatch(page, -1) {
		for _, l := range labelValue.FindAllStringSubmatch(m[2], -1) {
			found[fmt.Sprintf("%s{%s=%q}", strings.TrimSuffix(m[1], "_count"), l[1], l[2])] = true
		}
	}
	return found
}

// shapes are the metrics of a page, each with its type and labels.
func shapes(page string) map[string]string {
	types, found := map[string]string{}, map[string]string{}
	for _, m := range typeLine.FindAllStringSubmatch(page, -1) {
		types[m[1]] = m[2]
	}
	for _, m := range sampleLine.FindAllStringSubmatch(page, -1) {
		name := m[1]
		if base, is := strings.CutSuffix(name, "_count"); is && types[base] == "histogram" {
			name = base
		}
		labels := []string{types[name]}
		for _, l := range labelName.FindAllStringSubmatch(m[2], -1) {
			labels = append(labels, l[1])
		}
		slices.Sort(labels[1:])
		found[name] = strings.Join(labels, " ")
	}
	return found
}

const busy = `
calendar: {id: shifts@group.calendar.google.com}
pages: {oncall: {preset: grafana-oncall, url_env: ONCALL_URL}}
engineers: [{name: Ana, slack: U0ANA}]`

// A process that has done a bit of everything, the failing included, shows all metrics of the contract and all
// that alerts and dashboard ask for, and no secret: neither there, nor in its log at debug level, nor in /readyz, nor in what it keeps of its failures.
func TestMetricsAreThereAndSecretsAreNot(t *testing.T) {
	t.Parallel()
	database, err := url.Parse(databases["postgres"](t))
	if err != nil {
		t.Fatal(err)
	}
	if password, has := database.User.Password(); !has || password == "" {
		database.User = url.UserPassword(database.User.Username(), "database-secret")
	}
	w := threadWorld(t, database.String(), busy, 6)
	w.shift("Ana on-shift")
	w.calendar.RequireKey("calendar-secret")
	password, _ := database.User.Password()
	w.secrets = append(w.secrets, password, "calendar-secret", "address-secret", "wrong-secret")
	w.env = append(w.env, "GOOGLE_API_KEY=calendar-secret", "HELPDESK_URL="+w.desk.URL()+"?key=address-secret", "ONCALL_URL=http://127.0.0.1:1")

	pages := w.aBitOfEverything(t)
	w.start() // counts what is open and what has failed
	asked, values := askedFor(t)
	found, foundAsked, foundValues := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, page := range append(pages, w.pages()...) {
		for name, shape := range shapes(page) {
			if contract[name] != "" {
				found[name] = shape
			}
			if asked[name] != "" {
				foundAsked[name] = shape
			}
		}
		maps.Copy(foundValues, valuesOf(page))
		w.keepsSecrets("a page", page)
	}
	if diff := cmp.Diff(asked, foundAsked); diff != "" {
		t.Errorf("metrics that alerts and dashboard ask for (-want +got):\n%s", diff)
	}
	for _, value := range values {
		if !foundValues[value] {
			t.Errorf("alerts or dashboard ask for %s, and there is none", value)
		}
	}
	if diff := cmp.Diff(contract, found); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	for _, j := range w.jobs("") {
		w.keepsSecrets("a job", fmt.Sprintf("%+v %s", j, j.Payload))
	}
	for _, command := range [][]string{{"check"}, {"check", "--json"}, {"migrate", "status"}, {"serve"}} {
		env := w.env
		if command[0] == "serve" {
			w.env = append(slices.Clone(env), "DATABASE_URL=postgres://slabuddy:database-secret@127.0.0.1:1/slabuddy")
		}
		got := w.run(command...)
		w.keepsSecrets(strings.Join(command, " "), got.stdout+got.stderr)
		w.env = env
	}
}

// aBitOfEverything has two processes work and fail, and returns what the pages of the first showed in the end.
func (w *world) aBitOfEverything(t *testing.T) (pages []string) {
	good := w.env
	w.env = append(slices.Clone(good), "SLACK_BOT_TOKEN=xoxb-wrong-secret",
		"HELPDESK_URL=http://127.0.0.1:1/replies?key=address-secret", "GOOGLE_CALENDAR_URL=http://127.0.0.1:1")
	c := w.start()
	first := w.ticket(ofThread(0), "1", 11*time.Minute)
	w.until("the post refused", patience, func() bool {
		jobs := w.jobs(queue.Pending)
		return len(jobs) == 1 && jobs[0].LastError != ""
	})
	pages = w.pages()
	c.stop()

	w.env = good
	w.desk.Reply("2", time.Now())
	w.slack.Inject(slacktest.Fault{Method: "chat.postMessage", Times: 1, Do: slacktest.Cut().AfterAccepting()})
	w.desk.Fail(helpdesktest.Cut, 1)
	w.desk.Fail(helpdesktest.ServerError, 1)
	w.check(w.slack.Archive(ofThread(5)))
	c = w.start()
	if code := c.post("/slack/events", []byte(`{"token":"`+w.slack.Options().VerificationToken+`"}`), func(*http.Request) {}); code != 401 {
		t.Errorf("status %d", code)
	}
	answered := w.ticket(ofThread(1), "2", 11*time.Minute)
	late := w.ticket(ofThread(2), "3", 51*time.Minute)
	w.ticket(ofThread(3), "4", 5*time.Minute)
	snoozed := w.ticket(ofThread(4), "5", 5*time.Minute)
	w.ticket(ofThread(5), "6", 11*time.Minute) // cannot be posted: archived
	w.delivered()
	ana("")(w, ofThread(4), snoozed)
	w.reminder(ofThread(0), first)
	w.reminder(ofThread(2), late)
	w.until("the answered one closed", patience, func() bool {
		return w.timeline(ofThread(1), answered).State == escalation.Answered
	})
	w.told()
	pages = append(pages, w.pages()...)
	if code := c.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	return pages
}

// pages are the operator's, of the process that was started last.
func (w *world) pages() []string {
	w.t.Helper()
	c := w.children[len(w.children)-1]
	_, metrics := c.page("/metrics")
	_, ready := c.page("/readyz")
	_, commandLine := c.page("/debug/pprof/cmdline")
	return []string{metrics, ready, commandLine}
}
