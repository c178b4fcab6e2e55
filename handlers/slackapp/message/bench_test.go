package message

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
)

// BenchmarkPost posts a rendered reminder to a stub on loopback, by hand as the poster does and
// through the client library. Both share the processor with the stub.
func BenchmarkPost(b *testing.B) {
	answer := []byte(`{"ok":true,"channel":"C0ENT","ts":"1700000000.000100","message":{"type":"message","text":"…","ts":"1700000000.000100","bot_id":"B0BOT","user":"U0BOT"}}`)
	stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			b.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(answer); err != nil {
			b.Error(err)
		}
	}))
	defer stub.Close()
	url := stub.URL + "/api/"
	api := slackapptest.API(b, url, nil, client.OneToken("xoxb-1"), prometheus.NewRegistry())
	post := escalation.Post{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT", TS: "1700000000.000001"}, Reminder: firstTier()}

	parallel := func(b *testing.B, once func(job string) error) {
		const workersEach = 100
		var n atomic.Int64
		b.SetParallelism(workersEach)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := once(strconv.FormatInt(n.Add(1), 10)); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
	}
	b.Run("poster", func(b *testing.B) {
		p := NewPoster(api, time.Now)
		parallel(b, func(job string) error {
			_, err := p.Post(b.Context(), job, post)
			return err
		})
	})
	b.Run("slack-go", func(b *testing.B) {
		c := slack.New("xoxb-1", slack.OptionAPIURL(url), slack.OptionHTTPClient(&http.Client{Transport: &http.Transport{MaxIdleConns: 200, MaxIdleConnsPerHost: 200}}))
		parallel(b, func(job string) error {
			s := renderReminder(post.Reminder, people)
			_, _, err := c.PostMessageContext(b.Context(), post.Channel, slack.MsgOptionTS(post.TS),
				slack.MsgOptionText(s.text(), false), slack.MsgOptionBlocks(s.blocks...),
				slack.MsgOptionMetadata(slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{"id": job}}))
			return err
		})
	})
}

// BenchmarkRender makes a reminder with its buttons, up to the body of its request.
func BenchmarkRender(b *testing.B) {
	post := escalation.Post{
		Thread:   escalation.Thread{Workspace: "T0", Channel: "C0ENT", TS: "1700000000.000001"},
		Timeline: "0198c0de-0000-7000-8000-000000000001", Round: 1, Reminder: firstTier(),
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := render("job-1", post, people, noon)
		if err != nil {
			b.Fatal(err)
		}
		f, err := postForm("job-1", post.Thread, s)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(f.Encode())))
	}
}
