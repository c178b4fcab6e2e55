package helpdesk_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

// saying is a desk that gives every request the same answer.
type saying []byte

func (s saying) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(s)), Request: r}, nil
}

// fuzzDesk holds whatever a desk says to: answers about nothing but what was asked, no reply that is
// too old, and no close without a word of it.
func fuzzDesk(f *testing.F, open func(rt http.RoundTripper) (desk.HelpDesk, error), closing ...string) {
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := open(saying(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Ask(t.Context(), []desk.Question{{TicketID: "42", Since: noon, InDetail: true}, {TicketID: "43", Since: noon}})
		if err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("the error tells the token: %q", err)
		}
		for id, a := range got {
			if id != "42" && id != "43" {
				t.Errorf("an answer about %q", id)
			}
			switch a.Status {
			case desk.Unanswered:
			case desk.Answered:
				wrote := a.Ticket.CustomerWrote
				if a.RepliedAt.Before(noon.Add(-time.Minute)) && (wrote.IsZero() || !a.RepliedAt.After(wrote)) {
					t.Errorf("answered at %s, and the customer wrote at %s", a.RepliedAt, wrote)
				}
			case desk.Withdrawn:
				if !saysOne(strings.ToLower(string(body)), closing) {
					t.Errorf("withdrawn, %q, for %q", a.Cause, body)
				}
			default:
				t.Errorf("status %q", a.Status)
			}
		}
	})
}

func saysOne(body string, words []string) bool {
	for _, w := range words {
		if strings.Contains(body, w) {
			return true
		}
	}
	return strings.Contains(body, `\u`) // a word spelt in another way
}

func FuzzZendesk(f *testing.F) {
	f.Add([]byte(`{"tickets":[{"id":42,"status":"open","created_at":"2026-03-02T12:00:00Z","metric_set":{"ticket_id":42,"replies":1,"reply_time_in_minutes":{"calendar":5}}}]}`))
	f.Add([]byte(`{"tickets":[{"id":"42","status":"closed","tags":["closed_by_merge"],"metric_set":{"replies":"0"}}],"comments":[{"public":true,"via":{"source":{"rel":"merge"}},"body":"#43"}],"users":[]}`))
	f.Add([]byte(`{"tickets":[],"deleted_tickets":[{"id":42}]}`))
	f.Add([]byte(`{"error":"RecordNotFound"}`))
	c := newClock()
	fuzzDesk(f, func(rt http.RoundTripper) (desk.HelpDesk, error) {
		return made("zendesk", map[string]string{"ZENDESK_SUBDOMAIN": "acme", "ZENDESK_EMAIL": email, "ZENDESK_API_TOKEN": token}, helpdesk.Reach{Now: c.now, Registerer: prometheus.NewRegistry(), Transport: rt})
	}, "solved", "closed", "deleted")
}

func FuzzFreshdesk(f *testing.F) {
	f.Add([]byte(`[{"id":42,"status":2,"stats":{"first_responded_at":"2026-03-02T12:00:00Z"}}]`))
	f.Add([]byte(`[{"id":"42","status":"5","spam":true,"stats":null}]`))
	f.Add([]byte(`{"id":42,"status":5,"stats":{}}`))
	c := newClock()
	fuzzDesk(f, func(rt http.RoundTripper) (desk.HelpDesk, error) {
		return made("freshdesk", map[string]string{"FRESHDESK_DOMAIN": "acme", "FRESHDESK_API_KEY": token}, helpdesk.Reach{Now: c.now, Registerer: prometheus.NewRegistry(), Transport: rt})
	}, "4", "5", "true")
}

func FuzzIntercom(f *testing.F) {
	f.Add([]byte(`{"conversations":[{"id":"42","state":"open","statistics":{"first_admin_reply_at":1772453100}}],"pages":{"next":null}}`))
	f.Add([]byte(`{"conversations":[{"id":42,"state":"closed"}],"id":"42","state":"closed","conversation_parts":{"conversation_parts":[{"part_type":"comment","author":{"type":"admin"},"created_at":1772453100}]}}`))
	f.Add([]byte(`{"type":"error.list","errors":[{"code":"not_found"}]}`))
	c := newClock()
	fuzzDesk(f, func(rt http.RoundTripper) (desk.HelpDesk, error) {
		return made("intercom", map[string]string{"INTERCOM_TOKEN": token}, helpdesk.Reach{Now: c.now, Registerer: prometheus.NewRegistry(), Transport: rt})
	}, "closed", "resolved", "false")
}

func FuzzRT(f *testing.F) {
	f.Add([]byte(`{"items":[{"id":"42","EffectiveId":"42","Status":"open","LastUpdated":"2026-03-02T12:00:00Z","Type":"Correspond","Created":"2026-03-02T12:00:00Z","Creator":{"id":"ana"}}],"pages":1,"Name":"ana","Privileged":1}`))
	f.Add([]byte(`{"id":42,"EffectiveId":{"id":"43"},"Status":"deleted","items":[]}`))
	f.Add([]byte(`{"items":[{"id":"42","Status":"rejected","LastUpdated":"1970-01-01T00:00:00Z"}]}`))
	c := newClock()
	fuzzDesk(f, func(rt http.RoundTripper) (desk.HelpDesk, error) {
		return made("rt", map[string]string{"RT_URL": "http://rt.example.com", "RT_TOKEN": token}, helpdesk.Reach{Now: c.now, Registerer: prometheus.NewRegistry(), Transport: rt})
	}, "resolved", "rejected", "deleted")
}

func FuzzWebhooks(f *testing.F) {
	f.Add([]byte(`{"ticket_id":"42","event":"replied","timestamp":1772452800}`))
	f.Add([]byte(`{"freshdesk_webhook":{"ticket_id":42}}`))
	f.Add([]byte(`{"type":"notification_event","topic":"conversation.admin.replied","data":{"item":{"id":"42"}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for desk, in := range helpdesk.Inbounds(shared) {
			if _, err := in.Verify(http.Header{}, body, noon); !errors.Is(err, helpdesk.ErrUnsigned) {
				t.Errorf("%s: unsigned, and %v", desk, err)
			}
			events, err := in.Events(body)
			if err != nil && (!errors.Is(err, helpdesk.ErrMalformed) || len(events) > 0) {
				t.Errorf("%s: %v, %v", desk, events, err)
			}
			for _, e := range events {
				if e.TicketID == "" || e.Kind == "" {
					t.Errorf("%s: %+v", desk, e)
				}
			}
		}
	})
}
