package ticket

import "testing"

// What looks like a second ticket and may be a customer's quotation is not followed, and not passed over in silence.
func TestWhatMayBeAnotherTicketIsTold(t *testing.T) {
	r := NewReader(Patterns{})
	for text, told := range map[string]bool{
		`*Ticket ID*: 61\n*Priority*: high\n---\n*Ticket ID*: 62\n*Priority*: low`: true,
		`*Ticket ID*: 61\n*Priority*: high\n---\nIt began with *Ticket ID*: 62`:    false,
		`*Ticket ID*: 61\n*Priority*: high\n---\nNothing works`:                    false,
	} {
		got := read(t, r, `{"bot_id":"B0","text":"`+text+`"}`)
		if len(got.Tickets) != 1 || got.Tickets[0].ID != "61" || (got.Problem.Reason != "") != told {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// A desk's app that names its tickets in no way that is known is told of, with what would have read it.
func TestATicketThatIsNamedWithoutALabelIsTold(t *testing.T) {
	r := NewReader(Patterns{})
	for message, pattern := range map[string]string{
		`{"bot_id":"B0","text":"New ticket #77: no mail, from Nora"}`: `ticket #(\d+)`,
		`{"bot_id":"B0","blocks":[{"type":"header","text":{"type":"plain_text","text":"Case #4712: No mail"}},{"type":"section","text":{"type":"mrkdwn","text":"from Nora"}}]}`: `Case #(\d+)`,
		`{"bot_id":"B0","attachments":[{"fallback":"New conversation #918 from Nora"}]}`:                                                                                        `conversation #(\d+)`,
		`{"bot_id":"B0","text":"Ticket #77 was closed by Ana"}`:                                                                                                                 "",
		`{"bot_id":"B0","text":"Pull request #12 was opened"}`:                                                                                                                  "",
		`{"bot_id":"B0","text":"🎫 Ticket 4711: Cannot log in (new)"}`:                                                                                                           `Ticket (\d+)`,
		`{"bot_id":"B0","text":"Incident INC0010023 has been created\nEmail down"}`:                                                                                             `Incident \b([A-Z]+\d+)\b`,
		`{"bot_id":"B0","text":"Build #77 is done"}`:                                                                                                                            "",
	} {
		got := read(t, r, message)
		if (got.Verdict == Unreadable) != (pattern != "") || got.Problem.Pattern != pattern {
			t.Errorf("%s: %+v, want %q", message, got, pattern)
		}
	}
}

// Rule 4: what a desk that nobody knows posts of a ticket is not passed over without a word.
func TestWhatLooksLikeATicketIsTold(t *testing.T) {
	r := NewReader(Patterns{})
	for message, want := range map[string]Verdict{
		`{"bot_id":"B0","attachments":[{"title":"#101 Cannot log in","title_link":"https://desk.zoho.com/agent/acme/tickets/details/400012345","fields":[{"title":"Priority","value":"High"},{"title":"Status","value":"Open"}]}]}`: Unreadable,
		`{"bot_id":"B0","text":"New case <https://acme.kayako.com/agent/conversations/77|Cannot log in>"}`:                                                                                                                          Unreadable,
		`{"bot_id":"B0","text":"New ticket in Zendesk! ID: 42, Subject: Help me, Priority: high, Requester: Nora"}`:                                                                                                                 Unreadable,
		`{"bot_id":"B0","text":"{\"ticket_id\": 42, \"priority\": \"high\"}"}`:                                                                                                                                                      Unreadable,
		`{"bot_id":"B0","attachments":[{"title":"#101 Cannot log in","title_link":"https://desk.zoho.com/agent/acme/tickets/details/4","fields":[{"title":"Priority","value":"High"}]}]}`:                                           Unreadable,
		`{"bot_id":"B0","text":"CPU is high\n*Severity:* critical"}`:                                                                                                                                                                None,
		`{"bot_id":"B0","attachments":[{"title":"#12 Fix: login","title_link":"https://github.com/acme/app/pull/12","fields":[{"title":"Labels","value":"bug"}]}]}`:                                                                 None,
		`{"bot_id":"B0","attachments":[{"title":"Triggered #1234: CPU high","title_link":"https://acme.pagerduty.com/incidents/PABC","fields":[{"title":"Service","value":"api"}]}]}`:                                               None,
		`{"bot_id":"B0","text":"New release <https://example.com/releases/77|1.2>"}`:                                                                                                                                                None,
	} {
		if got := read(t, r, message); got.Verdict != want {
			t.Errorf("%s: %s, want %s", message, got.Verdict, want)
		}
	}
}
