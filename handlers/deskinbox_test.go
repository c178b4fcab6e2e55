package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/handlers"
	"github.com/slabuddy/slabuddy/handlers/fair"
)

const deskSecret = "a shared s3cret"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// seen are keys that were claimed.
type seen map[string]bool

func (s seen) ClaimKey(_ context.Context, key string, _, _ time.Time) (bool, error) {
	first := !s[key]
	s[key] = true
	return first, nil
}

func (s seen) ReleaseKey(_ context.Context, key string) error { delete(s, key); return nil }

// inbox is a DeskInbox whose desk has been heard.
type inbox struct {
	handlers.DeskInbox
	heard  []desk.Event
	err    error // of the next hearing
	logged strings.Builder
}

func newInbox() *inbox {
	i := &inbox{}
	i.Inbounds = helpdesk.Inbounds(deskSecret)
	i.Keys = seen{}
	i.Shares = &fair.Shares{AtOnce: 2, Waiting: 1}
	i.Now = func() time.Time { return noon }
	i.Log = slog.New(slog.NewTextHandler(&i.logged, nil))
	i.Hear = func(_ context.Context, e desk.Event) error {
		if err := i.err; err != nil {
			i.err = nil
			return err
		}
		i.heard = append(i.heard, e)
		return nil
	}
	return i
}

func (i *inbox) post(kind, body string, h http.Header) error {
	r := httptest.NewRequest(http.MethodPost, "/helpdesk/"+kind, strings.NewReader(body))
	r.Header = h
	return i.Serve(httptest.NewRecorder(), r, kind)
}

// Freshdesk signs no time: whoever has seen a body can send it again. It must not close a ticket that
// has come back (rule 5).
func TestABodyIsGoodOnce(t *testing.T) {
	const body = `{"ticket_id":"42","event":"replied"}`
	for kind, sign := range map[string]func() http.Header{
		"freshdesk": func() http.Header { return helpdesktest.SignFreshdesk(deskSecret) },
		"http":      func() http.Header { return helpdesktest.SignHTTPUndated(deskSecret, body) },
	} {
		i := newInbox()
		for range 3 {
			if err := i.post(kind, body, sign()); err != nil {
				t.Fatal(err)
			}
		}
		var proofs []bool
		for _, e := range i.heard {
			proofs = append(proofs, e.Proof)
		}
		if diff := cmp.Diff([]bool{true, false, false}, proofs); diff != "" {
			t.Errorf("%s: what needs no asking (-want +got):\n%s", kind, diff)
		}
	}
}

// After an error the desk tries again, and is believed.
func TestABodyThatCouldNotBeKeptIsGoodAgain(t *testing.T) {
	const body = `{"ticket_id":"42","event":"replied"}`
	i := newInbox()
	i.err = errors.New("the database is away")
	if err := i.post("freshdesk", body, helpdesktest.SignFreshdesk(deskSecret)); err == nil {
		t.Error("the desk would not try again")
	}
	if err := i.post("freshdesk", body, helpdesktest.SignFreshdesk(deskSecret)); err != nil {
		t.Fatal(err)
	}
	if len(i.heard) != 1 || !i.heard[0].Proof {
		t.Errorf("heard %+v", i.heard)
	}
}

func TestTheOldFormOfTheGenericSignatureIsWarnedOfOnce(t *testing.T) {
	i := newInbox()
	dated, undated := `{"ticket_id":"42","event":"replied"}`, `{"ticket_id":"43","event":"replied"}`
	if err := i.post("http", dated, helpdesktest.SignHTTP(deskSecret, dated, noon)); err != nil {
		t.Fatal(err)
	}
	if i.logged.Len() > 0 {
		t.Errorf("logged: %s", &i.logged)
	}
	for range 2 {
		if err := i.post("http", undated, helpdesktest.SignHTTPUndated(deskSecret, undated)); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(i.logged.String(), "X-Slabuddy-Timestamp"); n != 1 {
		t.Errorf("warned %d times: %s", n, &i.logged)
	}
}

// Rule 29: a desk that reports without end has its share, and is told to come again past it. What is not the
// desk's takes none of that.
func TestADeskThatReportsWithoutEndHasItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newInbox()
		held := make(chan struct{})
		i.Hear = func(context.Context, desk.Event) error { <-held; return nil }
		post := func(kind, id string) error {
			body := fmt.Sprintf(`{"ticket_id":%q,"event":"replied"}`, id)
			return i.post(kind, body, helpdesktest.SignHTTP(deskSecret, body, noon))
		}
		for n := range 3 {
			go func() {
				if err := post("http", strconv.Itoa(n)); err != nil {
					t.Error(err)
				}
			}()
			synctest.Wait()
		}
		if err := post("http", "4"); !errors.Is(err, fair.ErrFull) {
			t.Errorf("past its share: %v", err)
		}
		if err := i.post("http", "{}", http.Header{}); !errors.Is(err, helpdesk.ErrUnsigned) {
			t.Errorf("unsigned: %v", err)
		}
		close(held)
		synctest.Wait()
		if err := post("http", "4"); err != nil {
			t.Errorf("once there is room: %v", err)
		}
	})
}
