package window

import (
	"encoding/json"
	"errors"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
)

const (
	host = "127.0.0.1:4321"
	ana  = "U0ANA"
	bob  = "U0BOB"
	room = "C0SUPPORT"
)

var start = time.Date(2026, 3, 2, 9, 10, 0, 0, time.UTC)

// fakePlay has one ticket, and notes what is done to it.
type fakePlay struct {
	mu     sync.Mutex
	ticket map[string]Ticket // by ts
	story  []Line
	noted  []string
}

func (p *fakePlay) note(words ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noted = append(p.noted, strings.Join(words, " "))
}

func (p *fakePlay) Clock() Clock {
	return Clock{Now: start, Speed: Quick, Next: start.Add(10 * time.Minute), Speeds: map[Speed]string{Quick: "1 min/s|A minute each second"}}
}
func (p *fakePlay) SetSpeed(speed Speed) error { p.note("speed", string(speed)); return nil }
func (p *fakePlay) Jump() error                { return errors.New("nothing is due") }
func (p *fakePlay) Story(int) []Line           { return p.story }
func (p *fakePlay) Ticket(_, ts string) (Ticket, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.ticket[ts]
	return t, ok
}
func (p *fakePlay) Find(id string) (Ticket, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.ticket {
		if t.ID == id {
			return t, true
		}
	}
	return Ticket{}, false
}
func (p *fakePlay) Roster() calendar.Roster {
	return calendar.Roster{OnShift: []calendar.Engineer{{Name: "Ana", Slack: ana}}, Embedded: []calendar.Embedded{{Engineer: calendar.Engineer{Name: "Ana", Slack: ana}, Products: []string{"Auth"}}}}
}
func (p *fakePlay) Burst(channel string) (string, error) {
	p.note("burst", channel)
	return "Many.", nil
}
func (p *fakePlay) Post(t NewTicket) error          { p.note("post", t.Channel, t.Subject); return nil }
func (p *fakePlay) Reply(user, ticket string) error { p.note("reply", user, ticket); return nil }
func (p *fakePlay) Touched(channel, ts string)      { p.note("touched", channel, ts) }

// fakeApp is the app that Slack calls: it keeps what it is sent, and answers what a test wants.
type fakeApp struct {
	mu     sync.Mutex
	noted  []url.Values
	answer string
}

func (a *fakeApp) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.ParseForm() == nil {
		a.noted = append(a.noted, r.PostForm)
	}
	_, _ = rw.Write([]byte(a.answer))
}

func (a *fakeApp) last(t *testing.T) url.Values {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.noted) == 0 {
		t.Fatal("the app was sent nothing")
	}
	return a.noted[len(a.noted)-1]
}

type world struct {
	*Window
	slack *slacktest.Workspace
	play  *fakePlay
	app   *fakeApp
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{play: &fakePlay{ticket: map[string]Ticket{}}, app: &fakeApp{}}
	w.slack = slacktest.New(slacktest.Options{
		App: slacktest.App{Name: "SLA Buddy"}, Now: func() time.Time { return start }, Transport: inprocess.Transport(w.app),
	})
	t.Cleanup(w.slack.Close)
	w.slack.AddUser(slacktest.User{ID: ana, Name: "Ana", Admin: true})
	w.slack.AddUser(slacktest.User{ID: bob, Name: "Bob"})
	w.slack.AddChannel(slacktest.Channel{ID: room, Name: "support", Members: []string{ana, bob}})
	w.slack.SetInteractivityURL("http://app.test/slack/interactions")
	w.slack.SetCommandURL("http://app.test/slack/commands")
	var err error
	w.Window, err = New(Config{
		Slack: w.slack, Play: w.play, Log: slog.New(slog.DiscardHandler), Host: host, Cast: []string{ana, bob}, Rooms: []Room{{room, "Tickets"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) serve(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// do does something as Ana, and returns what is said about it.
func (w *world) do(t *testing.T, path string, fields ...string) string {
	t.Helper()
	return w.post(t, "http://"+host+path+"?as="+ana+"&in="+room, w.token, fields...).Body.String()
}

func (w *world) post(t *testing.T, address, token string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	var body strings.Builder
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	form.Close()
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(body.String()))
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set(tokenHeader, token)
	return w.serve(r)
}

func (w *world) see(t *testing.T, query string) string {
	t.Helper()
	rec := w.serve(httptest.NewRequest(http.MethodGet, "http://"+host+"/?"+query, nil))
	if rec.Code != http.StatusOK {
		t.Fatalf("status %d: %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}

func shows(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(html, part) {
			t.Errorf("it does not show %s:\n%s", part, html)
		}
	}
}

// withTicket posts a ticket with a reminder in its thread.
func (w *world) withTicket(t *testing.T, subject string) (ts, reminder string) {
	t.Helper()
	desk := w.slack.AddApp(slacktest.App{Name: "Help desk", Classic: true})
	ts, err := w.slack.PostAs(desk.ID, room, desks.Fields(desks.Ticket{ID: "42", Subject: subject}))
	if err != nil {
		t.Fatal(err)
	}
	reminder, err = w.slack.PostAs(w.slack.Options().App.ID, room, slacktest.Message{ThreadTS: ts, Text: "<@U0ANA> waits", Blocks: json.RawMessage(`[
		{"type":"section","block_id":"b0","text":{"type":"mrkdwn","text":"<@U0ANA> <@U0BOB> *waits*"}},
		{"type":"actions","block_id":"b1","elements":[{"type":"button","action_id":"snooze","value":"v","text":{"type":"plain_text","text":"Snooze"}}]}]`)})
	if err != nil {
		t.Fatal(err)
	}
	w.play.mu.Lock()
	defer w.play.mu.Unlock()
	w.play.ticket[ts] = Ticket{ID: "42", Followed: true, Timeline: escalation.Timeline{
		State: escalation.Open, Clocks: []escalation.Clock{{Kind: policy.FirstReply, Deadline: start.Add(40 * time.Minute)}}, Tiers: []escalation.DueTier{{State: escalation.TierPosted}, {State: escalation.TierPending, Due: start.Add(10 * time.Minute)}},
	}}
	return ts, reminder
}
