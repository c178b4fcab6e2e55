package ticket

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

var full = escalation.Ticket{
	ID: "42", Priority: "high", Type: "bug", Customer: "Example Ltd", Subject: "Cannot log in",
	Link: "https://desk.example.com/tickets/42",
}

func readJSON(t *testing.T, r *Reader, data string) (escalation.Ticket, Verdict) {
	t.Helper()
	got := read(t, r, data)
	if len(got.Tickets) == 0 {
		return escalation.Ticket{}, got.Verdict
	}
	return got.Tickets[0], got.Verdict
}

// posted are patterns for messages of which only the words matter.
var posted = Patterns{From: From{Anyone: true}, Hosts: []string{"desk.example.com", "d.example.com"}}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestATicketIsReadFromEveryShapeThatHelpDesksPost(t *testing.T) {
	r := NewReader(posted)
	bare := full
	bare.Priority, bare.Type, bare.Customer, bare.Subject, bare.Link = "", "", "", "", ""
	for _, shape := range desks.Shapes() {
		for name, want := range map[string]escalation.Ticket{"full": full, "only an id": bare} {
			t.Run(shape.Name+"/"+name, func(t *testing.T) {
				got, found := readJSON(t, r, asJSON(t, shape.Message(desks.Ticket(want))))
				if found != Readable {
					t.Fatalf("found = %v, want a ticket", found)
				}
				if shape.Name == "section fields" || shape.Name == "rich text" || shape.Name == "attachment fields" || shape.Name == "attachment fields with numbers" {
					got.Link, want.Link = "", "" // not all of them carry one
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("ticket (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// text makes the JSON of a message with nothing but that text.
func textMessage(t *testing.T, s string) string { return asJSON(t, map[string]string{"text": s}) }

func TestTheDefaultPatternsReadVariants(t *testing.T) {
	id := func(id string) escalation.Ticket { return escalation.Ticket{ID: id} }
	tests := map[string]escalation.Ticket{
		"*Ticket ID*: 42":                     id("42"),
		"*Ticket ID:* 42":                     id("42"),
		"Ticket ID: 42":                       id("42"),
		"ticket id : 42":                      id("42"),
		"TICKET ID:42":                        id("42"),
		"TicketID: 42":                        id("42"),
		"ticket_id: 42":                       id("42"),
		"Ticket ID - 42":                      id("42"),
		"*Ticket ID* 42":                      id("42"),
		"Ticket ID: #42":                      id("42"),
		"Ticket ID: `SUP-42`":                 id("SUP-42"),
		"Ticket ID: *42*":                     id("42"),
		"• Ticket ID: 42":                     id("42"),
		":ticket: *Ticket ID*: 42":            id("42"),
		"🎫 *Ticket ID*: 42":                   id("42"),
		"> *Ticket ID*: 42":                   id("42"),
		"&gt; *Ticket ID*: 42":                id("42"),
		"Hello team\n*Ticket ID*: 42":         id("42"),
		"New ticket! Ticket ID: 42":           id("42"),
		"Ticket ID: 42 (urgent!)":             id("42"),
		"Ticket ID: ABC":                      id("ABC"),
		"Ticket ID:\n42":                      id("42"),
		"*Ticket ID*\n42":                     id("42"),
		"*Ticket ID*\n42\n*Priority*\nhigh":   {ID: "42", Priority: "high"},
		"Ticket ID: 42\nPriority:\nType: bug": {ID: "42", Type: "bug"},
		"*Ticket ID*: 42 | *Ticket priority*: high | *Type*: bug":                                 {ID: "42", Priority: "high", Type: "bug"},
		"Ticket ID: 42, Priority: high, Subject: Login, again":                                    {ID: "42", Priority: "high", Subject: "Login, again"},
		"Ticket ID: 42\nSubject: Login | fails":                                                   {ID: "42", Subject: "Login | fails"},
		"Ticket ID: 42\nPriority: :red_circle: High":                                              {ID: "42", Priority: "High"},
		"Ticket ID: 42\nPriority: 🔴 P1":                                                           {ID: "42", Priority: "P1"},
		"Ticket ID: 42\nPriority: n/a\nType: -\nCustomer: none":                                   id("42"),
		"Ticket ID: 42\nCustomer: Bolt &amp; Co &lt;3":                                            {ID: "42", Customer: "Bolt & Co <3"},
		"Ticket ID: <https://desk.example.com/t/42|#42>":                                          {ID: "42", Link: "https://desk.example.com/t/42"},
		"Ticket ID: 42\nCustomer: <mailto:ana@example.com|ana>":                                   {ID: "42", Customer: "ana"},
		"Ticket ID: 42\nSubject: ask <@U0ANA> in <#C0X|help> <!here>":                             {ID: "42", Subject: "ask @U0ANA in help @here"},
		"Ticket ID: 42\n<https://example.com/5|Other> <https://d.example.com/?t=42&amp;v=1|Open>": {ID: "42", Link: "https://d.example.com/?t=42&v=1"},
	}
	r := NewReader(posted)
	for text, want := range tests {
		got, found := readJSON(t, r, textMessage(t, text))
		if found != Readable {
			t.Errorf("%q: found = %v, want a ticket", text, found)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhatIsNoTicketIsNotTakenForOne(t *testing.T) {
	r := NewReader(posted)
	for _, text := range []string{
		"", "hello", "#42", "can somebody look at 42?", "Ticket 42 is done", "the ticket id 42 is wrong",
		"Ticket ID is missing from the form", "my ticket ids: many", "Tickets: 42", "Ticketing: 42", "Type: deploy",
	} {
		if got, found := readJSON(t, r, textMessage(t, text)); found != None {
			t.Errorf("%q: found = %v, %+v, want no ticket", text, found, got)
		}
	}
}

func TestATicketWhoseIDCannotBeReadIsToldApart(t *testing.T) {
	r := NewReader(posted)
	for _, text := range []string{
		"Ticket ID:", "*Ticket ID*: ", "Ticket ID: -", "Ticket ID: n/a", "Ticket ID: null", "Ticket ID: {{ticket.id}}",
		"Ticket ID: see below", "Ticket ID: <https://desk.example.com/tickets/42>", "Ticket ID:\nPriority: high",
		"Ticket ID: 4" + strings.Repeat("2", 200),
	} {
		if got, found := readJSON(t, r, textMessage(t, text)); found != Unreadable {
			t.Errorf("%q: found = %v, %+v, want Unreadable", text, found, got)
		}
	}
	empty := `{"attachments":[{"fields":[{"title":"Ticket ID","value":null},{"title":"Type","value":"bug"}]}]}`
	if _, found := readJSON(t, r, empty); found != Unreadable {
		t.Errorf("an empty field: found = %v, want Unreadable", found)
	}
}

func TestOddMessagesAreReadAsFarAsTheyGo(t *testing.T) {
	want := escalation.Ticket{ID: "42", Priority: "1"}
	tests := map[string]string{
		"numbers as values":        `{"attachments":[{"id":"one","image_bytes":12.0,"fields":[{"title":"Ticket ID","value":42},{"title":"Ticket Priority","value":1}]}]}`,
		"a field that is a string": `{"attachments":["x",{"fields":["y",{"title":"Ticket ID","value":42},{"title":"Priority","value":1}]}]}`,
		"attachments no list":      `{"attachments":{"fields":1},"text":"Ticket ID: 42\nPriority: 1"}`,
		"blocks no list":           `{"blocks":"none","text":"Ticket ID: 42\nPriority: 1"}`,
		"an unknown block":         `{"blocks":[{"type":"mood_ring","text":"Ticket ID: 42"},7,{"type":"hologram","elements":[{"text":{"type":"mrkdwn","text":"Priority: 1"}}]}]}`,
		"blocks in an attachment":  `{"attachments":[{"blocks":[{"type":"section","fields":[{"type":"mrkdwn","text":"*Ticket ID:*\n42"},{"type":"mrkdwn","text":"*Priority:*\n1"}]}]}]}`,
		"a context":                `{"blocks":[{"type":"context","elements":[{"type":"mrkdwn","text":"*Ticket ID:* 42"},{"type":"plain_text","text":"Priority: 1"}]}]}`,
		"a list of rich text":      `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Ticket ID","style":{"bold":true}},{"type":"text","text":" "},{"type":"link","url":"mailto:x","text":"42"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"Priority: 1"}]}]}]}]}`,
		"an accessory":             `{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Priority: 1"},"accessory":{"type":"button","text":{"type":"plain_text","text":"Ticket ID: 42"}}}]}`,
		"only a fallback":          `{"attachments":[{"fallback":"Ticket ID: 42\nPriority: 1"}]}`,
		"a pretext":                `{"attachments":[{"pretext":"*Ticket ID*: 42","text":"*Priority*: 1"}]}`,
		"windows line ends":        `{"text":"Ticket ID: 42\r\nPriority: 1\r\n"}`,
		"control characters":       `{"text":"Ticket ID: 4\u00002\u202e\nPriority: \u00071"}`,
		"the field says it best":   `{"text":"Type: guess\nPriority: 3\nTicket ID: 41","attachments":[{"fields":[{"title":"ticket id:","value":"<https://desk.example.com|42>"},{"title":"Priority","value":"1"},{"title":"Type","value":""}]}]}`,
	}
	r := NewReader(posted)
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			got, found := readJSON(t, r, data)
			if found != Readable {
				t.Fatalf("found = %v, want a ticket", found)
			}
			got.Link = ""
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ticket (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAQuotedMessageIsNoNewTicket(t *testing.T) {
	shared := `{"text":"what about this?","attachments":[{"is_msg_unfurl":true,"is_share":true,"text":"*Ticket ID*: 42"}]}`
	if got, found := readJSON(t, NewReader(posted), shared); found != None {
		t.Errorf("found = %v, %+v, want no ticket", found, got)
	}
}

func TestConfiguredPatternsTakeTheDefaultsPlace(t *testing.T) {
	r := NewReader(Patterns{
		From:    From{Anyone: true},
		ID:      regexp.MustCompile(`(?m)^#(\S*)`),
		Subject: regexp.MustCompile(`says “([^”]*)”`),
		Link:    template.Must(template.New("").Parse("https://desk.example.com/{{.Type}}/{{.ID}}?v=1")),
	})
	got, found := readJSON(t, r, textMessage(t, "#a/b?c 7\nAna says “Cannot log in”\nType: bug\nTicket ID: 9"))
	want := escalation.Ticket{ID: "a/b?c", Type: "bug", Subject: "Cannot log in", Link: "https://desk.example.com/bug/a%2Fb%3Fc?v=1"}
	if diff := cmp.Diff(want, got); found != Readable || diff != "" {
		t.Errorf("found = %v, ticket (-want +got):\n%s", found, diff)
	}
	if got, found := readJSON(t, r, textMessage(t, "Ticket ID: 9")); found != Unreadable {
		t.Errorf("found = %v, %+v: the label is still in force", found, got)
	}
	if _, found := readJSON(t, r, textMessage(t, "#")); found != Unreadable {
		t.Errorf("found = %v, want Unreadable: the pattern matches and its group is empty", found)
	}
}

func TestLongNamesAreShortenedAndLongWordsAreNone(t *testing.T) {
	long := strings.Repeat("é", 3000)
	got, _ := readJSON(t, NewReader(posted), textMessage(t, "Ticket ID: 42\nSubject: "+long+"\nCustomer: "+long+"\nType: "+long+"\nPriority: "+long))
	for name, c := range map[string]struct {
		s    string
		most int
	}{"subject": {got.Subject, MaxSubject}, "customer": {got.Customer, MaxName}} {
		if n := len([]rune(c.s)); n != c.most || !strings.HasSuffix(c.s, "…") {
			t.Errorf("%s has %d characters, want %d and an ellipsis", name, n, c.most)
		}
	}
	if got.Type != "" || got.Priority != "" {
		t.Errorf("type %q, priority %q: nobody calls anything so", got.Type, got.Priority)
	}
}

func TestALinkLeadsToAWebPage(t *testing.T) {
	r := NewReader(posted)
	for _, text := range []string{
		"Ticket ID: 42\n<javascript:alert(42)|Open>", "Ticket ID: 42\n<https://|42>", "Ticket ID: 42\n<https://example.com/421|Open>",
	} {
		if got, _ := readJSON(t, r, textMessage(t, text)); got.Link != "" {
			t.Errorf("%q: link %q, want none", text, got.Link)
		}
	}
}
