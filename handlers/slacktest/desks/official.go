package desks

import (
	"strings"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Official are the ways in which the help desks' own apps for Slack post a ticket, as far as their form is known.
// They name a ticket in an address, not by a label.
func Official() []Shape {
	return []Shape{
		{"Zendesk", Zendesk}, {"Freshdesk", Freshdesk}, {"Intercom", Intercom},
		{"Help Scout", HelpScout}, {"Jira", Jira}, {"HubSpot", HubSpot},
	}
}

var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escaped is the ticket in Slack's markup.
func (t Ticket) escaped() Ticket {
	for _, s := range []*string{&t.Priority, &t.Type, &t.Customer, &t.Subject} {
		*s = slackEscapes.Replace(*s)
	}
	return t
}

func attachmentOf(a map[string]any) slacktest.Message {
	a["id"], a["fallback"] = 1, "[no preview available]"
	return slacktest.Message{Attachments: raw([]map[string]any{a})}
}

// Zendesk has number, status and priority in the attachment's footer, and the subject as a link in a field
// without a title.
func Zendesk(t Ticket) slacktest.Message {
	t = t.escaped()
	url := "https://acme.zendesk.com/agent/tickets/" + t.ID
	return attachmentOf(map[string]any{
		"color": "FFC600", "footer": "<" + url + "|*Ticket #" + t.ID + "*> | Status: New | Priority: " + t.Priority, "mrkdwn_in": []string{"fields", "footer"},
		"fields": []map[string]any{{"title": "", "short": false, "value": "<" + url + "|*" + t.Subject + "*>\n*Requester*: " + t.Customer + "\n*Assignee*: /"}},
	})
}

// Freshdesk has the subject as a title that leads to the ticket.
func Freshdesk(t Ticket) slacktest.Message {
	t = t.escaped()
	return attachmentOf(map[string]any{
		"pretext": "A new ticket has been created", "title": t.Subject, "title_link": "https://acme.freshdesk.com/a/tickets/" + t.ID,
		"fields": []map[string]any{{"title": "Requester", "value": t.Customer}, {"title": "Priority", "value": t.Priority}, {"title": "Status", "value": "Open"}},
	})
}

// Intercom has the customer's words, and a button to the conversation.
func Intercom(t Ticket) slacktest.Message {
	t = t.escaped()
	return attachmentOf(map[string]any{
		"author_name": t.Customer, "pretext": "New conversation from " + t.Customer, "text": t.Subject,
		"actions": []map[string]any{{"type": "button", "text": "View conversation", "url": "https://app.intercom.com/a/inbox/ab12/inbox/conversation/" + t.ID}},
	})
}

// HelpScout has the subject as a title that leads to the conversation.
func HelpScout(t Ticket) slacktest.Message {
	t = t.escaped()
	return attachmentOf(map[string]any{
		"pretext": "New conversation from " + t.Customer, "title": t.Subject, "title_link": "https://secure.helpscout.net/conversation/" + t.ID + "/918?folderId=7",
	})
}

// Jira has the key in a link, and the rest in a line.
func Jira(t Ticket) slacktest.Message {
	t = t.escaped()
	return attachmentOf(map[string]any{
		"text":      "*" + t.Customer + "* created a *Bug* <https://acme.atlassian.net/browse/" + t.ID + "|" + t.ID + " " + t.Subject + ">\nStatus: *To do*   Priority: *" + t.Priority + "*",
		"mrkdwn_in": []string{"text"},
	})
}

// HubSpot has a link in a section, the priority in another, and a button.
func HubSpot(t Ticket) slacktest.Message {
	t = t.escaped()
	url := "https://app.hubspot.com/contacts/123/record/0-5/" + t.ID
	t.Link = url
	blocks := []map[string]any{
		section("s", "*Ticket created:* <"+url+"|"+t.Subject+">"),
		{"type": "section", "block_id": "f", "fields": []map[string]any{{"type": "mrkdwn", "text": "*Priority*\n" + t.Priority}}},
	}
	return slacktest.Message{Text: "Ticket created", Blocks: raw(append(blocks, t.button()...))}
}
