package message

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation"
)

// FuzzShown holds that a ticket, whatever it says, pings nobody and fits into Slack's blocks.
func FuzzShown(f *testing.F) {
	for _, word := range []string{"42", "<!here>", "<@U0ANA|ana>", "&lt;!channel&gt;", "<https://x.test/|<!subteam^S0>>", "*`_~", strings.Repeat("<", 500)} {
		f.Add(word, "high", "Example Ltd", word, "https://desk.example.com/42")
		f.Add("42", word, word, "Cannot log in", word)
	}
	f.Fuzz(func(t *testing.T, id, priority, customer, subject, link string) {
		ticket := escalation.Ticket{ID: id, Priority: priority, Customer: customer, Subject: subject, Link: link}
		reminder := firstTier()
		reminder.Ticket, reminder.Mention = ticket, nil
		shown := renderReminder(reminder, people)
		for _, ping := range []string{"<@", "<!here", "<!channel", "<!everyone", "<!subteam"} {
			if strings.Contains(shown.text(), ping) {
				t.Errorf("%s is in the reminder of %+v", ping, ticket)
			}
		}
		for _, b := range blocksOf(t, shown) {
			if utf8.RuneCountInString(b.words()) > 3000 {
				t.Errorf("a block of the reminder of %+v is too long", ticket)
			}
		}
	})
}
