package main_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// Rule 15: behind a pooler in transaction mode replicas share the work as they do without one.
func TestBehindAPoolerReplicasShareTheWorkExactlyOnce(t *testing.T) {
	t.Parallel()
	database := pgtest.Pooler(t, pgtest.URL(t))
	w := chaosWorld(t, database)
	replicas := []*child{w.start(), w.start()}
	var threads []escalation.Thread
	for i := range chaosTickets {
		ts := w.ticket(chaosChannel(i), fmt.Sprint(1000+i), 10*time.Minute-time.Duration(i)*30*time.Millisecond)
		threads = append(threads, escalation.Thread{Channel: chaosChannel(i), TS: ts})
		w.slack.SetRequestURL("http://" + replicas[i%2].public + "/slack/events")
	}
	w.until("every tier posted", 90*time.Second, func() bool {
		return !slices.ContainsFunc(threads, func(th escalation.Thread) bool { return len(w.replies(th.Channel, th.TS)) == 0 })
	})
	w.settled(database)
	w.exactlyOnce(threads)
	for _, c := range replicas {
		c.says("the database is behind a pooler")
		if log := c.logged(); strings.Contains(log, "prepared statement") || strings.Contains(log, `"level":"ERROR"`) {
			t.Errorf("there were errors:\n%s", log)
		}
	}
}
