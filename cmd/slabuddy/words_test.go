package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// oddWords are what no text may hold, as JSON can say it and as bytes that are none: NUL, lone surrogates, others.
const oddWords = `a\u0000b\ud800c\udfffd` + "\xff\xed\xa0\x80" + `e`

// What no database takes for text opens a ticket, postpones it, is clicked, typed and told by the desk, and harms nothing.
func TestWhatNoTextMayHoldHarmsNothing(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, plain)
		w.env = append(w.env, "HELPDESK_WEBHOOK_SECRET="+webhookSecret)
		c := w.start()
		team, bot, secret := w.slack.Options().Team.ID, w.slack.Options().App.UserID, w.slack.Options().SigningSecret
		sent := func(what, path, body string) {
			t.Helper()
			status := c.post(path, []byte(body), func(r *http.Request) { slacktest.SignRequest(r, secret, time.Now(), []byte(body)) })
			if status != http.StatusOK {
				t.Errorf("%s: status %d", what, status)
			}
		}
		event := func(inner string) string {
			return fmt.Sprintf(`{"type":"event_callback","team_id":%q,"api_app_id":"A0BOT","event_id":"Ev%s","event":{%s}}`, team, oddWords, inner)
		}
		ts, err := w.slack.PostAs("U0BOB", enterprise, slacktest.Message{Text: "so that there is a thread"})
		w.check(err)
		sent("a ticket", "/slack/events", event(fmt.Sprintf(`"type":"message","subtype":"bot_message","bot_id":"B0DESK","channel":%q,"ts":%q,
			"text":"*Ticket ID*: 42\n*Subject*: %s\n*Customer*: %s\n*Priority*: %s"`, enterprise, ts, oddWords, oddWords, oddWords)))
		tl := w.timeline(enterprise, ts)
		if tl.Ticket.ID != "42" || !strings.HasPrefix(tl.Ticket.Subject, "a") || !strings.HasSuffix(tl.Ticket.Subject, "e") {
			t.Errorf("the ticket is %+v", tl.Ticket)
		}
		sent("an id", "/slack/events", event(fmt.Sprintf(`"type":"message","subtype":"bot_message","bot_id":"B0DESK","channel":%q,"ts":%q,"text":"*Ticket ID*: %s"`,
			enterprise, slacktest.TS(time.Now()), oddWords)))
		sent("a mention", "/slack/events", event(fmt.Sprintf(`"type":"app_mention","user":"U0ANA","channel":%q,"ts":%q,"thread_ts":%q,"text":"<@%s> 45m %s"`,
			enterprise, slacktest.TS(time.Now()), ts, bot, oddWords)))
		w.until("it is snoozed", patience, func() bool { return w.timeline(enterprise, ts).SnoozedUntil.After(time.Now()) })
		sent("a click", "/slack/interactions", string(form(fmt.Sprintf(
			`{"type":"block_actions","team":{"id":%q},"user":{"id":"U0ANA","name":"%s"},"channel":{"id":%q},"message":{"ts":"1.2","thread_ts":%q},"trigger_id":"%s",
			"actions":[{"action_id":"slabuddy_own","block_id":"%s","value":"%s/0/0"}]}`, team, oddWords, enterprise, ts, oddWords, oddWords, tl.ID))))
		w.until("somebody is on it", patience, func() bool { return w.timeline(enterprise, ts).Owner.User == "U0ANA" })
		sent("a command", "/slack/commands", "command=%2Fsla&user_id=U0ANA&user_name=%00%FF%ED%A0%80&channel_id="+enterprise+"&team_id="+team+"&text=away+%00%FF%ED%A0%80+for+2h")
		if status := c.deskSays(fmt.Sprintf(`{"ticket_id":"%s","event":"replied","status":"%s","assignee":"%s","timestamp":%d}`, oddWords, oddWords, oddWords, time.Now().Unix()), webhookSecret); status != http.StatusOK {
			t.Errorf("the desk's word: status %d", status)
		}
		if now := w.timeline(enterprise, ts); now.State != escalation.Open {
			t.Errorf("it is %s", now.State)
		}
		w.reminder(enterprise, w.ticket(enterprise, "43", 11*time.Minute))
		if log := c.logged(); strings.Contains(log, `"level":"ERROR"`) {
			t.Errorf("something went wrong:\n%s", log)
		}
	})
}
