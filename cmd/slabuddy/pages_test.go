package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const pageConfiguration = `
help_desk: {poll: 1s}
policies: {enterprise: {tiers: [{after: 10m, notify: '@support', page: oncall}]}}
channels: {C0ENTERPRISE: {}}
pages: {oncall: {preset: grafana-oncall, url_env: ONCALL_URL, link: reminder, only: {priority: [High]}}}
`

const onCallKey = "/integrations/v1/formatted_webhook/k3y-of-the-integration/"

// A page waits for its reminder, and carries its link; here the process is killed while the page is under
// way. The one that comes after sends it again, under the same key; the answer takes it back.
func TestAPageCarriesTheLinkOfItsReminderThroughAKill(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, r := queueWorld(t, database, pageConfiguration)
		w.env = append(w.env, "ONCALL_URL="+r.URL+onCallKey)
		w.secrets = append(w.secrets, "k3y-of-the-integration")
		r.set(r.hang, onCallKey, true)
		c := w.start()
		ts := w.ticket(enterprise, "42", 11*time.Minute)
		w.until("the page is under way", patience, func() bool { return r.got(onCallKey) == 1 })
		c.kill()
		r.set(r.hang, onCallKey, false)
		again := w.start()
		w.until("the page is sent again", time.Minute, func() bool { return r.got(onCallKey) == 2 })
		reminders := w.replies(enterprise, ts)
		if len(reminders) != 1 {
			t.Fatalf("%d messages in the thread, want the reminder", len(reminders))
		}
		sent := w.pagesSent(r)
		link := "/archives/" + enterprise + "/p" + strings.ReplaceAll(reminders[0].TS, ".", "")
		if !strings.Contains(sent[1]["link_to_upstream_details"], link) || sent[0]["alert_uid"] != sent[1]["alert_uid"] || sent[1]["state"] != "alerting" {
			t.Errorf("sent %v, want the link %s and one key", sent, link)
		}
		w.desk.Reply("42", time.Now())
		w.until("the page is taken back", patience, func() bool { return r.got(onCallKey) == 3 })
		if resolved := w.pagesSent(r)[2]; resolved["state"] != "ok" || resolved["alert_uid"] != sent[0]["alert_uid"] {
			t.Errorf("taken back with %v", resolved)
		}
		w.until("its answer is kept", patience, func() bool { return len(w.jobsBy("--queue=page", "--state=done")) == 2 })
		again.kill()
		w.keepsSecrets("the log", c.logged()+again.logged())
		w.noSecretsIn(database)
	})
}

// pagesSent are the bodies that the receiver got.
func (w *world) pagesSent(r *receiver) []map[string]string {
	w.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []map[string]string
	for _, call := range r.calls {
		_, body, _ := strings.Cut(strings.TrimPrefix(call, "POST "), " ")
		var fields map[string]string
		w.check(json.Unmarshal([]byte(body), &fields))
		all = append(all, fields)
	}
	return all
}
