package main_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

// vendor is a simulated help desk of a vendor's.
type vendor interface {
	Open(id string, created time.Time)
	Reply(id string, at time.Time)
	Start() error
	Close() error
	URL() string
	Calls() []string
}

// Of thirty tickets that come due together three have no answer: they are reminded of, the others are
// closed without a word, and the desk is asked about many at once.
func TestVendorsDesksAreAskedInBatchesAndNobodyAnsweredIsRemindedOf(t *testing.T) {
	t.Parallel()
	desks := map[string]struct {
		vendor
		env []string
	}{
		"zendesk":   {helpdesktest.NewZendesk("ana@example.com", "desk-token"), []string{"ZENDESK_EMAIL=ana@example.com", "ZENDESK_API_TOKEN=desk-token", "ZENDESK_URL="}},
		"freshdesk": {helpdesktest.NewFreshdesk("desk-token"), []string{"FRESHDESK_API_KEY=desk-token", "FRESHDESK_URL="}},
		"intercom":  {helpdesktest.NewIntercom("desk-token", time.Now), []string{"INTERCOM_TOKEN=desk-token", "INTERCOM_URL="}},
		"rt":        {helpdesktest.NewRT("desk-token"), []string{"RT_TOKEN=desk-token", "RT_URL="}},
	}
	for _, k := range helpdesk.Kinds() {
		if _, tried := desks[k.Name]; !tried && k.Name != helpdesk.HTTPKind && k.Name != helpdesk.NoneKind {
			t.Errorf("nobody tries the help desk %s", k.Name)
		}
	}
	for kind, desk := range desks {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := threadWorld(t, databases["sqlite"](t), acting+"help_desk: {kind: "+kind+"}\n", 3)
			w.shift("Ana on-shift")
			w.check(desk.Start())
			t.Cleanup(func() { desk.Close() })
			last := len(desk.env) - 1
			desk.env[last] += desk.URL()
			w.env = append(w.env, desk.env...)
			w.secrets = append(w.secrets, "desk-token")
			w.start()

			const tickets, ago = 30, 10*time.Minute - 20*time.Second // there is time to deliver them all
			threads := make([]string, tickets)
			for i := range tickets {
				id := fmt.Sprint(1000 + i)
				desk.Open(id, time.Now().Add(-ago))
				if i >= 3 {
					desk.Reply(id, time.Now().Add(-time.Minute))
				}
				threads[i] = w.ticket(ofThread(i%3), id, ago)
			}
			w.until("all to be settled", patience, func() bool {
				for i, ts := range threads {
					tl, found := w.find(ofThread(i%3), ts)
					if !found || i >= 3 && tl.State != escalation.Answered || i < 3 && len(w.replies(ofThread(i%3), ts)) == 0 {
						return false
					}
				}
				return true
			})
			for i, ts := range threads {
				if n := len(w.replies(ofThread(i%3), ts)); i >= 3 && n > 0 {
					t.Errorf("ticket %d is answered, and has %d reminders", 1000+i, n)
				}
			}
			most := tickets
			if kind == "rt" {
				most *= 4 // only the history of a ticket says what happened to it
			}
			if n := len(desk.Calls()); n >= most {
				t.Errorf("%d calls to the help desk", n)
			}
			t.Logf("%d calls", len(desk.Calls()))
		})
	}
}
