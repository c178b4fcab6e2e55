package slacktest

import "strings"

// Official are the ways in which the help desks' own apps for Slack post a ticket, as far as their form is known.
// They name a ticket in an address, not by a label.
func Official() []Shape {
	return []Shape{
		{"Zendesk", ZendeskTicket}, {"Freshdesk", FreshdeskTicket}, {"Intercom", IntercomTicket},
		{"Help Scout", HelpScoutTicket}, {"Jira", JiraTicket}, {"HubSpot", HubSpotTicket},
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

func attachmentOf(a map[string]any) Message {
	a["id"], a["fallback"] = 1, "[no preview available]"
	return Message{Attachments: raw([]map[string]any{a})}
}

// ZendeskTicket has number, status and priority in the attachment's footer, and the subject as a link in a field
// without a title.
func ZendeskTicket(t Ticket) Message {
	t = t.escaped()
	url := "https://acme.zendesk.com/agent/tickets/" + t.ID
	return attachmentOf(map[string]any{
		"color": "FFC600", "footer": "<" + url + "|*Ticket #" + t.ID + "*> | Status: New | Priority: " + t.Priority, "mrkdwn_in": []string{"fields", "footer"},
		"fields": []map[string]any{{"title": "", "short": false, "value": "<" + url + "|*" + t.Subject + "*>\n*Requester*: " + t.Customer + "\n*Assignee*: /"}},
	})
}

// FreshdeskTicket has the subject as a title that leads to the ticket.
func FreshdeskTicket(t Ticket) Message {
	t = t.escaped()
	return attachmentOf(map[string]any{
		"pretext": "A new ticket has been created", "title": t.Subject, "title_link": "https://acme.freshdesk.com/a/tickets/" + t.ID,
		"fields": []map[string]any{{"title": "Requester", "value": t.Customer}, {"title": "Priority", "value": t.Priority}, {"title": "Status", "value": "Open"}},
	})
}

// IntercomTicket has the customer's words, and a button to the conversation.
func IntercomTicket(t Ticket) Message {
	t = t.escaped()
	return attachmentOf(map[string]any{
		"author_name": t.Customer, "pretext": "New conversation from " + t.Customer, "text": t.Subject,
		"actions": []map[string]any{{"type": "button", "text": "View conversation", "url": "https://app.intercom.com/a/inbox/ab12/inbox/conversation/" + t.ID}},
	})
}

// HelpScoutTicket has the subject as a title that leads to the conversation.
func HelpScoutTicket(t Ticket) Message {
	t = t.escaped()
	return attachmentOf(map[string]any{
		"pretext": "New conversation from " + t.Customer, "title": t.Subject, "title_link": "https://secure.helpscout.net/conversation/" + t.ID + "/918?folderId=7",
	})
}

// JiraTicket has the key in a link, and the rest in a line.
func JiraTicket(t Ticket) Message {
	t = t.escaped()
	return attachmentOf(map[string]any{
		"text":      "*" + t.Customer + "* created a *Bug* <https://acme.atlassian.net/browse/" + t.ID + "|" + t.ID + " " + t.Subject + ">\nStatus: *To do*   Priority: *" + t.Priority + "*",
		"mrkdwn_in": []string{"text"},
	})
}

// HubSpotTicket has a link in a section, the priority in another, and a button.
func HubSpotTicket(t Ticket) Message {
	t = t.escaped()
	url := "https://app.hubspot.com/contacts/123/record/0-5/" + t.ID
	t.Link = url
	blocks := []map[string]any{
		section("s", "*Ticket created:* <"+url+"|"+t.Subject+">"),
		{"type": "section", "block_id": "f", "fields": []map[string]any{{"type": "mrkdwn", "text": "*Priority*\n" + t.Priority}}},
	}
	return Message{Text: "Ticket created", Blocks: raw(append(blocks, t.button()...))}
}
