package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const privately = "C0VIP"

// privateWorld is one with a private channel that Ana alone is in, and with one that everybody is in.
func privateWorld(t *testing.T, configuration, open string) *world {
	t.Helper()
	w := newWorld(t, databases["sqlite"](t), strings.Replace(configuration, "channels: {", "channels: {"+privately+": {}, ", 1))
	w.slack.AddChannel(slacktest.Channel{ID: privately, Name: "vip", Private: true, Members: []string{"U0ANA", w.slack.Options().App.UserID}})
	w.slack.AddChannel(slacktest.Channel{ID: open, Name: "open", Members: append(slices.Clone(everybody), w.slack.Options().App.UserID)})
	return w
}

// Rule 29: a message that cannot be read is quoted in the ops channel only where everybody may read it.
func TestWhatAPrivateChannelSaysIsNotQuotedInTheOpsChannel(t *testing.T) {
	t.Parallel()
	w := privateWorld(t, "ops_channel: C0OPS\n"+rostered, "C0OPS")
	w.start()
	const words = `{"text":"New case\nTicket ID: - (see #%)\nCustomer: ana@example.com"}`
	told := func(part string) bool {
		return slices.ContainsFunc(w.slack.History("C0OPS"), func(m slacktest.Message) bool { return strings.Contains(m.Text, part) })
	}
	ts := w.posts(privately, strings.Replace(words, "%", "7001", 1), 0)
	w.until("it is told", 40*time.Second, func() bool { return told(privately + ", ts " + ts) })
	if told("#7001") {
		t.Error("what was said in a private channel is quoted in another")
	}
}

// Rule 29: a private channel's ticket stands on the card by its id alone, and is taken over by nobody who is not in
// that channel.
func TestATicketOfAPrivateChannelIsTakenOverByItsReadersOnly(t *testing.T) {
	t.Parallel()
	w := privateWorld(t, "handover: {channel: "+shiftChannel+"}\n"+rostered, shiftChannel)
	w.shift("Ana on-shift")
	w.start()
	ts := w.ticket(privately, "42", 11*time.Minute)
	w.reminder(privately, ts)
	w.types("U0ANA", enterprise, "/sla swap <@U0BOB|bob> for 2h")
	var card slacktest.Message
	w.until("the card", time.Minute, func() bool {
		i := slices.IndexFunc(w.slack.History(shiftChannel), func(m slacktest.Message) bool { return strings.Contains(m.Text, "Change of shift") })
		if i >= 0 {
			card = w.slack.History(shiftChannel)[i]
		}
		return i >= 0
	})
	keepsQuiet(t, card.Text+visible(card.Blocks), "Cannot log in", "Northwind")
	before := w.timeline(privately, ts)
	w.click("U0BOB", shiftChannel, card, "slabuddy_take_over#1")
	w.whispered("U0BOB", "I cannot see that you are in that ticket's channel", "Nothing has changed")
	w.unchanged(before)
	w.click("U0ANA", shiftChannel, card, "slabuddy_take_over#1")
	w.whispered("U0ANA", "You have", "ticket 42")
}
