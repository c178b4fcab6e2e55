package buttons_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// burst has six tickets come at once, and returns their messages and the ts of their digest. The second tier of the
// ticket that the scenario begins with stands in its first row.
func (w *world) burst() (tickets []string, digest string) {
	w.t.Helper()
	app := w.slack.AddApp(slacktest.App{Name: "Zendesk"})
	for _, id := range []string{"51", "52", "53", "54", "55", "56"} {
		tickets = append(tickets, w.ok(w.slack.PostAs(app.ID, channel, desks.Fields(desks.Ticket{ID: id}))))
	}
	w.pass(13 * time.Minute)
	for _, m := range w.slack.History(channel) {
		if strings.Contains(m.Text, "7 tickets wait for an answer") {
			return tickets, m.TS
		}
	}
	w.t.Fatal("there is no digest")
	return nil, ""
}

// lastTold is the last thing that a user alone was told.
func (w *world) lastTold(user string) string {
	w.t.Helper()
	all := w.slack.Ephemerals(user)
	if len(all) == 0 {
		w.t.Fatalf("%s was told nothing", user)
	}
	return all[len(all)-1].Text
}

// bulk sends a click on a button for all tickets as Slack would: with the values, workspace and user that it is given.
func (w *world) bulk(team, user, digest, values string) {
	w.t.Helper()
	payload := strings.NewReplacer("TEAM", team, "USER", user, "DIGEST", digest, "VALUES", values).Replace(`{"type":"block_actions",
		"team":{"id":"TEAM"},"user":{"id":"USER","team_id":"TEAM"},"channel":{"id":"C0ENT"},"message":{"ts":"DIGEST"},
		"actions":[{"action_id":"slabuddy_own_all","type":"button","value":"VALUES"}]}`)
	_, err := w.app.Interaction(w.t.Context(), []byte(payload))
	w.must(err)
	w.pass(0)
}

// owners are who has each ticket.
func (w *world) owners(tickets []string) (all string) {
	for _, ts := range tickets {
		all += w.timeline(ts).Owner.User + " "
	}
	return strings.TrimSpace(all)
}

// Rules 22, 23 and 29: one press takes all tickets of a digest but those that a colleague is on; nobody from outside takes
// any, nor does a row that is none of the workspace's.
func TestAllOfADigestAreTakenByWhoMay(t *testing.T) {
	inWorld(t, func(w *world, _, _ string) {
		tickets, digest := w.burst()
		var values []string
		for _, ts := range tickets {
			values = append(values, w.timeline(ts).ID+"/1/1")
		}
		w.bulk("T9", "U9EVE", digest, strings.Join(values, " ")) // another workspace's
		w.click(guest, digest, buttons.ActionOwnAll)
		if got := w.owners(tickets); got != "" {
			t.Errorf("taken by %s", got)
		}
		w.says(w.lastTold(guest), "Only full members of this workspace can do that")

		w.click(bob, digest, buttons.ActionOwn+"#3")
		w.click(ana, digest, buttons.ActionOwnAll)
		if got, want := w.owners(tickets), strings.Join([]string{ana, bob, ana, ana, ana, ana}, " "); got != want {
			t.Errorf("the tickets are %s, want %s", got, want)
		}
		w.says(w.lastTold(ana), "You are on 6 tickets", "A colleague is on 1 other ticket, and I left that so.")
		w.bulk("T0", ana, digest, "01890000-0000-7000-8000-000000000000/1/1 "+values[1])
		if got := w.timeline(tickets[1]).Owner.User; got != bob {
			t.Errorf("beside a row that is nobody's, %s has the ticket", got)
		}
	})
}

// A digest stays where somebody's window is old: once its tickets are closed, its buttons change nothing and say so.
func TestTheButtonsOfADigestWhoseTicketsAreClosed(t *testing.T) {
	inWorld(t, func(w *world, _, _ string) {
		tickets, digest := w.burst()
		var values []string
		for _, ts := range tickets {
			values = append(values, w.timeline(ts).ID+"/1/1")
		}
		w.desk.says(desk.Answer{Status: desk.Answered, RepliedAt: time.Now()})
		w.pass(15 * time.Minute)
		if got := w.timeline(tickets[0]).State; got != escalation.Answered {
			t.Fatalf("the first ticket is %s", got)
		}
		w.bulk("T0", ana, digest, strings.Join(values, " "))
		w.says(w.lastTold(ana), "I changed nothing", "6 tickets had been closed before.")
		if got := w.owners(tickets); got != "" {
			t.Errorf("closed tickets were taken by %s", got)
		}
	})
}
