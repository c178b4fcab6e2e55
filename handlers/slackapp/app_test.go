package slackapp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
)

var now = time.Unix(1_800_000_000, 0).UTC()

// inbox is an Opener, a Hearer and a Deleter that keep what they get.
type inbox struct {
	opened  []escalation.Message
	heard   []escalation.Mention
	deleted []escalation.Thread
	err     error
}

func (i *inbox) Deleted(_ context.Context, message escalation.Thread) error {
	if i.err != nil {
		return i.err
	}
	i.deleted = append(i.deleted, message)
	return nil
}

func (i *inbox) Open(_ context.Context, tickets ...escalation.Message) (flow.OpenOutcome, error) {
	if i.err != nil {
		return "", i.err
	}
	i.opened = append(i.opened, tickets...)
	return flow.OpenedNew, nil
}

func (i *inbox) Hear(_ context.Context, m escalation.Mention) error {
	if i.err != nil {
		return i.err
	}
	i.heard = append(i.heard, m)
	return nil
}

type fixture struct {
	*App
	inbox
	log     strings.Builder
	metrics *prometheus.Registry
}

func newApp(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{metrics: prometheus.NewRegistry()}
	settings := &Settings{Watches: func(_, c string) bool { return c == "C0ENT" }, Reader: func(string) *ticket.Reader {
		return ticket.NewReader(ticket.Patterns{Hosts: []string{"desk.example.com", "acme.zendesk.com"}})
	}}
	app, err := New(Config{
		SigningSecret: secret,
		Settings:      func() *Settings { return settings },
		Self:          func(string) client.Identity { return client.Identity{Workspace: "T0", User: "U0BOT", BotID: "B0BOT"} },
		Opener:        f,
		Hearer:        f,
		Deleter:       f,
		Now:           func() time.Time { return now },
		Log:           slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registerer:    f.metrics,
	})
	if err != nil {
		t.Fatal(err)
	}
	f.App = app
	return f
}

func (f *fixture) send(body string) (*httptest.ResponseRecorder, error) {
	r := httptest.NewRequest("POST", "/slack/events", strings.NewReader(body))
	slacktest.SignRequest(r, secret, now, []byte(body))
	w := httptest.NewRecorder()
	return w, f.Events(w, r)
}

func (f *fixture) counted(eventType, outcome string) int {
	return escalationtest.Samples(f.metrics, "slabuddy_slack_events_total", "outcome="+outcome, "type="+eventType)
}

// event is an envelope around an inner event, given as the fields of a message in C0ENT.
func event(fields string) string {
	return fmt.Sprintf(`{"type":"event_callback","team_id":"T0","api_app_id":"A0BOT","event_id":"Ev1",
		"authorizations":[{"team_id":"T0","user_id":"U0BOT","is_bot":true}],
		"event":{"type":"message","channel":"C0ENT","ts":"1799999999.000100",%s}}`, strings.TrimSuffix(fields, ","))
}

const carriesTicket = `"bot_id":"B0DESK","text":"Ticket ID: 42",`

func TestURLVerificationIsAnsweredWithItsChallenge(t *testing.T) {
	f := newApp(t)
	w, err := f.send(`{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}`)
	if err != nil || w.Code != http.StatusOK || w.Body.String() != "3eZbrw1aB" {
		t.Errorf("got %d %q, %v", w.Code, w.Body, err)
	}
}

func TestANewTopLevelMessageInAWatchedChannelIsOpened(t *testing.T) {
	want := escalation.Message{
		Thread:   escalation.Thread{Workspace: "T0", Channel: "C0ENT", TS: "1799999999.000100"},
		PostedAt: time.Unix(1_799_999_999, 100_000).UTC(),
		Ticket:   escalation.Ticket{ID: "42"},
	}
	for name, fields := range map[string]string{
		"by a current app":          `"bot_id":"B0DESK","app_id":"A0DESK","user":"U0DESK",`,
		"by a classic app":          `"subtype":"bot_message","bot_id":"B0DESK",`,
		"with a file":               `"subtype":"file_share","user":"U0DESK",`,
		"that is its own thread":    `"thread_ts":"1799999999.000100",`,
		"with odd things beside it": `"user":["x"],"attachments":[{"id":"one"}],"blocks":[{"type":"actions","elements":[{"type":"x"}]}],`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newApp(t)
			if _, err := f.send(event(carriesTicket + fields)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]escalation.Message{want}, f.opened); diff != "" {
				t.Errorf("opened (-want +got):\n%s", diff)
			}
			if f.counted("message", "opened") != 1 {
				t.Error("not counted as opened")
			}
		})
	}
}

// Rule 1: each ticket of a message is opened, all at once.
func TestAMessageOfSeveralTicketsOpensEach(t *testing.T) {
	f := newApp(t)
	if _, err := f.send(event(`"bot_id":"B0DESK","attachments":[{"fields":[{"title":"Ticket ID","value":"61"}]},{"fields":[{"title":"Ticket ID","value":"62"}]}]`)); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range f.opened {
		ids = append(ids, m.Ticket.ID+" in "+m.Channel+" at "+m.TS)
	}
	if diff := cmp.Diff([]string{"61 in C0ENT at 1799999999.000100", "62 in C0ENT at 1799999999.000100"}, ids); diff != "" || f.counted("message", "opened") != 1 {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
}

// Rule 1: that a ticket's message was deleted is known before its next reminder.
func TestADeletedMessageIsPassedOn(t *testing.T) {
	f := newApp(t)
	body := event(`"subtype":"message_deleted","deleted_ts":"1799999000.000100","previous_message":{"ts":"1799999000.000100","text":"Ticket ID: 42"},`)
	if _, err := f.send(body); err != nil {
		t.Fatal(err)
	}
	want := []escalation.Thread{{Workspace: "T0", Channel: "C0ENT", TS: "1799999000.000100"}}
	if diff := cmp.Diff(want, f.deleted); diff != "" || len(f.opened) != 0 {
		t.Errorf("deleted (-want +got):\n%s\nopened %+v", diff, f.opened)
	}
	f.err = context.DeadlineExceeded
	if _, err := f.send(body); err == nil {
		t.Error("Slack is not asked to deliver again what could not be stored")
	}
}

func TestWhatIsNoNewMessageOpensNothing(t *testing.T) {
	for name, c := range map[string]struct{ fields, outcome string }{
		"an edit or unfurl":       {`"subtype":"message_changed",`, outcomeIgnored},
		"a deletion":              {`"subtype":"message_deleted","deleted_ts":"1799999000.000100",`, outcomeDeleted},
		"a join":                  {`"subtype":"channel_join","user":"U0ANA",`, outcomeIgnored},
		"a topic":                 {`"subtype":"channel_topic","user":"U0ANA",`, outcomeIgnored},
		"a reply":                 {`"thread_ts":"1799999000.000100",`, outcomeIgnored},
		"a reply shown to all":    {`"subtype":"thread_broadcast","thread_ts":"1799999000.000100",`, outcomeIgnored},
		"our own, by app":         {`"bot_id":"B1","app_id":"A0BOT",`, outcomeOwn},
		"our own, by bot":         {`"bot_id":"B0BOT",`, outcomeOwn},
		"our own, by user":        {`"user":"U0BOT",`, outcomeOwn},
		"without a time":          {`"ts":"soon",`, outcomeOdd},
		"with a time as number":   {`"ts":1799999999.0001,`, outcomeOdd},
		"without a channel":       {`"channel":{"id":"C0ENT"},`, outcomeOdd},
		"in an unwatched channel": {`"channel":"C0OTHER",`, outcomeUnwatched},
		"without a ticket":        {`"text":"hello",`, outcomeNoTicket},
		"without a readable id":   {`"text":"Ticket ID: -",`, outcomeUnreadable},
		"by a colleague":          {`"bot_id":null,"user":"U0ANA",`, outcomePerson},
		"about an update":         {`"text":"Ticket 42 was updated by Ana\nTicket ID: 42",`, outcomeUpdate},
	} {
		t.Run(name, func(t *testing.T) {
			f := newApp(t)
			if _, err := f.send(event(carriesTicket + c.fields)); err != nil {
				t.Fatal(err)
			}
			if len(f.opened) > 0 || len(f.heard) > 0 {
				t.Errorf("opened %v, heard %v", f.opened, f.heard)
			}
			if f.counted("message", c.outcome) != 1 {
				t.Errorf("not counted as %s", c.outcome)
			}
		})
	}
}

// Rule 4: what looks like a ticket and cannot be read is told with its place.
func TestAMessageThatCannotBeReadIsLoggedWithItsPlace(t *testing.T) {
	f := newApp(t)
	if _, err := f.send(event(`"bot_id":"B0DESK","text":"Ticket ID: - (see #7)\nCustomer: ana@example.com"`)); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"level=WARN", "channel=C0ENT", "ts=1799999999.000100", "reason=id", "Ticket ID: - (see #7)", `pattern=#(\d+)`} {
		if !strings.Contains(f.log.String(), part) {
			t.Errorf("the log lacks %s:\n%s", part, f.log.String())
		}
	}
	f = newApp(t)
	if _, err := f.send(event(`"text":"hello"`)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.log.String(), "level=DEBUG") || strings.Contains(f.log.String(), "level=WARN") {
		t.Errorf("a message without a ticket is logged at debug, not:\n%s", f.log.String())
	}
}

func TestAMentionIsHeardWhereverItStands(t *testing.T) {
	mention := escalation.Mention{
		MentionKey: escalation.MentionKey{Workspace: "T0", Channel: "C0ENT", TS: "1799999999.000100"},
		ThreadTS:   "1799999000.000100", User: "U0ANA", Text: "<@U0BOT> 45m",
	}
	top, elsewhere, named := mention, mention, mention
	top.ThreadTS = ""
	elsewhere.Channel = "C0OTHER"
	named.Text = "wait <@U0BOT|slabuddy> please"
	thread := `"user":"U0ANA","thread_ts":"1799999000.000100","text":"<@U0BOT> 45m",`
	for name, c := range map[string]struct {
		fields string
		want   escalation.Mention
	}{
		"as a message":                       {thread, mention},
		"as an app_mention":                  {thread + `"type":"app_mention",`, mention},
		"as app_mention, no token":           {thread + `"type":"app_mention","team":"T0",`, mention},
		"shown in the channel, too":          {thread + `"subtype":"thread_broadcast",`, mention},
		"with a file":                        {thread + `"subtype":"file_share",`, mention},
		"at the top":                         {`"user":"U0ANA","text":"<@U0BOT> 45m",`, top},
		"in an unwatched channel":            {thread + `"channel":"C0OTHER",`, elsewhere},
		"with the name":                      {thread + `"text":"wait <@U0BOT|slabuddy> please",`, named},
		"from elsewhere in our organisation": {thread + `"user_team":"T0OTHERWS","source_team":"T0OTHERWS",`, mention}, // with enterprise_id, below
		"from the same workspace":            {thread + `"team":"T0","user_team":"T0","source_team":"T0",`, mention},
	} {
		t.Run(name, func(t *testing.T) {
			f := newApp(t)
			e := event(c.fields)
			if strings.Contains(name, "organisation") {
				e = inOrganisation(e, false)
			}
			if _, err := f.send(e); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]escalation.Mention{c.want}, f.heard); diff != "" {
				t.Errorf("heard (-want +got):\n%s", diff)
			}
			if n := f.counted("message", outcomeHeard) + f.counted("app_mention", outcomeHeard); n != 1 {
				t.Errorf("counted %d times as heard", n)
			}
		})
	}
}

// inOrganisation makes an event one of an Enterprise Grid organisation's workspace, in a channel that may be shared
// with another organisation.
func inOrganisation(event string, sharedOutside bool) string {
	return strings.Replace(event, `"team_id":"T0"`, fmt.Sprintf(`"team_id":"T0","enterprise_id":"E0ORG","is_ext_shared_channel":%t`, sharedOutside), 1)
}

// Rule 10: the organisation is that of the installation, wherever the envelope says so, and a mention that only the
// scan finds counts as well.
func TestColleaguesOfTheOrganisationAreHeard(t *testing.T) {
	grid := `"user":"U0ANA","thread_ts":"1799999000.000100","text":"<@U0BOT> 45m","user_team":"T0OTHERWS",`
	for name, with := range map[string]string{
		"enterprise_id":         `"team_id":"T0","enterprise_id":"E0ORG"`,
		"context_enterprise_id": `"team_id":"T0","context_enterprise_id":"E0ORG"`,
		"the authorization":     `"team_id":"T0","authorizations":[{"team_id":"T0","enterprise_id":"E0ORG"}]`,
	} {
		f := newApp(t)
		if _, err := f.send(strings.Replace(event(grid), `"team_id":"T0"`, with, 1)); err != nil || len(f.heard) != 1 {
			t.Errorf("%s: heard %v, %v", name, f.heard, err)
		}
	}
	f := newApp(t)
	f.App.Self = func(string) client.Identity {
		return client.Identity{Workspace: "T0", User: "U0BOT", Organisation: "E0ORG"}
	}
	found := Message{Channel: "C0ENT", User: "U0ANA", UserTeam: "T0OTHERWS"}
	found.TS, found.ThreadTS, found.Text = "1799999999.000100", "1799999000.000100", "<@U0BOT> 45m"
	if _, err := f.App.Take(t.Context(), "T0", found); err != nil || len(f.heard) != 1 {
		t.Errorf("found by the scan: heard %v, %v", f.heard, err)
	}
}

// Rule 10: whoever comes from another organisation, in a shared channel, is no colleague on Enterprise Grid either.
func TestStrangersOfAnOrganisationsSharedChannelCountForNothing(t *testing.T) {
	f := newApp(t)
	stranger := event(`"user":"U0EVE","thread_ts":"1799999000.000100","text":"<@U0BOT> 45m","user_team":"T9","source_team":"T9",`)
	if _, err := f.send(inOrganisation(stranger, true)); err != nil {
		t.Fatal(err)
	}
	if len(f.heard) > 0 {
		t.Errorf("heard %+v", f.heard)
	}
}

func TestMentionsThatCountForNothing(t *testing.T) {
	ofUs := `"user":"U0ANA","text":"<@U0BOT> 45m","thread_ts":"1799999000.000100",`
	for name, fields := range map[string]string{
		"by an app":                     ofUs + `"bot_id":"B0DESK",`,
		"by a classic app":              `"subtype":"bot_message","text":"<@U0BOT>",`,
		"by an app, as app_mention":     ofUs + `"type":"app_mention","bot_id":"B0DESK",`,
		"by nobody":                     ofUs + `"user":"",`,
		"by Slackbot":                   ofUs + `"user":"USLACKBOT",`,
		"by ourselves":                  ofUs + `"user":"U0BOT",`,
		"from another workspace":        ofUs + `"team":"T9",`,
		"from another user_team":        ofUs + `"user_team":"T9",`,
		"from another source_team":      ofUs + `"source_team":"T9",`,
		"of somebody like us":           ofUs + `"text":"<@U0BOTTOM> 45m",`,
		"in a quotation":                ofUs + `"text":"&gt; <@U0BOT> 45m\nthat did not work",`,
		"as code":                       ofUs + `"text":"write ` + "`<@U0BOT> 45m`" + ` there",`,
		"as code, as app_mention":       ofUs + `"type":"app_mention","text":"write ` + "`<@U0BOT> 45m`" + ` there",`,
		"in words":                      ofUs + `"text":"@slabuddy 45m",`,
		"an edit that mentions":         ofUs + `"subtype":"message_changed",`,
		"a deletion of one that did":    ofUs + `"subtype":"message_deleted",`,
		"a topic that mentions the bot": ofUs + `"subtype":"channel_topic",`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newApp(t)
			if _, err := f.send(event(fields)); err != nil {
				t.Fatal(err)
			}
			if len(f.heard) > 0 {
				t.Errorf("heard %+v", f.heard)
			}
		})
	}
}

// Rule 4: an app that posts tickets, and then something in which none is found, is told of.
func TestAMessageWithoutATicketFromAnAppThatPostsThemIsTold(t *testing.T) {
	f := newApp(t)
	for _, text := range []string{`"text":"Case 43 for Acme"`, carriesTicket + `"user":"U0DESK"`, `"bot_id":"B0DESK","text":"No. 43 for Acme"`, `"bot_id":"B0OTHER","text":"No. 44"`} {
		if _, err := f.send(event(text)); err != nil {
			t.Fatal(err)
		}
	}
	if f.counted("message", outcomeUnreadable) != 1 || !strings.Contains(f.log.String(), `reason=app`) || !strings.Contains(f.log.String(), "No. 43 for Acme") {
		t.Errorf("it is not told:\n%s", f.log.String())
	}
}

func TestATicketThatMentionsTheBotIsOpenedAndHeard(t *testing.T) {
	f := newApp(t)
	anyone := &Settings{Watches: f.Settings().Watches, Reader: func(string) *ticket.Reader { return ticket.NewReader(ticket.Patterns{From: ticket.From{Anyone: true}}) }}
	f.App.Settings = func() *Settings { return anyone }
	if _, err := f.send(event(`"user":"U0ANA","text":"Ticket ID: 42\n<@U0BOT> 45m"`)); err != nil {
		t.Fatal(err)
	}
	if len(f.opened) != 1 || len(f.heard) != 1 || f.counted("message", "opened") != 1 {
		t.Errorf("opened %v, heard %v", f.opened, f.heard)
	}
}

// In a channel shared between workspaces, the envelope may name the other one.
func TestTheWorkspaceIsTheOneTheAppIsInstalledIn(t *testing.T) {
	f := newApp(t)
	if _, err := f.send(strings.Replace(event(carriesTicket), `"team_id":"T0","api_app_id"`, `"team_id":"T9","api_app_id"`, 1)); err != nil {
		t.Fatal(err)
	}
	if len(f.opened) != 1 || f.opened[0].Workspace != "T0" {
		t.Errorf("opened %+v, want it in T0", f.opened)
	}
}

func TestWhatIsNotStoredIsNotAcknowledged(t *testing.T) {
	gone := errors.New("database gone")
	for _, body := range []string{event(carriesTicket), event(`"user":"U0ANA","text":"<@U0BOT>"`)} {
		f := newApp(t)
		f.err = gone
		if _, err := f.send(body); !errors.Is(err, gone) {
			t.Errorf("Events() = %v, want the store's error", err)
		}
		if f.counted("message", outcomeFailed) != 1 {
			t.Error("not counted as failed")
		}
	}
}

func TestEventsOfUnknownShapeAreTakenAndCounted(t *testing.T) {
	for _, body := range []string{
		`{}`, `[]`, `"x"`, `7`, `null`, `{"type":7}`, `{"type":"event_callback"}`, `{"type":"event_callback","event":[]}`,
		`{"type":"event_callback","event":{"type":"reaction_added","item":{"channel":"C0ENT"}}}`,
		`{"type":"something_new","event":{"type":"message","channel":"C0ENT"}}`,
		`{"type":"event_callback","authorizations":{},"event":{"type":["message"]}}`,
	} {
		f := newApp(t)
		if w, err := f.send(body); err != nil || w.Code != http.StatusOK {
			t.Errorf("%s: %d, %v", body, w.Code, err)
		}
		if f.counted(typeOther, outcomeIgnored) != 1 {
			t.Errorf("%s: not counted as other", body)
		}
	}
}

func TestARateLimitOnEventsIsCountedAndLogged(t *testing.T) {
	f := newApp(t)
	if _, err := f.send(`{"token":"x","type":"app_rate_limited","team_id":"T0","minute_rate_limited":1518467820,"api_app_id":"A0BOT"}`); err != nil {
		t.Fatal(err)
	}
	if f.counted(typeRateLimited, outcomeLimited) != 1 || !strings.Contains(f.log.String(), "minute=1518467820") {
		t.Errorf("not counted, or not logged:\n%s", f.log.String())
	}
}

func TestNoSecretNoService(t *testing.T) {
	if _, err := New(Config{Registerer: prometheus.NewRegistry()}); err == nil {
		t.Error("New() accepts an empty signing secret")
	}
}

// Slack says that a message was deleted whenever it likes: nobody to hear it would be a crash in the middle of work.
func TestNobodyToTakeInWhatComesIsRefusedAtTheStart(t *testing.T) {
	whole := Config{SigningSecret: "s", Opener: &inbox{}, Hearer: &inbox{}, Deleter: &inbox{}, Log: slog.New(slog.DiscardHandler)}
	for what, leave := range map[string]func(*Config){
		"nothing": func(*Config) {}, "the Opener": func(c *Config) { c.Opener = nil }, "the Hearer": func(c *Config) { c.Hearer = nil }, "the Deleter": func(c *Config) { c.Deleter = nil },
	} {
		c := whole
		c.Registerer = prometheus.NewRegistry()
		leave(&c)
		if _, err := New(c); (err == nil) != (what == "nothing") {
			t.Errorf("without %s: %v", what, err)
		}
	}
}

// The simulated workspace sends what Slack does: the message event and the app_mention of one
// mention, and the bot's own posts as echoes.
func TestASimulatedWorkspaceIsUnderstood(t *testing.T) {
	f := newApp(t)
	var w *slacktest.Workspace
	serve := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := f.Events(rw, r); err != nil {
			t.Errorf("Events() = %v", err)
		}
	})
	w = slacktest.New(slacktest.Options{
		Team: slacktest.Team{ID: "T0"}, App: slacktest.App{ID: "A0BOT", BotID: "B0BOT", UserID: "U0BOT"},
		SigningSecret: secret, Transport: inprocess.Transport(serve), RequestURL: "http://app.test/slack/events",
		Now: func() time.Time { return now },
	})
	defer w.Close()
	w.AddChannel(slacktest.Channel{ID: "C0ENT", Name: "enterprise"})
	ana := w.AddUser(slacktest.User{Name: "ana"})
	desk := w.AddApp(slacktest.App{Name: "Zendesk"})
	do := func(ts string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return ts
	}
	ts := do(w.PostAs(desk.ID, "C0ENT", desks.Fields(desks.Ticket{ID: "42"})))
	do(w.PostAs(desk.ID, "C0ENT", desks.OddMessage()))
	do(w.PostAs("A0BOT", "C0ENT", slacktest.Message{Text: "Ticket ID: 43", ThreadTS: ts}))
	do(w.PostAs("A0BOT", "C0ENT", slacktest.Message{Text: "Ticket ID: 44 <@U0BOT>"}))
	do(w.Mention(ana.ID, "C0ENT", ts, "45m"))
	if err := w.Wait(t.Context(), func() bool { return w.Undelivered() == 0 }); err != nil {
		t.Fatal(err)
	}
	if len(f.opened) != 1 || f.opened[0].Ticket.ID != "42" || f.opened[0].TS != ts {
		t.Errorf("opened %+v, want ticket 42 alone", f.opened)
	}
	if len(f.heard) != 2 || f.heard[0] != f.heard[1] || f.heard[0].ThreadTS != ts || f.heard[0].User != ana.ID {
		t.Errorf("heard %+v, want one mention, twice", f.heard)
	}
}

func TestATicketIsDeliveredAgainWhileItIsNotKnownWhichChannelsAreWatched(t *testing.T) {
	f := newApp(t)
	settings := *f.Config.Settings()
	settings.Watches = func(string, string) bool { return false }
	f.Config.Settings = func() *Settings { return &settings }
	for known, want := range map[bool]error{true: nil, false: errUnknown} {
		settings.Known = func(string) bool { return known }
		if _, err := f.send(event(carriesTicket)); !errors.Is(err, want) {
			t.Errorf("known %t: %v", known, err)
		}
	}
}
