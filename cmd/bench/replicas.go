package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/sleep"
)

const (
	replicasServe = 1_000 // workspaces
	replicaCount  = 3
	// replicasDue is how often a reminder comes due.
	replicasDue = 50 * time.Millisecond
)

// fleetReplicas measures what it costs that one of three replicas is killed, which serve many workspaces from one
// Postgres while reminders come due all the time.
func fleetReplicas(ctx context.Context, b *bench) ([]figure, error) {
	r := &replicas{workspaces: b.size(replicasServe), asked: map[string]int{}, posts: map[string]int{}}
	defer r.stop()
	if err := r.start(ctx, b); err != nil {
		return nil, err
	}
	if err := sleep.For(ctx, time.Until(r.killAt)); err != nil {
		return nil, err
	}
	if err := r.children[replicaCount-1].kill(); err != nil {
		return nil, err
	}
	if err := sleep.For(ctx, time.Until(r.until.Add(time.Minute))); err != nil {
		return nil, err
	}
	before, err := r.arrivals.settled(r.killAt)
	if err != nil {
		return nil, r.children[0].complain(err.Error())
	}
	r.arrivals.from = r.killAt
	after, err := r.arrivals.settled(r.until)
	if err != nil {
		return nil, r.children[0].complain(err.Error())
	}
	asks, doubled, resident := r.counted()
	b.say("before: %v; after: %v; %d posted twice; %.2f asks a ticket; %.0f MiB", before, after, doubled, asks, resident)
	what := fmt.Sprintf("%d workspaces on Postgres, three replicas, one killed: ", r.workspaces)
	return []figure{
		{name: what + "reminders posted twice (none is lost)", reached: float64(doubled), unit: "", reach: 0, baseline: fmt.Sprintf("%d reminders", len(before)+len(after))},
		{name: what + "lateness p99 after it, of a minute", reached: after.quantile(.99), unit: "ms", reach: 10_000, baseline: fmt.Sprintf("%.0f ms before, p50 %.0f and %.0f ms", before.quantile(.99), before.quantile(.5), after.quantile(.5))},
		{name: what + "questions to the help desk for each due ticket", reached: asks, unit: "", reach: 1.2, baseline: "3 where nobody shares"},
		{name: what + "resident memory of one", reached: resident, unit: "MiB", reach: 150, baseline: "–"},
	}, nil
}

// replicas are three processes with their surroundings.
type replicas struct {
	workspaces    int
	killAt, until time.Time
	arrivals      *arrivals
	db            *database
	slack         *fleetStub
	desk          *stub
	children      []*child

	mu    sync.Mutex
	asked map[string]int
	posts map[string]int // by thread
}

// start makes everything, and returns once all three are ready.
func (r *replicas) start(ctx context.Context, b *bench) (err error) {
	key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	if r.db, err = b.postgres(ctx); err != nil {
		return err
	}
	if err = r.db.populate(ctx, key, r.workspaces); err != nil {
		return err
	}
	from := time.Now().Add(30 * time.Second)
	r.killAt, r.until = from.Add(b.span(time.Minute)), from.Add(2*b.span(time.Minute))
	n := int(r.until.Sub(from) / replicasDue)
	s := seeds{prefix: "R", tier: 1, due: spread(from, replicasDue), workspaces: r.workspaces}
	r.arrivals = expect(s, n, from)
	if err = r.db.sow(ctx, s, n); err != nil {
		return err
	}
	if r.slack, err = newFleetStub(r.posted); err != nil {
		return err
	}
	if r.desk, err = newForgetfulDesk(thinking, r.askedAbout); err != nil {
		return err
	}
	config := filepath.Join(b.dir, "replicas.yaml")
	if err = os.WriteFile(config, []byte("help_desk: {kind: http, poll: 24h}\ndigest: {from: 0}\nworkspace: '*'\n"), 0o600); err != nil {
		return err
	}
	for range replicaCount {
		c, err := b.launch(ctx, config, r.db.url, "SLACK_CLIENT_ID=1.2", "SLACK_CLIENT_SECRET=bench-client-secret", "SLABUDDY_ENCRYPTION_KEY="+key,
			"SLABUDDY_PUBLIC_URL=http://127.0.0.1", "SLACK_API_URL="+r.slack.url()+"/api/", "HELPDESK_URL="+r.desk.url(), "HELPDESK_TOKEN=bench")
		if err != nil {
			return err
		}
		r.children = append(r.children, c)
	}
	return nil
}

// posted is for the stub of Slack.
func (r *replicas) posted(body []byte, at time.Time) {
	r.arrivals.note(body, at)
	_, rest, _ := bytes.Cut(body, threadField)
	thread, _, _ := bytes.Cut(rest, []byte("&"))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posts[string(thread)]++
}

// askedAbout is for the stub of the help desk, which knows every ticket.
func (r *replicas) askedAbout(id []byte) (unknown bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked[string(id)]++
	return false
}

// counted is how often the desk was asked about a ticket, how many reminders were posted twice, and how much memory
// a replica takes that lives.
func (r *replicas) counted() (asks float64, doubled int, resident float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.asked {
		asks += float64(n) / float64(len(r.asked))
	}
	for _, n := range r.posts {
		if n > 1 {
			doubled++
		}
	}
	for _, c := range r.children[:replicaCount-1] {
		if mib, err := statusMiB(c.cmd.Process.Pid, "VmRSS:"); err == nil {
			resident = max(resident, mib)
		}
	}
	return asks, doubled, resident
}

func (r *replicas) stop() {
	for _, c := range r.children {
		_ = c.stop()
	}
	if r.slack != nil {
		r.slack.close()
	}
	if r.desk != nil {
		r.desk.close()
	}
	if r.db != nil {
		r.db.drop()
	}
}

// kill ends the child as a crash does.
func (c *child) kill() error {
	c.ended = true
	if err := c.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = c.cmd.Wait() // it was killed
	return nil
}
