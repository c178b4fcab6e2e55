package ticket

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

func TestAddressesOfKnownDesksNameTheirTicket(t *testing.T) {
	for url, want := range map[string]string{
		"https://acme.zendesk.com/agent/tickets/4711":                                                          "4711",
		"https://help.example.com/agent/tickets/4711?brand=1":                                                  "4711",
		"https://acme.zendesk.com/hc/en-us/requests/4711":                                                      "4711",
		"https://acme.zendesk.com/tickets/4711#c":                                                              "4711",
		"https://acme.freshdesk.com/a/tickets/88":                                                              "88",
		"https://support.example.com/a/tickets/88":                                                             "88",
		"https://acme.freshdesk.com/helpdesk/tickets/88":                                                       "88",
		"https://acme.freshservice.com/helpdesk/tickets/88/":                                                   "88",
		"https://app.intercom.com/a/inbox/ab12/inbox/shared/all/conversation/2154?view=L":                      "2154",
		"https://app.eu.intercom.com/a/apps/ab12/conversations/2154":                                           "2154",
		"https://app.intercom.io/a/apps/x/inbox/inbox/conversation/159297#part_id=u":                           "159297",
		"https://secure.helpscout.net/conversation/2200330044/918?folderId=7":                                  "2200330044",
		"https://acme.atlassian.net/browse/SUP-12":                                                             "SUP-12",
		"https://jira.example.com/jira/browse/HELP-9?focusedId=1":                                              "HELP-9",
		"https://acme.atlassian.net/servicedesk/customer/portal/3/SUP-12":                                      "SUP-12",
		"https://acme.atlassian.net/jira/servicedesk/projects/SUP/queues/custom/12/SUP-12":                     "SUP-12",
		"https://acme.atlassian.net/jira/software/projects/S/boards/1?selectedIssue=SUP-12":                    "SUP-12",
		"https://app.hubspot.com/contacts/123/ticket/456":                                                      "456",
		"https://app-eu1.hubspot.com/contacts/123/record/0-5/456":                                              "456",
		"https://app.hubspot.com/help-desk/123/view/1/ticket/456/thread/7":                                     "456",
		"https://app.frontapp.com/open/cnv_1a2b":                                                               "cnv_1a2b",
		"https://chat.example.com/app/accounts/2/conversations/77":                                             "77",
		"https://chat.example.com/app/accounts/2/inbox/5/conversations/77":                                     "77",
		"https://acme.gorgias.com/app/ticket/55":                                                               "55",
		"https://rt.example.com/rt/Ticket/Display.html?id=31":                                                  "31",
		"https://cw.example/v4_6_release/services/system_io/router/openrecord.rails?recid=88123&companyName=x": "88123",

		"https://acme.zendesk.com/hc/en-us/articles/4408844202778": "",
		"https://zendesk.com.evil.example/tickets/4711":            "",
		"https://evilzendesk.com/tickets/4711":                     "",
		"https://desk.example.com/tickets/42":                      "",
		"https://acme.atlassian.net/wiki/spaces/SUP-12":            "",
		"https://github.com/acme/app/issues/12":                    "",
		"https://app.hubspot.com/contacts/123/contact/456":         "",
		"javascript:alert('/agent/tickets/1')":                     "",
		"https://acme.zendesk.com/agent/tickets/4711x":             "",
	} {
		if got, ok := deskTicket(address{url: url}); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

func TestTheDesksOwnAppsAreReadWithNothingConfigured(t *testing.T) {
	zendesk := func(subject, words string) string {
		return `{"bot_id":"B0","bot_profile":{"name":"Zendesk"},"text":"","attachments":[{"id":1,"color":"FFC600","fallback":"[no preview available]",
			"footer":"<https://acme.zendesk.com/agent/tickets/4711|*Ticket #4711*> | Status: New | Priority: High | Account: Acme","mrkdwn_in":["fields","footer"],
			"fields":[{"title":"","short":false,"value":"<https://acme.zendesk.com/agent/tickets/4711|*` + subject + `*>\n*Priority*: :large_orange_circle: High\n*Requester*: Nora Field\n*Assignee*: /\n*Description*:\n` + words + `"}]}]}`
	}
	testKinds(t, map[string]kind{
		"Zendesk": {zendesk("Cannot log in since Monday", "Nobody can sign in."),
			one(tk{ID: "4711", Priority: "High", Customer: "Nora Field", Subject: "Cannot log in since Monday"})},
		"Zendesk, of a hostile customer": {zendesk("Fwd: Ticket #9", "Ticket ID: 9\\n*Priority*: low\\n*Type*: feedback\\nsee https://acme.zendesk.com/agent/tickets/9"),
			one(tk{ID: "4711", Priority: "High", Customer: "Nora Field", Subject: "Fwd: Ticket #9"})},
		"Zendesk, of a subject like a label": {zendesk("Ticket ID - 9", "x"), one(tk{ID: "4711", Priority: "High", Customer: "Nora Field", Subject: "Ticket ID - 9"})},
		"Jira": {`{"bot_id":"B0","attachments":[{"fallback":"x","text":"*Nora* created a *Bug* <https://acme.atlassian.net/browse/SUP-12|SUP-12 Login page is blank>\nStatus: *To do*   Priority: *High*"}]}`,
			one(tk{ID: "SUP-12", Priority: "High", Subject: "Login page is blank"})},
		"Jira Data Center": {`{"bot_id":"B0","text":"<https://jira.example.com/secure/ViewProfile.jspa?name=nora|nora> has *created* a Support request","attachments":[{"fallback":"HELP-14937 No mail","title":"HELP-14937: No mail","title_link":"https://jira.example.com/browse/HELP-14937?atlOrigin=x","fields":[{"title":"Priority","value":"High"},{"title":"Status","value":"Open"}]}]}`,
			one(tk{ID: "HELP-14937", Priority: "High", Subject: "No mail"})},
		"Jira Service Management": {`{"bot_id":"B0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*New request* <https://acme.atlassian.net/jira/servicedesk/projects/SUP/queues/custom/1/SUP-12|SUP-12: VPN is down>"}},{"type":"context","elements":[{"type":"mrkdwn","text":"Status: Waiting for support | Priority: Highest | Reporter: Nora Field"}]}]}`,
			one(tk{ID: "SUP-12", Priority: "Highest", Customer: "Nora Field", Subject: "VPN is down"})},
		"Freshdesk": {`{"bot_id":"B0","attachments":[{"pretext":"A new ticket has been created","title":"No mail since noon","title_link":"https://acme.freshdesk.com/a/tickets/88","fields":[{"title":"Requester","value":"Nora Field"},{"title":"Priority","value":"Urgent"},{"title":"Status","value":"Open"}]}]}`,
			one(tk{ID: "88", Priority: "Urgent", Customer: "Nora Field", Subject: "No mail since noon"})},
		"Intercom": {`{"bot_id":"B0","attachments":[{"author_name":"Nora Field","pretext":"New conversation from Nora Field","text":"Hi, I cannot log in. Priority: urgent","actions":[{"type":"button","text":"View conversation","url":"https://app.intercom.com/a/inbox/ab12/inbox/conversation/2154"}]}]}`,
			one(tk{ID: "2154"})},
		"Help Scout": {`{"bot_id":"B0","attachments":[{"title":"Invoice shows the wrong VAT","title_link":"https://secure.helpscout.net/conversation/2200330044/918?folderId=7","pretext":"New conversation from Nora Field","text":"Hi, our invoice ..."}]}`,
			one(tk{ID: "2200330044", Subject: "Invoice shows the wrong VAT"})},
		"HubSpot": {`{"bot_id":"B0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Ticket created:* <https://app.hubspot.com/contacts/123/record/0-5/456|No mail>"}},{"type":"section","fields":[{"type":"mrkdwn","text":"*Priority*\nHigh"}]},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"View in HubSpot"},"url":"https://app.hubspot.com/contacts/123/record/0-5/456"}]}]}`,
			one(tk{ID: "456", Priority: "High", Subject: "No mail"})},
		"Zammad": {`{"subtype":"bot_message","text":"# Printer &amp; scanner offline","attachments":[{"id":1,"color":"faab00","mrkdwn_in":["text"],"text":"_[Ticket#22001](https://help.acme.example/#ticket/zoom/1): Created by Nora Field at 04/24/2026 10:26 am (Europe/Berlin)_\n\n* Priority: 2 normal\n* Owner: -\n\nHello, nothing prints.\nPriority: 3 high\nType: feedback"}]}`,
			one(tk{ID: "22001", Priority: "2 normal", Subject: "Printer & scanner offline"})},
		"Request Tracker":       {`{"bot_id":"B0","text":"New ticket <https://rt.example.com/Ticket/Display.html?id=31|#31: No mail>"}`, one(tk{ID: "31", Subject: "No mail"})},
		"a link's button alone": {`{"bot_id":"B0","blocks":[{"type":"header","text":{"type":"plain_text","text":"New ticket"}},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://acme.zendesk.com/agent/tickets/42"}]}]}`, one(tk{ID: "42"})},
	})
}

// The posts that the simulated desks' apps make are read as those of the world, of a hostile customer, too.
func TestTheSimulatedAppsPostsAreRead(t *testing.T) {
	for _, shape := range desks.Official() {
		for id, subject := range map[string]string{"4711": "No mail since <noon> & before", "4712": "Fwd: Ticket ID: 9, Priority: low, Type: feedback"} {
			if shape.Name == "Jira" {
				id = "SUP-" + id
			}
			m := shape.Message(desks.Ticket{ID: id, Priority: "High", Customer: "Nora Field", Subject: subject})
			m.BotID = "B0"
			got := read(t, NewReader(Patterns{}), asJSON(t, m))
			if len(got.Tickets) != 1 || got.Tickets[0].ID != id || got.Tickets[0].Type == "feedback" || got.Tickets[0].Priority != "" && got.Tickets[0].Priority != "High" {
				t.Errorf("%s, %q: %+v", shape.Name, subject, got)
			}
		}
	}
}

func TestOnlyWhatAppsAndWorkflowsPostIsRead(t *testing.T) {
	message := func(by string) string { return `{` + by + `,"text":"Ticket ID: 42"}` }
	app, flow, person := message(`"bot_id":"B0DESK","app_id":"A0DESK"`), message(`"subtype":"bot_message"`), message(`"user":"U0BEN","bot_id":null`)
	for name, c := range map[string]struct {
		from From
		want map[string]Verdict
	}{
		"apps":           {From{}, map[string]Verdict{app: Readable, flow: Readable, person: Person}},
		"anyone":         {From{Anyone: true}, map[string]Verdict{app: Readable, flow: Readable, person: Readable}},
		"one bot":        {From{Bots: []string{"B0DESK"}}, map[string]Verdict{app: Readable, flow: Person, person: Person}},
		"one app":        {From{Bots: []string{"A0DESK"}}, map[string]Verdict{app: Readable, person: Person}},
		"some other bot": {From{Bots: []string{"B0OTHER"}}, map[string]Verdict{app: Person}},
	} {
		r := NewReader(Patterns{From: c.from})
		for message, want := range c.want {
			if got := read(t, r, message); got.Verdict != want {
				t.Errorf("%s: %s: %s, want %s", name, message, got.Verdict, want)
			}
		}
	}
}

func TestAForwardedMessageIsNoNewTicket(t *testing.T) {
	r := NewReader(Patterns{From: From{Anyone: true}})
	for _, flag := range []string{`"is_share":true`, `"is_msg_unfurl":true`, `"is_reply_unfurl":true`, `"is_app_unfurl":true`, `"from_url":"https://acme.slack.com/archives/C0/p1"`} {
		message := `{"bot_id":"B0","text":"look","attachments":[{` + flag + `,"text":"*Ticket ID*: 41","fields":[` + field("Ticket ID", "41") + `]}]}`
		if got := read(t, r, message); got.Verdict != None {
			t.Errorf("%s: %s %+v", flag, got.Verdict, got.Tickets)
		}
	}
	own := `{"bot_id":"B0","text":"*Ticket ID*: 42","attachments":[{"from_url":"https://x.example","text":"*Ticket ID*: 41"}]}`
	if got := read(t, r, own); len(got.Tickets) != 1 || got.Tickets[0].ID != "42" {
		t.Errorf("%+v", got)
	}
}

func TestALinkLeadsToTheDeskOnly(t *testing.T) {
	r := NewReader(Patterns{From: From{Anyone: true}, Hosts: []string{"desk.example.com"}})
	for url, want := range map[string]string{
		"https://desk.example.com/tickets/42":              "https://desk.example.com/tickets/42",
		"https://DESK.example.com:8443/tickets/42":         "https://DESK.example.com:8443/tickets/42",
		"https://desk.example.com@evil.example/tickets/42": "",
		"https://evil.example/desk.example.com/42":         "",
		"https://desk.example.com.evil.example/42":         "",
		"https://evil.example\\\\@desk.example.com/42":     "",
		"https://x.desk.example.com/42":                    "",
		"http://user:pw@desk.example.com/42":               "",
	} {
		got := read(t, r, `{"attachments":[{"fields":[{"title":"Ticket ID","value":"42"}],"title":"x","title_link":"`+url+`"}]}`)
		if len(got.Tickets) != 1 || got.Tickets[0] != (escalation.Ticket{ID: "42", Subject: "x", Link: want}) {
			t.Errorf("%s: %+v, want the link %q", url, got.Tickets, want)
		}
	}
}

// Whoever writes a ticket may choose its fields, and not where its link leads.
func TestALinkOfTheConfigurationLeadsWhereItSays(t *testing.T) {
	for link, want := range map[string]string{
		"https://desk.example.com/{{.ID}}?of={{.Type}}": "https://desk.example.com/0.evil.example?of=a@evil.example/",
		"https://desk.example.com{{.ID}}":               "",
		"https://desk.example.com{{.Type}}":             "",
		"https://{{.Type}}desk.example.com/":            "",
	} {
		r := NewReader(Patterns{From: From{Anyone: true}, ID: regexp.MustCompile(`Ticket: (\S+)`), Link: template.Must(template.New("").Parse(link))})
		got := read(t, r, `{"text":"*Type*: a@evil.example/\nTicket: 0.evil.example"}`)
		if len(got.Tickets) != 1 || got.Tickets[0].Link != want {
			t.Errorf("%s: %+v, want the link %q", link, got.Tickets, want)
		}
	}
}

func TestWhatCannotBeReadIsToldWithItsWordsAndAPattern(t *testing.T) {
	r := NewReader(Patterns{})
	for name, c := range map[string]struct{ message, reason, words, pattern string }{
		"no id": {`{"bot_id":"B0","text":"Case #123 for ana@example.com\n*Priority*: high\n*Type*: bug\n*Subject*: secret words"}`,
			ReasonNoID, "Case #123 for … ⏎ *Priority*: high ⏎ *Type*: bug ⏎ *Subject*:", `Case #(\d+)`},
		"an id that is none":           {`{"bot_id":"B0","text":"*Ticket ID*: 12,34\nSee SUP-7"}`, ReasonID, "*Ticket ID*: 12,34", `\b([A-Z][A-Z0-9]+-\d+)\b`},
		"a template":                   {attached(field("Ticket ID", "{{ticket.id}}")), ReasonID, "Ticket ID: {{ticket.id}}", ""},
		"two that contradict":          {`{"bot_id":"B0","text":"> Ticket ID: 8\n> Ticket ID: 9"}`, ReasonSeveral, "", ""},
		"an address of somebody's own": {`{"bot_id":"B0","attachments":[{"title":"No mail","title_link":"https://desk.example.com/case/812","fields":[` + field("Priority", "high") + "," + field("Customer", "Acme") + `]}]}`, ReasonNoID, "Priority: high ⏎ Customer: Acme", `case/(\d+)`},
	} {
		got := read(t, r, c.message)
		want := Problem{Reason: c.reason, Words: c.words, Pattern: c.pattern, said: got.Problem.said}
		if got.Verdict != Unreadable || got.Problem != want {
			t.Errorf("%s: %s %+v, want %+v", name, got.Verdict, got.Problem, want)
		}
	}
}

// unread are messages that look like tickets and are not read as such, with an id, a subject and a name in them.
var unread = []string{
	`{"bot_id":"B0","text":"Case #%[1]s for Acme\n*Priority*: high\n*Type*: bug\n*Subject*: %[2]s"}`,
	`{"bot_id":"B0","text":"New ticket #%[1]s from %[3]s: %[2]s"}`,
	`{"bot_id":"B0","text":"{\"ticket_id\": %[1]s, \"priority\": \"high\"}"}`,
	`{"bot_id":"B0","text":"%[3]s's request: #%[1]s\nPriority: high\nStatus: open\nSubject: %[2]s"}`,
	`{"bot_id":"B0","text":"New case <https://desk.example.com/agent/conversations/%[1]s|%[2]s>"}`,
	`{"bot_id":"B0","attachments":[{"title":"%[2]s","title_link":"https://desk.example.com/case/%[1]s","fields":[{"title":"Priority","value":"high"},{"title":"Customer","value":"%[3]s"}]}]}`,
	`{"bot_id":"B0","attachments":[{"title":"#101 %[2]s","title_link":"https://desk.zoho.com/agent/acme/tickets/details/%[1]s","fields":[{"title":"Priority","value":"High"},{"title":"Status","value":"Open"}]}]}`,
	`{"bot_id":"B0","attachments":[{"fields":[{"title":"ID","value":"%[1]s"},{"title":"Priority","value":"Low"},{"title":"Subject","value":"%[2]s"}]}]}`,
	`{"bot_id":"B0","attachments":[{"fields":[{"title":"#","value":"%[1]s"},{"title":"Priority","value":"Low"},{"title":"Subject","value":"%[2]s"}]}]}`,
	`{"bot_id":"B0","attachments":[{"fields":[{"title":"Ticket ID","value":"%[1]s / %[1]s1"},{"title":"Priority","value":"high"}]}]}`,
	`{"bot_id":"B0","attachments":[{"fields":[{"title":"Ticket ID","value":"<https://desk.example.com/t/%[1]s>"},{"title":"Priority","value":"high"}]}]}`,
	`{"bot_id":"B0","blocks":[{"type":"header","text":{"type":"plain_text","text":"Incoming ticket"}},{"type":"section","text":{"type":"mrkdwn","text":"%[2]s\n<https://desk.example.com/tickets/%[1]s|View>"}}]}`,
	`{"bot_id":"B0","blocks":[{"type":"section","fields":[{"type":"mrkdwn","text":"*Reference*\n#%[1]s"},{"type":"mrkdwn","text":"*Priority*\nhigh"},{"type":"mrkdwn","text":"*Customer*\n%[3]s"}]}]}`,
	`{"bot_id":"B0","text":"Nora wrote:\nTicket ID: 9\n\n*Ticket ID:* %[1]s"}`,
}

// Rule 4: the pattern that is proposed for a message reads it, when it is pasted as it stands.
func TestThePatternThatIsProposedReadsTheMessage(t *testing.T) {
	usual := NewReader(Patterns{})
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.StringMatching(`[1-9][0-9]{1,8}|[A-Z]{2,5}-[1-9][0-9]{0,5}`).Draw(rt, "id")
		subject := rapid.SampledFrom([]string{"No mail", "Order 9 of 12", "Fwd: [#77] down", "Re: ticket #8 | Priority: urgent", "3 of 4 users", "SUP-9 again", "it's 12,345"}).Draw(rt, "subject")
		name := rapid.SampledFrom([]string{"Acme", "O'Neil", "Nora 2", "Studio 54"}).Draw(rt, "name")
		message := fmt.Sprintf(rapid.SampledFrom(unread).Draw(rt, "message"), id, subject, name)
		got := read(t, usual, message)
		if len(got.Tickets) == 0 && got.Verdict != Unreadable {
			rt.Fatalf("%s: nobody is told of %s", got.Verdict, message)
		}
		if len(got.Tickets) > 0 && got.Tickets[0].ID != id {
			rt.Fatalf("it is read as %+v: %s", got.Tickets, message)
		}
		if got.Problem.Pattern == "" {
			return
		}
		var pasted struct {
			Tickets struct{ Fields map[string]string }
		}
		_, line, _ := strings.Cut(got.Problem.Sentence(), "tickets.fields.id: ")
		if err := yaml.Unmarshal([]byte("tickets: {fields: {id: "+line+"}}"), &pasted); err != nil {
			rt.Fatalf("%s cannot be pasted: %v", line, err)
		}
		again := read(t, NewReader(Patterns{ID: regexp.MustCompile(pasted.Tickets.Fields["id"])}), message)
		if again.Verdict != Readable || len(again.Tickets) != 1 || again.Tickets[0].ID != id {
			rt.Fatalf("with %s it is %s, %+v: %s", line, again.Verdict, again.Tickets, message)
		}
	})
}

// Rule 4: of most messages that cannot be read, a pattern that would have read them is known.
func TestAPatternIsProposedForWhatDesksPost(t *testing.T) {
	for _, form := range unread[:9] {
		message := fmt.Sprintf(form, "4711", "No mail", "Acme")
		if got := read(t, NewReader(Patterns{}), message); got.Verdict == Unreadable && got.Problem.Pattern == "" {
			t.Errorf("none for %s", message)
		}
	}
}
