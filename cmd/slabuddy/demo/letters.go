package demo

import (
	"fmt"
	"strings"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// burst is how many tickets come at once: enough for their reminders to be one message.
const burst = 8

// letters are what customers write if nobody says what.
var letters = []desks.Ticket{
	{Customer: "Northwind", Subject: "The dashboard shows yesterday's numbers"},
	{Customer: "Fabrikam", Subject: "Our webhooks arrive twice"},
	{Customer: "Contoso", Subject: "Two people are locked out since the update"},
	{Customer: "Tailspin", Subject: "How do we add a second team?"},
	{Customer: "Adatum", Subject: "Nothing loads since nine o'clock"},
	{Customer: "Litware", Subject: "All our exports fail"},
	{Customer: "Proseware", Subject: "Error 503 on every page"},
	{Customer: "Wingtip", Subject: "Are you down?"},
}

// write has the help desk post a ticket that a person thought of.
func (s *stage) write(t window.NewTicket) error {
	letter := letters[s.written%len(letters)]
	s.written++
	letter.ID = fmt.Sprint(firstOfPeople + s.written)
	letter.Priority, letter.Type = t.Priority, t.Type
	if said := strings.TrimSpace(t.Subject); said != "" {
		letter.Subject = said
	}
	if said := strings.TrimSpace(t.Customer); said != "" {
		letter.Customer = said
	}
	shape := desks.Fields
	if t.Channel == teams {
		shape = desks.Plain
	}
	for _, official := range desks.Official() {
		if official.Name == t.App {
			shape = official.Message
		}
	}
	if t.App == "Jira" {
		letter.ID = "SUP-" + letter.ID
	}
	return posts(t.Channel, shape, letter)(s)
}

// firstOfPeople is the number before that of the first ticket that people write.
const firstOfPeople = 4200
