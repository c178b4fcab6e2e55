//go:build desks

package helpdesk_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

// realRT is the Request Tracker that .ci/with-rt starts.
type realRT struct {
	*testing.T
	base string
}

// call makes a call of the REST API as its superuser.
func (r realRT) call(method, path string, body any) []byte {
	r.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	req, err := http.NewRequestWithContext(r.Context(), method, r.base+"/REST/2.0/"+path, bytes.NewReader(raw))
	if err != nil {
		r.Fatal(err)
	}
	req.SetBasicAuth(os.Getenv("RT_USER"), os.Getenv("RT_PASSWORD"))
	req.Header.Set("Content-Type", "application/json")
	return r.do(req)
}

func (r realRT) do(req *http.Request) []byte {
	r.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		r.Fatalf("%s %s: %s, %s, %v", req.Method, req.URL, resp.Status, said, err)
	}
	return said
}

const customer = "carl@example.com"

func (r realRT) open() string {
	var made struct{ ID string }
	said := r.call("POST", "ticket", map[string]any{
		"Queue": "General", "Subject": "Help", "Requestor": customer, "Content": "Help!", "ContentType": "text/plain"})
	if err := json.Unmarshal(said, &made); err != nil {
		r.Fatal(err)
	}
	return made.ID
}

// mail has the customer write, by the gateway that a mail server hands mails to.
func (r realRT) mail(id string) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	w.WriteField("queue", "General")
	w.WriteField("action", "correspond")
	w.WriteField("message", fmt.Sprintf("From: %s\nTo: rt@example.com\nSubject: Re: [test #%s] Help\n\nAnything new?\n", customer, id))
	w.Close()
	req, err := http.NewRequestWithContext(r.Context(), "POST", r.base+"/REST/1.0/NoAuth/mail-gateway", &form)
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	if said := r.do(req); !bytes.HasPrefix(said, []byte("ok")) {
		r.Fatalf("the mail was not taken: %s", said)
	}
}

func (r realRT) write(id, how string) {
	r.call("POST", "ticket/"+id+"/"+how, map[string]any{"Content": "Hello", "ContentType": "text/plain"})
}

func (r realRT) set(id, field string, value any) {
	r.call("PUT", "ticket/"+id, map[string]any{field: value})
}

func (r realRT) correspond(id string)   { r.write(id, "correspond") }
func (r realRT) comment(id string)      { r.write(id, "comment") }
func (r realRT) status(id, word string) { r.set(id, "Status", word) }
func (r realRT) own(id string)          { r.set(id, "Owner", "root") }
func (r realRT) priority(id, n string)  { r.set(id, "Priority", n) }
func (r realRT) merge(id, into string)  { r.set(id, "MergeInto", json.Number(into)) }
func (r realRT) remove(id string)       { r.call("DELETE", "ticket/"+id, nil) }

func startRealRT(t *testing.T) (realRT, desk.HelpDesk) {
	t.Helper()
	base := os.Getenv("RT_URL")
	if base == "" {
		t.Fatal("RT_URL is not set: run it by make check-desks")
	}
	desk, err := made("rt", map[string]string{"RT_URL": base, "RT_USER": os.Getenv("RT_USER"), "RT_PASSWORD": os.Getenv("RT_PASSWORD")},
		helpdesk.Reach{Now: time.Now, Registerer: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	return realRT{t, base}, desk
}

func TestATicketsLifeInARealRequestTracker(t *testing.T) {
	rt, desk := startRealRT(t)
	lifeInRT(t, rt, desk, "root@localhost", time.Now().Add(-time.Minute))
}

// RT tells a superuser alone how many batches a history has. Others have their replies seen all the same.
func TestARealRequestTrackersLongHistoryIsReadWithoutASuperuser(t *testing.T) {
	rt, _ := startRealRT(t)
	asked, err := made("rt", map[string]string{"RT_URL": rt.base, "RT_USER": "bob", "RT_PASSWORD": "password"},
		helpdesk.Reach{Now: time.Now, Registerer: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	since := time.Now().Add(-time.Minute)
	id := rt.open()
	for i := range 20 { // each is an entry for each field
		rt.call("PUT", "ticket/"+id, map[string]any{
			"Subject": fmt.Sprint("Help ", i), "Priority": i + 1, "InitialPriority": i + 1, "FinalPriority": i + 1, "TimeLeft": i + 1, "TimeEstimated": i + 1})
	}
	if a := askRT(t, asked, id, since); a.Status != desk.Unanswered {
		t.Errorf("before a reply: %s", a.Status)
	}
	rt.correspond(id)
	if a := askRT(t, asked, id, since); a.Status != desk.Answered {
		t.Errorf("after a reply beyond the first hundred entries: %s", a.Status)
	}
}

// The scrip of deploy/desks.md reports what happens, signed so that we believe it.
func TestARealRequestTrackerReportsByItsScrip(t *testing.T) {
	rt, _ := startRealRT(t)
	hook, err := url.Parse(os.Getenv("RT_WEBHOOK"))
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan desk.Event, 100)
	in := helpdesk.Inbounds(os.Getenv("RT_WEBHOOK_SECRET"))["rt"]
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		dated, err := in.Verify(r.Header, body, time.Now())
		heard, bad := in.Events(body)
		if err = cmp.Or(err, bad); err != nil || !dated || r.URL.Path != hook.Path {
			t.Errorf("%s with %v and %s: %v, dated %v", r.URL, r.Header, body, err, dated)
		}
		for _, e := range heard {
			events <- e
		}
	})}
	l, err := net.Listen("tcp", hook.Host)
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	defer server.Close()
	id := rt.open()
	rt.correspond(id)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		select {
		case e := <-events:
			if e.TicketID == id && e.Kind == desk.Other {
				return
			}
		case <-ctx.Done():
			t.Fatalf("nothing was reported about ticket %s", id)
		}
	}
}
