package handlers_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/intake"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// queued is a database that is slow for one workspace, and else as it is.
type queued struct {
	store
	opener       *intake.Opener
	inside, most atomic.Int32
	free         chan struct{}
}

func (q *queued) Open(ctx context.Context, tickets ...escalation.Message) (flow.OpenOutcome, error) {
	if tickets[0].Workspace == "T0FLOOD" {
		defer q.inside.Add(-1)
		for n, most := q.inside.Add(1), q.most.Load(); n > most && !q.most.CompareAndSwap(most, n); {
			most = q.most.Load()
		}
		<-q.free
	}
	return q.opener.Open(context.WithoutCancel(ctx), tickets...)
}

// Rule 29: while a workspace floods the bot with more than can be stored, another's ticket is stored at once; and
// what was refused is taken in when Slack sends it again.
func TestAWorkspaceThatFloodsTheBotDelaysNoOther(t *testing.T) {
	const channel = "C0"
	db := sqlitetest.Open(t)
	settings := escalation.DefaultSettings()
	settings.Channels = map[string]policy.Channel{channel: {}}
	q := &queued{free: make(chan struct{}), opener: &intake.Opener{Store: db, Deps: flow.Deps{
		Settings: func(string) *escalation.Settings { return &settings }, Now: func() time.Time { return now },
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Logger: slog.New(slog.DiscardHandler), Metrics: flow.NewMetrics(prometheus.NewRegistry()),
	}}}
	srv := httptest.NewServer(public(t, io.Discard, q))
	defer srv.Close()
	send := func(workspace string, id int) int {
		r := signed("/slack/events", fmt.Sprintf(
			`{"type":"event_callback","team_id":%q,"event":{"type":"message","channel":%q,"bot_id":"B0DESK","ts":"1799999999.%06d","text":"Ticket ID: %d"}}`, workspace, channel, id, id))
		r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", srv.Listener.Addr().String()
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	const flood = 400
	var sending sync.WaitGroup
	for id := range flood {
		sending.Go(func() {
			for send("T0FLOOD", id) != http.StatusOK {
				select { // Slack waits longer
				case <-q.free:
				case <-time.After(100 * time.Millisecond):
				}
			}
		})
	}
	for deadline := time.Now().Add(30 * time.Second); q.inside.Load() < 64; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d of the flood are being stored", q.inside.Load())
		}
	}
	for id := range 20 {
		for deadline := time.Now().Add(30 * time.Second); send("T0OTHER", id) != http.StatusOK; {
			if time.Now().After(deadline) {
				t.Fatal("another workspace's ticket is not taken in")
			}
		}
	}
	open := func(workspace string) int {
		ts, err := db.ListOpen(t.Context(), escalation.OpenQuery{Workspace: workspace, By: escalation.ByNext, Limit: 2 * flood})
		if err != nil {
			t.Fatal(err)
		}
		return len(ts)
	}
	if n := open("T0OTHER"); n != 20 {
		t.Errorf("%d tickets of another workspace are stored", n)
	}
	if n := open("T0FLOOD"); n != 0 {
		t.Errorf("%d of the flood are stored: it holds nothing up", n)
	}
	close(q.free)
	sending.Wait()
	if n, most := open("T0FLOOD"), q.most.Load(); n != flood || most > 64 {
		t.Errorf("of the flood, %d are stored, and as many as %d were at once", n, most)
	}
}
